"""What a webmaster reads. The gate looks itself whether the one who asks is bound; here is only how to ask it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, String, bindparam, text
from sqlalchemy.orm import Session

LISTED = 50
MEMBERS_COUNTED = 10_000
ROLE_ACTS = ("appoint", "ask_dismissal", "dismiss")
PERSON_ACTS = ("look", "block", "release", "remove_factors")


@dataclass(frozen=True, slots=True)
class Look:
    """A look that is open: at whom, why, from when until when."""

    person_id: UUID
    reason: str
    opened_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Account:
    """How somebody's account stands: what protects it, where it belongs, whether it is blocked."""

    number: str
    portals: tuple[str, ...]
    role: str | None
    has_app: bool
    passkeys: int
    codes: int
    sessions: int
    has_pin: bool
    blocked_at: datetime | None
    blocked_reason: str | None

    @property
    def has_factor(self) -> bool:
        """Whether there is a second factor to lose."""
        return self.has_app or self.passkeys > 0


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody with a role; without `signed_until` it opens nothing."""

    person_id: UUID
    handle: str | None
    role: str
    granted_at: datetime
    signed_until: datetime | None


@dataclass(frozen=True, slots=True)
class Act:
    """Something that a webmaster did; `mine` if it was the one who asks."""

    person_id: UUID
    handle: str | None
    done_at: datetime
    act: str
    role: str | None
    reason: str
    mine: bool


@dataclass(frozen=True, slots=True)
class Unsent:
    """A message that did not go out: for whom and what it says stays sealed."""

    mail_id: UUID
    portal: str
    kind: str
    state: str
    outcome: str | None
    attempts: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature in the register."""

    person_id: UUID
    handle: str | None
    agreement: str
    version: int
    language: str
    signed_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class SignedCount:
    """How many people signed a version: how many of those still count, how many end within 60 days or have ended."""

    agreement: str
    version: int
    counting: int
    ending: int
    over: int


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job that was given up."""

    id: int
    task: str
    attempts: int
    failed_at: datetime | None


_LOOK = text("SELECT person_id, reason, opened_at, closes_at FROM gate.look(:look_id)")
_ACCOUNT = text("SELECT * FROM gate.account_of(:look_id)")
_HOLDERS = text("SELECT * FROM gate.role_holders()")
_TEXTS = ARRAY(String)
_ACTS = text("SELECT * FROM gate.recent_acts(:acts, :at_most)").bindparams(bindparam("acts", type_=_TEXTS))
_COUNTS = text("SELECT portal, members FROM gate.portal_counts(:portals, :at_most)").bindparams(
    bindparam("portals", type_=_TEXTS)
)
_UNSENT = text("SELECT * FROM gate.unsent_mails(:at_most)")
_SIGNED = text("SELECT * FROM gate.signature_register(:at_most)")
_SIGNED_COUNTS = text("SELECT * FROM gate.signature_counts()")
# The queue knows no person: a job names identities of rows, by numbers.
_JOB_COUNTS = text(
    "SELECT CASE WHEN status = 'todo' AND scheduled_at > now() THEN 'later' ELSE status::text END AS state,"
    " count(*) AS jobs"
    " FROM procrastinate_jobs WHERE status IN ('todo', 'doing', 'failed') GROUP BY 1"
)
_FAILED_JOBS = text(
    "SELECT j.id, j.task_name, j.attempts,"
    " (SELECT max(e.at) FROM procrastinate_events e WHERE e.job_id = j.id AND e.type = 'failed')"
    " FROM procrastinate_jobs j WHERE j.status = 'failed' ORDER BY j.id DESC LIMIT :at_most"
)


def look(session: Session, look_id: UUID) -> Look | None:
    """Return an open look of the one who asks, or None where it is over, somebody else's, or never was."""
    row = session.execute(_LOOK, {"look_id": look_id}).one_or_none()
    return Look(*row) if row else None


def account_of(session: Session, look_id: UUID) -> Account | None:
    """Return how the account stands at which a look is open."""
    row = session.execute(_ACCOUNT, {"look_id": look_id}).one_or_none()
    return Account(row.number, tuple(row.portals), *row[2:]) if row else None


def role_holders(session: Session) -> list[Holder]:
    """Return who has a role, on all portals."""
    return [Holder(*row) for row in session.execute(_HOLDERS)]


def recent_acts(session: Session, acts: Sequence[str], at_most: int = LISTED) -> list[Act]:
    """Return the latest of these acts, of all webmasters."""
    return [Act(*row) for row in session.execute(_ACTS, {"acts": list(acts), "at_most": at_most})]


def member_counts(session: Session, portals: Sequence[str]) -> dict[str, int]:
    """Return how many members each portal has; counting stops at `MEMBERS_COUNTED`."""
    values: dict[str, Any] = {"portals": list(portals), "at_most": MEMBERS_COUNTED}
    return {row.portal: row.members for row in session.execute(_COUNTS, values)}


def unsent_mails(session: Session, at_most: int = LISTED) -> list[Unsent]:
    """Return the latest messages, of all portals, that did not go out or may not have."""
    return [Unsent(*row) for row in session.execute(_UNSENT, {"at_most": at_most})]


def signature_register(session: Session) -> list[Signed]:
    """Return the latest signatures."""
    return [Signed(*row) for row in session.execute(_SIGNED, {"at_most": LISTED})]


def signature_counts(session: Session) -> list[SignedCount]:
    """Return how many people signed which version."""
    return [SignedCount(*row) for row in session.execute(_SIGNED_COUNTS)]


def job_counts(session: Session) -> dict[str, int]:
    """Return how many jobs wait (`todo`), wait for a later moment (`later`), run (`doing`) and failed (`failed`)."""
    return {row.state: row.jobs for row in session.execute(_JOB_COUNTS)}


def failed_jobs(session: Session) -> list[FailedJob]:
    """Return the latest jobs that were given up."""
    return [FailedJob(*row) for row in session.execute(_FAILED_JOBS, {"at_most": LISTED})]
