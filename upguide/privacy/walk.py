"""All that is kept of one person, row by row: the one walk that export, erasure, retention and oversight share.

What a table is to a person stands on its model (`models.base.Disposition`); `faults` says what is missing there.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    DateTime,
    LargeBinary,
    Select,
    Table,
    and_,
    func,
    literal_column,
    select,
)
from sqlalchemy.orm import Session

from upguide.extensions import Base
from upguide.files.store import keys_in
from upguide.mail.message import parts_of
from upguide.mail.sealed import open_envelope
from upguide.models.base import Disposition, Part, Sever, dispositions_of
from upguide.policy.items import CATALOGUE, Group, Item
from upguide.security.sealing import SealBroken, context, unseal

from .dispositions import Model, models_of, person_columns
from .holdings import row_identity
from .vault import Vault, vault_of

# Why a value is not in a copy of somebody's data. The key stands in the export, beside the words.
SECRET, THIRD_PARTY, LOST = "secret", "third_party", "key_gone"
ME = "me"


@dataclass(frozen=True, slots=True)
class Record:
    """One row that touches the person, opened, as plain text.

    `column`: where the person stands in it. `values`: what it holds, by item and column. `redacted`: columns that are
    left out, each with the key of the reason. `files`: keys of the store that the row names.
    """

    table: str
    row_id: str
    part: Part
    values: Mapping[Item, Mapping[str, str]]
    disposition: Disposition
    redacted: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    column: str = ""

    @property
    def items(self) -> frozenset[Item]:
        """The items that the row holds, left-out values included."""
        return frozenset(self.values)


@dataclass(frozen=True, slots=True)
class Touch:
    """One way in which a table touches a person: `column` is where the person stands in it."""

    table: Table
    disposition: Disposition
    column: str

    @property
    def words(self) -> tuple[str, ...]:
        """Columns with the person's own words in somebody else's row."""
        return self.disposition.words if isinstance(self.disposition, Sever) else ()


def walk(session: Session, person_id: UUID, models: Iterable[Model] | None = None) -> Iterator[Record]:
    """Yield every row that touches a person, under the person's own scope, on all portals.

    `models`: all there are, unless given. Runs on the session's connection: the guard of tenants is for those who
    look at others, and here row-level security lets the person's own rows pass whatever the portal.
    """
    vault = vault_of(session, person_id)
    for touch in touches(models):
        for row in session.connection().execute(rows_of(touch, person_id)).mappings():
            yield _record(touch, row, person_id, vault)


def touches(models: Iterable[Model] | None = None) -> tuple[Touch, ...]:
    """Return every way in which a table touches a person, the person's own tables first."""
    return _all_touches() if models is None else _touches(models)


@cache
def _all_touches() -> tuple[Touch, ...]:
    return _touches(models_of(Base))


def _touches(models: Iterable[Model]) -> tuple[Touch, ...]:
    found = []
    for model in models:
        table = model.__table__
        assert isinstance(table, Table)
        for disposition in dispositions_of(model):
            columns = disposition.columns if isinstance(disposition, Sever) else (disposition.person,)
            found += [Touch(table, disposition, column) for column in columns]
    order = list(Part)
    return tuple(sorted(found, key=lambda touch: (order.index(touch.disposition.part), touch.table.name)))


def rows_of(touch: Touch, person_id: UUID) -> Select[Any]:
    """Return the statement for the rows in which a person stands in this place."""
    table = touch.table
    if table.name in SOURCES:
        return select(SOURCES[table.name].table_valued(*(literal_column(c.name, c.type) for c in table.columns)))
    return select(table).where(stands(touch, person_id)).order_by(*table.primary_key.columns)


def whose(touch: Touch, person_id: UUID) -> ColumnElement[bool]:
    """Return the condition that the person stands in this place of a row."""
    return touch.table.columns[touch.column] == person_id


def stands(touch: Touch, person_id: UUID) -> ColumnElement[bool]:
    """Return the condition that a row is found by this place: as `whose`, and not by another one already."""
    owner = touch.table.columns.get("person_id")
    if isinstance(touch.disposition, Sever) and owner is not None:
        # A row that is the person's own is theirs already.
        return and_(whose(touch, person_id), owner.is_distinct_from(person_id))
    return whose(touch, person_id)


def standing(connection: Connection, person_id: UUID, found: Iterable[Touch]) -> dict[str, int]:
    """Return in how many rows the person stands, by table and column, in one statement; places without are left out."""
    counts = {
        f"{touch.table.name}.{touch.column}": select(func.count())
        .select_from(rows_of(touch, person_id).order_by(None).subquery())
        .scalar_subquery()
        for touch in found
    }
    row = connection.execute(select(*counts.values())).one() if counts else ()
    return {place: count for place, count in zip(counts, row, strict=True) if count}


