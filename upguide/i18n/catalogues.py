"""The message catalogues, read straight from the .po files, so that nobody can forget to compile them."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

TRANSLATIONS = Path(__file__).resolve().parents[2] / "translations"

#: Every locale with the catalogues that it is made of; a later one overrules an earlier one.
#: English is the language of the source, and `nl@formal` holds only what differs from `nl`.
LOCALES: Mapping[str, tuple[str, ...]] = {"en": (), "nl": ("nl",), "nl@formal": ("nl", "nl@formal")}

Key = str | tuple[str, str]


def po_file(name: str) -> Path:
    """Return where the catalogue `name` ("nl", "nl@formal") is kept."""
    return TRANSLATIONS / name / "LC_MESSAGES" / "messages.po"


def read_catalogue(path: Path) -> Catalog:
    """Read one .po or .pot file; a malformed file raises `babel.messages.pofile.PoFileError`."""
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


class Catalogue:
    """What each message reads in one locale: that of the last of `catalogs` which has it."""

    def __init__(self, catalogs: Iterable[Catalog]) -> None:
        self._texts: dict[Key, str] = {}
        self._plurals: dict[Key, tuple[str, ...]] = {}
        for catalog in catalogs:
            self._add(catalog)

    def _add(self, catalog: Catalog) -> None:
        for message in catalog:
            if not message.id or not message.string:
                continue
            if isinstance(message.string, str):
                self._texts[_key(str(message.id), message.context)] = message.string
            elif all(message.string):
                self._plurals[_key(message.id[0], message.context)] = tuple(message.string)

    def text(self, message: str, context: str | None = None) -> str:
        """Return `message` in this locale, or itself where it has no translation."""
        return self._texts.get(_key(message, context), message)

    def forms(self, singular: str, plural: str, context: str | None = None) -> tuple[str, ...]:
        """Return the plural forms of a message in this locale, the singular first."""
        return self._plurals.get(_key(singular, context), (singular, plural))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """Return the form that goes with `number`, its placeholders not yet filled in."""
        return self.forms(singular, plural)[plural_index(number)]


def plural_index(number: int) -> int:
    """Tell which plural form goes with `number`: one rule, which English and Dutch share."""
    return int(number != 1)


def _key(message: str, context: str | None) -> Key:
    return message if context is None else (context, message)


@cache
def catalogue(locale: str) -> Catalogue:
    """Return the catalogue of `locale`, read once a process; raise `KeyError` for an unknown one."""
    return Catalogue(read_catalogue(po_file(name)) for name in LOCALES[locale])
