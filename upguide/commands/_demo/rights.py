"""What My data shows in the demo world: looks at `client`, a request with its answer, and one that waits."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from upguide.features.accounts.queries import sign_in_record
from upguide.models import DataRequest, JournalEntry
from upguide.policy.requests import RequestKind
from upguide.policy.sees import Relation, Setting
from upguide.privacy import requests
from upguide.privacy.requests import Wish
from upguide.tenancy import Tenant, Tenants
from upguide.tenancy.scope import scope

from .cast import everybody

NAME = ["first_names", "surname", "photo"]
REASON = "De client vroeg hulp bij een verkeerd telefoonnummer."
# Who looked, in which relation, at which items, why, and how many days ago; the oldest first.
LOOKS = (
    ("member", Relation.MEMBER, NAME, None, 34),
    ("coach", Relation.MEMBER, NAME, None, 29),
    ("webmaster", Relation.WEBMASTER, [*NAME, "mail_address", "phone", "address", "town"], REASON, 12),
    ("coach", Relation.MEMBER, NAME, None, 3),
    ("member", Relation.MEMBER, NAME, None, 1),
)
ANSWERED = Wish(RequestKind.QUESTION, "Hoe lang bewaren jullie wie mijn gegevens heeft gezien?")
ANSWER = (
    "Zo lang als je account bestaat: het is het bewijs van wie wat heeft gezien, en het is er ook voor jezelf.\n\n"
    "Verwijder je je account, dan verdwijnt het mee."
)
WAITING = Wish(
    RequestKind.CORRECTION,
    "Mijn vorige werkgever staat nog in een overzicht dat ik zelf niet kan aanpassen. Willen jullie dat nakijken?",
)


def make_rights(session: Session, tenants: Tenants) -> None:
    """Add all of it once, where the cast is complete."""
    addresses = {one.local_part: one.mail_address for one in everybody(tuple(tenant.slug for tenant in tenants))}
    people = {
        name: known.person_id
        for name in ("client", "coach", "member", "officer", "webmaster")
        if (known := sign_in_record(session, addresses[name]))
    }
    tenant = next(iter(tenants))
    client = people["client"]
    with scope(tenant.slug, client, session):
        asked = session.scalar(select(DataRequest.id).where(DataRequest.person_id == client).limit(1))
    if asked is None:
        _look(session, tenant, people)
        _ask(session, tenant, client, people["officer"])


def _look(session: Session, tenant: Tenant, people: dict[str, UUID]) -> None:
    for name, relation, items, reason, days in LOOKS:
        with scope(tenant.slug, people[name], session):
            session.execute(
                insert(JournalEntry).values(
                    tenant_id=tenant.slug,
                    person_id=people["client"],
                    viewer_id=people[name],
                    relations=[relation.value],
                    setting=Setting.PAGE.value,
                    items=items,
                    reason=reason,
                    seen_at=datetime.now(UTC) - timedelta(days=days),
                )
            )
            session.commit()


def _ask(session: Session, tenant: Tenant, client: UUID, officer: UUID) -> None:
    with scope(tenant.slug, client, session):
        answered, _due = requests.ask(session, tenant, client, "nl", ANSWERED)
        requests.ask(session, tenant, client, "nl", WAITING)
        session.commit()
    with scope(tenant.slug, officer, session):
        requests.answer(session, answered, ANSWER)
        session.commit()
