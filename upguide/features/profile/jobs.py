"""What nobody waits for: a photo that was looked at and never placed goes within a day (P4c, P5)."""

from sqlalchemy import text

from upguide.extensions import db
from upguide.jobs import periodic
from upguide.jobs.tally import tally
from upguide.privacy.photos import drop_files
from upguide.tenancy.scope import scope

from .actions import throw_draft_away

_EXPIRED = text("SELECT gate.expired_photo_drafts()")


@periodic("29 * * * *")
def forget_photo_drafts() -> None:
    """Remove photos that waited for twenty hours, on all portals."""
    people = list(db.session.scalars(_EXPIRED))
    db.session.rollback()
    for person_id in people:
        with scope(None, person_id):
            gone = throw_draft_away(db.session(), person_id)
            tally(db.session, {"photo_drafts": len(gone)})
            db.session.commit()
        for file_key in gone:
            drop_files(file_key)
