"""The officer's accesses: one that runs and waits for its webmaster to be there, one refused, one just asked (W8)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from upguide.features.accounts.queries import sign_in_record
from upguide.features.oversight import actions, queries
from upguide.features.oversight.actions import Wish
from upguide.policy.items import Item
from upguide.tenancy import Tenant, Tenants
from upguide.tenancy.scope import scope

from .cast import HOST

COMPLAINT = "A complaint: somebody says that their old phone number is still shown. I check what is kept."
SUSPICION = "I want to see whether a stranger could have entered this address."
CHECK = "A sample for the yearly report: is what was entered about people correct?"
REFUSAL = "The question can be answered from the journal. It does not need the address itself."


def make_oversight(session: Session, tenants: Tenants) -> None:
    """Make the three, unless the officer asked for something already."""
    tenant = next(iter(tenants))
    officer, first, second = (_person(session, name) for name in ("officer", "webmaster", "webmaster2"))
    client, member, coach = (_person(session, name) for name in ("client", "member", "coach"))
    with scope(tenant.slug, officer, session):
        known = queries.accesses(session)
        session.rollback()
    if known:
        return
    now = datetime.now(UTC)
    period = (now, now + timedelta(days=14))
    running = _ask(session, tenant, officer, Wish(COMPLAINT, (Item.PHONE, Item.TOWN), (client,), *period, first))
    _answer(session, tenant, first, running)
    refused = _ask(session, tenant, officer, Wish(SUSPICION, (Item.ADDRESS, Item.TOWN), (member,), *period, second))
    _answer(session, tenant, second, refused, REFUSAL)
    _ask(session, tenant, officer, Wish(CHECK, (Item.EMPLOYER, Item.POSITION), (client, coach, member), *period))


def _ask(session: Session, tenant: Tenant, officer: UUID, wish: Wish) -> UUID:
    with scope(tenant.slug, officer, session):
        asked = actions.ask(session, tenant, wish)
    assert asked is not None
    return asked


def _answer(session: Session, tenant: Tenant, webmaster: UUID, access_id: UUID, refusal: str | None = None) -> None:
    with scope(tenant.slug, webmaster, session):
        assert actions.answer(session, tenant, access_id, agree=refusal is None, reason=refusal)


def _person(session: Session, local_part: str) -> UUID:
    known = sign_in_record(session, f"{local_part}@{HOST}")
    assert known is not None
    return known.person_id
