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

from sqlalchemy import Column, ColumnElement, Connection, Table, delete, exists, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from upguide.mail.message import ascii_where_possible
from upguide.mail.sealed import open_envelope
from upguide.models import FileToRemove, Mail, Passkey, Person, RecoveryCode, Totp
from upguide.models import Session as SignIn
from upguide.models.base import Erase, KeepUntil, Sever
from upguide.policy.items import Item
from upguide.policy.purposes import Term
from upguide.security.sealing import SealBroken
from upguide.tenancy import all_tenants
from upguide.tenancy.scope import scope

from .dispositions import Model, emptied
from .walk import SOURCES, Touch, file_keys, rows_of, standing, stands, touches, walk, whose

_FORGET_ADDRESS = text("SELECT gate.forget_own_address()")
# Letters that go to an address without being about the person who has it.
_TO_OTHERS = ("mail_change_confirm_new",)


class ErasureDiffersError(RuntimeError):
    """What went is not what was said to go. The transaction must be taken back, and somebody must look."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a law wants kept: how many rows, of which items, for how long, and until which day for the last."""

    items: tuple[Item, ...]
    term: Term
    rows: int
    until: date | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What an erasure does: values that go and values that lose their person, counted by item; and what is kept.

    `rows`: in how many rows the person stands, by table and column.
    """

    goes: Mapping[Item, int]
    severed: Mapping[Item, int]
    kept: tuple[Kept, ...]
    has_words: bool
    rows: Mapping[str, int]


def forecast(session: Session, person_id: UUID, models: Iterable[Model] | None = None) -> Forecast:
    """Return what erasing everything would do. Under the person's own scope."""
    goes: Counter[Item] = Counter()
    severed: Counter[Item] = Counter()
    rows: Counter[str] = Counter()
    has_words = False
    for record in walk(session, person_id, models):
        rows[f"{record.table}.{record.column}"] += 1
        if isinstance(record.disposition, Sever):
            severed.update(record.items)
            has_words = has_words or bool(record.disposition.words)
        elif isinstance(record.disposition, Erase):
            goes.update(record.items)
    kept = tuple(_kept(session.connection(), touch, person_id) for touch in touches(models) if _is_kept(touch))
    return Forecast(goes, severed, tuple(one for one in kept if one.rows), has_words, rows)


def erase(
    session: Session,
    person_id: UUID,
    *,
    blank_words: bool = False,
    models: Iterable[Model] | None = None,
    said: Forecast | None = None,
) -> None:
    """Make everything of a person go, in the transaction of `session`, under the person's own scope.

    Their key is destroyed with the rest, so that what a backup still holds sealed cannot be opened. `blank_words`:
    the person's words in what stays are blanked first. `said`: what the person is told. The caller notes it in the
    ledger before, and commits. Raises ErasureDiffersError where what went is not what was there, or was said.
    """
    connection = session.connection()
    # Nobody can add a row for the person from here on: each refers to this one.
    held = select(Person.mail_address, Person.unclaimed).where(Person.id == person_id).with_for_update()
    person = connection.execute(held).one_or_none()
    if person is None:
        return
    found = touches(models)
    there = standing(connection, person_id, found)
    if said is not None:
        _compare("said", there, said.rows)
    for touch in found:
        done = _release(connection, touch, person_id, blank_words=blank_words)
        if done is not None:
            place = f"{touch.table.name}.{touch.column}"
            _compare("changed", {place: done}, {place: there.get(place, 0)})
    if not person.unclaimed:
        # What somebody typed for another says nothing of whoever has that address.
        _forget_letters_to(session, person.mail_address, person_id)
        connection.execute(_FORGET_ADDRESS)
    _compare("left", standing(connection, person_id, [one for one in found if one.table.name in SOURCES]), {})
    connection.execute(delete(Person).where(Person.id == person_id))
    # Row-level security passes over what a statement may not touch, without a word.
    _compare("left", standing(connection, person_id, found), {})
    session.expire_all()


