"""Whom a member has to do with on this portal: identities and moments alone; names come from `privacy.show`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, Uuid, and_, bindparam, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from upguide.models import Block, Connection, MadeAccount, Membership, Person
from upguide.policy.connections import ASK_AGAIN, UNCLAIMED
from upguide.privacy.relations import USED
from upguide.security.handle import is_handle
from upguide.tenancy.scope import read

PAGE_SIZE = 25
_ME, _TENANT = bindparam("me", type_=Uuid), bindparam("tenant_id", type_=String)


class List(Enum):
    """The lists that a member has."""

    CONNECTED = "connected"
    RECEIVED = "received"
    SENT = "sent"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody in a list: since when, and for one who declined, from when they may be asked again."""

    id: UUID
    handle: str
    since: datetime
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list, and whether there are more after it."""

    others: tuple[Other, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Made:
    """An account that the member made, and that nobody took over yet."""

    id: UUID
    handle: str
    made_at: datetime
    goes_at: datetime


def others(session: Session, tenant: str, me: UUID, which: List, page: int = 0, size: int = PAGE_SIZE) -> Page:
    """Return a page of one of the member's lists, in one statement, under the member's own scope."""
    values = {"me": me, "tenant_id": tenant, "size": size + 1, "left_out": page * size}
    found = [_other(row) for row in read(session, _STATEMENTS[which](), values)]
    return Page(tuple(found[:size]), len(found) > size)


def made_accounts(session: Session, tenant: str, me: UUID, page: int = 0) -> tuple[tuple[Made, ...], bool]:
    """Return a page of the accounts that the member made on this portal, and whether there are more."""
    statement = _made().limit(PAGE_SIZE + 1).offset(page * PAGE_SIZE)
    found = session.execute(statement, {"me": me, "tenant_id": tenant})
    rows = [Made(row.person_id, row.handle, row.made_at, row.made_at + UNCLAIMED) for row in found]
    return tuple(rows[:PAGE_SIZE]), len(rows) > PAGE_SIZE


def made_account(session: Session, tenant: str, me: UUID, handle: str) -> Made | None:
    """Return one account that the member made, or None."""
    if not is_handle(handle):
        return None
    statement = _made().where(MadeAccount.handle == handle)
    row = session.execute(statement, {"me": me, "tenant_id": tenant}).one_or_none()
    return Made(row.person_id, row.handle, row.made_at, row.made_at + UNCLAIMED) if row else None


def person_of(session: Session, tenant: str, handle: str) -> UUID | None:
    """Return who has this handle on the portal, or None."""
    mine = select(Membership.person_id).where(Membership.tenant_id == tenant, Membership.handle == handle)
    return session.scalar(mine) if is_handle(handle) else None


def _other(row: Any) -> Other:
    declined = row.stage == "declined"
    return Other(row.other_id, row.handle, row.since, row.since + ASK_AGAIN if declined else None)


def _made() -> Select[Any]:
    mine = (MadeAccount.maker_id == _ME, MadeAccount.tenant_id == _TENANT, MadeAccount.cut_at.is_(None))
    columns: tuple[Any, ...] = (MadeAccount.person_id, MadeAccount.handle, MadeAccount.made_at)
    return select(*columns).where(*mine).order_by(MadeAccount.made_at.desc(), MadeAccount.person_id)


def _people(other: Any, *columns: Any) -> Select[Any]:
    """Start a statement about others who are members here, and whose data is used."""
    statement = select(other.label("other_id"), Membership.handle, *columns)
    here = and_(Membership.person_id == other, Membership.tenant_id == _TENANT)
    return (
        statement.join(Membership, here)
        .join(Person, Person.id == other)
        .where(USED)
        .limit(bindparam("size"))
        .offset(bindparam("left_out"))
    )


@cache
def _connected() -> Select[Any]:
    other = case((Connection.asker_id == _ME, Connection.asked_id), else_=Connection.asker_id)
    mine = or_(Connection.asker_id == _ME, Connection.asked_id == _ME)
    return (
        _people(other, Connection.stage, Connection.answered_at.label("since"))
        .where(mine, Connection.stage == "accepted")
        .order_by(Membership.name_key.nulls_last(), Membership.handle)
    )


@cache
def _received() -> Select[Any]:
    # What somebody asks whom the member blocks waits unseen: they must not read from an answer that they are blocked.
    blocked = exists().where(Block.blocker_id == _ME, Block.blocked_id == Connection.asker_id)
    return (
        _people(Connection.asker_id, Connection.stage, Connection.asked_at.label("since"))
        .where(Connection.asked_id == _ME, Connection.stage == "asked", ~blocked)
        .order_by(Connection.asked_at.desc(), Membership.handle)
    )


@cache
def _sent() -> Select[Any]:
    since = func.coalesce(Connection.answered_at, Connection.asked_at)
    waits = or_(Connection.stage == "asked", Connection.answered_at > func.now() - ASK_AGAIN)
    return (
        _people(Connection.asked_id, Connection.stage, since.label("since"))
        .where(Connection.asker_id == _ME, Connection.stage.in_(("asked", "declined")), waits)
        .order_by(since.desc(), Membership.handle)
    )


@cache
def _blocked() -> Select[Any]:
    return (
        _people(Block.blocked_id, literal("blocked", String).label("stage"), Block.blocked_at.label("since"))
        .where(Block.blocker_id == _ME)
        .order_by(Block.blocked_at.desc(), Membership.handle)
    )


_STATEMENTS = {List.CONNECTED: _connected, List.RECEIVED: _received, List.SENT: _sent, List.BLOCKED: _blocked}


def ids_of(pages: Sequence[Page]) -> list[UUID]:
    """Return whom these pages are about, for one look at all of them."""
    return [other.id for page in pages for other in page.others]
