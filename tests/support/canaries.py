"""Values that occur nowhere by chance: a page, mail or log that holds one has shown that person's item."""

import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from upguide.policy.items import Item

_LETTERS = "bcdfghjklmnpqrstvwx"  # without the z that fills up: two numbers would make one word
_count = itertools.count(1)


@dataclass(frozen=True)
class Canary:
    """One value and what it is."""

    value: str
    person_id: UUID
    item: Item


PLANTED: dict[str, Canary] = {}
# The same, by what stands at their first mark: a run plants tens of thousands, of which a page shows a few.
_MARKS = {"qx": 6, "+3197": 9}
_BY_MARK: defaultdict[str, dict[str, Canary]] = defaultdict(dict)


def word(stem: str = "") -> str:
    """Return a word of letters that no other text holds, such as a name could be."""
    number, letters = next(_count), ""
    while number:
        number, digit = divmod(number, len(_LETTERS))
        letters = _LETTERS[digit] + letters
    return f"{stem}qx{letters:z>4}q".capitalize()


def plant(value: str, person_id: UUID, item: Item) -> str:
    """Remember that `value` is this item of this person, and return it."""
    folded, canary = value.casefold(), Canary(value, person_id, item)
    PLANTED[folded] = _BY_MARK[next(_marked(folded), "")][folded] = canary
    return value


def found_in(text: str) -> list[Canary]:
    """Return the planted values that `text` holds, whatever their case."""
    folded = text.casefold()
    if "qx" not in folded and "+3197" not in folded:
        return []
    marks = {"", *_marked(folded)} & _BY_MARK.keys()
    return [canary for mark in marks for value, canary in _BY_MARK[mark].items() if value in folded]


def _marked(folded: str) -> Iterator[str]:
    """Yield each mark with what follows it, as far as it tells canaries apart; nothing where the text ends before."""
    for mark, length in _MARKS.items():
        at = folded.find(mark)
        while 0 <= at <= len(folded) - length:
            yield folded[at : at + length]
            at = folded.find(mark, at + 1)
