"""A portal's look as data: palettes, typefaces, radii, and the stylesheet of tokens made from them."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Final

from upguide.tenancy.contrast import failing_pairs
from upguide.tenancy.reading import Table
from upguide.tenancy.shapes import COLOUR, LENGTH, TRACKING, matching, one_of, whole

# Families that ship in static/fonts, each with what stands in until it is loaded.
FONTS: Final = {
    "Bricolage Grotesque": '"Bricolage Grotesque Variable", "Segoe UI", sans-serif',
    "Figtree": '"Figtree Variable", system-ui, sans-serif',
    "Inter": '"Inter Variable", system-ui, sans-serif',
    "Newsreader": '"Newsreader Variable", Georgia, serif',
    "Outfit": '"Outfit Variable", "Segoe UI", sans-serif',
    "Source Sans 3": '"Source Sans 3 Variable", "Segoe UI", sans-serif',
}

HEROES: Final = ("panel", "open", "centre", "band")  # the shapes of a front page in static/css/components.css


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme, light or dark, each `#rrggbb`. `line`, `sun` and `second` only decorate."""

    paper: str
    sheet: str
    wash: str
    ink: str
    quiet: str
    line: str
    edge: str
    focus: str
    accent: str
    on_accent: str
    error: str
    on_error: str
    success: str
    sun: str
    second: str


COLOURS: Final = tuple(field.name for field in fields(Palette))


@dataclass(frozen=True, slots=True)
class Theme:
    """Everything that sets one portal's look apart, as tokens."""

    font_display: str
    font_body: str
    weight_display: int
    tracking_display: str
    hero: str
    radius: str
    radius_button: str
    light: Palette
    dark: Palette

    def stylesheet(self) -> str:
        """One `:root` rule of `--brand-…` custom properties, both palettes in it."""
        return f":root{{{';'.join(self._properties())}}}\n"

    def _properties(self) -> Iterator[str]:
        yield f"--brand-font-display:{FONTS[self.font_display]}"
        yield f"--brand-font-body:{FONTS[self.font_body]}"
        yield f"--brand-weight-display:{self.weight_display}"
        yield f"--brand-tracking-display:{self.tracking_display}"
        yield f"--brand-radius:{self.radius}"
        yield f"--brand-radius-button:{self.radius_button}"
        for palette, ending in ((self.light, ""), (self.dark, "-dark")):
            for name, colour in asdict(palette).items():
                yield f"--brand-{name.replace('_', '-')}{ending}:{colour}"


def version_of(*served: str) -> str:
    """A name for exactly what is served under it, so that browsers may keep it for ever."""
    return hashlib.sha256("\0".join(served).encode()).hexdigest()[:12]


def standalone(drawing: str, palette: Palette) -> str:
    """A drawing with its colour variables filled in, for where no stylesheet reaches (the tab's icon)."""
    colours = asdict(palette)
    return re.sub(r"var\(--up-color-([a-z-]+)\)", lambda found: colours[found[1].replace("-", "_")], drawing)


def read_theme(table: Table) -> Theme:
    """The theme in `[theme]`, faults kept in the table."""
    family = one_of(FONTS)
    tracking = matching(TRACKING, 'a length such as "-0.02em" or "0"')
    length = matching(LENGTH, 'a length such as "0.9rem", "2px" or "0"')
    return Theme(
        font_display=table.take("font_display", family, "Inter"),
        font_body=table.take("font_body", family, "Inter"),
        weight_display=table.take("weight_display", whole(100, 900), 400),
        tracking_display=table.take("tracking_display", tracking, "0"),
        hero=table.take("hero", one_of(HEROES), HEROES[0]),
        radius=table.take("radius", length, "0"),
        radius_button=table.take("radius_button", length, "0"),
        light=read_palette(table.table("light")),
        dark=read_palette(table.table("dark")),
    )


def read_palette(table: Table) -> Palette:
    """The colours of one theme; contrast is judged only once every colour of it can be read."""
    colour = matching(COLOUR, 'a colour such as "#17302a", in lower case')
    found = {name: table.take(name, colour, "") for name in COLOURS}
    if all(found.values()):
        for pair in failing_pairs(found):
            table.fault(pair.foreground, str(pair))
    return Palette(**found)
