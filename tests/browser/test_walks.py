"""The ways that a member goes, from the front page to the door, with a keyboard alone and without JavaScript."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.hands import Hands, Keyboard, Pointer
from tests.browser.world import World
from tests.support.database import WorkerDatabase
from tests.support.factories import PASSWORD, hide
from tests.support.server import Site
from upguide.policy.items import Item

MAIL = "walker@example.org"
NEW_PASSWORD = "four quiet words here"
PIN = "493817"


@pytest.fixture(params=[Keyboard, Pointer], ids=["keyboard", "no-javascript"])
def hands(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Hands]:
    """Somebody who reads English, in a browser that knows nothing yet."""
    kind: Callable[[Page], Hands] = request.param
    with browser_of(chromium, scripts=kind is Keyboard) as page:
        yield kind(page)


@pytest.fixture
def upguide(site: Site, database: WorkerDatabase) -> World:
    return World(site, database, "upguide")


@contextmanager
def browser_of(chromium: Browser, *, scripts: bool) -> Iterator[Page]:
    """Open a browser that asks for English."""
    with chromium.new_context(locale="en-GB", java_script_enabled=scripts, reduced_motion="reduce") as context:
        context.set_default_timeout(20_000)
        yield context.new_page()


def stands(page: Page, heading: str) -> None:
    """Wait for the page with this heading."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def item(page: Page, label: str) -> str:
    """Return what stands on the profile beside `label`, the actions left out."""
    return " ".join(page.locator(".item", has=page.locator("dt", has_text=label)).first.inner_text().split())


def sign_in(hands: Hands, password: str = PASSWORD) -> None:
    """Sign in from any page for visitors."""
    hands.press("Sign in")
    hands.fill("Mail address", MAIL)
    hands.fill("Password", password)
    hands.press("Sign in")


def sign_out(hands: Hands) -> None:
    """Sign out by the menu."""
    hands.open("Account")
    hands.press("Sign out")
    expect(hands.page.get_by_role("status")).to_contain_text("You are signed out.")


def register(hands: Hands, world: World) -> None:
    """Make an account, and let it be confirmed by the link in the mail."""
    hands.press("Sign in")
    hands.press("Make an account")
    stands(hands.page, "Make an account")
    hands.fill("Mail address", MAIL)
    hands.fill("Password", PASSWORD)
    hands.tick("I am 16 or older.")
    hands.tick("I agree to the privacy statement.")
    hands.press("Make my account")
    stands(hands.page, "Look in your mail")
    hands.page.goto(world.site.origin(world.tenant) + world.link("/register/"))
    hands.press("Make my account")
    stands(hands.page, "Welcome")


def fill_in_profile(hands: Hands) -> None:
    """Give a name and a phone number, hide one, remove one."""
    page = hands.page
    hands.press("My profile")
    stands(page, "My profile")
    hands.press("Start with your name")
    hands.fill("First names", "Wandelaar")
    hands.fill("Surname", "Zichtbaar")
    hands.press("Save and go on")
    hands.press("My profile")
    hands.press("Add Phone number")
    hands.fill("Phone number", "0612345678")
    hands.press("Save")
    assert "+31 6 12345678" in item(page, "Mobile number")
    hands.press("Hide Surname")
    assert "Hidden" in item(page, "Surname")
    hands.press("Remove Mobile number")
    stands(page, "Remove: Mobile number")
    hands.press("Yes, remove it")
    assert "Not filled in" in item(page, "Phone number")


