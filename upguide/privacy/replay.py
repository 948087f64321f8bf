"""Making a restored database forget again what was erased after the backup was made, as the ledger says (P4c)."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select, text
from sqlalchemy.orm import Session

from upguide.models import Entry, Membership, Person, Photo, Professional
from upguide.policy.items import Item
from upguide.tenancy import all_tenants
from upguide.tenancy.scope import scope

from .entries import has_value, items_of
from .erasure import erase, leave
from .holdings import PROFILE_MODELS, person_column, row_identity
from .ledger import VALUES, Ledger, ledger, mark, value_key
from .photos import note_files

_KNOWN = text("SELECT gate.known_persons(:after, :at_most)")
_AT_A_TIME = 10_000


def replay_ledger(session: Session) -> tuple[int, int, int]:
    """Erase everybody in the ledger who is still there, end memberships that were left, remove values that were
    removed; commits each.

    Returns how many persons, memberships and values went. Nobody is told: they were, when they went. Running it
    again, or being killed in the middle, does no harm.
    """
    book = ledger()
    latest, noted = book.latest(), book.read()
    gone = left = removed = 0
    for person_id in _known_persons(session) if noted else ():
        if _latest(book.names(person_id), noted) is not None:
            with scope(None, person_id, session):
                erase(session, person_id)
                session.commit()
            gone += 1
            continue
        left += _leave_again(session, book, noted, person_id)
        if _latest(book.names(person_id, VALUES), noted) is not None:
            removed += _remove_again(session, book, noted, person_id)
    if latest is not None:
        mark(latest)
    return gone, left, removed


def _known_persons(session: Session) -> Iterator[UUID]:
    after = UUID(int=0)
    while people := list(session.scalars(_KNOWN, {"after": after, "at_most": _AT_A_TIME})):
        session.rollback()
        yield from people
        after = people[-1]


def _leave_again(session: Session, book: Ledger, noted: Mapping[str, datetime], person_id: UUID) -> int:
    """End the memberships that were left; one that began later is another one, and stays."""
    left = 0
    for tenant in all_tenants():
        at = _latest(book.names(person_id, tenant.slug), noted)
        if at is None:
            continue
        with scope(tenant.slug, person_id, session):
            mine = (Membership.tenant_id == tenant.slug, Membership.person_id == person_id)
            joined_at = session.scalar(select(Membership.joined_at).where(*mine))
            if joined_at is not None and joined_at < at:
                leave(session, tenant.slug, person_id)
                left += 1
            session.commit()
    return left


def _remove_again(session: Session, book: Ledger, noted: Mapping[str, datetime], person_id: UUID) -> int:
    """Remove the values that were removed; one that was entered later is another one, and stays."""
    removed = 0
    with scope(None, person_id, session):
        entered = _entered(session, person_id)
        for row, item, row_id in _values(session, person_id):
            at = _latest(book.names(person_id, value_key(item, row_id)), noted)
            since = entered.get((item.value, row_id))
            if at is not None and (since is None or since < at):
                _empty(session, row, item)
                removed += 1
        session.commit()
    return removed


def _entered(session: Session, person_id: UUID) -> Mapping[tuple[str, UUID], datetime]:
    """Return when each value of a person was entered last."""
    found = select(Entry.item, Entry.row_id, Entry.entered_at).where(Entry.person_id == person_id).order_by(Entry.id)
    return {(entry.item, entry.row_id): entry.entered_at for entry in session.execute(found)}


def _values(session: Session, person_id: UUID) -> list[tuple[Any, Item, UUID]]:
    """Return every value on the profile of a person: its mapped object, the item, and the row that holds it."""
    found: list[tuple[Any, Item, UUID]] = []
    for model in PROFILE_MODELS:
        table = model.__table__
        assert isinstance(table, Table)
        for row in session.scalars(select(model).where(person_column(table) == person_id)):
            found += [(row, item, getattr(row, row_identity(table))) for item in items_of(row) if has_value(row, item)]
    return found


def _empty(session: Session, row: Any, item: Item) -> None:
    """Take a value away: its columns, or the row that is nothing without it."""
    columns = [row.__table__.columns[name] for name in items_of(row)[item]]
    if isinstance(row, (Person, Professional)) or all(column.nullable for column in columns):
        for column in columns:
            setattr(row, column.name, None)
        return
    if isinstance(row, Photo):
        note_files(session, row.file_key)
    session.delete(row)


def _latest(names: tuple[str, ...], noted: Mapping[str, datetime]) -> datetime | None:
    found = [noted[name] for name in names if name in noted]
    return max(found, default=None)
