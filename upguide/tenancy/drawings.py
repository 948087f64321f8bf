"""Logos and pictures stand inline in every page, so what they may hold is a short list; all else is refused.

What comes out is written anew from what was checked: comments and processing instructions do not survive.
"""

import re
from collections.abc import Mapping
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from upguide.tenancy.theme import COLOURS

NAMESPACE: Final = "http://www.w3.org/2000/svg"
LARGEST: Final = 20_000  # bytes

# fmt: off
ELEMENTS: Final = frozenset({
    "svg", "g", "defs", "use", "path", "circle", "ellipse", "rect",
    "line", "polyline", "polygon", "linearGradient", "radialGradient", "stop", "clipPath", "mask",
})
FUNCTIONS: Final = frozenset({"transform", "gradientTransform"})
ATTRIBUTES: Final = FUNCTIONS | frozenset({
    "viewBox", "preserveAspectRatio", "aria-hidden", "id", "class", "width", "height", "x", "y", "x1",
    "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy", "d", "points", "pathLength", "fill",
    "fill-opacity", "fill-rule", "opacity", "color", "vector-effect", "stroke", "stroke-width",
    "stroke-opacity", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-dasharray",
    "stroke-dashoffset", "offset", "stop-color", "stop-opacity", "gradientUnits", "spreadMethod",
    "clip-path", "clip-rule", "clipPathUnits", "mask", "maskUnits", "maskContentUnits",
})
# fmt: on
PLAIN: Final = re.compile(r"[A-Za-z0-9#%.,+\- ]*")
FUNCTION: Final = re.compile(r"[A-Za-z0-9.,+\- ()]*")
REFERENCE: Final = re.compile(r"url\(#([a-z0-9-]+)\)")
VARIABLES: Final = frozenset(f"var(--up-color-{name.replace('_', '-')})" for name in COLOURS)


class DrawingError(ValueError):
    """A drawing that may not stand in a page. `reasons` has one line for each fault in it."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__("; ".join(reasons))


def read_drawing(source: str, prefix: str, *, repeats: bool) -> str:
    """The drawing, checked and written anew, ready to stand in a page.

    Args:
        source: the text of an SVG file.
        prefix: what its ids and classes begin with, so that they meet none of the page's own.
        repeats: it may stand on a page more than once, so it may hold no ids.

    Raises:
        DrawingError: for anything that is not on the lists above; nothing outside the file is ever fetched.
    """
    reader = _Reader(prefix, repeats)
    reader.read(source)
    reasons = list(dict.fromkeys(reader.reasons))
    if reasons:
        raise DrawingError(reasons)
    return "".join(reader.parts)


class _Reader:
    def __init__(self, prefix: str, repeats: bool) -> None:
        self._prefix, self._repeats = prefix, repeats
        self._ids: list[str] = []
        self._wanted: set[str] = set()
        self.parts: list[str] = []
        self.reasons: list[str] = []

    def read(self, source: str) -> None:
        parser = self._parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._doctype  # no document type, so no entities: no bombs, no files
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        try:
            parser.Parse(source, True)
        except expat.ExpatError as error:
            self.reasons.append(f"is not well-formed XML: {error}")
        except DrawingError as error:
            self.reasons += error.reasons
        self.reasons += [f"id {name} stands twice" for name in self._ids if self._ids.count(name) > 1]
        self.reasons += [f"refers to #{name}, which is not in it" for name in sorted(self._wanted - set(self._ids))]

    def _doctype(self, *_: object) -> None:
        raise DrawingError([f"line {self._parser.CurrentLineNumber}: a document type is refused"])

    def _refuse(self, reason: str) -> None:
        self.reasons.append(f"line {self._parser.CurrentLineNumber}: {reason}")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        outermost = not self.parts
        if outermost:
            self._check_root(name, attributes)
        elif name == "svg":
            self._refuse("element <svg> may stand only outermost")
        kept = {key: value for key, value in attributes.items() if not (outermost and key == "xmlns")}
        if name not in ELEMENTS:
            self._refuse(f"element <{name}> is refused")
        else:
            for key, value in kept.items():
                self._check(name, key, value)
        declared = {"xmlns": NAMESPACE} if outermost else {}
        self.parts.append(f"<{name}{written(declared | kept)}>")

    def _end(self, name: str) -> None:
        self.parts.append(f"</{name}>")

    def _characters(self, found: str) -> None:
        if found.strip():
            self._refuse("text is refused")

    def _check_root(self, name: str, attributes: Mapping[str, str]) -> None:
        if name != "svg" or attributes.get("xmlns") != NAMESPACE:
            self._refuse(f'must begin with <svg xmlns="{NAMESPACE}">')
        if "viewBox" not in attributes:
            self._refuse("<svg> lacks viewBox")
        if attributes.get("aria-hidden") != "true":
            self._refuse('<svg> lacks aria-hidden="true": the name beside it is what is read out')

    def _check(self, element: str, key: str, value: str) -> None:
        if key == "href" and element == "use" and value.startswith("#"):
            self._wanted.add(value[1:])
        elif key not in ATTRIBUTES:
            self._refuse(f"attribute {key} is refused")
        elif key in ("id", "class"):
            self._check_names(key, value)
        elif found := REFERENCE.fullmatch(value):
            self._wanted.add(found[1])
        elif value not in VARIABLES and not (FUNCTION if key in FUNCTIONS else PLAIN).fullmatch(value):
            self._refuse(f"attribute {key} has a value that is refused: {value[:60]!r}")

    def _check_names(self, key: str, value: str) -> None:
        if key == "id":
            self._ids.append(value)
            if self._repeats:
                self._refuse("attribute id is refused: this drawing may stand on a page more than once")
        names = value.split() if key == "class" else [value]
        if not names or not all(re.fullmatch(rf"{self._prefix}[a-z0-9-]+", name) for name in names):
            self._refuse(f"attribute {key} must begin with {self._prefix}")


def written(attributes: Mapping[str, str]) -> str:
    """Attributes as they stand in a tag, each with a space before it."""
    return "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
