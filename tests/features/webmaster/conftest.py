"""A webmaster at work: bound, with a second factor given in this session."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.support.client import Client
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, make_webmaster

Browse = Callable[..., Client]


@pytest.fixture
def webmaster(app: Flask, database: WorkerDatabase) -> Made:
    """A bound webmaster of the first portal, who reads English."""
    person = make_webmaster()
    with database.connect() as connection:
        connection.execute("UPDATE persons SET language = 'en' WHERE id = %s", [person.id])
    return person


@pytest.fixture
def desk(browse: Browse, webmaster: Made) -> Client:
    """The browser of the webmaster."""
    return browse(webmaster, second_factor=True)
