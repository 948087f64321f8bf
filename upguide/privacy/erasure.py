"""Making everything of a person go, or all that one portal has, as the models declare it (clauses P4c, U6).

What goes, goes in one transaction: a job that is killed has either done nothing or everything. Files, which no
transaction holds, are noted in it and removed by a job of their own.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from upguide.mail.message import ascii_where_possible
from upguide.mail.sealed import open_envelope
from upguide.models import FileToRemove, Mail, Person
from upguide.models import Session as SignIn
from upguide.models.base import Erase, KeepUntil, Sever
from upguide.policy.items import Item
from upguide.policy.purposes import Term
from upguide.security.sealing import SealBroken
from upguide.tenancy import all_tenants
from upguide.tenancy.scope import scope

from .dispositions import Model, emptied
from .walk import SOURCES, Touch, file_keys, rows_of, touches, walk, whose

_FORGET_ADDRESS = text("SELECT gate.forget_own_address()")
# Letters that go to an address without being about the person who has it.
_TO_OTHERS = ("mail_change_confirm_new",)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a law wants kept: how many rows, of which items, for how long, and until which day for the last."""

    items: tuple[Item, ...]
    term: Term
    rows: int
    until: date | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What an erasure does: values that go and values that lose their person, counted by item; and what is kept."""

    goes: Mapping[Item, int]
    severed: Mapping[Item, int]
    kept: tuple[Kept, ...]
    has_words: bool


def forecast(session: Session, person_id: UUID, models: Iterable[Model] | None = None) -> Forecast:
    """Return what erasing everything would do. Under the person's own scope."""
    goes: Counter[Item] = Counter()
    severed: Counter[Item] = Counter()
    has_words = False
    for record in walk(session, person_id, models):
        if isinstance(record.disposition, Sever):
            severed.update(record.items)
            has_words = has_words or bool(record.disposition.words)
        elif isinstance(record.disposition, Erase):
            goes.update(record.items)
    kept = tuple(_kept(session.connection(), touch, person_id) for touch in touches(models) if _is_kept(touch))
    return Forecast(goes, severed, tuple(one for one in kept if one.rows), has_words)


def erase(
    session: Session, person_id: UUID, *, blank_words: bool = False, models: Iterable[Model] | None = None
) -> None:
    """Make everything of a person go, in the transaction of `session`, under the person's own scope.

    Their key is destroyed with the rest, so that what a backup still holds sealed cannot be opened. `blank_words`:
    the person's words in what stays are blanked first. The caller notes it in the ledger before, and commits.
    """
    connection = session.connection()
    # Nobody can add a row for the person from here on: each refers to this one.
    held = select(Person.mail_address, Person.unclaimed).where(Person.id == person_id).with_for_update()
    person = connection.execute(held).one_or_none()
    if person is None:
        return
    for touch in touches(models):
        _release(connection, touch, person_id, blank_words=blank_words)
    if not person.unclaimed:
        # What somebody typed for another says nothing of whoever has that address.
        _forget_letters_to(session, person.mail_address, person_id)
        connection.execute(_FORGET_ADDRESS)
    connection.execute(delete(Person).where(Person.id == person_id))
    session.expire_all()


def leave(session: Session, tenant: str, person_id: UUID, models: Iterable[Model] | None = None) -> None:
    """Make all go that one portal has of a person: the membership, and whatever is the portal's own.

    The account stays, and so does what a law wants kept. The caller notes it in the ledger before, and commits.
    """
    with scope(tenant, person_id, session):
        connection = session.connection()
        for touch in _children_first(touches(models)):
            if "tenant_id" in touch.table.primary_key.columns and touch.table.name not in SOURCES:
                _leave_table(connection, touch, tenant, person_id)
        connection.execute(delete(SignIn).where(SignIn.person_id == person_id, SignIn.tenant_id == tenant))
        session.expire_all()