def leave(session: Session, tenant: str, person_id: UUID, models: Iterable[Model] | None = None) -> None:
    """Make all go that one portal has of a person: the membership, and whatever is the portal's own.

    The account stays, and so does what a law wants kept. The caller notes it in the ledger before, and commits.
    """
    with scope(tenant, person_id, session):
        connection = session.connection()
        for touch in _children_first(touches(models)):
            portal = _portal_of(touch)
            if portal is not None:
                _leave_table(connection, touch, portal == tenant, person_id)
        _forget_codes_without_factor(connection, person_id)
        session.expire_all()


def _compare(what: str, done: Mapping[str, int], due: Mapping[str, int]) -> None:
    """Raise ErasureDiffersError, with names of columns and numbers alone, where the two are not the same."""
    wrong = sorted(place for place in done.keys() | due.keys() if done.get(place, 0) != due.get(place, 0))
    if wrong:
        told = ", ".join(f"{place} {done.get(place, 0)} instead of {due.get(place, 0)}" for place in wrong)
        raise ErasureDiffersError(f"{what}: {told}")


def _release(connection: Connection, touch: Touch, person_id: UUID, *, blank_words: bool) -> int | None:
    """Do what the deletion of the person's row does not do by itself, through its foreign keys.

    Return how many rows it changed, None where it changes none.
    """
    table, disposition, mine = touch.table, touch.disposition, stands(touch, person_id)
    if isinstance(disposition, KeepUntil):
        gone = dict.fromkeys((*emptied(table, disposition), disposition.person))
        _note_files(connection, touch, person_id, kept=disposition.snapshot)
        return connection.execute(update(table).where(mine).values(gone)).rowcount
    if isinstance(disposition, Sever):
        if blank_words and disposition.words:
            return connection.execute(update(table).where(mine).values(dict.fromkeys(disposition.words))).rowcount
        return None
    _note_files(connection, touch, person_id)
    return None


def _portal_of(touch: Touch) -> Column[Any] | None:
    """Return the column with the portal that a row goes with; None where leaving a portal leaves the row."""
    if touch.table.name in SOURCES:
        return None
    if isinstance(touch.disposition, Erase) and touch.disposition.portal:
        return touch.table.columns[touch.disposition.portal]
    return touch.table.primary_key.columns.get("tenant_id")


def _leave_table(connection: Connection, touch: Touch, here: ColumnElement[bool], person_id: UUID) -> None:
    table = touch.table
    mine = whose(touch, person_id) & here
    there = connection.scalar(select(func.count()).select_from(table).where(mine))
    if isinstance(touch.disposition, Erase):
        _note_files(connection, touch, person_id, here)
        done = connection.execute(delete(table).where(mine)).rowcount
    elif isinstance(touch.disposition, Sever):
        done = connection.execute(update(table).where(mine).values({touch.column: None})).rowcount
    else:
        return
    _compare("left", {table.name: done}, {table.name: there or 0})


def _forget_codes_without_factor(connection: Connection, person_id: UUID) -> None:
    """Take the recovery codes away where the last factor went with a portal, as with the last one that is removed."""
    has_app = exists().where(Totp.person_id == person_id, Totp.set_at.is_not(None))
    if not connection.scalar(select(or_(has_app, exists().where(Passkey.person_id == person_id)))):
        connection.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
        connection.execute(update(SignIn).where(SignIn.person_id == person_id).values(second_factor_at=None))


def _children_first(found: Iterable[Touch]) -> list[Touch]:
    """Memberships last: what refers to them may be anywhere."""
    return sorted(found, key=lambda touch: touch.table.name == "memberships")


def _note_files(
    connection: Connection,
    touch: Touch,
    person_id: UUID,
    here: ColumnElement[bool] | None = None,
    kept: tuple[str, ...] = (),
) -> None:
    if not any(column.info.get("file") for column in touch.table.columns):
        return
    statement = rows_of(touch, person_id)
    if here is not None:
        statement = statement.where(here)
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
