"""The search field answers while somebody types, and the page does the same for those without a script."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.hands import Keyboard
from tests.browser.world import World
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, hide
from tests.support.server import Site
from upguide.policy.items import Item


@pytest.fixture
def world(site: Site, database: WorkerDatabase) -> World:
    return World(site, database, "upguide")


@pytest.fixture
def found(world: World) -> Made:
    """Who is looked for; beside them somebody who hides the name."""
    shy = world.person(first_names="Berend", surname="Bergsma")
    for item in (Item.FIRST_NAMES, Item.SURNAME):
        hide(shy, item)
    world.person(first_names="Karel", surname="Dalman")
    return world.person(first_names="Zoë", infix="van den", surname="Berg")


@pytest.fixture
def page(chromium: Browser, world: World, found: Made) -> Iterator[Page]:
    """The people page of a member who looks for somebody."""
    assert found
    yield from opened(chromium, world, scripts=True)


@pytest.fixture
def plain_page(chromium: Browser, world: World, found: Made) -> Iterator[Page]:
    """The same without JavaScript."""
    assert found
    yield from opened(chromium, world, scripts=False)


def opened(chromium: Browser, world: World, *, scripts: bool) -> Iterator[Page]:
    session = world.session(world.person(first_names="Kijker", surname="Kijkens"))
    origin = world.site.origin("upguide")
    with chromium.new_context(locale="en-GB", java_script_enabled=scripts, reduced_motion="reduce") as context:
        context.add_cookies([{"name": name, "value": value, "url": origin} for name, value in session.items()])
        page = context.new_page()
        page.goto(f"{origin}/people")
        yield page


@pytest.mark.clause("W1", "P4b")
def test_suggestions_lead_to_a_member_by_keyboard(page: Page, found: Made) -> None:
    keyboard = Keyboard(page)
    keyboard.fill("Name", "berg")
    box = page.get_by_role("combobox")
    expect(page.get_by_role("option")).to_have_text(["Zoë van den Berg"])
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option")).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", str(page.get_by_role("option").get_attribute("id")))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith(f"/people/{found.handle}")


def test_escape_closes_the_suggestions_and_enter_searches(page: Page) -> None:
    Keyboard(page).fill("Name", "berg")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("combobox")).to_have_attribute("aria-expanded", "false")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".people li")).to_have_text(["Zoë van den Berg"])


def test_suggestions_follow_a_click(page: Page, found: Made) -> None:
    page.get_by_role("combobox").press_sequentially("zoe")
    with page.expect_navigation():
        page.get_by_role("option", name="Zoë van den Berg").click()
    assert page.url.endswith(f"/people/{found.handle}")


@pytest.mark.clause("W1", "P4b")
def test_the_page_finds_the_same_without_a_script(plain_page: Page, found: Made) -> None:
    plain_page.locator("#q").fill("berg")
    with plain_page.expect_navigation():
        plain_page.get_by_role("button", name="Search").click()
    expect(plain_page.locator(".people li")).to_have_text(["Zoë van den Berg"])
    with plain_page.expect_navigation():
        plain_page.get_by_role("link", name="Zoë van den Berg").click()
    assert plain_page.url.endswith(f"/people/{found.handle}")
