"""Provenance: each value that is entered, changed or removed leaves an entry, written by the flush itself (T2, W7b).

No view can forget it, and a bulk statement that would go around it is refused.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Table, inspect
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from upguide.jobs import defer
from upguide.models import Entry, Membership, Person
from upguide.policy.items import Item
from upguide.tenancy.scope import current_scope, listen_once

from .holdings import PROFILE_MODELS, is_profile_item, row_identity
from .index import NAME_ITEMS, refresh_names
from .ledger import ledger, settle_ledger

ON_BEHALF_OF = "on_behalf_of"
ENTERED_BY = "entered_by"
_RENAMED = "renamed"
_REMOVED = "removed_values"


class BulkWrite(RuntimeError):
    """A bulk statement would change personal values without leaving entries; change the objects instead."""


def install(db: SQLAlchemy) -> None:
    """Attach the writing of entries and the refusal of bulk writes to the application's sessions."""
    listen_once(db, "before_flush", _write_entries)
    listen_once(db, "after_flush_postexec", _refresh_renamed)
    listen_once(db, "do_orm_execute", _refuse_bulk)
    listen_once(db, "before_commit", _note_removed)
    listen_once(db, "after_rollback", _forget_removed)


@contextmanager
def entered_by(session: Session, person_id: UUID, items: Collection[Item]) -> Iterator[None]:
    """Note in a block that somebody else than the one in whose name it runs enters values of `items` (W5)."""
    session.info[ENTERED_BY] = {item.value: person_id for item in items}
    try:
        yield
        session.flush()
    finally:
        del session.info[ENTERED_BY]


def _write_entries(session: Session, _flush: UOWTransaction, _instances: Any) -> None:
    _note_renamed(session)
    found = [*_of_new(session), *_of_dirty(session), *_of_deleted(session)]
    by, organisation = current_scope().viewer, session.info.get(ON_BEHALF_OF)
    others: Mapping[str, UUID] = session.info.get(ENTERED_BY, {})
    for entry in found:
        entry.entered_by, entry.on_behalf_of = others.get(entry.item, by), organisation
        session.add(entry)
    removed: list[Entry] = session.info.setdefault(_REMOVED, [])
    removed += [entry for entry in found if entry.removed]


def _note_removed(session: Session) -> None:
    """Note in the ledger what is about to go, so that a restored backup forgets it too (P4c)."""
    session.flush()
    gone: dict[UUID, list[tuple[Item, UUID]]] = {}
    for entry in session.info.pop(_REMOVED, ()):
        gone.setdefault(entry.person_id, []).append((Item(entry.item), entry.row_id))
    for person_id, values in gone.items():
        ledger().note_values(person_id, values)
    if gone:
        defer(session, settle_ledger, tenant=None)


def _forget_removed(session: Session) -> None:
    session.info.pop(_REMOVED, None)


def _of_new(session: Session) -> Iterator[Entry]:
    for row in list(session.new):
        if isinstance(row, PROFILE_MODELS):
            _give_identity(row)
            yield from (_entry(row, item) for item in items_of(row) if has_value(row, item))


def _of_dirty(session: Session) -> Iterator[Entry]:
    for row in list(session.dirty):
        if isinstance(row, PROFILE_MODELS):
            for item in items_of(row):
                if _changed(row, item):
                    yield _entry(row, item, removed=not has_value(row, item))


def _of_deleted(session: Session) -> Iterator[Entry]:
    for row in list(session.deleted):
        if isinstance(row, PROFILE_MODELS) and not isinstance(row, Person):
            yield from (_entry(row, item, removed=True) for item in items_of(row) if has_value(row, item))


def _give_identity(row: Any) -> None:
    """A column default would come only with the insert; the entry needs the identity now."""
    if "id" in type(row).__table__.columns and row.id is None:
        row.id = type(row).__table__.columns["id"].default.arg(None)


def items_of(row: Any) -> dict[Item, list[str]]:
    """Return the items of the profile that a mapped row holds, with the columns of each."""
    table: Table = type(row).__table__
    found: dict[Item, list[str]] = {}
    for column in table.columns:
        for item in column.info.get("items", ()):
            if is_profile_item(item):
                found.setdefault(item, []).append(column.name)
    return found


def has_value(row: Any, item: Item) -> bool:
    """Tell whether a mapped row holds a value of `item`."""
    return any(getattr(row, column) is not None for column in items_of(row)[item])


def _changed(row: Any, item: Item) -> bool:
    state = inspect(row)
    return any(state.attrs[column].history.has_changes() for column in items_of(row)[item])


def _entry(row: Any, item: Item, *, removed: bool = False) -> Entry:
    person_id: UUID = row.id if isinstance(row, Person) else row.person_id
    row_id: UUID = getattr(row, row_identity(type(row).__table__))
    return Entry(person_id=person_id, item=item.value, row_id=row_id, removed=removed)


def _note_renamed(session: Session) -> None:
    renamed: set[UUID] = session.info.setdefault(_RENAMED, set())
    for row in session.dirty:
        if isinstance(row, Person) and any(_changed(row, item) for item in NAME_ITEMS):
            renamed.add(row.id)
    renamed |= {row.person_id for row in session.new if isinstance(row, Membership)}


def _refresh_renamed(session: Session, _flush: UOWTransaction) -> None:
    for person_id in session.info.pop(_RENAMED, ()):
        refresh_names(session, person_id)


def _refuse_bulk(state: ORMExecuteState) -> None:
    if not (state.is_update or state.is_insert or state.is_delete):
        return
    target = getattr(state.statement, "table", None)
    tables = {model.__table__ for model in PROFILE_MODELS}
    if target in tables:
        raise BulkWrite(f"a bulk statement on {target.name} would leave no entry")
