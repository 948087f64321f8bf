"""Answering a new version of the statement (A1, P3)."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from upguide.models import Consent, StatementNotice
from upguide.privacy.statement import current_version, text_hash


def answer(session: Session, tenant: str, person_id: UUID, language: str, said: str) -> None:
    """Keep what a person said to the version in force: "yes", "no" or "read". A yes is a consent to its text.

    A no can become a yes later; a yes is taken back under My data. The caller commits.
    """
    now = datetime.now(UTC)
    given = {"answer": said, "answered_at": now}
    notice = insert(StatementNotice).values(person_id=person_id, tenant_id=tenant, version=current_version(), **given)
    key = ["person_id", "tenant_id", "version"]
    session.connection().execute(notice.on_conflict_do_update(index_elements=key, set_=given))
    if said == "yes":
        session.add(
            Consent(
                person_id=person_id,
                tenant_id=tenant,
                version=current_version(),
                language=language,
                text_hash=text_hash(),
                given_at=now,
            )
        )
