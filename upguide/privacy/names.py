"""Names as Dutch people write, sort and search them. Nothing else formats a name."""

import re
import unicodedata
from typing import NamedTuple

# Letters that no decomposition turns into ASCII, and the Dutch ij ligature.
_FOLD = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ĳ": "ij"})
_NOT_WORD = re.compile(r"[^0-9a-z]+")
MAX_WORD = 60


class Names(NamedTuple):
    """The three parts of a name, each None where the person gave none or hides it."""

    first_names: str | None
    infix: str | None
    surname: str | None


def full_name(names: Names) -> str | None:
    """Return the name as it is written, "Anna van der Berg", or None where no part is known."""
    return " ".join(part for part in names if part) or None


def fold(text: str) -> str:
    """Return `text` in lower case without accents, its words parted by single spaces."""
    lower = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold().translate(_FOLD))
    bare = "".join(c for c in lower if not unicodedata.combining(c)).translate(_FOLD)
    latin = _NOT_WORD.sub(" ", bare) if bare.isascii() else _other_script(bare)
    return latin.strip()


def _other_script(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.replace("_", " ")))


def words(names: Names) -> frozenset[str]:
    """Return the folded words by which somebody with these names is found."""
    return frozenset(word[:MAX_WORD] for part in names if part for word in fold(part).split())


def words_in_order(names: Names) -> list[tuple[str, str]]:
    """Return each of the words with the one before it in their order; nothing comes before the first."""
    ordered = sorted(words(names))
    return list(zip(ordered, ["", *ordered], strict=False))


def sort_key(names: Names) -> str | None:
    """Return the key for Dutch order: surname without infix, then infix, then first names (NEN 5825 order)."""
    if not any(names):
        return None
    return "\x1f".join(fold(part or "") for part in (names.surname, names.infix, names.first_names))


def initials(names: Names) -> str:
    """Return at most two letters for a place where a photo could stand; empty without a name."""
    firsts = [part.strip()[0] for part in (names.first_names, names.surname) if part and part.strip()]
    return "".join(firsts).upper()
