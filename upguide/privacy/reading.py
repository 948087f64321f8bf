"""A person's rows as somebody reads them: grouped by what they are about, in words, dates as people write them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, DateTime
from sqlalchemy.types import TypeEngine

from upguide.extensions import Base
from upguide.i18n import format_date, format_datetime, gettext
from upguide.i18n import lazy_gettext as _l
from upguide.i18n.messages import LazyString
from upguide.policy.items import CATALOGUE, Item
from upguide.tenancy import all_tenants

from .columns import CODES, NAMES, YES_NO
from .walk import LOST, ME, SECRET, THIRD_PARTY, Record

REASONS: Mapping[str, LazyString] = {
    SECRET: _l("kept in a form that nobody can read, and neither can we"),
    THIRD_PARTY: _l("left out, because it is about somebody else (GDPR Article 15(4))"),
    LOST: _l("left out, because it cannot be opened any more"),
}
# The names once more, folded for searching, hashes, keys and identities: in the data for programs, and no reading.
_NOT_FOR_READING = frozenset(
    {"name_key", "word", "text_hash", "statement_hash", "file_key", "credential_id", "public_key", "on_behalf_of"}
)
_ITEMS = {
    *(("entries", "item"), ("hidden_items", "item"), ("journal", "items")),
    *(("breach_concerned", "items"), ("breach_concerned", "told_items")),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One value with its label; `note` says why something is left out."""

    label: str
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row, with the names of its files in the archive."""

    cells: tuple[Line, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """All rows about one thing."""

    title: str
    rows: tuple[Row, ...]


def chapters(found: Iterable[tuple[Record, tuple[str, ...]]]) -> tuple[Chapter, ...]:
    """Return rows with their files, grouped by the first item that each holds; rows without an item are left out."""
    grouped: dict[str, list[Row]] = {}
    for record, files in sorted(found, key=_place):
        lines = tuple(_lines(record))
        if lines:
            grouped.setdefault(_title(record), []).append(Row(lines, files))
    return tuple(Chapter(title, tuple(rows)) for title, rows in grouped.items())


_ORDER = {item: place for place, item in enumerate(CATALOGUE)}


def _first(record: Record) -> Item:
    return min(record.values, key=_ORDER.__getitem__)


def _place(pair: tuple[Record, tuple[str, ...]]) -> int:
    return _ORDER[_first(pair[0])] if pair[0].values else len(_ORDER)


def _title(record: Record) -> str:
    return gettext("Profile") if record.table == "persons" else gettext(CATALOGUE[next(iter(record.values))].label)


def _lines(record: Record) -> Iterable[Line]:
    left_out = "; ".join(sorted({str(REASONS[reason]) for reason in record.redacted.values()}))
    lines = []
    for item in sorted(record.values, key=_ORDER.__getitem__):
        shown = {name: text for name, text in record.values[item].items() if name not in _NOT_FOR_READING}
        texts = [_named(record.table, item, column, text) for column, text in shown.items()]
        if texts or not record.values[item]:
            lines.append(Line(gettext(CATALOGUE[item].label), "\n".join(texts), "" if texts else left_out))
    if left_out and lines and not any(line.note for line in lines):
        lines.append(Line(gettext("Left out"), "", left_out))
    return lines


def _named(table: str, item: Item, column: str, text: str) -> str:
    """Return a value in words, after what its column is called, where the item's own label does not say it."""
    label, words = str(NAMES.get(column, "")), in_words(table, column, text)
    return words if label in ("", gettext(CATALOGUE[item].label)) else f"{label}: {words}"


def in_words(table: str, column: str, text: str) -> str:
    """Return one value as people read it."""
    if text == ME:
        return gettext("you")
    if (table, column) in _ITEMS:
        return ", ".join(_item(key) for key in text.split(", ") if key)
    if column == "tenant_id":
        return next((tenant.name for tenant in all_tenants() if tenant.slug == text), text)
    if (table, column) in CODES:
        codes = CODES[table, column]
        return ", ".join(str(codes.get(code, code)) for code in text.split(", "))
    return _by_kind(_kind_of(table, column), text)


def _kind_of(table: str, column: str) -> TypeEngine[Any] | None:
    if (table, column) == ("persons", "birth_date"):
        return Date()  # sealed, and so a row of bytes in the database
    found = Base.metadata.tables.get(table)
    return found.columns[column].type if found is not None and column in found.columns else None


def _by_kind(kind: TypeEngine[Any] | None, text: str) -> str:
    try:
        if isinstance(kind, DateTime):
            return format_datetime(datetime.fromisoformat(text))
        if isinstance(kind, Date):
            return format_date(date.fromisoformat(text))
    except ValueError:
        return text
    return str(YES_NO.get(text, text)) if isinstance(kind, Boolean) else text


def _item(key: str) -> str:
    known = {item.value for item in Item}
    return gettext(CATALOGUE[Item(key)].label) if key in known else key
