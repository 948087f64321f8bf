"""Which page is looked at in which theme, language, light and width, so that every pair of these occurs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

LANGUAGES = ("nl", "en")
SCHEMES = ("light", "dark")
WIDTHS = (320, 1280)
# Four rows in which each pair of the three columns has all four combinations.
ROWS = ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0))


@dataclass(frozen=True)
class Guise:
    """How a page is shown."""

    language: str
    scheme: str
    width: int


ALL_GUISES = tuple(Guise(*one) for one in product(LANGUAGES, SCHEMES, WIDTHS))


def guise(page: int, theme: int) -> Guise:
    """Return how page number `page` is shown in theme number `theme`; over four themes it meets all four rows."""
    language, scheme, width = ROWS[(page + theme) % len(ROWS)]
    return Guise(LANGUAGES[language], SCHEMES[scheme], WIDTHS[width])


def is_examined(page: int, theme: int) -> bool:
    """Tell whether axe-core looks at this page in this theme, which takes as long as all else: in two of the four."""
    return (page // len(ROWS) + theme) % 2 == 0


def pairs(cases: Sequence[tuple[object, ...]]) -> Iterator[tuple[object, ...]]:
    """Give every pair of values, with their places, that occurs together in one of `cases`."""
    for case in cases:
        for left in range(len(case)):
            for right in range(left + 1, len(case)):
                yield (left, case[left], right, case[right])
