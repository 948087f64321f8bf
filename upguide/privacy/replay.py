"""Making a restored database know again what came after the backup, as the ledger says (P4c, P3).

What was erased goes; what was restricted, objected to or taken back is so again. Where it cannot be told which came
last, a limit stands: the person can lift it, and nobody can undo what was done with data that had a limit.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Table, select, text
from sqlalchemy.orm import Session

from upguide.models import Entry, Membership, Person, Photo, Professional
from upguide.policy.items import Item
from upguide.policy.purposes import Purpose
from upguide.tenancy import all_tenants
from upguide.tenancy.scope import scope

from . import limits
from .entries import has_value, items_of
from .erasure import erase, leave
from .holdings import PROFILE_MODELS, person_column, row_identity
from .ledger import (
    LIMITS,
    RESTRICTED,
    VALUES,
    Ledger,
    catch_up,
    ledger,
    objection,
    replaying,
    value_key,
    withdrawal,
)
from .photos import note_files

_KNOWN = text("SELECT gate.known_persons(:after, :at_most)")
_AT_A_TIME = 10_000


class Replayed(NamedTuple):
    """How many persons, memberships and single values went, and how many limits were set again."""

    gone: int
    left: int
    removed: int
    limited: int


def replay_ledger(session: Session) -> Replayed:
    """Erase everybody in the ledger who is still there, end memberships that were left, remove values that were
    removed, set limits again that were set; commits each.

    Nobody is told: they were, when they did it. Running it again, or being killed in the middle, does no harm.
    """
    book = ledger()
    latest, noted = book.latest(), book.read()
    # Until the end it stays a copy that lags behind: killed in the middle, it still may not serve.
    with replaying():
        done = _replay(session, book, noted)
    if latest is not None:
        catch_up(latest)
    return done


def _replay(session: Session, book: Ledger, noted: Mapping[str, datetime]) -> Replayed:
    gone = left = removed = limited = 0
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
        if _latest(book.names(person_id, LIMITS), noted) is not None:
            limited += _limit_again(session, book, noted, person_id)
    return Replayed(gone, left, removed, limited)


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


def _limit_again(session: Session, book: Ledger, noted: Mapping[str, datetime], person_id: UUID) -> int:
    """Set a restriction and objections again, and take consents back that were given before they were taken back."""
    limited = 0
    with scope(None, person_id, session):
        standing = limits.standing_of(session, person_id)
        if standing.restricted_at is None and _latest(book.names(person_id, RESTRICTED), noted) is not None:
            limits.restrict(session, person_id, "")
            limited += 1
        for purpose in Purpose:
            at = _latest(book.names(person_id, objection(purpose)), noted)
            if at is not None and purpose not in standing.objects_to:
                limits.object_to(session, person_id, purpose, "")
                limited += 1
        for consent in limits.own_consents(session, person_id):
            at = _latest(book.names(person_id, withdrawal(consent.tenant)), noted)
            if at is not None and consent.stands and consent.given_at < at:
                limits.withdraw(session, consent.tenant, person_id)
                limited += 1
        session.commit()
    return limited


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
