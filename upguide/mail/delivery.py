"""Handing messages to the mail server: at least tried for a day, and never twice.

A worker may die, or hang and wake up, at any moment; two may hold the same message. What decides is the row,
in transactions of its own: only who claimed it last may write `uncertain`, and only then is the content
handed over.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import structlog
from flask import current_app
from sqlalchemy import CursorResult, and_, delete, func, or_, text, update
from sqlalchemy.orm import Session

from upguide.config import Settings
from upguide.extensions import db
from upguide.jobs import Again, periodic, task
from upguide.jobs.tally import tally
from upguide.models.mail import Mail
from upguide.tenancy import current_tenant
from upguide.tenancy.scope import scope

from .sealed import Envelope, open_envelope
from .smtp import Outcome, Server, transmit

TRIED_FOR = timedelta(hours=24)
KEPT_FOR = timedelta(days=7)
# Messages to nobody whom we know are removed when they are sent; this is for those that a dying worker left.
STRANGERS_KEPT_FOR = timedelta(days=2)
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=1)

_STATE_AFTER = {
    Outcome.SENT: "sent",
    Outcome.REFUSED: "failed",
    Outcome.LATER: "queued",
    Outcome.UNKNOWN: "uncertain",
}

_PORTALS = text("SELECT * FROM gate.portals_with_mail()")
_CLAIMED = (
    *(Mail.id, Mail.person_id, Mail.kind, Mail.attempts, Mail.made_at),
    *(Mail.wrapped_key, Mail.recipient, Mail.message),
)

log = structlog.get_logger()

Watcher = Callable[[Session, UUID, UUID | None, str, Outcome | None], None]
_watchers: dict[str, Watcher] = {}


@dataclass(frozen=True, slots=True)
class _Claim:
    mail_id: UUID
    person_id: UUID | None
    kind: str
    attempt: int
    made_at: datetime
    envelope: Envelope


def watch(kind: str, watcher: Watcher) -> None:
    """Let `watcher` know what becomes of messages of a kind, in the transaction in which it is written.

    It is called with the session, the message, its person, the new state, and the outcome where there is one.
    """
    _watchers[kind] = watcher


@task
def deliver_mail(mail_id: UUID) -> None:
    """Hand one message to the mail server, unless that was begun before. Raises Again when it is to wait.

    Without a mail server, which only a development run may lack, the message stays to be read at /dev/mail.
    """
    settings: Settings = current_app.config["UPGUIDE"]
    if settings.smtp_url is None:
        return
    claim = _claim(mail_id)
    if claim is None:
        return
    tenant = current_tenant()
    outcome = transmit(
        Server.from_url(settings.smtp_url),
        tenant.sender,
        claim.envelope,
        tenant.hosts[0],
        lambda: _move(claim, ("sending",), "uncertain"),
    )
    _note(claim, outcome)


def _claim(mail_id: UUID) -> _Claim | None:
    """Make the message ours. A claim that led to nothing, because its worker died, is taken over."""
    row = db.session.execute(
        update(Mail)
        .where(Mail.id == mail_id, Mail.state.in_(("queued", "sending")))
        .values(state="sending", attempts=Mail.attempts + 1)
        .returning(*_CLAIMED)
    ).one_or_none()
    db.session.commit()
    if row is None:
        return None
    envelope = open_envelope(row.id, row.person_id, row.wrapped_key, row.recipient, row.message)
    return _Claim(row.id, row.person_id, row.kind, row.attempts, row.made_at, envelope)


def _move(claim: _Claim, before: tuple[str, ...], after: str, outcome: Outcome | None = None) -> bool:
    """Write a new state if the message is still ours and in a state of `before`; tell whether it was."""
    moved = db.session.execute(
        update(Mail)
        .where(Mail.id == claim.mail_id, Mail.attempts == claim.attempt, Mail.state.in_(before))
        .values(
            state=after,
            sent_at=func.now() if after == "sent" else None,
            outcome=outcome.name.lower() if outcome else None,
        )
        .returning(Mail.id)
    ).one_or_none()
    if moved is not None and claim.kind in _watchers:
        _watchers[claim.kind](db.session(), claim.mail_id, claim.person_id, after, outcome)
    db.session.commit()
    return moved is not None


def _note(claim: _Claim, outcome: Outcome) -> None:
    state = _STATE_AFTER.get(outcome)
    too_late = datetime.now(UTC) - claim.made_at > TRIED_FOR
    if state == "queued" and too_late:
        state = "failed"
    ours = state is not None and _move(claim, ("sending", "uncertain"), state, outcome)
    if ours and state != "queued":
        _forget_stranger(claim)
    log.info(
        "mail",
        mail_id=str(claim.mail_id),
        kind=claim.kind,
        attempts=claim.attempt,
        outcome=outcome.name.lower(),
        state=state if ours and state else "left",
    )
    if ours and state == "queued":
        raise Again(_wait_after(claim.attempt))


def _forget_stranger(claim: _Claim) -> None:
    """Remove a message that is done with and went to an address of nobody's account: the letters promise so."""
    db.session.execute(delete(Mail).where(Mail.id == claim.mail_id, Mail.person_id.is_(None)))
    db.session.commit()


def _wait_after(attempt: int) -> timedelta:
    # Beyond ten the result would only grow past what a timedelta holds.
    doubled: int = 2 ** min(attempt - 1, 10)
    return min(_FIRST_WAIT * doubled, _LONGEST_WAIT)


@periodic("23 * * * *")
def forget_old_mails() -> None:
    """Remove messages a week after they were sent, or made when they never were (Term.MAIL).

    What could not be sent to an address of nobody's account goes after two days.
    """
    settings: Settings = current_app.config["UPGUIDE"]
    if settings.smtp_url is None:
        return
    # Asked of the database: a portal whose folder is gone may have left messages.
    slugs = list(db.session.scalars(_PORTALS))
    db.session.rollback()
    for slug in slugs:
        with scope(slug, None):
            _forget(slug)


def _forget(slug: str) -> None:
    old = func.coalesce(Mail.sent_at, Mail.made_at) < func.now() - KEPT_FOR
    left = and_(Mail.person_id.is_(None), Mail.made_at < func.now() - STRANGERS_KEPT_FOR)
    gone = db.session.execute(delete(Mail).where(Mail.tenant_id == slug, or_(old, left)))
    tally(db.session, {"mails": cast("CursorResult[Any]", gone).rowcount})
    db.session.commit()
