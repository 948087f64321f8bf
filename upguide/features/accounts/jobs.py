"""What is over goes: sessions, links and registrations past their time, and counters of attempts."""

from sqlalchemy import text

from upguide.extensions import db
from upguide.jobs import periodic
from upguide.jobs.tally import tally
from upguide.security.throttle import counters

_FORGET = text("SELECT kind, removed FROM gate.forget_expired()")


@periodic("23 * * * *")
def forget_expired() -> None:
    """Delete what has expired, on all portals."""
    removed = {row.kind: row.removed for row in db.session.execute(_FORGET)}
    tally(db.session, removed)
    db.session.commit()
    counters().forget_expired()
