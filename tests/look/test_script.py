"""The comforts that scripts add, in a real browser, over a page made from the site's own components."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "upguide" / "static"
PORTAL = "http://portal.test"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
# As strict as the site's own: a script that wrote HTML would fail here.
POLICY = "default-src 'self'; style-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"
BODY = """
{% from "components/dialog.html" import dialog, opener %}
{% from "components/people.html" import search_field %}
<!doctype html><html lang="en"><title>Sample</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/css/base.css"><link rel="stylesheet" href="/static/css/components.css">
<script type="module" src="/static/js/app.js"></script>
<main>
<div class="notice error" tabindex="-1" data-focus>There is a problem</div>
{{ search_field("/people", "Name", suggest="/people/suggest") }}
{{ opener("Remove", "/remove", "question") }}
{% call dialog("question", "Remove it?", "/remove", "Yes, remove") %}<p>It is gone at once.</p>{% endcall %}
<form method="post" action="/sign-in"><label for="p">Password</label>
<div class="with-button"
data-show="Show" data-show-label="Show password" data-hide="Hide" data-hide-label="Hide password">
<input class="input" id="p" name="p" type="password"></div><button type="submit">Sign in</button></form>
<details class="menu"><summary>Account</summary><div>Sign out</div></details>
</main></html>
"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def portal(chromium: Browser) -> Iterator[Page]:
    """A page of components, answered from the work tree without a server."""
    names = Environment(loader=FileSystemLoader(ROOT / "templates"), autoescape=True)
    names.globals.update(_=lambda text: text, csrf_token=lambda: "token", static_url=lambda path: f"/static/{path}")
    html = names.from_string(BODY).render()

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(PORTAL).partition("?")[0]
        if path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            route.fulfill(body=file.read_bytes(), content_type=KINDS[file.suffix])
        elif path == "/people/suggest":
            found = [
                {"label": "Ada van den Akker", "url": "/people/a"},
                {"label": "<b>Bo</b>", "url": "/people/b"},
            ]
            route.fulfill(body=json.dumps({"suggestions": found}), content_type="application/json")
        else:
            route.fulfill(body=html, content_type="text/html", headers={"Content-Security-Policy": POLICY})

    page = chromium.new_page(reduced_motion="reduce")
    page.route(f"{PORTAL}/**", answer)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{PORTAL}/")
    yield page
    page.close()
    assert faults == []


def test_reading_starts_at_the_error_summary(portal: Page) -> None:
    expect(portal.locator("[data-focus]")).to_be_focused()


def test_suggestions_are_chosen_with_the_keyboard(portal: Page) -> None:
    field = portal.get_by_role("combobox", name="Name")
    field.press_sequentially("akk")
    options = portal.get_by_role("option")
    expect(options).to_have_text(["Ada van den Akker", "<b>Bo</b>"])
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    field.press("Enter")
    portal.wait_for_url(f"{PORTAL}/people/a")


def test_suggestions_close_on_escape_and_leave_the_form_working(portal: Page) -> None:
    field = portal.get_by_role("combobox", name="Name")
    field.press_sequentially("akk")
    expect(portal.get_by_role("listbox")).to_be_visible()
    field.press("Escape")
    expect(portal.get_by_role("listbox")).to_be_hidden()
    field.press("Enter")
    portal.wait_for_url(f"{PORTAL}/people?q=akk")


def test_a_dialog_asks_first_and_can_be_cancelled(portal: Page) -> None:
    portal.get_by_role("link", name="Remove").click()
    question = portal.get_by_role("dialog", name="Remove it?")
    expect(question).to_be_visible()
    question.get_by_role("button", name="Cancel").click()
    expect(question).to_be_hidden()
    assert portal.url == f"{PORTAL}/"


def test_a_password_can_be_shown_and_hidden_again(portal: Page) -> None:
    field = portal.locator("#p")
    portal.get_by_role("button", name="Show password").click()
    expect(field).to_have_attribute("type", "text")
    portal.get_by_role("button", name="Hide password").click()
    expect(field).to_have_attribute("type", "password")


def test_a_form_is_sent_once(portal: Page) -> None:
    posts: list[str] = []
    portal.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    portal.evaluate("() => { for (const n of [1, 2]) document.querySelector('[action=\"/sign-in\"]').requestSubmit() }")
    portal.wait_for_url(f"{PORTAL}/sign-in")
    assert posts == [f"{PORTAL}/sign-in"]


def test_the_account_menu_closes_on_escape(portal: Page) -> None:
    portal.get_by_text("Account").click()
    expect(portal.get_by_text("Sign out")).to_be_visible()
    portal.keyboard.press("Escape")
    expect(portal.get_by_text("Sign out")).to_be_hidden()
