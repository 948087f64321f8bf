"""Style and script stay small, logical, and free of what the content security policy would refuse."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

from upguide.tenancy.theme import COLOURS, FONTS, HEROES

ROOT = Path(__file__).parents[2]
CSS = ROOT / "upguide" / "static" / "css"
JS = ROOT / "upguide" / "static" / "js"
FONT_FILES = ROOT / "upguide" / "static" / "fonts"
SPRITE = ROOT / "upguide" / "static" / "icons.svg"
TEMPLATES = ROOT / "templates"

CSS_BUDGET = 12_000  # bytes, compressed, all sheets together
JS_BUDGET = 15_000  # bytes as written, all scripts together

COMMENT = re.compile(r"/\*.*?\*/|\{#.*?#\}", re.DOTALL)
PHYSICAL = re.compile(
    r"[{;]\s*((?:(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right|top|bottom)"
    r"|left|right|top|bottom|(?:min-|max-)?(?:width|height)|float|clear)[a-z-]*)\s*:"
)
HTML_SINKS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b|new Function"
    r"|createContextualFragment|srcdoc|setHTML"
)
TAG = re.compile(r"<[a-z][^>]*>", re.IGNORECASE)
SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL | re.IGNORECASE)


def text_of(path: Path) -> str:
    return COMMENT.sub("", path.read_text(encoding="utf-8"))


def sheets() -> dict[str, str]:
    return {path.name: text_of(path) for path in sorted(CSS.glob("*.css"))}


def scripts() -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(JS.rglob("*.js"))}


def pages() -> dict[str, str]:
    """All templates that become pages; those of mails are for mail programs, which know no stylesheets."""
    found = {path.relative_to(TEMPLATES): path for path in sorted(TEMPLATES.rglob("*.html"))}
    return {name.as_posix(): text_of(path) for name, path in found.items() if name.parts[0] != "mail"}


def physical_properties(css: str) -> list[str]:
    return PHYSICAL.findall(css)


def refused_by_csp(html: str) -> Iterator[str]:
    """What a policy without `unsafe-inline` would not let through."""
    for tag in TAG.findall(html):
        yield from re.findall(r"\s(style|on[a-z]+)\s*=", tag, re.IGNORECASE)
    yield from re.findall(r"<style\b", html, re.IGNORECASE)
    for attributes, _body in SCRIPT.findall(html):
        if 'nonce="{{ csp_nonce() }}"' not in attributes:
            yield "script without nonce"
        elif "src=" not in attributes and 'type="speculationrules"' not in attributes:
            yield "inline script"


def test_stylesheets_fit_their_budget() -> None:
    sizes = {name: len(gzip.compress((CSS / name).read_bytes(), 9, mtime=0)) for name in sheets()}
    assert sum(sizes.values()) <= CSS_BUDGET, sizes


def test_scripts_fit_their_budget() -> None:
    sizes = {name: len(text.encode()) for name, text in scripts().items()}
    assert sum(sizes.values()) <= JS_BUDGET, sizes


def test_stylesheets_use_logical_properties() -> None:
    assert {name: found for name, css in sheets().items() if (found := physical_properties(css))} == {}


def test_a_physical_property_is_found() -> None:
    planted = "a { margin-left: 1px; max-width: 2rem } @media (max-width: 3rem) { b { inset: 0; top: 0 } }"
    assert physical_properties(planted) == ["margin-left", "max-width", "top"]


def test_stylesheets_load_from_nowhere_else() -> None:
    addresses = {address for css in sheets().values() for address in re.findall(r'url\("?([^")]+)"?\)', css)}
    assert {address for address in addresses if not address.startswith("../fonts/")} == set()
    assert {address for address in addresses if not (CSS / address).is_file()} == set()
    assert not any("@import" in css for css in sheets().values())


def test_every_family_of_a_theme_ships_with_its_licence() -> None:
    faces = set(re.findall(r'font-family: "([^"]+) Variable"', sheets()["fonts.css"]))
    licences = {family for family in FONTS if (FONT_FILES / f"{slug(family)}-LICENSE.txt").is_file()}
    assert (faces, licences) == (set(FONTS), set(FONTS))


def slug(family: str) -> str:
    return family.lower().replace(" ", "-")


def test_every_colour_of_a_theme_has_its_token_and_no_other_is_used() -> None:
    tokens = set(re.findall(r"(--up-[a-z0-9-]+):", sheets()["base.css"]))
    used = {token for css in sheets().values() for token in re.findall(r"var\((--up-[a-z0-9-]+)\)", css)}
    colours = {f"--up-color-{colour.replace('_', '-')}" for colour in COLOURS}
    assert {token for token in tokens if token.startswith("--up-color-")} == colours
    assert used <= tokens, used - tokens


def test_every_shape_of_a_front_page_is_drawn() -> None:
    assert {hero for hero in HEROES if f".hero-{hero} " in sheets()["components.css"]} == set(HEROES)


def test_templates_hold_nothing_that_the_policy_refuses() -> None:
    assert {name: found for name, html in pages().items() if (found := list(refused_by_csp(html)))} == {}


def test_inline_style_handler_and_script_are_found() -> None:
    planted = (
        '<p style="color:red" onclick="x()">a</p><style>b{}</style><script>x()</script>'
        '<script nonce="{{ csp_nonce() }}">x()</script>'
    )
    assert list(refused_by_csp(planted)) == [
        "style",
        "onclick",
        "<style",
        "script without nonce",
        "inline script",
    ]


def test_scripts_never_write_html() -> None:
    assert {name: found for name, text in scripts().items() if (found := HTML_SINKS.findall(text))} == {}


def test_pages_fetched_ahead_are_menus_and_footer_alone() -> None:
    """Fetching a page about a person before anybody asked for it would journal a look that was none."""
    rules = re.findall(r'"selector_matches": "([^"]+)"|"(href_matches|urls)"', pages()["layout.html"])
    assert rules == [(".site-nav a, .site-footer a", "")]


def test_every_icon_that_a_template_names_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([a-z]+)"', SPRITE.read_text(encoding="utf-8")))
    literal = re.compile(r"""\bicon\(["']([a-z]+)["']|icon_name=["']([a-z]+)["']""")
    named = {one or other for html in pages().values() for one, other in literal.findall(html)}
    assert named <= drawn, named - drawn
