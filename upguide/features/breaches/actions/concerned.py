"""Whom a breach concerns: worked out from the journal, and corrected by hand, each time with a reason (B3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, text, update
from sqlalchemy.orm import Session

from upguide.features.breaches.letters import send_breach_letters
from upguide.features.breaches.on_list import GROUP, STANDS, Due, LookingSession, due, looking_sessions
from upguide.features.breaches.queries import BreachView
from upguide.jobs import defer
from upguide.models import Breach, BreachConcerned

from . import Conflict
from .history import note

_NOTE = text(
    "SELECT gate.note_concerned(:asked_breach, :number, :relation, :since, :until, CAST(:items AS text[]), :session)"
)
_ADD = text("SELECT gate.add_concerned(:asked_breach, :number, CAST(:items AS text[]), :reason)")


class UnknownNumber(LookupError):
    """Nobody has this UpGuide number."""


@dataclass(frozen=True, slots=True)
class Looks:
    """Which looks of the journal a breach consists of; None where that makes no difference."""

    number: str | None = None
    relation: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    items: Sequence[str] | None = None
    session_id: UUID | None = None


def look_up_sessions(
    session: Session, role: str, of: BreachView, asked: Mapping[str, str | datetime | None], session_id: UUID | None
) -> list[LookingSession]:
    """Return the sessions in which people were looked at, by what is `asked`; none where nothing narrows it. Commits.

    Whoever is named reads of it in their journal, and the history tells that it was asked: no way round W8.
    """
    if not any(asked.values()):
        return []
    found = looking_sessions(session, of.id, asked, session_id)
    note(session, of.id, of.sealing(), role, "sessions")
    session.commit()
    return found


def compute(session: Session, role: str, of: BreachView, looks: Looks) -> int:
    """Add everybody whom these looks showed to the list; return how many they are. Commits.

    Who was taken off the list stays off it. Raises UnknownNumber.
    """
    values = {
        "asked_breach": of.id,
        "number": looks.number,
        "relation": looks.relation,
        "since": looks.since,
        "until": looks.until,
        "items": list(looks.items) if looks.items else None,
        "session": looks.session_id,
    }
    found = int(session.execute(_NOTE, values).scalar_one())
    if found < 0:
        session.rollback()
        raise UnknownNumber
    note(session, of.id, of.sealing(), role, "computed", {"count": found})
    session.commit()
    return found


def add_number(session: Session, role: str, of: BreachView, number: str, items: Sequence[str], reason: str) -> None:
    """Put one person on the list, by number. The history tells that, and not whom. Commits. Raises UnknownNumber."""
    values = {"asked_breach": of.id, "number": number, "items": list(items), "reason": reason}
    if not session.execute(_ADD, values).scalar_one():
        session.rollback()
        raise UnknownNumber
    note(session, of.id, of.sealing(), role, "added", {"count": 1})
    session.commit()


def remove(session: Session, role: str, of: BreachView, row_id: UUID, reason: str) -> bool:
    """Take one person off the list; False where they are not on it, or a letter went to them already. Commits."""
    found = session.scalar(
        update(BreachConcerned)
        .where(
            BreachConcerned.id == row_id,
            BreachConcerned.breach_id == of.id,
            STANDS,
            BreachConcerned.told_at.is_(None),
            or_(BreachConcerned.letter.is_(None), BreachConcerned.letter.not_in(("queued", "unsure"))),
        )
        # Whoever comes back on the list is asked about anew.
        .values(removed=True, reason=reason, letter=None, letter_at=None)
        .returning(BreachConcerned.id)
        .execution_options(synchronize_session=False)
    )
    if found is None:
        session.rollback()
        return False
    note(session, of.id, of.sealing(), role, "removed", {"count": 1})
    session.commit()
    return True


def ask_letters(session: Session, role: str, of: BreachView, groups: Sequence[Due]) -> None:
    """Let the letters go out to these groups as they were shown, and to nobody who came on the list since. Commits.

    Raises Conflict where the groups are not what they were.
    """
    wanted = [one.group for one in groups]
    # Held: whoever was shown stays as shown. Whoever comes meanwhile makes the count another.
    held = {one.group: one for one in due(session, of.id, hold=True)}
    if any(held.get(one.group) != one for one in groups):
        session.rollback()
        raise Conflict
    statement = (
        update(BreachConcerned)
        .where(BreachConcerned.breach_id == of.id, STANDS, GROUP.in_(wanted))
        .values(letter="asked", letter_at=func.now())
        .returning(BreachConcerned.id)
        .execution_options(synchronize_session=False)
    )
    if len(session.scalars(statement).all()) != sum(one.count for one in groups):
        session.rollback()
        raise Conflict
    session.execute(
        update(Breach)
        .where(Breach.id == of.id)
        .values(letters_at=func.now(), version=Breach.version + 1)
        .execution_options(synchronize_session=False)
    )
    note(session, of.id, of.sealing(), role, "letters", {"count": sum(one.count for one in groups)})
    defer(session, send_breach_letters, tenant=None, breach_id=of.id)
    session.commit()
