"""Accounts made for somebody else: making, taking over, cutting off the maker, making all of it go. Each commits."""

from uuid import UUID

from sqlalchemy.orm import Session

from upguide.features.connections.jobs import tell_of_account
from upguide.jobs import defer
from upguide.notices import Kind, notify
from upguide.privacy import made_accounts
from upguide.privacy.farewell import see_off
from upguide.privacy.made_accounts import NewAccount, Opened, Yes
from upguide.tenancy import Tenant
from upguide.tenancy.scope import scope


def make(session: Session, tenant: Tenant, maker_id: UUID, new: NewAccount) -> None:
    """Make an account for somebody, whom a message tells of it. Nothing here depends on who has the mail address."""
    person_id = made_accounts.make(session, tenant, maker_id, new)
    defer(session, tell_of_account, tenant=tenant.slug, person_id=person_id)
    session.commit()


def take_over(session: Session, tenant: Tenant, opened: Opened, yes: Yes) -> None:
    """Make the account its person's own. Only a maker who stays connected is told. Raises Taken, LookupError."""
    maker_id = made_accounts.claim(session, tenant, opened, yes)
    if maker_id is not None:
        with scope(tenant.slug, opened.person_id, session):
            notify(session, maker_id, Kind.ACCOUNT_TAKEN_OVER)
    session.commit()


def cut(session: Session, opened: Opened) -> None:
    """End what ties an account to its maker. Raises LookupError."""
    made_accounts.cut(session, opened)
    session.commit()


def delete(session: Session, tenant: Tenant, person_id: UUID, language: str) -> bool:
    """Make everything of an account go, as its person wants; False where it was taken over, or is gone already."""
    with scope(tenant.slug, person_id, session):
        held = made_accounts.hold_unclaimed(session, person_id)
        if held:
            see_off(session, person_id, tenant, language)
        session.commit()
    return held


def take_back(session: Session, tenant: Tenant, maker_id: UUID, person_id: UUID) -> bool:
    """Make everything of an account go, as its maker wants; False where it is not the maker's any more.

    The person gets no receipt: they did nothing, and may have an account of their own, or have blocked the maker.
    """
    with scope(tenant.slug, person_id, session):
        # Asked again, now that it is held: the person may have cut off the maker since the page was opened.
        held = made_accounts.hold_unclaimed(session, person_id)
        held = held and made_accounts.tied_to(session, person_id) == maker_id
        if held:
            see_off(session, person_id, tenant, tenant.languages[0], receipt=False)
        session.commit()
    return held
