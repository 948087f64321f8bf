"""WCAG 2.2 contrast, computed when a theme is read: a portal whose text cannot be read does not start."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

GROUNDS: Final = ("paper", "sheet", "wash")
TEXT_RATIO: Final = 4.5
SHAPE_RATIO: Final = 3.0
LINEAR_UP_TO: Final = 0.04045  # where sRGB turns from a line into a curve

TEXTS: Final = ("ink", "quiet", "accent", "error", "success")

# (foreground, ground, least ratio): WCAG 1.4.3 for text, 1.4.11 for edges of controls and the focus ring.
PAIRS: Final[tuple[tuple[str, str, float], ...]] = (
    *((text, ground, TEXT_RATIO) for text in TEXTS for ground in GROUNDS),
    ("on_accent", "accent", TEXT_RATIO),
    ("on_error", "error", TEXT_RATIO),
    *((shape, ground, SHAPE_RATIO) for shape in ("edge", "focus") for ground in GROUNDS),
)


@dataclass(frozen=True, slots=True)
class FailingPair:
    """A foreground that does not stand out from its ground."""

    foreground: str
    ground: str
    ratio: float
    need: float

    def __str__(self) -> str:
        shown = int(self.ratio * 100) / 100  # cut, not rounded: 4.499 must not read as "4.50, needs 4.5"
        return f"{self.foreground} on {self.ground} has a contrast of {shown:.2f}, and needs {self.need:g}"


def luminance(colour: str) -> float:
    """Relative luminance (0 black … 1 white) of `#rrggbb`, as WCAG 2.2 defines it."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= LINEAR_UP_TO else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """Contrast ratio of two `#rrggbb` colours, 1 (equal) to 21 (black on white), whichever is lighter."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def failing_pairs(colours: Mapping[str, str]) -> Iterator[FailingPair]:
    """Every pair of PAIRS that falls short; `colours` holds `#rrggbb` by name."""
    for foreground, ground, need in PAIRS:
        found = ratio(colours[foreground], colours[ground])
        if found < need:
            yield FailingPair(foreground, ground, found, need)
