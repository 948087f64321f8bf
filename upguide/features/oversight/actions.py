"""What officer and webmaster do about an access: ask, answer, attend, end, keep a look from its person (W8).

No single person silences the officer: where nobody is left to attend, the owner hears of it at the help desk.
The gate of the database decides whether it may be done; False says that it was not. Each function commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.orm import Session

from upguide.mail import send
from upguide.policy.items import Item
from upguide.policy.statement import HELP_DESK
from upguide.tenancy import Tenant

from .queries import askable_webmasters


@dataclass(frozen=True, slots=True)
class Wish:
    """What the officer asks for. `webmaster_id` is None for any of them."""

    reason: str
    items: Sequence[Item]
    persons: Sequence[UUID]
    starts_at: datetime
    expires_at: datetime
    webmaster_id: UUID | None = None


_ASK = text(
    "SELECT gate.ask_access(:id, :reason, CAST(:items AS varchar[]), :starts_at, :expires_at,"
    " CAST(:persons AS uuid[]), :webmaster_id)"
)
_ASK_AGAIN = text("SELECT gate.ask_access_again(:id, :webmaster_id)")
_ANSWER = text("SELECT gate.answer_access(:id, :agree, :reason)")
_OFFICER = text("SELECT person_id, mail_address, language FROM gate.access_officer(:id)")
_NOBODY = text("SELECT gate.nobody_attends(:id)")
_ATTEND = text("SELECT gate.attend_access(:id, :session_id)")
_END = text("SELECT gate.end_access(:id, :reason)")
_HIDE = text("SELECT gate.hide_look(:entry, :until, :reason)")


def ask(session: Session, tenant: Tenant, wish: Wish) -> UUID | None:
    """Ask for an access, and a webmaster to attend it; return its identity, None where the gate refuses. Commits."""
    access_id = uuid4()
    values = {
        "id": access_id,
        "reason": wish.reason,
        "items": [item.value for item in wish.items],
        "persons": list(wish.persons),
        "starts_at": wish.starts_at,
        "expires_at": wish.expires_at,
        "webmaster_id": wish.webmaster_id,
    }
    if not session.scalar(_ASK, values):
        session.rollback()
        return None
    _tell_webmasters(session, tenant, access_id, wish.webmaster_id)
    session.commit()
    return access_id


def ask_again(session: Session, tenant: Tenant, access_id: UUID, webmaster_id: UUID | None) -> bool:
    """Ask another webmaster, after a refusal or a day of silence. Commits."""
    if not session.scalar(_ASK_AGAIN, {"id": access_id, "webmaster_id": webmaster_id}):
        session.rollback()
        return False
    _tell_webmasters(session, tenant, access_id, webmaster_id)
    session.commit()
    return True


def ask_owner(session: Session, tenant: Tenant, *, others: bool) -> None:
    """Ask the owner of the system for another webmaster; `others`: some are left, whom the officer may doubt. Commits.

    Those who are left may be one webmaster's own, and must not keep the officer from the owner (W8).
    """
    _tell_owner(session, tenant, others=others)
    session.commit()


def answer(session: Session, tenant: Tenant, access_id: UUID, *, agree: bool, reason: str | None) -> bool:
    """Accept to attend, or refuse with a reason; the first answer counts. Commits."""
    if not session.scalar(_ANSWER, {"id": access_id, "agree": agree, "reason": reason}):
        session.rollback()
        return False
    for to in session.execute(_OFFICER, {"id": access_id}):
        language = to.language or tenant.languages[0]
        send(session, "access_answered", to.mail_address, tenant, language, to.person_id, agreed=agree)
    if not agree and session.scalar(_NOBODY, {"id": access_id}):
        _tell_owner(session, tenant)
    session.commit()
    return True


def attend(session: Session, access_id: UUID, session_id: UUID | None) -> bool:
    """Note that the webmaster is there, in this session. Commits."""
    done = bool(session.scalar(_ATTEND, {"id": access_id, "session_id": session_id}))
    session.commit()
    return done


def end(session: Session, tenant: Tenant, access_id: UUID, reason: str | None) -> bool:
    """End an access for good; the webmaster says why, and the owner hears of it if no other is left. Commits."""
    done = bool(session.scalar(_END, {"id": access_id, "reason": reason}))
    if done and reason and session.scalar(_NOBODY, {"id": access_id}):
        _tell_owner(session, tenant)
    session.commit()
    return done


def hide_look(session: Session, entry: int, until: datetime, reason: str) -> bool:
    """Keep a look of the officer's own from its person until a moment, for a reason. Commits."""
    done = bool(session.scalar(_HIDE, {"entry": entry, "until": until, "reason": reason}))
    session.commit()
    return done


def _tell_webmasters(session: Session, tenant: Tenant, access_id: UUID, webmaster_id: UUID | None) -> None:
    """Write to those who are asked and may attend; where there is nobody, to the owner."""
    for one in askable_webmasters(session, access_id):
        if webmaster_id in (None, one.id):
            language = one.language or tenant.languages[0]
            send(session, "access_asked", one.mail_address, tenant, language, one.id)
    if session.scalar(_NOBODY, {"id": access_id}):
        _tell_owner(session, tenant)


def _tell_owner(session: Session, tenant: Tenant, *, others: bool = False) -> None:
    send(session, "no_webmaster_left", HELP_DESK, tenant, tenant.languages[0], others=others)
