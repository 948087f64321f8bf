"""The error pages that no click leads to, in a browser: whole, readable and in the portal's brand, as all others."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.browser.looking import Looker
from tests.browser.pages import Visit
from tests.browser.rotation import guises_of, theme_of
from tests.browser.world import Scene
from tests.support.app import closing, in_use
from tests.support.database import WorkerDatabase
from tests.support.server import Site, served
from tests.test_errors import planted_app
from upguide.config import Settings

CODES = (403, 413, 429, 500)
# Places in the rotation that show each page in two themes, in both languages, light and dark, narrow and wide.
PLACES = [(code, at + turn) for turn in (0, 13) for at, code in enumerate(CODES)]


@pytest.fixture(scope="module")
def whole_failing_app(settings: Settings) -> Iterator[Flask]:
    with closing(planted_app(settings)) as made:
        yield made


@pytest.fixture
def failing_site(whole_failing_app: Flask, database: WorkerDatabase) -> Iterator[Site]:
    """The portals, and addresses that fail."""
    with in_use(whole_failing_app, database) as app, served(app) as running:
        yield running


@pytest.mark.parametrize(("code", "place"), PLACES)
def test_error_page_is_in_order(chromium: Browser, failing_site: Site, code: int, place: int) -> None:
    with chromium.new_context(reduced_motion="reduce") as context:
        window = Looker(failing_site, theme_of(place), Scene({}, {}), context)
        faults = window.look(Visit("visitor", "", f"/fail/{code}", status=code), guises_of(place))
    assert faults == []
