"""What the officer's page of unusual patterns rests on goes when its days are over (U5)."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from upguide.extensions import db
from upguide.jobs import periodic
from upguide.jobs.tally import tally
from upguide.policy.oversight import STATISTICS_DAYS
from upguide.policy.requests import today

_FORGET = text("SELECT gate.forget_searches(:day)")


@periodic("17 3 * * *")
def forget_searches() -> None:
    """Remove notes of repeated searches that no page shows any more."""
    first = today(datetime.now(UTC)) - timedelta(days=STATISTICS_DAYS)
    tally(db.session, {"repeated_searches": db.session.execute(_FORGET, {"day": first}).scalar_one()})
    db.session.commit()
