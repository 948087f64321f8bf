"""Countries by their names in the reader's language, and in that language's order."""

import unicodedata
from functools import cache

from babel import Locale

from .locales import current_language

# Not countries, though the list of territories has them: unions, zones, tests.
_NO_COUNTRY = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
# Where most of the readers live; these stand first.
_NEAR = ("NL", "BE", "DE")


def country_name(code: str) -> str:
    """Return what the country with this ISO 3166 code is called; the code itself where it is unknown."""
    return _names(current_language()).get(code, code)


def countries() -> tuple[tuple[str, str], ...]:
    """Return all countries as (code, name), the nearest first, the others by name."""
    return _ordered(current_language())


@cache
def _names(language: str) -> dict[str, str]:
    territories = Locale(language).territories
    return {
        code: name
        for code, name in territories.items()
        if len(code) == len("NL") and code.isalpha() and code not in _NO_COUNTRY
    }


@cache
def _ordered(language: str) -> tuple[tuple[str, str], ...]:
    names = _names(language)
    others = sorted((code for code in names if code not in _NEAR), key=lambda code: _place(names[code]))
    return tuple((code, names[code]) for code in (*_NEAR, *others))


def _place(name: str) -> str:
    """Return what `name` is sorted by: IJsland after Ierland, Åland among the A's."""
    letters = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()
