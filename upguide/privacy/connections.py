"""What stands between two people, and each step of it: asking, answering, ending, blocking (clause W5).

Whoever acts holds the pair until the commit, so that of two steps at one moment the second sees what the first did.
A block is a row that the one who is blocked cannot read, and changes nothing that they can: their own ask stays, as if
nobody had answered it. Callers commit.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Uuid,
    and_,
    bindparam,
    delete,
    exists,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from upguide.models import Block, Connection
from upguide.policy.connections import ASK_AGAIN
from upguide.tenancy.scope import read

_ME, _OTHER = bindparam("me", type_=Uuid), bindparam("other", type_=Uuid)
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:pair, 0))")


class State(Enum):
    """What somebody is to another, as the first of them may know it."""

    NOTHING = "nothing"
    ASKED_BY_ME = "asked_by_me"
    ASKED_OF_ME = "asked_of_me"
    CONNECTED = "connected"
    DECLINED_BY_THEM = "declined_by_them"
    DECLINED_BY_ME = "declined_by_me"
    BLOCKED_BY_ME = "blocked_by_me"


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand, and since when; `again_at` is when the one who was declined may ask again."""

    state: State
    since: datetime | None = None
    again_at: datetime | None = None


class Asked(NamedTuple):
    """How things stand after an ask, and whether it changed anything that whoever asks can read.

    It is the same for somebody who is blocked.
    """

    state: State
    changed: bool


class Gone(LookupError):
    """The other one cannot be asked any more: they left in the meantime."""


def standing(session: Session, me: UUID, other: UUID) -> Standing:
    """Return how things stand between `me` and somebody else, in one statement, under the scope of `me`."""
    row = read(session, _standing(), {"me": me, "other": other}).one()
    if row.blocked:
        return Standing(State.BLOCKED_BY_ME)
    if row.stage == "declined":
        return _declined(row, by_me=row.asker_id != me)
    if row.stage is None:
        return Standing(State.NOTHING)
    if row.stage == "accepted":
        return Standing(State.CONNECTED, row.answered_at)
    return Standing(State.ASKED_BY_ME if row.asker_id == me else State.ASKED_OF_ME, row.asked_at)


def _declined(row: Any, *, by_me: bool) -> Standing:
    again_at = row.answered_at + ASK_AGAIN
    if by_me:
        return Standing(State.DECLINED_BY_ME, row.answered_at)
    if again_at <= datetime.now(UTC):
        return Standing(State.NOTHING)
    return Standing(State.DECLINED_BY_THEM, row.answered_at, again_at)


def ask(session: Session, me: UUID, other: UUID) -> Asked:
    """Ask somebody for a connection; who was asked by them accepts. Return how things stand afterwards.

    Nothing changes where `me` was declined less than 30 days ago, or blocks them. Raises Gone.
    """
    _hold(session, me, other)
    before = standing(session, me, other).state
    if before is State.ASKED_OF_ME:
        answered = _answer(session, me, other, "accepted")
        return Asked(State.CONNECTED if answered else before, answered)
    if before not in (State.NOTHING, State.DECLINED_BY_ME):
        return Asked(before, changed=False)
    try:
        session.execute(delete(Connection).where(_between(me, other), Connection.stage == "declined"))
        session.execute(plain_insert(Connection).values(asker_id=me, asked_id=other, stage="asked"))
    except (IntegrityError, ProgrammingError):
        session.rollback()
        raise Gone from None
    return Asked(State.ASKED_BY_ME, changed=True)


def accept(session: Session, me: UUID, other: UUID) -> bool:
    """Say yes to what somebody asked; False where they do not ask (any more)."""
    _hold(session, me, other)
    return _answer(session, me, other, "accepted")


def decline(session: Session, me: UUID, other: UUID) -> bool:
    """Say no to what somebody asked; False where they do not ask (any more)."""
    _hold(session, me, other)
    return _answer(session, me, other, "declined")


def withdraw(session: Session, me: UUID, other: UUID) -> bool:
    """Take back what `me` asked; False where it was answered, or not asked."""
    _hold(session, me, other)
    mine = (Connection.asker_id == me, Connection.asked_id == other, Connection.stage == "asked")
    return _deleted(session, *mine)


def remove(session: Session, me: UUID, other: UUID) -> bool:
    """End a connection, whoever asked for it; False where there is none."""
    _hold(session, me, other)
    return _deleted(session, _between(me, other), Connection.stage == "accepted")


def block(session: Session, me: UUID, other: UUID) -> None:
    """Want nothing to do with somebody any more: a connection ends, and what `me` asked is taken back.

    What they asked stays as it is, unanswered. Raises Gone.
    """
    _hold(session, me, other)
    try:
        session.execute(insert(Block).values(blocker_id=me, blocked_id=other).on_conflict_do_nothing())
    except (IntegrityError, ProgrammingError):
        session.rollback()
        raise Gone from None
    mine = and_(Connection.asker_id == me, Connection.stage == "asked")
    session.execute(delete(Connection).where(_between(me, other), or_(Connection.stage == "accepted", mine)))


def unblock(session: Session, me: UUID, other: UUID) -> None:
    """Take a block back. What they asked in the meantime can be seen again."""
    _hold(session, me, other)
    session.execute(delete(Block).where(Block.blocker_id == me, Block.blocked_id == other))


def _hold(session: Session, me: UUID, other: UUID) -> None:
    """Let two who act at one moment act one after the other: where nothing stands yet, no row could be held."""
    pair = ":".join(sorted(map(str, (me, other))))
    session.execute(_LOCK, {"pair": pair})


def _answer(session: Session, me: UUID, other: UUID, stage: str) -> bool:
    asked = (Connection.asked_id == me, Connection.asker_id == other, Connection.stage == "asked")
    unblocked = ~exists().where(Block.blocker_id == me, Block.blocked_id == other)
    answered = update(Connection).where(*asked, unblocked).values(stage=stage, answered_at=datetime.now(UTC))
    return session.scalar(answered.returning(Connection.asker_id)) is not None


def _deleted(session: Session, *which: ColumnElement[bool]) -> bool:
    return session.scalar(delete(Connection).where(*which).returning(Connection.asker_id)) is not None


def _between(me: Any, other: Any) -> ColumnElement[bool]:
    return or_(
        and_(Connection.asker_id == me, Connection.asked_id == other),
        and_(Connection.asker_id == other, Connection.asked_id == me),
    )


@cache
def _standing() -> Select[Any]:
    blocked = exists().where(Block.blocker_id == _ME, Block.blocked_id == _OTHER)
    columns: tuple[Any, ...] = (
        *(Connection.asker_id, Connection.stage, Connection.asked_at, Connection.answered_at),
        blocked.label("blocked"),
    )
    nothing = select(literal(1).label("one")).subquery()
    return select(*columns).select_from(nothing.outerjoin(Connection, _between(_ME, _OTHER)))
