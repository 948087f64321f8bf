"""What nobody removed goes seven years after the last sign-in, and never without three warnings (clause U5).

A daily pass. Whoever's turn it is, is looked at in a transaction of their own, with their row held: it may be killed
at any point, and two may run at once. What is to be done, `idle` says; who does it for the other terms stands in
`policy/retention.py`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from time import monotonic
from typing import Any
from uuid import UUID

import structlog
from flask import current_app
from sqlalchemy import Date, case, cast, delete, func, select, text, update
from sqlalchemy.orm import Session

from upguide.config import Settings
from upguide.extensions import db
from upguide.jobs import periodic
from upguide.jobs.tally import tally
from upguide.mail import send
from upguide.mail.delivery import watch
from upguide.mail.smtp import Outcome
from upguide.models import Mail, Person, RetentionRun, RetentionTally, RetentionWarning
from upguide.policy.retention import HELD, IDLE_YEARS
from upguide.tenancy import Tenant, all_tenants, current_tenant
from upguide.tenancy.scope import scope

from .farewell import see_off
from .idle import Decision, Forget, Go, Heard, Hold, Wait, Warn, Warned, away_before, day_of, decide, due_on
from .ledger import ledger
from .reaching import reach

log = structlog.get_logger()

LETTER, HELD_LETTER = "account_goes", "account_held"
_AWAY = func.coalesce(Person.signed_in_at, Person.made_at)
_LONG_AWAY = text("SELECT away_since, person_id FROM gate.long_away(:before, :today, :moment, :person, :at_most)")
_BACK_AGAIN = text("SELECT gate.back_again()")
_FORGET_ACCESSES = text("SELECT gate.forget_accesses_of_nobody(:now)")
_FRESH = {"populate_existing": True}
_AT_A_TIME = 1000
_LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)
# A message that is neither sent nor there any more after this was lost with the worker that had it.
_LOST_AFTER = timedelta(days=2)


@dataclass(slots=True)
class Figures:
    """What a pass did, or would do: warnings by how many days before, and so on. Nobody stands in it."""

    run_id: int | None = None
    warned: dict[int, int] = field(default_factory=dict)
    repeated: int = 0
    erased: int = 0
    held: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One pass, for the officer's report. `took` is None while it runs, or where it was killed."""

    began_at: datetime
    took: timedelta | None
    warned: Mapping[int, int]
    repeated: int
    erased: int
    held: int
    failed: int
    removed: Mapping[str, int]


@periodic("11 4 * * *")
def keep_terms() -> None:
    """Warn and erase whose turn it is today, and report."""
    run_pass(db.session(), datetime.now(UTC))


def run_pass(session: Session, now: datetime) -> Figures:
    """Do a pass as of `now`, and report it in `retention_runs`; commits each person apart."""
    begun = monotonic()
    run = RetentionRun(began_at=now)
    session.add(run)
    session.commit()
    figures = Figures(run.id)
    for person_id in _whose_turn(session, now):
        _try_one(session, person_id, now, figures)
    tally(session, {"officer_accesses": session.scalar(_FORGET_ACCESSES, {"now": now}) or 0})
    removed = session.execute(delete(RetentionTally).returning(RetentionTally.kind, RetentionTally.removed)).all()
    values = {"removed": {row.kind: row.removed for row in removed}, "failed": figures.failed}
    _write(session, figures, milliseconds=int((monotonic() - begun) * 1000), **values)
    session.commit()
    return figures


def dry_run(session: Session, now: datetime) -> Figures:
    """Tell what a pass as of `now` would do, and do nothing."""
    figures = Figures()
    for person_id in _whose_turn(session, now):
        with scope(None, person_id):
            found = _decide(session, person_id, now)
            session.rollback()
        if found is not None:
            _count(figures, found.decision)
    return figures


def runs(session: Session, at_most: int) -> list[Run]:
    """Return the last passes, the latest first."""
    latest = select(RetentionRun).order_by(RetentionRun.began_at.desc(), RetentionRun.id.desc()).limit(at_most)
    return [_run(row) for row in session.scalars(latest)]


def goes_on(session: Session, person_id: UUID) -> date | None:
    """Return the day on which an account goes if nobody signs in until then; under the person's own scope.

    None while the data is restricted: then it does not go by itself.
    """
    row = session.execute(
        select(_AWAY.label("away_since"), Person.restricted_at, RetentionWarning.goes_on)
        .outerjoin(RetentionWarning, RetentionWarning.person_id == Person.id)
        .where(Person.id == person_id)
    ).one()
    if row.restricted_at is not None:
        return None
    due: date = due_on(row.away_since)
    return due if row.goes_on is None else max(due, row.goes_on)


