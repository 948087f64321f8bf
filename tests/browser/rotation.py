"""In which theme, language, light and width a page is looked at, so that every pair of these occurs in a run.

Each page is opened once, and looked at on a phone and on a desk, one of them in the light and one in the dark.
`make audit` shows each page in all of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

THEMES = ("coachingnederland", "executive", "gfs", "upguide")
LANGUAGES = ("nl", "en")
SCHEMES = ("light", "dark")
WIDTHS = (320, 1280)


@dataclass(frozen=True)
class Guise:
    """How a page is shown."""

    language: str
    scheme: str
    width: int


ALL_GUISES = tuple(Guise(*one) for one in product(LANGUAGES, SCHEMES, WIDTHS))


def theme_of(page: int) -> str:
    """Return the theme in which page number `page` is opened."""
    return THEMES[page % 4]


def guises_of(page: int) -> tuple[Guise, Guise]:
    """Return how page number `page` is shown: each light once, each width once."""
    language = LANGUAGES[page // 4 % 2]
    light, dark = WIDTHS if page // 8 % 2 else reversed(WIDTHS)
    return Guise(language, "light", light), Guise(language, "dark", dark)


def pairs(cases: Sequence[tuple[object, ...]]) -> Iterator[tuple[object, ...]]:
    """Give every pair of values, with their places, that occurs together in one of `cases`."""
    for case in cases:
        for left in range(len(case)):
            for right in range(left + 1, len(case)):
                yield (left, case[left], right, case[right])
