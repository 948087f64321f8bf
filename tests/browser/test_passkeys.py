"""Passkeys in a real browser, with a device in software (WebDriver's virtual authenticator, through Chromium's own
protocol): made, used to sign in and to confirm, and of no use on another portal.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.features.accounts.people import app_code, make_codes, set_app
from tests.features.accounts.test_entry import rows
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, join, make_person
from tests.support.server import Site

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
FRESHLY = "UPDATE sessions SET confirmed_at = %s RETURNING 1"


class Window:
    """A browser whose user reads English, with a device for passkeys; it notes what goes wrong."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self.site = site
        self.context = browser.new_context(locale="en-GB", reduced_motion="reduce")
        self.page: Page = self.context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda said: self.faults.append(said.text) if said.type == "warning" else None)
        self.protocol: CDPSession = self.context.new_cdp_session(self.page)
        self.protocol.send("WebAuthn.enable")
        self.device = self.protocol.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]

    def go(self, path: str, tenant: str = "upguide") -> None:
        """Open a page of a portal."""
        self.page.goto(self.site.origin(tenant) + path)

    def sign_in(self, person: Made, tenant: str = "upguide") -> None:
        """Give mail address and password."""
        self.go("/login", tenant)
        self.page.get_by_label("Mail address").fill(str(person.mail_address))
        self.page.locator("#password").fill(str(person.password))
        self.press("Sign in")

    def press(self, name: str) -> None:
        """Press a button of the page's own part."""
        self.page.locator("main").get_by_role("button", name=name, exact=True).click()

    def heading(self, text: str) -> None:
        """Wait for the page with this heading."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)


@pytest.fixture
def window(chromium: Browser, site: Site) -> Iterator[Window]:
    """Open a browser with a device for passkeys."""
    opened = Window(chromium, site)
    yield opened
    opened.context.close()
    assert opened.faults == []


def make_passkey(window: Window) -> None:
    """Make a passkey on the security page, somebody being signed in."""
    window.go("/security")
    window.page.get_by_role("link", name="Make a passkey").click()
    window.press("Make a passkey")


def test_a_passkey_is_made_and_asked_at_the_next_sign_in(window: Window, database: WorkerDatabase) -> None:
    person = make_person()
    window.sign_in(person)
    make_passkey(window)
    window.heading("Your recovery codes")
    expect(window.page.locator(".codes li")).to_have_count(10)
    expect(window.page.get_by_role("button", name="Print")).to_be_visible()
    window.page.get_by_role("link", name="I have kept them").click()
    expect(window.page.get_by_text("Passkey on UpGuide")).to_be_visible()
    window.context.clear_cookies()
    window.sign_in(person)
    window.heading("The second step")
    window.press("Use my passkey")
    window.page.wait_for_url("**/home")
    assert rows(database, "SELECT sign_count > 0, used_at > made_at FROM passkeys") == [(True, True)]


def test_a_passkey_will_do_before_a_sensitive_change(window: Window, database: WorkerDatabase) -> None:
    window.sign_in(make_person())
    make_passkey(window)
    window.heading("Your recovery codes")
    rows(database, FRESHLY, datetime.now(UTC) - timedelta(minutes=11))
    window.go("/security/password")
    window.page.get_by_role("link", name="Use my app or passkey instead").click()
    window.press("Use my passkey")
    window.heading("Change your password")


def test_the_same_device_makes_no_second_passkey_for_one_account(window: Window, database: WorkerDatabase) -> None:
    window.sign_in(make_person())
    make_passkey(window)
    window.heading("Your recovery codes")
    make_passkey(window)
    expect(window.page.get_by_role("alert")).to_have_text("Nothing was done. You can try it once more.")
    assert rows(database, "SELECT count(*) FROM passkeys") == [(1,)]


def test_who_has_not_the_device_at_hand_may_use_the_app(window: Window) -> None:
    person = make_person()
    window.sign_in(person)
    make_passkey(window)
    window.heading("Your recovery codes")
    set_app(person)
    window.context.clear_cookies()
    window.sign_in(person)
    window.protocol.send("WebAuthn.clearCredentials", {"authenticatorId": window.device})
    window.press("Use my passkey")
    expect(window.page.get_by_role("alert")).to_have_text("Nothing was done. You can try it once more.")
    window.page.get_by_label("Code from your app").fill(app_code())
    window.press("Go on")
    window.page.wait_for_url("**/home")


def test_a_passkey_is_of_no_use_on_another_portal_and_the_page_says_so(window: Window) -> None:
    person = make_person()
    join(person, "gfs")
    window.sign_in(person)
    make_passkey(window)
    window.heading("Your recovery codes")
    codes = make_codes(person)
    window.sign_in(person, "gfs")
    expect(window.page.get_by_text("Your passkeys work on UpGuide, not here.")).to_be_visible()
    expect(window.page.get_by_role("button", name="Use my passkey")).to_have_count(0)
    window.page.get_by_role("link", name="Use a recovery code instead").click()
    window.page.get_by_label("Code").fill(codes[0])
    window.press("Go on")
    window.page.wait_for_url("**/home")


def test_without_javascript_the_page_says_what_passkeys_need(chromium: Browser, site: Site) -> None:
    person = make_person()
    context = chromium.new_context(locale="en-GB", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.origin('upguide')}/login?next=/security/passkeys/new")
    page.get_by_label("Mail address").fill(str(person.mail_address))
    page.locator("#password").fill(str(person.password))
    page.locator("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Passkeys need JavaScript and a browser that knows them.")).to_be_visible()
    expect(page.locator("main").get_by_role("button")).to_have_count(0)
    context.close()