def forget_warnings(session: Session, person_id: UUID) -> None:
    """Stop the clock: the person is here. The caller commits.

    What the ledger of erasures may know already stays until the next pass, which takes it back there too.
    """
    mine = (RetentionWarning.person_id == person_id, RetentionWarning.noted_at.is_(None))
    session.execute(delete(RetentionWarning).where(*mine))


def _whose_turn(session: Session, now: datetime) -> Iterator[UUID]:
    """Yield who came back since a warning, then who has been away for long, a page at a time."""
    back = list(session.scalars(_BACK_AGAIN))
    session.rollback()
    yield from back
    values = {"before": away_before(day_of(now)), "today": day_of(now), "at_most": _AT_A_TIME}
    moment, person = _LONG_AGO, UUID(int=0)
    while rows := session.execute(_LONG_AWAY, {**values, "moment": moment, "person": person}).all():
        session.rollback()
        yield from (row.person_id for row in rows)
        moment, person = rows[-1].away_since, rows[-1].person_id
    session.rollback()


def _try_one(session: Session, person_id: UUID, now: datetime, figures: Figures) -> None:
    try:
        with scope(None, person_id):
            _do_one(session, person_id, now, figures)
            session.commit()
    except Exception as error:  # noqa: BLE001 - one person's trouble must not hold up the others
        session.rollback()
        figures.failed += 1
        # Without the trace, which may show what must not stand in a log.
        log.error("retention.failed", reason=type(error).__name__)  # noqa: TRY400


def _do_one(session: Session, person_id: UUID, now: datetime, figures: Figures) -> None:
    found = _decide(session, person_id, now)
    if found is None:
        return
    if isinstance(found.decision, Warn):
        _warn(session, person_id, found.away_since, found.decision, now)
    elif isinstance(found.decision, Hold):
        _hold(session, person_id, found, found.decision, now)
    elif isinstance(found.decision, Go):
        if found.warning.noted_at is None:
            # Known before the ledger is told, so that whoever signs in at this very moment is taken back there.
            found.warning.noted_at = now
            session.commit()
            _do_one(session, person_id, now, figures)
            return
        reached = reach(session, person_id, _first_tenant())
        see_off(session, person_id, reached.tenant, reached.language)
    elif found.warning is not None:
        _put_off(session, found.warning, found.decision)
    if _count(figures, found.decision):
        _write(session, figures)


@dataclass(frozen=True, slots=True)
class _Found:
    """Somebody whose row is held."""

    decision: Decision
    away_since: datetime
    warning: Any