def _record(touch: Touch, row: Mapping[Any, Any], person_id: UUID, vault: Vault) -> Record:
    values: dict[Item, dict[str, str]] = {}
    redacted: dict[str, str] = {}
    opened = _opened(touch, row, vault)
    for column in touch.table.columns:
        if row[column.name] is None:
            continue
        items: tuple[Item, ...] = column.info.get("items", ())
        reason = _left_out(touch, column, row, person_id, opened)
        if reason and (items or reason == THIRD_PARTY):
            redacted[column.name] = reason
        for item in items:
            parts = values.setdefault(item, {})
            if not reason:
                parts[column.name] = ME if row[column.name] == person_id else opened[column.name]
    row_id = _row_id(touch.table, row)
    return Record(
        touch.table.name,
        row_id,
        touch.disposition.part,
        values,
        touch.disposition,
        redacted,
        () if isinstance(touch.disposition, Sever) else file_keys(touch.table, row),
        touch.column,
    )


def _left_out(
    touch: Touch, column: Column[Any], row: Mapping[Any, Any], person_id: UUID, opened: Mapping[str, str]
) -> str | None:
    """Return why a value is left out: nobody can read it, or it is about somebody else (GDPR Art. 15(4))."""
    items: tuple[Item, ...] = column.info.get("items", ())
    if column.name in person_columns(touch.table):
        return None if row[column.name] == person_id else THIRD_PARTY
    if isinstance(touch.disposition, Sever) and not _mine(touch, column, items):
        return THIRD_PARTY if items else None
    if items and column.name not in opened:
        if isinstance(touch.disposition, Sever):
            return THIRD_PARTY  # sealed under the other one's key
        return SECRET if _is_secret(column) else LOST
    return None


def _mine(touch: Touch, column: Column[Any], items: tuple[Item, ...]) -> bool:
    """Tell whether a value in somebody else's row is the person's: their words, or a note of what they did."""
    if column.info.get("by", touch.column) != touch.column:
        return False
    return column.name in touch.words or all(CATALOGUE[item].group is Group.ACCOUNT for item in items)


def _opened(touch: Touch, row: Mapping[Any, Any], vault: Vault) -> Mapping[str, str]:
    special = OPENERS.get(touch.table.name)
    found = dict(special(row)) if special else {}
    for column in touch.table.columns:
        items = column.info.get("items", ())
        if column.name in found or row[column.name] is None or _is_secret(column):
            continue
        if isinstance(column.type, LargeBinary):
            text = _unsealed(touch, column, row, vault) if items else None
        else:
            text = _text(row[column.name])
        if text is not None:
            found[column.name] = text
    return found


def _is_secret(column: Column[Any]) -> bool:
    """Tell whether a column holds what nobody can read back; the day on which it was set is none of that."""
    items = column.info.get("items", ())
    return any(CATALOGUE[item].secret for item in items) and not isinstance(column.type, DateTime)


def _unsealed(touch: Touch, column: Column[Any], row: Mapping[Any, Any], vault: Vault) -> str | None:
    place = context(f"{touch.table.name}.{column.name}", row[row_identity(touch.table)])
    try:
        return unseal(vault.key, row[column.name], place)
    except (SealBroken, LookupError):
        return None


def _text(value: object) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return str(value)


def _row_id(table: Table, row: Mapping[Any, Any]) -> str:
    if "id" in table.columns:
        return str(row["id"])
    people = person_columns(table)
    return "/".join(str(row[key.name]) for key in table.primary_key.columns if key.name not in people)


def file_keys(table: Table, row: Mapping[Any, Any], but_for: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the keys of the store that a row names, those in the columns `but_for` left out."""
    columns = [column.name for column in table.columns if column.info.get("file") and column.name not in but_for]
    lists = [row[name] if isinstance(row[name], list) else [row[name]] for name in columns if row[name]]
    return tuple(key for values in lists for value in values for key in keys_in(value))


def _open_mail(row: Mapping[Any, Any]) -> Mapping[str, str]:
    envelope = open_envelope(*(row[name] for name in ("id", "person_id", "wrapped_key", "recipient", "message")))
    parts = parts_of(envelope.message)
    return {"recipient": envelope.recipient, "message": f"{parts.subject}\n\n{parts.text}"}


# Tables that the application may not read, and the function of the gate that gives a person's own rows.
SOURCES = {"registrations": func.gate.own_registrations()}

# Tables whose sealed columns are not under the person's own key.
OPENERS: dict[str, Callable[[Mapping[Any, Any]], Mapping[str, str]]] = {"mails": _open_mail}

__all__ = ["Record", "Touch", "file_keys", "rows_of", "standing", "stands", "touches", "walk", "whose"]
