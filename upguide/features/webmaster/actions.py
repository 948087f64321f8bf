"""What a webmaster does. The gate checks, does and notes it at once; whom it concerns is told in that transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from upguide.jobs import defer
from upguide.mail import send
from upguide.mail.delivery import deliver_mail
from upguide.policy.permissions import Role
from upguide.privacy.index import refresh_names_of
from upguide.tenancy import Tenant, Tenants
from upguide.tenancy.scope import current_scope, scope

DONE, NOBODY = "done", "nobody"
_OPEN_LOOK = text("SELECT * FROM gate.open_look(:address, :number, :person_id, :session_id, :reason)")
_ACT_ON = text("SELECT * FROM gate.act_on(:look_id, :act, :reason)")
_CHANGE_ROLE = text("SELECT * FROM gate.change_role(:address, :role, :change, :reason, :session_id)")
_READERS = text("SELECT * FROM gate.role_readers(:person_id)")
_SEND_AGAIN = text("SELECT gate.send_again(:mail_id)")
_DROP_MAIL = text("SELECT gate.drop_mail(:mail_id)")
_RETRY_JOB = text(
    "SELECT procrastinate_retry_job_v2(id, now(), NULL, NULL, NULL) FROM procrastinate_jobs"
    " WHERE id = :job_id AND status = 'failed'"
)
# Where a person reads of it: `rights.who_saw_what` and `rights.webmasters`, on a portal of theirs.
OWN_LOOKS, OWN_ACTS = "/my-data/who-saw-what", "/my-data/webmasters"
LETTER_OF = {"block": "account_blocked", "release": "account_released", "remove_factors": "factors_removed"}
LETTER_OF_CHANGE = {"appoint": "appointed", "ask_dismissal": "dismissal_asked", "dismiss": "dismissed"}
# Where each of the others reads of a change of roles, and the letter that says so.
TOLD_OF_ROLES = {
    Role.WEBMASTER.value: ("roles_changed", "/webmaster/roles"),
    Role.OFFICER.value: ("roles_overseen", "/oversight/roles"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a webmaster works: this portal, all of them, the session, and how to address a page of a portal."""

    tenant: Tenant
    tenants: Tenants
    session_id: UUID | None
    link: Callable[[Tenant, str], str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is looked up: by exactly one of these."""

    address: str | None = None
    number: str | None = None
    person_id: UUID | None = None


def open_look(session: Session, place: Place, wanted: Wanted, reason: str) -> UUID | None:
    """Open a look at somebody for half an hour, and tell them; None where there is nobody else like that. Commits."""
    values: dict[str, Any] = {
        "address": wanted.address,
        "number": wanted.number,
        "person_id": wanted.person_id,
        "session_id": place.session_id,
        "reason": reason,
    }
    row = session.execute(_OPEN_LOOK, values).one_or_none()
    if row is None:
        session.rollback()
        return None
    _tell(session, place, "looked_at", row, OWN_LOOKS)
    session.commit()
    look_id: UUID = row.look_id
    return look_id


def act_on(session: Session, place: Place, look_id: UUID, act: str, reason: str) -> str:
    """Block, release, or remove the second factors of whom a look is open at; return what came of it. Commits.

    "done", "has_role" for somebody who is to be dismissed first, "unchanged" where there was nothing to do, "nobody"
    where the look is over.
    """
    row = session.execute(_ACT_ON, {"look_id": look_id, "act": act, "reason": reason}).one_or_none()
    if row is not None and row.outcome == DONE:
        # Nobody finds somebody who is blocked, and everybody somebody who is released.
        refresh_names_of(session, row.person_id)
        _tell(session, place, LETTER_OF[act], row, OWN_ACTS if act == "block" else "/login")
    session.commit()
    return row.outcome if row is not None else NOBODY


def change_role(session: Session, place: Place, address: str, role: str, change: str, reason: str) -> str:
    """Appoint or dismiss somebody; tell them, every other webmaster and every officer. Return what came of it. Commits.

    "appoint", "dismiss" or "ask_dismissal" where it was done; else why not: "nobody", "self", "has_role", "has_not",
    "blocked", "has_officer" where no single webmaster appoints another.
    """
    values = {"address": address, "role": role, "change": change, "reason": reason, "session_id": place.session_id}
    rows = session.execute(_CHANGE_ROLE, values).all()
    outcome = str(rows[0].outcome)
    if outcome in LETTER_OF_CHANGE:
        _tell_of_change(session, place, outcome, rows)
    session.commit()
    return outcome


def tell_of_owner(session: Session, place: Place, person_id: UUID, change: str) -> None:
    """Queue the letters about a change of the owner's, at the command line. Leaves committing to the caller."""
    rows = session.execute(_READERS, {"person_id": person_id}).all()
    _tell_of_change(session, place, change, rows, by_owner=True)


def _tell_of_change(session: Session, place: Place, change: str, rows: Sequence[Any], **more: object) -> None:
    for row in rows:
        if row.is_subject:
            path = "/agreements" if change == "appoint" else OWN_ACTS
            _tell(session, place, LETTER_OF_CHANGE[change], row, path, **more)
        else:
            kind, path = TOLD_OF_ROLES[row.reader]
            _tell(session, place, kind, row, path, **more)


def retry_job(session: Session, job_id: int) -> bool:
    """Put a job that was given up back in the queue; False where there is none. Commits."""
    found = session.execute(_RETRY_JOB, {"job_id": job_id}).one_or_none()
    session.commit()
    return found is not None


def send_again(session: Session, mail_id: UUID) -> bool:
    """Try once more to send a message that failed; never one that may have arrived. Commits."""
    portal = session.scalar(_SEND_AGAIN, {"mail_id": mail_id})
    if portal is not None:
        defer(session, deliver_mail, tenant=portal, mail_id=mail_id)
    session.commit()
    return portal is not None


def drop_mail(session: Session, mail_id: UUID) -> bool:
    """Remove a message that did not go out. Commits."""
    dropped = bool(session.scalar(_DROP_MAIL, {"mail_id": mail_id}))
    session.commit()
    return dropped


def _tell(session: Session, place: Place, kind: str, to: Any, path: str, **more: object) -> None:
    """Write to somebody from a portal that they belong to, in their own language."""
    tenant = next((one for one in place.tenants if one.slug == to.portal), place.tenant)
    language = to.language or tenant.languages[0]
    link = place.link(tenant, path)
    with scope(tenant.slug, current_scope().viewer, session):
        send(session, kind, to.mail_address, tenant, language, to.person_id, link=link, at=datetime.now(UTC), **more)
        session.flush()
