"""What is over goes: sessions, links and registrations past their time, and counters of attempts."""

from sqlalchemy import text

from upguide.extensions import db
from upguide.jobs import periodic
from upguide.security.throttle import counters

_FORGET = text("SELECT gate.forget_expired()")


@periodic("23 * * * *")
def forget_expired() -> None:
    """Delete what has expired, on all portals."""
    db.session.execute(_FORGET)
    db.session.commit()
    counters().forget_expired()
