"""What holds for each page in a browser, whoever looks at it and however it is shown."""

from collections.abc import Iterator, Sequence
from contextvars import Context
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import axe_playwright_python
from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from tests.browser.pages import Visit
from tests.browser.rotation import Guise
from tests.browser.world import Scene
from tests.support.server import Site

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# Rules whose outcome hangs on how a page is drawn, not on what stands in it.
DRAWN = ("color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size")
# Stylesheets are our own, and there: axe need not read them once more for itself.
RUN_AXE = "rules => axe.run(document, {preload: {assets: ['media']}, resultTypes: ['violations'], runOnly: rules})"
# Colours on their way from light to dark are not those that people read.
SETTLE = """async () => {
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    await Promise.allSettled(document.getAnimations().map((one) => one.finished));
}"""
READ = """() => ({
    headings: document.querySelectorAll("h1").length,
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    links: [...document.querySelectorAll("a[href]")].map((one) => one.href),
    forms: [...document.forms].map((one) => [one.method.toUpperCase(), one.getAttribute("action") ?? location.href]),
    anchors: [...document.querySelectorAll("a[href^='#']")].map((one) => one.hash.slice(1))
        .filter((id) => id && !document.getElementById(id)),
})"""
HEIGHT = 800


@dataclass
class Looker:
    """One window, signed in as the scene's viewer; it notes what goes wrong while pages open."""

    site: Site
    tenant: str
    scene: Scene
    context: BrowserContext
    noted: list[str] = field(default_factory=list)
    followed: dict[str, int] = field(default_factory=dict)
    dressed: tuple[str, int] | None = None

    def __post_init__(self) -> None:
        self.origin = self.site.origin(self.tenant)
        self.context.add_cookies(
            [{"name": name, "value": value, "url": self.origin} for name, value in self.scene.cookies.items()]
        )
        self.client = self.site.app.test_client()
        for name, value in self.scene.cookies.items():
            self.client.set_cookie(name, value, domain=urlsplit(self.origin).hostname or "")
        # Through the debugger, which the page's own policy does not bind: that stays in force.
        self.context.add_init_script(AXE)
        self.page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.noted.append(f"script: {error}"))
        self.page.on("request", self._request)
        self.page.on("response", self._response)

    def look(self, visit: Visit, guises: Sequence[Guise], again: Sequence[str] = DRAWN) -> list[str]:
        """Open a page in one of `guises`, show it in the others, of the same language; return what is wrong.

        Axe looks at all of the page in the guise in which it opens, by the rules `again` in the others. The page
        opens in the guise of the one before where that is among `guises`: to dress the window anew takes time.
        """
        self.noted.clear()
        self.page.set_extra_http_headers({"Accept-Language": guises[0].language})
        ordered = sorted(guises, key=lambda guise: (guise.scheme, guise.width) != self.dressed)
        self.dress(ordered[0])
        opened = self.open(visit, ordered[0])
        faults = [] if opened == visit.status else [f"{visit}: answers {opened}, not {visit.status}"]
        for guise in ordered:
            self.dress(guise)
            found = self._faults(visit, RULES if guise is ordered[0] else again)
            faults += [f"{visit} ({self.tenant}, {guise}): {fault}" for fault in found]
        return faults + [f"{visit} ({self.tenant}): {fault}" for fault in self.noted]

    def dress(self, guise: Guise) -> None:
        """Show pages in this light and width from now on."""
        if self.dressed != (guise.scheme, guise.width):
            self.page.emulate_media(color_scheme=guise.scheme)
            self.page.set_viewport_size({"width": guise.width, "height": HEIGHT})
            self.dressed = guise.scheme, guise.width

    def open(self, visit: Visit, guise: Guise) -> int:
        """Open the page, do what is to be done there, and return the status of the first answer."""
        path = visit.path.format_map({"tenant": self.tenant, "scheme": guise.scheme, **self.scene.words})
        answer = self.page.goto(self.origin + path)
        assert answer is not None
        if visit.act:
            visit.act(self.page)
        return answer.status

    def _faults(self, visit: Visit, rules: Sequence[str]) -> list[str]:
        self.page.evaluate(SETTLE)
        read: dict[str, Any] = self.page.evaluate(READ)
        faults = []
        if read["headings"] != 1:
            faults.append(f"has {read['headings']} h1")
        if read["wide"] > 0:
            faults.append(f"scrolls sideways by {read['wide']} pixels")
        faults += [f"leads to #{anchor}, which is not there" for anchor in read["anchors"]]
        faults += self._dead_ends(read["links"], [] if visit.sample else read["forms"])
        faults += self._axe(rules)
        return faults

    def _axe(self, rules: Sequence[str]) -> Iterator[str]:
        for violation in self.page.evaluate(RUN_AXE, list(rules))["violations"]:
            for node in violation["nodes"]:
                yield f"axe {violation['id']}: {node['html'][:160]}: {node['failureSummary'][:200]}"

    def _dead_ends(self, links: list[str], forms: list[list[str]]) -> Iterator[str]:
        for link in {one.partition("#")[0] for one in links}:
            where = urlsplit(link)
            if where.scheme not in {"http", "https"}:
                continue
            if f"{where.scheme}://{where.netloc}" != self.origin:
                yield f"leads away from the portal: {link}"
            elif self._status(link) >= 400:
                yield f"leads to {link}, which answers {self._status(link)}"
        for method, action in forms:
            if not self._is_served(method, urlsplit(action).path or urlsplit(self.page.url).path):
                yield f"has a form for {method} {action}, which nothing answers"

    def _status(self, link: str) -> int:
        if link == self.page.url:
            return 200
        if link not in self.followed:
            path = link.removeprefix(self.origin) or "/"
            answer = Context().run(self.client.get, path, base_url=self.origin, follow_redirects=True)
            self.followed[link] = answer.status_code
        return self.followed[link]

    def _is_served(self, method: str, path: str) -> bool:
        try:
            self.site.app.url_map.bind(urlsplit(self.origin).netloc).match(path, method)
        except RequestRedirect:
            return True
        except HTTPException:
            return False
        return True

    def _console(self, message: ConsoleMessage) -> None:
        refused = message.text.startswith("Failed to load resource")
        # An error page is an error to the console; what fails to load on a page is noted where its answer comes in.
        if message.type in {"error", "warning"} and not refused:
            self.noted.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "data:", "blob:")):
            self.noted.append(f"asks another origin: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.noted.append(f"needs {response.url}, which answers {response.status}")
