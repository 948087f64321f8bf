"""Telling somebody in time that a signature ends: without it their role shows them nothing (D3)."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from upguide.extensions import db
from upguide.jobs import periodic
from upguide.mail import send
from upguide.models import AgreementReminder, Person
from upguide.policy.agreements import REMINDERS
from upguide.tenancy import Tenant, all_tenants
from upguide.tenancy.scope import scope

from .queries import Ending, ending_signatures


@periodic("17 6 * * *")
def remind_signers() -> None:
    """Remind whoever has a role 60 and 7 days before the signature under it ends, each once."""
    due = ending_signatures(db.session(), REMINDERS)
    db.session.rollback()
    tenants = {tenant.slug: tenant for tenant in all_tenants()}
    for one in due:
        # Without a membership there is no portal of theirs: any will do.
        tenant = tenants.get(one.portal or "") or next(iter(tenants.values()))
        with scope(tenant.slug, one.person_id):
            _remind(one, tenant)


def _remind(one: Ending, tenant: Tenant) -> None:
    """Note and queue in one transaction: a job that is run twice, or killed, reminds once."""
    row = {"person_id": one.person_id, "agreement": one.agreement, "ends_at": one.ends_at, "days": one.days}
    noted = insert(AgreementReminder).values(row).on_conflict_do_nothing().returning(AgreementReminder.days)
    if db.session.scalar(noted) is None:
        db.session.rollback()
        return
    person = db.session.execute(select(Person.mail_address, Person.language).where(Person.id == one.person_id)).one()
    send(
        db.session,
        "agreement_ends",
        person.mail_address,
        tenant,
        person.language or tenant.languages[0],
        one.person_id,
        link=f"https://{tenant.hosts[0]}/agreements/{one.agreement}",
        days_left=one.days,
        ends_on=one.ends_at,
    )
    db.session.commit()
