"""Mail about what happened: at once, or daily and weekly together; each notification in one mail at most.

That a notification was mailed and its mail are one transaction: a worker may be killed wherever it likes, or two may
do the same. Who restricts the use of their data, objects to messages, is blocked, or agreed no more, is not written to
(GDPR Art. 18, 21, 7(3)).
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, String, all_, func, literal, select, text, update
from sqlalchemy.orm import Session

from upguide.extensions import db
from upguide.jobs import Again, periodic, task
from upguide.jobs.tally import tally
from upguide.mail import send
from upguide.models import Membership, Notice, Person
from upguide.policy.notices import KEPT_DAYS, NOTICES, Frequency, Kind
from upguide.policy.purposes import Purpose
from upguide.tenancy import Tenant, all_tenants, current_tenant
from upguide.tenancy.scope import scope

from .choices import Choices, choices_of
from .places import Off, link, link_to, off_link

log = structlog.get_logger()

# Who begins to want a daily mail is not told of what happened long ago.
_TOLD_OF = timedelta(days=8)
_AT_A_TIME = 1_000
_READER = text("SELECT gate.notice_reader(:notice)")
_READERS = text("SELECT gate.digest_readers(:frequency, :kinds, :after, :at_most)")
_FORGET = text("SELECT gate.forget_old_notices(:days)")


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who may be written to: where, in which language, and what they chose."""

    person_id: UUID
    address: str
    language: str
    tenant: Tenant
    choices: Choices


@task
def mail_notice(notice_id: UUID) -> None:
    """Mail one notification, if its reader wants it at once. Raises Again while it is quiet for them."""
    session, tenant, now = db.session(), current_tenant(), datetime.now(UTC)
    person_id = session.scalar(_READER, {"notice": notice_id})
    session.rollback()
    if person_id is None:
        return
    with scope(tenant.slug, person_id, session):
        reader = reader_of(session, tenant, person_id)
        quiet_until = now if reader is None else reader.choices.clock.after_quiet(now)
        if reader is not None and quiet_until <= now:
            _mail_one(session, reader, notice_id)
        session.commit()
    if quiet_until > now:
        raise Again(quiet_until - now)


@periodic("7 * * * *")
def mail_digests() -> None:
    """Write the daily and the weekly mail to each whose time has come, on their own clock, in a transaction each."""
    for tenant in all_tenants():
        for frequency in (Frequency.DAILY, Frequency.WEEKLY):
            for person_id in _digest_readers(tenant, frequency):
                _try_digest(tenant, person_id, frequency)


@periodic("41 3 * * *")
def forget_old_notices() -> None:
    """Remove notifications ninety days after they were made (Term.NOTICES)."""
    session = db.session()
    tally(session, {"notices": session.scalar(_FORGET, {"days": KEPT_DAYS}) or 0})
    session.commit()


def reader_of(session: Session, tenant: Tenant, person_id: UUID) -> Reader | None:
    """Return how a member is written to, under their own scope; None where they may not be, or object to it (U2)."""
    joined = (Membership.tenant_id == tenant.slug, Membership.person_id == person_id)
    row = session.execute(
        select(Person.mail_address, Person.language)
        .join(Membership, Membership.person_id == Person.id)
        .where(*joined, Membership.suspended_at.is_(None))
        .where(Person.restricted_at.is_(None), Person.blocked_at.is_(None))
        .where(literal(Purpose.MESSAGES.value, String) != all_(Person.objects_to))
    ).one_or_none()
    if row is None:
        return None
    language = row.language if row.language in tenant.languages else tenant.languages[0]
    return Reader(person_id, row.mail_address, language, tenant, choices_of(session, person_id))


def _mail_one(session: Session, reader: Reader, notice_id: UUID) -> None:
    for told, subject_id in _mark(session, reader, Frequency.AT_ONCE, Notice.id == notice_id):
        send(
            session,
            "something_happened",
            reader.address,
            reader.tenant,
            reader.language,
            reader.person_id,
            happened=told,
            link=link_to(reader.tenant, told, subject_id),
            off_link=off_link(reader.tenant, Off(reader.person_id, told)),
        )


def _digest_readers(tenant: Tenant, frequency: Frequency) -> Iterator[UUID]:
    session = db.session()
    kinds = [kind.value for kind in Kind if NOTICES[kind].frequency is frequency]
    after: UUID | None = None
    while True:
        with scope(tenant.slug, None):
            asked = {"frequency": frequency.value, "kinds": kinds, "after": after, "at_most": _AT_A_TIME}
            found = list(session.scalars(_READERS, asked))
            session.rollback()
        if not found:
            return
        yield from found
        after = found[-1]


def _try_digest(tenant: Tenant, person_id: UUID, frequency: Frequency) -> None:
    """Write one digest; one who cannot be written to keeps nobody else from theirs."""
    session = db.session()
    try:
        with scope(tenant.slug, person_id):
            _digest(session, tenant, person_id, frequency, datetime.now(UTC))
            session.commit()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is this one's alone
        session.rollback()
        # Without the trace, which may show what must not stand in a log.
        log.error("notices.not_mailed", reason=type(error).__name__)  # noqa: TRY400


def _digest(session: Session, tenant: Tenant, person_id: UUID, frequency: Frequency, now: datetime) -> None:
    reader = reader_of(session, tenant, person_id)
    if reader is None or reader.choices.clock.is_quiet(now):
        return
    due = reader.choices.clock.last_digest(frequency, now)
    marked = _mark(session, reader, frequency, Notice.made_at < due, Notice.made_at >= due - _TOLD_OF)
    if not marked:
        return
    counts = Counter(kind for kind, _subject in marked)
    send(
        session,
        "what_happened",
        reader.address,
        reader.tenant,
        reader.language,
        person_id,
        frequency=frequency,
        told=tuple((kind, counts[kind]) for kind in Kind if counts[kind]),
        link=link(tenant, "notices.overview"),
        off_link=off_link(tenant, Off(person_id, frequency)),
    )


def _mark(
    session: Session, reader: Reader, frequency: Frequency, *which: ColumnElement[bool]
) -> list[tuple[Kind, UUID | None]]:
    """Note what comes this often as mailed, where no mail told of it yet and it is not read; return which that is."""
    mine = (Notice.tenant_id == reader.tenant.slug, Notice.person_id == reader.person_id)
    open_ones = (Notice.mailed_at.is_(None), Notice.read_at.is_(None))
    marked = (
        update(Notice)
        .where(*mine, *open_ones, Notice.kind.in_([kind.value for kind in reader.choices.kinds(frequency)]), *which)
        .values(mailed_at=func.now())
        .returning(Notice.kind, Notice.subject_id)
        .execution_options(synchronize_session=False)
    )
    return [(Kind(row.kind), row.subject_id) for row in session.execute(marked)]
