"""Making a restored database forget again what was erased after the backup was made (P4c)."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from upguide.models import Membership
from upguide.tenancy import all_tenants
from upguide.tenancy.scope import scope

from .erasure import erase, leave
from .ledger import Ledger, ledger

_KNOWN = text("SELECT gate.known_persons(:after, :at_most)")
_AT_A_TIME = 10_000


def replay_ledger(session: Session) -> tuple[int, int]:
    """Erase everybody in the ledger who is still there, and end memberships that were left; commits each.

    Returns how many persons and how many memberships went. Nobody is told: they were, when they went. Running it
    again, or being killed in the middle, does no harm.
    """
    book = ledger()
    noted = book.read()
    gone = left = 0
    for person_id in _known_persons(session) if noted else ():
        if _latest(book.names(person_id), noted) is not None:
            with scope(None, person_id, session):
                erase(session, person_id)
                session.commit()
            gone += 1
        else:
            left += _leave_again(session, book, noted, person_id)
    return gone, left


def _known_persons(session: Session) -> Iterator[UUID]:
    after = UUID(int=0)
    while people := list(session.scalars(_KNOWN, {"after": after, "at_most": _AT_A_TIME})):
        session.rollback()
        yield from people
        after = people[-1]


def _leave_again(session: Session, book: Ledger, noted: Mapping[str, datetime], person_id: UUID) -> int:
    """End the memberships that were left; one that began later is another one, and stays."""
    left = 0
    for tenant in all_tenants():
        at = _latest(book.names(person_id, tenant.slug), noted)
        if at is None:
            continue
        with scope(tenant.slug, person_id, session):
            mine = (Membership.tenant_id == tenant.slug, Membership.person_id == person_id)
            joined_at = session.scalar(select(Membership.joined_at).where(*mine))
            if joined_at is not None and joined_at < at:
                leave(session, tenant.slug, person_id)
                left += 1
            session.commit()
    return left


def _latest(names: tuple[str, ...], noted: Mapping[str, datetime]) -> datetime | None:
    found = [noted[name] for name in names if name in noted]
    return max(found, default=None)
