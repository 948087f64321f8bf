"""Messages about breaches, each exactly once, whatever dies on the way; and the end of what is kept (B2, B3)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from upguide.extensions import db
from upguide.i18n import format_list, locale_for, use_locale
from upguide.i18n import gettext as _
from upguide.jobs import periodic, task
from upguide.mail import send
from upguide.models import Breach, BreachConcerned
from upguide.policy.items import CATALOGUE
from upguide.privacy.reaching import Reach, reach
from upguide.tenancy import Tenant, all_tenants
from upguide.tenancy.scope import scope

from . import queries
from .clock import WITHIN
from .queries import BreachView

log = structlog.get_logger()

_DUE_MARKS = text("SELECT breach_id, number, exercise, aware_at, hours FROM gate.due_breach_marks(:asked_now)")
_HANDLERS = text("SELECT person_id, bound FROM gate.breach_handlers()")
_NOTE_MAIL = text("SELECT gate.note_breach_mail(:breach, :kind)")
_FORGET = text("SELECT gate.forget_old_breaches(:asked_now)")


@periodic("*/5 * * * *")
def watch_breach_clocks() -> None:
    """Tell those who handle breaches of each mark that a clock passed: 24, 48 and 66 hours, each once."""
    session, now = db.session(), datetime.now(UTC)
    due = session.execute(_DUE_MARKS, {"asked_now": now}).all()
    session.rollback()
    for mark in due:
        # The note and the messages are one transaction: all of them are written, or none.
        if session.scalar(_NOTE_MAIL, {"breach": mark.breach_id, "kind": f"clock_{mark.hours}"}):
            for person_id in [row.person_id for row in session.execute(_HANDLERS).all()]:
                _tell(
                    session,
                    person_id,
                    "breach_clock",
                    number=mark.number,
                    exercise=mark.exercise,
                    hours=mark.hours,
                    left=_whole_hours(mark.aware_at + WITHIN - now),
                    deadline=mark.aware_at + WITHIN,
                )
        session.commit()


@task
def send_breach_letters(breach_id: UUID) -> None:
    """Send the letters of one breach: to each who is on the list and not told yet, or in an exercise to no person."""
    session = db.session()
    handlers = [row.person_id for row in session.execute(_HANDLERS).all() if row.bound]
    session.rollback()
    if not handlers:
        log.error("breach.letters_wait", reason="nobody is bound who could send them")
        return
    with scope(None, handlers[0]):
        number = session.scalar(select(Breach.number).where(Breach.id == breach_id, Breach.letters_at.is_not(None)))
        of = None if number is None else queries.breach(session, number)
        letters = {} if of is None else queries.letters_ready(session, of)
        session.rollback()
        # A decision not to tell that came later holds back whoever was not told yet.
        if of is None or of.persons != "tell" or not letters:
            return
        if of.exercise:
            _send_exercise(session, of, letters)
            return
        while _send_next(session, of, letters):
            pass


@periodic("*/10 * * * *")
def take_up_breach_letters() -> None:
    """Go on with letters whose job was lost."""
    session = db.session()
    handlers = [row.person_id for row in session.execute(_HANDLERS).all() if row.bound]
    session.rollback()
    if not handlers:
        return
    with scope(None, handlers[0]):
        waiting = select(BreachConcerned.breach_id).where(
            BreachConcerned.removed.is_(False), BreachConcerned.told_at.is_(None)
        )
        statement = select(Breach.id).where(Breach.letters_at.is_not(None), Breach.id.in_(waiting))
        unfinished = list(session.scalars(statement))
        session.rollback()
    for breach_id in unfinished:
        send_breach_letters(breach_id=breach_id)


@periodic("29 3 * * *")
def forget_old_breaches() -> None:
    """Remove what is kept no longer: breaches five years after they were closed, reports of none after one (B2)."""
    db.session.execute(_FORGET, {"asked_now": datetime.now(UTC)})
    db.session.commit()


def _send_next(session: Session, of: BreachView, letters: dict[str, str]) -> bool:
    """Tell one person more: the note that they were told and the letter are one transaction."""
    waiting = (
        select(BreachConcerned.id)
        .where(
            BreachConcerned.breach_id == of.id,
            BreachConcerned.removed.is_(False),
            BreachConcerned.told_at.is_(None),
        )
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    row = session.execute(
        update(BreachConcerned)
        .where(BreachConcerned.id == waiting)
        .values(told_at=func.now())
        .returning(BreachConcerned.person_id, BreachConcerned.items)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if row is None:
        session.rollback()
        return False
    _write_letter(session, row.person_id, letters, row.items, exercise=False)
    session.commit()
    return True


def _send_exercise(session: Session, of: BreachView, letters: dict[str, str]) -> None:
    """Send the letter to those who handle breaches, and to nobody on the list, whom it marks as told all the same."""
    if session.scalar(_NOTE_MAIL, {"breach": of.id, "kind": "letter"}):
        for row in session.execute(_HANDLERS).all():
            _write_letter(session, row.person_id, letters, of.items, exercise=True)
    session.execute(
        update(BreachConcerned)
        .where(BreachConcerned.breach_id == of.id, BreachConcerned.told_at.is_(None))
        .values(told_at=func.now())
        .execution_options(synchronize_session=False)
    )
    session.commit()


def _write_letter(
    session: Session, person_id: UUID, letters: dict[str, str], items: list[str] | tuple[str, ...], *, exercise: bool
) -> None:
    reached = reach(session, person_id, _first_tenant())
    words = letters.get(reached.language) or next(iter(letters.values()))
    with use_locale(locale_for(reached.language, reached.tenant)):
        what = format_list([_(CATALOGUE[item].label) for item in CATALOGUE if item.value in items])
    _post(session, person_id, reached, "breach_letter", words=words, what=what, exercise=exercise)


def _tell(session: Session, person_id: UUID, kind: str, **values: object) -> None:
    _post(session, person_id, reach(session, person_id, _first_tenant()), kind, **values)


def _post(session: Session, person_id: UUID, reached: Reach, kind: str, **values: object) -> None:
    with scope(reached.tenant.slug, person_id, session):
        send(session, kind, reached.address, reached.tenant, reached.language, person_id, **values)
        session.flush()


def _first_tenant() -> Tenant:
    return next(iter(all_tenants()))


def _whole_hours(left: timedelta) -> int:
    return max(int(left / timedelta(hours=1)), 0)
