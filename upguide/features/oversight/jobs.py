"""What the officer's page of unusual patterns rests on goes when its days are over (U5)."""

from sqlalchemy import text

from upguide.extensions import db
from upguide.jobs import periodic
from upguide.jobs.tally import tally

_FORGET = text("SELECT gate.forget_searches()")


@periodic("17 3 * * *")
def forget_searches() -> None:
    """Remove notes of repeated searches that no page shows any more."""
    tally(db.session, {"repeated_searches": db.session.execute(_FORGET).scalar_one()})
    db.session.commit()
