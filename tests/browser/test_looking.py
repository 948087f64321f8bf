"""The look at a page finds what is wrong with it: one page with one fault of each kind."""

import pytest
from playwright.sync_api import Browser, Route

from tests.browser.looking import Looker
from tests.browser.pages import Visit
from tests.browser.rotation import Guise
from tests.browser.world import Scene
from tests.support.server import Site

VISIT = Visit("visitor", "statement.cookies", "/cookies")
NARROW = Guise("en", "light", 320)
PAGE = '<!doctype html><html lang="en"><title>Planted</title><main><h1>Planted</h1>{}</main></html>'
POLICY = "default-src 'self'; script-src 'none'"


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("<h1>Another</h1>", "has 2 h1"),
        ("<p><a href='/nowhere'>Somewhere</a></p>", "which answers 404"),
        ("<p><a href='https://elsewhere.example/'>Elsewhere</a></p>", "leads away from the portal"),
        ("<p><a href='#nowhere'>Below</a></p>", "leads to #nowhere, which is not there"),
        ("<form method='post' action='/privacy'><button>Send</button></form>", "which nothing answers"),
        ("<pre>" + "wide" * 200 + "</pre>", "scrolls sideways"),
        ("<img src='/icon/gone.svg' alt='Gone'>", "needs "),
        ("<img src='http://elsewhere.localhost/spy.gif' alt='Spy'>", "asks another origin"),
        ("<p onclick='spy()'>Text</p><script>spy()</script>", "console: "),
        ("<img src='/icon/gone.svg'>", "axe image-alt"),
        ("<p style='color: #aaa; background: #fff'>Faint</p>", "axe color-contrast"),
    ],
)
def test_a_fault_is_found(chromium: Browser, site: Site, fault: str, told: str) -> None:
    faults = faults_of(chromium, site, PAGE.format(fault))
    assert any(told in one for one in faults), faults


def test_a_page_in_order_has_no_fault(chromium: Browser, site: Site) -> None:
    assert faults_of(chromium, site, PAGE.format("<p>Text</p>")) == []


def faults_of(chromium: Browser, site: Site, page: str) -> list[str]:
    """Look at a page that stands in the place of one of ours."""

    def planted(route: Route) -> None:
        policy = POLICY + ("; style-src 'unsafe-inline'" if "style=" in page else "")
        route.fulfill(body=page, content_type="text/html", headers={"Content-Security-Policy": policy})

    with chromium.new_context(reduced_motion="reduce") as context:
        context.route("**/cookies", planted)
        return Looker(site, "upguide", Scene({}, {}), context).look(VISIT, [NARROW])
