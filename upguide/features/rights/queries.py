"""How far a person's own export, erasure or requests are. Under the person's own scope."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from upguide.models import Act, DataRequest, Erasure, Export, Membership

ACTS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class OwnAct:
    """Something that a webmaster did to the person, and why."""

    done_at: datetime
    act: str
    role: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class OwnExport:
    """The latest copy that a person asked for; `progress` in hundredths."""

    id: UUID
    state: str
    progress: int
    asked_on: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OwnErasure:
    """That everything is to go, and when."""

    due_at: datetime
    begun: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many requests wait for an answer, and the first day on which one is due."""

    number: int
    due_on: date | None


def open_requests_of(session: Session, person_id: UUID) -> Waiting:
    """Return how many of a person's requests wait for an answer."""
    waiting = (DataRequest.person_id == person_id, DataRequest.answered_at.is_(None))
    return Waiting(*session.execute(select(func.count(), func.min(DataRequest.due_on)).where(*waiting)).one())


def own_export(session: Session, person_id: UUID) -> OwnExport | None:
    """Return the latest export of a person that has not expired, or None."""
    row = session.execute(
        select(Export.id, Export.state, Export.progress, Export.made_at, Export.expires_at)
        .where(Export.person_id == person_id, Export.expires_at > func.now())
        .order_by(Export.made_at.desc())
        .limit(1)
    ).one_or_none()
    return OwnExport(row.id, row.state, row.progress, row.made_at, row.expires_at) if row else None


def own_erasure(session: Session, person_id: UUID) -> OwnErasure | None:
    """Return the erasure that a person asked for, or None."""
    begun = (Erasure.due_at <= func.now()).label("begun")
    row = session.execute(select(Erasure.due_at, begun).where(Erasure.person_id == person_id)).one_or_none()
    return OwnErasure(row.due_at, row.begun) if row else None


def own_portals(session: Session, person_id: UUID) -> list[str]:
    """Return the portals that a person belongs to, the oldest membership first."""
    return list(
        session.scalars(
            select(Membership.tenant_id).where(Membership.person_id == person_id).order_by(Membership.joined_at)
        )
    )


def acts_on(session: Session, person_id: UUID) -> list[OwnAct]:
    """Return what webmasters did to a person, the latest first."""
    statement = select(Act.done_at, Act.act, Act.role, Act.reason).where(Act.person_id == person_id)
    return [OwnAct(*row) for row in session.execute(statement.order_by(Act.done_at.desc(), Act.id).limit(ACTS_SHOWN))]
