"""Every test about mail gets an application without pages, and leaves no messages behind."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.jobs.house import house
from tests.support.database import WorkerDatabase
from upguide.config import Settings


@pytest.fixture
def app(database: WorkerDatabase, settings: Settings) -> Iterator[Flask]:
    """Give the application, which has no mail server; remove afterwards whatever was committed."""
    with house(settings) as made:
        yield made
    database.empty()
