"""What the site leaves in a browser, and what it does in a browser that takes nothing."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import ARGUMENTS, executable
from tests.browser.hands import Pointer
from tests.browser.world import World
from tests.support.database import WorkerDatabase
from tests.support.factories import PASSWORD
from tests.support.server import Site
from upguide.policy.cookies import COOKIES

PUBLIC = ("/", "/privacy", "/cookies", "/login", "/register", "/forgotten-password")
STRICT = ("httpOnly", "sameSite", "path", "secure")


def sign_in(page: Page, mail_address: str) -> None:
    hands = Pointer(page)
    page.goto(page.url.rstrip("/") + "/login")
    hands.fill("Mail address", mail_address)
    hands.fill("Password", PASSWORD)
    hands.press("Sign in")


@pytest.mark.clause("K1")
def test_cookies_are_those_that_the_site_lists(chromium: Browser, site: Site, database: WorkerDatabase) -> None:
    """After all that sets one: a sign-in, a message for the next page, a choice of language."""
    person = World(site, database, "upguide").person()
    with chromium.new_context(locale="en-GB", reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto(site.origin("upguide"))
        sign_in(page, str(person.mail_address))
        Pointer(page).open("Account")
        Pointer(page).press("Nederlands")
        page.goto(site.origin("upguide") + "/cookies")
        listed = {name.strip() for name in page.locator("tbody th").all_inner_texts()}
        kept = {cookie["name"]: tuple(cookie[one] for one in STRICT) for cookie in context.cookies()}
        stored = page.evaluate("[document.cookie, localStorage.length, sessionStorage.length]")
    assert kept == {cookie.name: (True, "Lax", "/", False) for cookie in COOKIES}
    assert listed == set(kept)
    assert stored == ["", 0, 0]


@pytest.mark.clause("K1")
def test_reading_sets_no_cookie(chromium: Browser, site: Site) -> None:
    with chromium.new_context(reduced_motion="reduce") as context:
        page = context.new_page()
        for path in ("/", "/privacy", "/cookies"):
            page.goto(site.origin("upguide") + path)
        assert context.cookies() == []


@pytest.fixture
def refusing(chromium: Browser, site: Site, tmp_path: Path) -> Iterator[BrowserContext]:
    """A browser whose owner refuses all cookies, by the browser's own setting."""
    settings = tmp_path / "Default" / "Preferences"
    settings.parent.mkdir()
    settings.write_text(json.dumps({"profile": {"default_content_setting_values": {"cookies": 2}}}))
    context = chromium.browser_type.launch_persistent_context(
        tmp_path, executable_path=executable(), args=ARGUMENTS, locale="en-GB", reduced_motion="reduce"
    )
    yield context
    context.close()


@pytest.mark.clause("K2")
def test_what_is_public_works_without_cookies(refusing: BrowserContext, site: Site) -> None:
    page, headings = refusing.pages[0], {}
    for path in PUBLIC:
        answer = page.goto(site.origin("upguide") + path)
        assert answer is not None
        headings[path] = (answer.status, page.get_by_role("heading", level=1).count())
    assert headings == dict.fromkeys(PUBLIC, (200, 1))
    assert refusing.cookies() == []


@pytest.mark.clause("K2")
def test_the_site_says_what_does_not_work_without_cookies(
    refusing: BrowserContext, site: Site, database: WorkerDatabase
) -> None:
    person = World(site, database, "upguide").person()
    page = refusing.pages[0]
    page.goto(site.origin("upguide") + "/cookies")
    expect(page.get_by_role("heading", name="Without cookies")).to_be_visible()
    page.goto(site.origin("upguide"))
    sign_in(page, str(person.mail_address))
    expect(page.locator("main")).to_contain_text("If your browser refuses cookies for this site, forms cannot work")
