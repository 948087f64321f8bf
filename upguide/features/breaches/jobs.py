"""The clock's messages, each exactly once, whatever dies on the way; and the end of what is kept (B2)."""

from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import text

from upguide.extensions import db
from upguide.jobs import periodic
from upguide.jobs.tally import tally

from .clock import WITHIN
from .posting import tell_handlers

log = structlog.get_logger()

_DUE_MARKS = text("SELECT breach_id, number, exercise, aware_at, hours FROM gate.due_breach_marks(:asked_now)")
_NOTE_MAIL = text("SELECT gate.note_breach_mail(:breach, :kind)")
_FORGET = text("SELECT kind, removed FROM gate.forget_old_breaches()")


@periodic("*/5 * * * *")
def watch_breach_clocks() -> None:
    """Tell those who handle breaches of each mark that a clock passed: 24, 48 and 66 hours, each once."""
    session, now = db.session(), datetime.now(UTC)
    due = session.execute(_DUE_MARKS, {"asked_now": now}).all()
    session.rollback()
    for mark in due:
        try:
            # The note and the messages are one transaction: all that can be written are, or none.
            if session.scalar(_NOTE_MAIL, {"breach": mark.breach_id, "kind": f"clock_{mark.hours}"}):
                tell_handlers(
                    session,
                    "breach_clock",
                    number=mark.number,
                    exercise=mark.exercise,
                    hours=mark.hours,
                    left=_whole_hours(mark.aware_at + WITHIN - now),
                    deadline=mark.aware_at + WITHIN,
                )
            session.commit()
        except Exception as error:  # noqa: BLE001 - the clocks of other breaches run as well; this one is tried again
            session.rollback()
            log.error("breach.clock_untold", reason=type(error).__name__)  # noqa: TRY400


@periodic("29 3 * * *")
def forget_old_breaches() -> None:
    """Remove what is kept no longer: breaches five years after they were closed, reports of none after one (B2)."""
    session = db.session()
    tally(session, {row.kind: row.removed for row in session.execute(_FORGET).all()})
    session.commit()


def _whole_hours(left: timedelta) -> int:
    return max(int(left / timedelta(hours=1)), 0)
