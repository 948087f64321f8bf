"""Handing messages to the mail server: at least tried for a day, and never twice.

A worker may die, or hang and wake up, at any moment; two may hold the same message. What decides is the row,
in transactions of its own: only who claimed it last may write `uncertain`, and only then is the content
handed over.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from flask import current_app
from sqlalchemy import delete, func, update

from upguide.config import Settings
from upguide.extensions import db
from upguide.jobs import Again, periodic, task
from upguide.models.mail import Mail
from upguide.tenancy import Tenant, all_tenants, current_tenant
from upguide.tenancy.scope import scope

from .sealed import Envelope, open_envelope
from .smtp import Outcome, Server, transmit

TRIED_FOR = timedelta(hours=24)
KEPT_FOR = timedelta(days=7)
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=1)

_STATE_AFTER = {
    Outcome.SENT: "sent",
    Outcome.REFUSED: "failed",
    Outcome.LATER: "queued",
    Outcome.UNKNOWN: "uncertain",
}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Claim:
    mail_id: UUID
    kind: str
    attempt: int
    made_at: datetime
    envelope: Envelope


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
        .returning(Mail.id, Mail.kind, Mail.attempts, Mail.made_at, Mail.wrapped_key, Mail.recipient, Mail.message)
    ).one_or_none()
    db.session.commit()
    if row is None:
        return None
    envelope = open_envelope(row.id, row.wrapped_key, row.recipient, row.message)
    return _Claim(row.id, row.kind, row.attempts, row.made_at, envelope)


def _move(claim: _Claim, before: tuple[str, ...], after: str) -> bool:
    """Write a new state if the message is still ours and in a state of `before`; tell whether it was."""
    moved = db.session.execute(
        update(Mail)
        .where(Mail.id == claim.mail_id, Mail.attempts == claim.attempt, Mail.state.in_(before))
        .values(state=after, sent_at=func.now() if after == "sent" else None)
        .returning(Mail.id)
    ).one_or_none()
    db.session.commit()
    return moved is not None


def _note(claim: _Claim, outcome: Outcome) -> None:
    state = _STATE_AFTER.get(outcome)
    too_late = datetime.now(UTC) - claim.made_at > TRIED_FOR
    if state == "queued" and too_late:
        state = "failed"
    ours = state is not None and _move(claim, ("sending", "uncertain"), state)
    log.info(
        "mail",
        mail_id=str(claim.mail_id),
        kind=claim.kind,
        attempt=claim.attempt,
        outcome=outcome.name.lower(),
        state=state if ours else None,
    )
    if ours and state == "queued":
        raise Again(_wait_after(claim.attempt))


def _wait_after(attempt: int) -> timedelta:
    # Beyond ten the result would only grow past what a timedelta holds.
    doubled: int = 2 ** min(attempt - 1, 10)
    return min(_FIRST_WAIT * doubled, _LONGEST_WAIT)


@periodic("23 * * * *")
def forget_old_mails() -> None:
    """Remove messages a week after they were sent, or made when they never were (Term.MAIL)."""
    settings: Settings = current_app.config["UPGUIDE"]
    if settings.smtp_url is None:
        return
    for tenant in all_tenants():
        with scope(tenant.slug, None):
            _forget(tenant)


def _forget(tenant: Tenant) -> None:
    old = func.coalesce(Mail.sent_at, Mail.made_at) < func.now() - KEPT_FOR
    db.session.execute(delete(Mail).where(Mail.tenant_id == tenant.slug, old))
    db.session.commit()
