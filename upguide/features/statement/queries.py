"""What a member still has to hear or to say about the statement (A1)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from upguide.access import Viewer
from upguide.models import StatementNotice
from upguide.privacy.statement import current_version

_ANSWERS = text("SELECT * FROM gate.version_answers(:version)")


@dataclass(frozen=True, slots=True)
class Answers:
    """How many members of a portal were told of a version, and what they answered."""

    tenant_id: str
    told: int
    agreed: int
    refused: int
    read: int
    silent: int


def own_answer(session: Session, tenant: str, person_id: UUID, version: int) -> str | None:
    """Return what a person answered to a version: "yes", "no", "read", or None."""
    mine = (StatementNotice.person_id == person_id, StatementNotice.tenant_id == tenant)
    return session.scalar(select(StatementNotice.answer).where(*mine, StatementNotice.version == version))


def is_news(session: Session, viewer: Viewer) -> bool:
    """Tell whether a member has neither agreed to the version in force nor answered it."""
    if viewer.person_id is None or not viewer.member or (viewer.consented_version or 0) >= current_version():
        return False
    return own_answer(session, viewer.tenant, viewer.person_id, current_version()) is None


def answers(session: Session, version: int) -> list[Answers]:
    """Return the answers to a version, portal by portal: how many, never whose."""
    return [Answers(**row) for row in session.execute(_ANSWERS, {"version": version}).mappings()]