@pytest.mark.clause("W1", "P4a", "P4b", "P4c")
def test_register_profile_and_search(hands: Hands, upguide: World) -> None:
    shown = upguide.person(first_names="Vind", surname="Baarman")
    hidden = upguide.person(first_names="Weg", surname="Gestopt")
    hide(hidden, Item.SURNAME)
    page = hands.page
    page.goto(upguide.site.origin("upguide"))
    register(hands, upguide)
    sign_out(hands)
    sign_in(hands)
    stands(page, "Welcome")

    fill_in_profile(hands)
    hands.press("View as another member")
    stands(page, "My page as others see it")
    expect(page.locator(".card")).to_contain_text("Wandelaar")
    expect(page.locator(".card")).not_to_contain_text("Zichtbaar")

    assert search(hands, "baarm") == ["Vind Baarman"]
    assert search(hands, "gestopt") == []
    assert search(hands, str(shown.mail_address)) == []
    sign_out(hands)
    page.goto(upguide.site.origin("upguide") + "/people")
    stands(page, "Sign in")


def search(hands: Hands, name: str) -> list[str]:
    """Search for a name; return all that the page tells of those who were found."""
    hands.press("People")
    hands.fill("Name", name)
    hands.press("Search")
    expect(hands.page.locator("#q")).to_have_value(name)
    return hands.page.locator(".people li").all_inner_texts()


def test_pin_and_forgotten_password(hands: Hands, upguide: World) -> None:
    upguide.person(mail_address=MAIL, first_names="Wandelaar", surname=None)
    page = hands.page
    page.goto(upguide.site.origin("upguide"))
    sign_in(hands)
    stands(page, "Welcome, Wandelaar")
    set_pin(hands)
    sign_out(hands)

    sign_in(hands)
    stands(page, "Enter your PIN")
    page.goto(upguide.site.origin("upguide") + "/profile")
    stands(page, "Enter your PIN")
    hands.fill("PIN", "000000")
    hands.press("Go on")
    expect(page.locator("main")).to_contain_text("This is not your PIN.")
    hands.fill("PIN", PIN)
    hands.press("Go on")
    stands(page, "My profile")
    sign_out(hands)

    choose_new_password(hands, upguide)
    sign_in(hands, NEW_PASSWORD)
    stands(page, "Enter your PIN")


def set_pin(hands: Hands) -> None:
    hands.press("Security")
    hands.press("Set a PIN")
    hands.fill("New PIN", PIN)
    hands.fill("The same PIN once more", PIN)
    hands.press("Set this PIN")
    expect(hands.page.get_by_role("status")).to_contain_text("Your PIN is set.")


def choose_new_password(hands: Hands, world: World) -> None:
    hands.press("Sign in")
    hands.press("Forgotten your password?")
    hands.fill("Mail address", MAIL)
    hands.press("Send me a link")
    stands(hands.page, "Look in your mail")
    hands.page.goto(world.site.origin(world.tenant) + world.link("/reset-password/"))
    hands.fill("New password", NEW_PASSWORD)
    hands.press("Set my new password")
    expect(hands.page.get_by_role("status")).to_contain_text("Your new password is set.")


def test_a_second_portal_is_joined_after_a_yes(hands: Hands, upguide: World) -> None:
    upguide.person(mail_address=MAIL, first_names="Wandelaar", surname=None)
    page = hands.page
    page.goto(upguide.site.origin("gfs"))
    sign_in(hands)
    stands(page, "Do you want to join NU coaching · GFS?")
    page.goto(upguide.site.origin("gfs") + "/people")
    stands(page, "Do you want to join NU coaching · GFS?")
    hands.tick("I agree to the privacy statement.")
    hands.press("Yes, join")
    assert page.url == upguide.site.origin("gfs") + "/people"


def test_language_is_kept_with_the_account(hands: Hands, upguide: World, chromium: Browser) -> None:
    upguide.person(mail_address=MAIL)
    page = hands.page
    page.goto(upguide.site.origin("upguide"))
    sign_in(hands)
    hands.open("Account")
    hands.press("Nederlands")
    expect(page.locator("html")).to_have_attribute("lang", "nl")

    with browser_of(chromium, scripts=False) as elsewhere:
        elsewhere.goto(upguide.site.origin("upguide"))
        expect(elsewhere.locator("html")).to_have_attribute("lang", "en")
        sign_in(Pointer(elsewhere))
        expect(elsewhere.locator("html")).to_have_attribute("lang", "nl")