def _release(connection: Connection, touch: Touch, person_id: UUID, *, blank_words: bool) -> None:
    """Do what the deletion of the person's row does not do by itself, through its foreign keys."""
    table, disposition, mine = touch.table, touch.disposition, whose(touch, person_id)
    if isinstance(disposition, KeepUntil):
        gone = dict.fromkeys((*emptied(table, disposition), disposition.person))
        _note_files(connection, touch, person_id, kept=disposition.snapshot)
        connection.execute(update(table).where(mine).values(gone))
    elif isinstance(disposition, Sever):
        if blank_words and disposition.words:
            connection.execute(update(table).where(mine).values(dict.fromkeys(disposition.words)))
    else:
        _note_files(connection, touch, person_id)


def _leave_table(connection: Connection, touch: Touch, tenant: str, person_id: UUID) -> None:
    table = touch.table
    mine = whose(touch, person_id) & (table.columns["tenant_id"] == tenant)
    if isinstance(touch.disposition, Erase):
        _note_files(connection, touch, person_id, tenant)
        connection.execute(delete(table).where(mine))
    elif isinstance(touch.disposition, Sever):
        connection.execute(update(table).where(mine).values({touch.column: None}))


def _children_first(found: Iterable[Touch]) -> list[Touch]:
    """Memberships last: what refers to them may be anywhere."""
    return sorted(found, key=lambda touch: touch.table.name == "memberships")


def _note_files(
    connection: Connection, touch: Touch, person_id: UUID, tenant: str | None = None, kept: tuple[str, ...] = ()
) -> None:
    if not any(column.info.get("file") for column in touch.table.columns):
        return
    statement = rows_of(touch, person_id)
    if tenant is not None:
        statement = statement.where(touch.table.columns["tenant_id"] == tenant)
    keys = {key for row in connection.execute(statement).mappings() for key in file_keys(touch.table, row, kept)}
    if keys:
        rows = [{"file_key": key} for key in sorted(keys)]
        # A draft's file is there already, for tomorrow: now it goes at once.
        now = {"due_at": func.now()}
        connection.execute(
            insert(FileToRemove).values(rows).on_conflict_do_update(index_elements=["file_key"], set_=now)
        )


def _forget_letters_to(session: Session, address: str, person_id: UUID) -> None:
    """Remove letters to the person's address that name no person, such as "you have an account already"."""
    # As the letter itself names it: a domain is kept in its own letters, and written to in ASCII.
    recipient = _as_written_to(address)
    for tenant in all_tenants():
        with scope(tenant.slug, person_id, session):
            found = [row.id for row in _unaddressed(session.connection(), tenant.slug) if _goes_to(row, recipient)]
            if found:
                session.connection().execute(delete(Mail).where(Mail.tenant_id == tenant.slug, Mail.id.in_(found)))


def _unaddressed(connection: Connection, tenant: str) -> Iterator[Any]:
    columns = (Mail.id, Mail.person_id, Mail.wrapped_key, Mail.recipient, Mail.message)
    nobodys = or_(Mail.person_id.is_(None), Mail.kind.in_(_TO_OTHERS))
    yield from connection.execute(select(*columns).where(Mail.tenant_id == tenant, nobodys))


def _as_written_to(address: str) -> str:
    try:
        return ascii_where_possible(address)
    except ValueError:
        return address


def _goes_to(row: Any, recipient: str) -> bool:
    try:
        return open_envelope(*row).recipient.casefold() == recipient.casefold()
    except SealBroken:
        return False


def _is_kept(touch: Touch) -> bool:
    return isinstance(touch.disposition, KeepUntil)


def _kept(connection: Connection, touch: Touch, person_id: UUID) -> Kept:
    disposition = touch.disposition
    assert isinstance(disposition, KeepUntil)
    until = touch.table.columns[disposition.until]
    rows, last = connection.execute(select(func.count(), func.max(until)).where(whose(touch, person_id))).one()
    return Kept(_items(touch.table, disposition.snapshot), disposition.term, rows, last)


def _items(table: Table, columns: Iterable[str]) -> tuple[Item, ...]:
    found = (item for name in columns for item in table.columns[name].info.get("items", ()))
    return tuple(dict.fromkeys(found))