def _decide(session: Session, person_id: UUID, now: datetime) -> _Found | None:
    """Hold the person's row, and tell what is to be done. None where another worker, or a sign-in, has it now."""
    columns = (_AWAY.label("away_since"), Person.restricted_at)
    row = session.execute(
        select(*columns).where(Person.id == person_id).with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    mine = select(RetentionWarning).where(RetentionWarning.person_id == person_id)
    warning = session.scalars(mine, execution_options=_FRESH).one_or_none()
    warned = None if warning is None else _warned(session, warning, day_of(now))
    decision = decide(row.away_since, warned, day_of(now), restricted=row.restricted_at is not None)
    return _Found(decision, row.away_since, warning)


def _warned(session: Session, warning: RetentionWarning, today: date) -> Warned:
    heard = Heard(warning.heard)
    if heard is Heard.WAITING:
        heard = _heard_by_now(session, warning, today)
    goes = warning.goes_on or due_on(warning.counted_from)
    return Warned(warning.counted_from, warning.days_before, warning.warned_on, goes, heard)


def _heard_by_now(session: Session, warning: RetentionWarning, today: date) -> Heard:
    settings: Settings = current_app.config["UPGUIDE"]
    if settings.smtp_url is None:
        # In development messages are read where they lie.
        return Heard.TOLD
    if today < warning.warned_on + _LOST_AFTER:
        return Heard.WAITING
    there = session.connection().scalar(select(Mail.id).where(Mail.id == warning.mail_id))
    return Heard.FAILED if there is None else Heard.WAITING


def _warn(session: Session, person_id: UUID, away_since: datetime, due: Warn, now: datetime) -> None:
    """Write the letter and the note of it: both, or none."""
    reached, today = reach(session, person_id, _first_tenant()), day_of(now)
    told = {"host": reached.tenant.hosts[0], "goes_on": due.goes_on, "days": due.days_before, "years": IDLE_YEARS}
    with scope(reached.tenant.slug, person_id, session):
        mail_id = send(session, LETTER, reached.address, reached.tenant, reached.language, person_id, **told)
        session.flush()
    _note(session, person_id, away_since, today, mail_id, days_before=due.days_before, goes_on=due.goes_on)


def _hold(session: Session, person_id: UUID, found: _Found, due: Hold, now: datetime) -> None:
    """Leave a restricted account as it is, for each pass to count; tell the person when it is time to."""
    today = day_of(now)
    if found.warning is not None and found.warning.noted_at is not None:
        ledger().take_back(person_id)
        found.warning.noted_at = None
    if not due.tell:
        _put_off(session, found.warning, Wait(today + timedelta(days=1)))
        return
    reached = reach(session, person_id, _first_tenant())
    told = {"host": reached.tenant.hosts[0], "years": IDLE_YEARS}
    with scope(reached.tenant.slug, person_id, session):
        mail_id = send(session, HELD_LETTER, reached.address, reached.tenant, reached.language, person_id, **told)
        session.flush()
    _note(session, person_id, found.away_since, today, mail_id, days_before=HELD, goes_on=None)


def _note(
    session: Session, person_id: UUID, away_since: datetime, today: date, mail_id: UUID, **told: int | date | None
) -> None:
    warning = {
        "person_id": person_id,
        "counted_from": away_since,
        "warned_on": today,
        "mail_id": mail_id,
        "heard": Heard.WAITING.value,
        "next_on": today + timedelta(days=1),
        **told,
    }
    session.merge(RetentionWarning(**warning))
    session.flush()


def _put_off(session: Session, warning: RetentionWarning, decision: Wait | Forget) -> None:
    if isinstance(decision, Wait):
        warning.next_on = decision.until
    else:
        if warning.noted_at is not None:
            ledger().take_back(warning.person_id)
        session.delete(warning)
    session.flush()


def _note_heard(session: Session, mail_id: UUID, person_id: UUID | None, state: str, outcome: Outcome | None) -> None:
    """Note what became of a warning: heard later than it was written, it leaves as many days from then on."""
    if outcome is Outcome.REFUSED:
        heard = Heard.REFUSED
    else:
        # Nobody may go by a warning of which nobody knows that it was taken: it counts as lost when it is old.
        heard = {"sent": Heard.TOLD, "failed": Heard.FAILED}.get(state, Heard.WAITING)
    values: dict[str, Any] = {"heard": heard.value}
    if heard is Heard.TOLD:
        later = cast(day_of(datetime.now(UTC)), Date) + RetentionWarning.days_before
        values["goes_on"] = case(
            (RetentionWarning.goes_on.is_not(None), func.greatest(RetentionWarning.goes_on, later))
        )
    assert person_id is not None
    with scope(current_tenant().slug, person_id, session):
        mine = (RetentionWarning.person_id == person_id, RetentionWarning.mail_id == mail_id)
        session.execute(update(RetentionWarning).where(*mine).values(values))


def _first_tenant() -> Tenant:
    return next(iter(all_tenants()))


watch(LETTER, _note_heard)
watch(HELD_LETTER, _note_heard)


def _count(figures: Figures, decision: Decision) -> bool:
    """Count what is done; False where it is nothing to report."""
    if isinstance(decision, Go):
        figures.erased += 1
    elif isinstance(decision, Hold):
        figures.held += 1
    elif isinstance(decision, Warn) and decision.again:
        figures.repeated += 1
    elif isinstance(decision, Warn):
        figures.warned[decision.days_before] = figures.warned.get(decision.days_before, 0) + 1
    return isinstance(decision, (Go, Hold, Warn))


def _write(session: Session, figures: Figures, **more: object) -> None:
    """Write the figures with what they count, so that they are right after a kill too."""
    warned = {str(days): count for days, count in figures.warned.items()}
    counts = {"repeated": figures.repeated, "erased": figures.erased, "held": figures.held}
    values = {"warned": warned, **counts, **more}
    session.execute(update(RetentionRun).where(RetentionRun.id == figures.run_id).values(values))


def _run(row: RetentionRun) -> Run:
    return Run(
        row.began_at,
        None if row.milliseconds is None else timedelta(milliseconds=row.milliseconds),
        {int(days): count for days, count in row.warned.items()},
        row.repeated,
        row.erased,
        row.held,
        row.failed,
        row.removed,
    )
