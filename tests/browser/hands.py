"""Two people who go the same ways: one with a keyboard alone, one who clicks in a browser without JavaScript."""

import re
from dataclasses import dataclass
from typing import Protocol

from playwright.sync_api import Page

LONGEST_WAY = 60  # stops on the way to anything on a page
HERE = """async () => {
    const at = document.activeElement;
    if (!at || at === document.body) return null;
    const label = at.labels?.[0] ?? document.getElementById(at.getAttribute("aria-labelledby"));
    const name = at.getAttribute("aria-label") ?? label?.innerText ?? at.innerText ?? "";
    const inside = () => {
        const box = at.getBoundingClientRect();
        return box.bottom > 0 && box.top < innerHeight && box.width > 0;
    };
    // What moves into sight when it gets the focus may need a moment.
    if (!inside()) await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    const style = getComputedStyle(at);
    return {
        name: name.replace(/\\s+/g, " ").trim(),
        tag: at.tagName.toLowerCase(),
        shown: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== "none",
        inside: inside(),
    };
}"""


class Hands(Protocol):
    """What anybody can do with a page."""

    @property
    def page(self) -> Page: ...

    def fill(self, name: str, text: str) -> None: ...
    def tick(self, name: str) -> None: ...
    def open(self, name: str) -> None: ...
    def press(self, name: str) -> None: ...


@dataclass(frozen=True)
class Keyboard:
    """Tab, Enter, Space, arrows and letters. Each stop on the way must show, in the window, that it has the focus."""

    page: Page

    def go_to(self, name: str, *, tag: str | None = None) -> None:
        """Press Tab until what is called `name`, or begins so, has the focus."""
        seen: list[str] = []
        for _step in range(LONGEST_WAY):
            here = self.page.evaluate(HERE)
            if here:
                seen.append(f"{here['tag']} {here['name']}")
                assert here["shown"], f"the focus cannot be seen on {seen[-1]} of {self.page.url}"
                assert here["inside"], f"the focus is out of the window on {seen[-1]} of {self.page.url}"
                if here["name"].startswith(name) and tag in {None, here["tag"]}:
                    return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {name!r} on {self.page.url}, only to {seen}")

    def fill(self, name: str, text: str) -> None:
        """Go to a field and write over what stands in it."""
        self.go_to(name)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def tick(self, name: str) -> None:
        """Go to a box and tick it."""
        self.go_to(name, tag="input")
        self.page.keyboard.press("Space")

    def open(self, name: str) -> None:
        """Go to a menu and open it."""
        self.go_to(name, tag="summary")
        self.page.keyboard.press("Enter")

    def press(self, name: str) -> None:
        """Go to a link or button that begins with this name, and follow it."""
        self.go_to(name)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")


@dataclass(frozen=True)
class Pointer:
    """Somebody who clicks, in a browser without JavaScript."""

    page: Page

    def fill(self, name: str, text: str) -> None:
        """Write in a field."""
        self.page.get_by_label(name, exact=False).first.fill(text)

    def tick(self, name: str) -> None:
        """Tick a box."""
        self.page.get_by_label(name).check()

    def open(self, name: str) -> None:
        """Open a menu."""
        self.page.locator("summary", has_text=name).click()

    def press(self, name: str) -> None:
        """Follow a link or press a button that begins with this name."""
        named = re.compile(f"^{re.escape(name)}")
        target = self.page.get_by_role("button", name=named).or_(self.page.get_by_role("link", name=named))
        inside = self.page.locator("main").get_by_role("button", name=named)
        with self.page.expect_navigation():
            (inside if inside.count() else target.locator("visible=true")).first.click()
