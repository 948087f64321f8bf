"""Reading notifications, and choosing how to hear of them. The caller commits."""

from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from upguide.models import Notice, Person
from upguide.notices.choices import turn_off
from upguide.notices.places import Off
from upguide.policy.notices import Kind
from upguide.tenancy.scope import scope


def read(session: Session, tenant: str, person_id: UUID, notice_id: UUID) -> tuple[Kind, UUID | None] | None:
    """Mark a person's notification as read; return its kind and subject, None where there is none such."""
    known = [kind.value for kind in Kind]
    mine = (Notice.tenant_id == tenant, Notice.person_id == person_id, Notice.id == notice_id, Notice.kind.in_(known))
    row = session.execute(
        update(Notice)
        .where(*mine)
        .values(read_at=func.coalesce(Notice.read_at, func.now()))
        .returning(Notice.kind, Notice.subject_id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return None if row is None else (Kind(row.kind), row.subject_id)


def read_all(session: Session, tenant: str, person_id: UUID) -> None:
    """Mark all that a person was told on a portal as read."""
    mine = (Notice.tenant_id == tenant, Notice.person_id == person_id, Notice.read_at.is_(None))
    session.execute(update(Notice).where(*mine).values(read_at=func.now()).execution_options(synchronize_session=False))


def turn_mail_off(session: Session, tenant: str, off: Off) -> bool:
    """Turn a kind of mail off in the name of whoever has its link. False where that person is gone. Commits."""
    with scope(tenant, off.person_id, session):
        there = session.scalar(select(Person.id).where(Person.id == off.person_id)) is not None
        if there:
            turn_off(session, off.person_id, off.what)
        session.commit()
    return there
