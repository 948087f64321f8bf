"""What holds for each page of the site, whatever it is about: checked on every page that a test opens."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import html5lib
from html5lib.html5parser import ParseError
from werkzeug.test import TestResponse

# What a browser fetches or sends to by itself; a link that a reader may follow is another matter.
LOADED = {"script": "src", "img": "src", "link": "href", "form": "action", "iframe": "src", "source": "srcset"}
OURS = re.compile(r"(?:/(?!/)|\?|#|$)")
CONTROLS = dict.fromkeys((*range(9), 11, *range(14, 32), *range(127, 160), *range(0xFDD0, 0xFDF0), 0xFFFE, 0xFFFF))
NONCE = re.compile(r"'nonce-([^']+)'")
TOKEN = re.compile(r'(name="csrf_token"[^>]* value=")[\w.-]+"')


def check_page(response: TestResponse, languages: Iterable[str]) -> None:
    """Fail where a page breaks a convention of the house; the message names the page and the convention."""
    faults = list(_faults(response, tuple(languages)))
    where = f"{response.request.method} {response.request.path} ({response.status_code})"
    assert not faults, f"{where}: " + "; ".join(faults)


def _faults(response: TestResponse, languages: tuple[str, ...]) -> Iterable[str]:
    text = response.get_data().decode()
    if "no-store" not in response.headers.get("Cache-Control", ""):
        yield "may be kept by a cache: Cache-Control lacks no-store"
    if response.status_code in (301, 302, 303, 307, 308):
        return
    nonce = NONCE.search(response.headers.get("Content-Security-Policy", ""))
    if nonce:
        text = text.replace(f'nonce="{nonce[1]}"', 'nonce="of-this-page"')
    # What was refused comes back as it was typed, control characters and all.
    typed = text.translate(CONTROLS) if response.status_code >= 400 else text
    yield from _faults_of(TOKEN.sub(r'\1token"', typed), languages, "of-this-page" if nonce else None)


@lru_cache(maxsize=300)
def _faults_of(text: str, languages: tuple[str, ...], nonce: str | None) -> tuple[str, ...]:
    """Return the faults of a page that differs in nonce and token alone from those that come again and again."""
    faults = []
    try:
        tree = parse(text, strict=True)
    except ParseError as error:
        faults.append(f"is not valid HTML: {error}")
        tree = parse(text)
    return (*faults, *_document(tree, text, languages), *_elements(tree, nonce))


def parse(text: str, *, strict: bool = False) -> Any:
    """Return the tree of a page; `strict` raises ParseError at the first error."""
    builder = html5lib.getTreeBuilder("etree")
    return html5lib.HTMLParser(builder, strict=strict, namespaceHTMLElements=False).parse(text)


def words(element: Any) -> str:
    """Return the text in an element, its spaces made single."""
    return " ".join("".join(element.itertext()).split())


def _document(tree: Any, text: str, languages: tuple[str, ...]) -> Iterable[str]:
    if not text.lstrip().lower().startswith("<!doctype html>"):
        yield "has no doctype"
    if tree.get("lang") not in languages:
        yield f"has lang={tree.get('lang')!r}, which the portal does not speak"
    title = words(tree.find("head/title")) if tree.find("head/title") is not None else ""
    headings = [words(heading) for heading in tree.iter("h1")]
    if len(headings) != 1:
        yield f"has {len(headings)} h1, not one"
    elif title != headings[0] and not title.startswith(f"{headings[0]} · "):
        yield f"has the title {title!r} and the h1 {headings[0]!r}: the title must begin with the h1"
    ids = Counter(e.get("id") for e in tree.iter() if e.get("id") is not None)
    for name, count in ids.items():
        if count > 1:
            yield f"has the id {name!r} {count} times"


def _elements(tree: Any, nonce: str | None) -> Iterable[str]:
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        for name in element.attrib:
            if name == "style" or name.startswith("on"):
                yield f"has an inline {name!r} on <{element.tag}>"
        if element.tag == "style":
            yield "has a <style>"
        if element.tag == "script" and element.get("nonce") != nonce:
            yield "has a script without this page's nonce"
        loaded = element.get(LOADED.get(element.tag, ""), "")
        if element.tag in LOADED and not OURS.match(loaded):
            yield f"reaches for another origin: <{element.tag}> {loaded}"
