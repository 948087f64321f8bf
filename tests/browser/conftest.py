"""A real Chromium before the real site. Every test below this folder is a browser test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect, sync_playwright

from tests.support.database import WorkerDatabase
from tests.support.server import Site, served

HERE = Path(__file__).parent
# A page that comes at all has come long before; on a busy machine, five seconds can be too few.
expect.set_options(timeout=15_000)
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
    "--host-resolver-rules=MAP *.localhost 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what opens a browser, so that `-m "not browser"` leaves it out."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a file of tests; each test opens a context of its own, with nothing in it.

    It ends with the file: Playwright's event loop is in the way of other tests, which start their own.
    """
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        yield opened
        opened.close()


def executable() -> str:
    """Return where Chromium is; `make test` installs it."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "the browser tests need Chromium: `make browser` installs it"
    return found


@pytest.fixture
def site(app: Flask, database: WorkerDatabase) -> Iterator[Site]:
    """The portals, at work. Their database is empty before and after."""
    assert database
    with served(app) as running:
        yield running
