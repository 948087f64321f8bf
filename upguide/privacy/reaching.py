"""How somebody is reached by a job: at their own address, in their own language, by a portal of theirs."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from upguide.models import Membership, Person
from upguide.tenancy import Tenant, all_tenants
from upguide.tenancy.scope import scope


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a letter goes."""

    address: str
    language: str
    tenant: Tenant


def reach(session: Session, person_id: UUID, otherwise: Tenant) -> Reach:
    """Return how to reach a person, read in their own name; who belongs to no portal hears from `otherwise`."""
    with scope(None, person_id, session):
        joined = (
            select(Membership.tenant_id)
            .where(Membership.person_id == person_id)
            .order_by(Membership.joined_at)
            .limit(1)
            .scalar_subquery()
        )
        # Past the guard of tenants: a person's own memberships are read whatever the portal.
        row = (
            session.connection()
            .execute(select(Person.mail_address, Person.language, joined.label("slug")).where(Person.id == person_id))
            .one()
        )
    known = {tenant.slug: tenant for tenant in all_tenants()}
    tenant = known.get(row.slug, otherwise)
    return Reach(row.mail_address, row.language or tenant.languages[0], tenant)
