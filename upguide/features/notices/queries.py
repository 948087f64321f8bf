"""A member's notifications, the newest first, in one statement a page."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session, aliased

from upguide.models import Notice
from upguide.policy.notices import Kind

PAGE_SIZE = 25
# What a later version of the site noted is not shown by this one.
_KNOWN = [kind.value for kind in Kind]


@dataclass(frozen=True, slots=True)
class Told:
    """One notification."""

    id: UUID
    kind: Kind
    subject_id: UUID | None
    made_at: datetime
    unread: bool


@dataclass(frozen=True, slots=True)
class ToldPage:
    """A page of notifications, and whether there are newer and older ones."""

    told: tuple[Told, ...]
    newer: bool
    older: bool


def told_to(session: Session, tenant: str, person_id: UUID, *, before: UUID | None, after: UUID | None) -> ToldPage:
    """Return what a person was told on a portal: what is older than `before`, or newer than `after`, or the newest."""
    backwards = before is None and after is not None
    place, turned = (Notice.made_at, Notice.id), aliased(Notice)
    statement = _all_of(tenant, person_id).limit(PAGE_SIZE + 1)
    edge = before or after
    if edge is not None:
        there = select(turned.made_at, turned.id).where(turned.tenant_id == tenant, turned.id == edge).scalar_subquery()
        statement = statement.where(tuple_(*place) > there if backwards else tuple_(*place) < there)
    order = [column.asc() if backwards else column.desc() for column in place]
    rows = session.execute(statement.order_by(*order)).all()
    more = len(rows) > PAGE_SIZE
    found = [Told(r.id, Kind(r.kind), r.subject_id, r.made_at, r.read_at is None) for r in rows[:PAGE_SIZE]]
    if backwards:
        return ToldPage(tuple(reversed(found)), newer=more, older=True)
    return ToldPage(tuple(found), newer=before is not None, older=more)


def _all_of(tenant: str, person_id: UUID) -> Select[UUID, str, UUID | None, datetime, datetime | None]:
    columns = (Notice.id, Notice.kind, Notice.subject_id, Notice.made_at, Notice.read_at)
    mine = (Notice.tenant_id == tenant, Notice.person_id == person_id, Notice.kind.in_(_KNOWN))
    return select(*columns).where(*mine)
