"""Values that occur nowhere by chance: a page, mail or log that holds one has shown that person's item."""

import itertools
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


def word(stem: str = "") -> str:
    """Return a word of letters that no other text holds, such as a name could be."""
    number, letters = next(_count), ""
    while number:
        number, digit = divmod(number, len(_LETTERS))
        letters = _LETTERS[digit] + letters
    return f"{stem}qx{letters:z>4}q".capitalize()


def plant(value: str, person_id: UUID, item: Item) -> str:
    """Remember that `value` is this item of this person, and return it."""
    PLANTED[value.casefold()] = Canary(value, person_id, item)
    return value


def found_in(text: str) -> list[Canary]:
    """Return the planted values that `text` holds, whatever their case."""
    folded = text.casefold()
    if "qx" not in folded and "+3197" not in folded:
        return []
    return [canary for value, canary in PLANTED.items() if value in folded]
