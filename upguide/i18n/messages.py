"""gettext and its relatives, for Python code; templates have theirs folded in when they are compiled."""

from collections.abc import Mapping
from typing import Any

from markupsafe import escape

from .catalogues import Catalogue, catalogue
from .locales import current_locale


def current_catalogue() -> Catalogue:
    """Return the catalogue of the current locale."""
    return catalogue(current_locale())


def gettext(message: str, /, **values: Any) -> str:
    """Return `message` in the current locale, with `%(name)s` filled in from `values`."""
    text = current_catalogue().text(message)
    return fill(text, values) if values else text


def pgettext(context: str, message: str, /, **values: Any) -> str:
    """Return `message` as it is meant in `context`: for a word that Dutch has two of."""
    text = current_catalogue().text(message, context)
    return fill(text, values) if values else text


def ngettext(singular: str, plural: str, number: int, /, **values: Any) -> str:
    """Return the form that goes with `number`, which `%(num)s` prints unless `values` has its own."""
    return fill(current_catalogue().ngettext(singular, plural, number), {"num": number} | values)


def fill(text: str, values: Mapping[str, Any]) -> str:
    """Fill in the placeholders of `text`.

    A value that is markup stays markup, and then everything else is escaped: the result
    prints the same whether it goes through here or is folded into a template.
    """
    if any(hasattr(value, "__html__") for value in values.values()):
        return escape(text) % values
    return text % values


class LazyString:
    """A message that is translated each time it is printed: for enums, tables and form labels."""

    __slots__ = ("_message", "_values")

    def __init__(self, message: str, values: Mapping[str, Any]) -> None:
        self._message = message
        self._values = dict(values)

    def __str__(self) -> str:
        return gettext(self._message, **self._values)

    def __repr__(self) -> str:
        return f"_l({self._message!r})"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __mod__(self, values: Any) -> str:
        """Fill in placeholders, as WTForms does with the messages of its validators."""
        return str(str(self) % values)

    def __eq__(self, other: object) -> bool:
        """Two of the same message are equal, in whatever language they are printed."""
        if not isinstance(other, LazyString):
            return NotImplemented
        return (self._message, self._values) == (other._message, other._values)

    def __hash__(self) -> int:
        return hash(self._message)


def lazy_gettext(message: str, /, **values: Any) -> LazyString:
    """Return `message` to be translated when it is printed, not now."""
    return LazyString(message, values)
