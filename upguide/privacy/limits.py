"""Limits that a person sets: restriction (GDPR Art. 18), objection (Art. 21), and a consent taken back (Art. 7(3)).

What they do stands where data is used: `relations.USED`, the search words (`index`), row-level security. Each is
noted in the ledger, so that a restored backup knows it too. The caller commits.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from upguide.jobs import defer
from upguide.models import Consent, ConsentWithdrawal, Limit, Membership, Person
from upguide.policy.purposes import Purpose
from upguide.policy.requests import OBJECTIONS, Effect
from upguide.security.sealing import SealBroken, context, unseal
from upguide.tenancy.scope import scope

from .index import refresh_names
from .ledger import RESTRICTED, ledger, objection, settle_ledger, withdrawal
from .vault import Vault, vault_of

RESTRICTION, OBJECTION = "restriction", "objection"


@dataclass(frozen=True, slots=True)
class OwnLimit:
    """A restriction (`purpose` is None) or an objection, from when until when; `reason` may be empty."""

    purpose: Purpose | None
    reason: str
    began_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class OwnStanding:
    """How a person's account stands: what is limited by the person, and what a webmaster took away and why."""

    restricted_at: datetime | None
    objects_to: frozenset[Purpose]
    blocked_at: datetime | None
    blocked_reason: str | None


@dataclass(frozen=True, slots=True)
class OwnConsent:
    """A yes to a version of the statement on a portal, in a language, and when it was taken back, if it was.

    `stands`: it is the latest on its portal, and was not taken back.
    """

    tenant: str
    version: int
    language: str
    given_at: datetime
    withdrawn_at: datetime | None
    stands: bool


def standing_of(session: Session, person_id: UUID) -> OwnStanding:
    """Return how a person's account stands. Under the person's own scope."""
    columns = (Person.restricted_at, Person.objects_to, Person.blocked_at, Person.blocked_reason)
    row = session.execute(select(*columns).where(Person.id == person_id)).one()
    purposes = frozenset(Purpose(purpose) for purpose in row.objects_to)
    return OwnStanding(row.restricted_at, purposes, row.blocked_at, row.blocked_reason)


def own_limits(session: Session, person_id: UUID) -> list[OwnLimit]:
    """Return all limits that a person ever set, the latest first."""
    vault = vault_of(session, person_id)
    columns = (Limit.id, Limit.purpose, Limit.reason, Limit.began_at, Limit.ended_at)
    latest = (Limit.began_at.desc(), Limit.id)
    return [
        OwnLimit(
            Purpose(row.purpose) if row.purpose else None,
            _reason(vault, row.id, row.reason),
            row.began_at,
            row.ended_at,
        )
        for row in session.execute(select(*columns).where(Limit.person_id == person_id).order_by(*latest))
    ]


def restrict(session: Session, person_id: UUID, reason: str) -> None:
    """Keep a person's data and use it for nothing, from now on; twice is once."""
    person = _locked(session, person_id)
    if person.restricted_at is None:
        # Before, and not after, as with erasures: what is noted without being done does the person no harm.
        _note(session, person_id, RESTRICTED)
        person.restricted_at = datetime.now(UTC)
        _begin(session, person_id, None, reason)


def lift(session: Session, person_id: UUID) -> None:
    """End the restriction. Whoever commits calls `lifted` then."""
    _locked(session, person_id).restricted_at = None
    _end(session, person_id, Limit.kind == RESTRICTION)


def lifted(session: Session, person_id: UUID) -> None:
    """Let the ledger forget a restriction whose end is committed, unless one was set again meanwhile. Commits."""
    # Held meanwhile: whoever sets one again notes it after this.
    if _locked(session, person_id).restricted_at is None:
        ledger().take_back(person_id, RESTRICTED)
    session.commit()


def object_to(session: Session, person_id: UUID, purpose: Purpose, reason: str) -> None:
    """Stop using a person's data for a purpose. Raises ValueError for one that does not stop by itself."""
    if OBJECTIONS[purpose].effect is not Effect.STOPS:
        raise ValueError(f"{purpose.value} does not stop by itself: make it a request")
    person = _locked(session, person_id)
    if purpose.value not in person.objects_to:
        _note(session, person_id, objection(purpose))
        person.objects_to = [*person.objects_to, purpose.value]
        _begin(session, person_id, purpose, reason)


def take_back(session: Session, person_id: UUID, purpose: Purpose) -> None:
    """End an objection. Whoever commits calls `taken_back` then."""
    person = _locked(session, person_id)
    person.objects_to = [value for value in person.objects_to if value != purpose.value]
    _end(session, person_id, Limit.purpose == purpose.value)


def taken_back(session: Session, person_id: UUID, purpose: Purpose) -> None:
    """Let the ledger forget an objection whose end is committed, unless it was made again meanwhile. Commits."""
    if purpose.value not in _locked(session, person_id).objects_to:
        ledger().take_back(person_id, objection(purpose))
    session.commit()


def own_consents(session: Session, person_id: UUID) -> list[OwnConsent]:
    """Return every consent that a person gave, the latest first, each with when it was taken back."""
    withdrawn = (
        select(func.min(ConsentWithdrawal.withdrawn_at))
        .where(
            ConsentWithdrawal.person_id == Consent.person_id,
            ConsentWithdrawal.tenant_id == Consent.tenant_id,
            ConsentWithdrawal.withdrawn_at >= Consent.given_at,
        )
        .scalar_subquery()
    )
    columns = (Consent.tenant_id, Consent.version, Consent.language, Consent.given_at, withdrawn.label("withdrawn_at"))
    rows = session.execute(
        select(*columns).where(Consent.person_id == person_id).order_by(Consent.given_at.desc(), Consent.id)
    )
    found, seen = [], set[str]()
    for row in rows:
        stands = row.withdrawn_at is None and row.tenant_id not in seen
        seen.add(row.tenant_id)
        found.append(OwnConsent(row.tenant_id, row.version, row.language, row.given_at, row.withdrawn_at, stands))
    return found


def withdraw(session: Session, tenant: str, person_id: UUID) -> bool:
    """Take the consent on one portal back: from now on row-level security shows the person to nobody there.

    What is the portal's stays, unused, until the person agrees again or leaves. Tells whether a membership was
    suspended.
    """
    _note(session, person_id, withdrawal(tenant))
    with scope(tenant, person_id, session):
        suspended = session.execute(
            update(Membership)
            .where(Membership.tenant_id == tenant, Membership.person_id == person_id, Membership.suspended_at.is_(None))
            .values(suspended_at=func.now())
            .returning(Membership.person_id)
        ).one_or_none()
        # A consent may outlive the membership that it was for: it is taken back all the same.
        now = datetime.now(UTC)
        session.add(ConsentWithdrawal(person_id=person_id, tenant_id=tenant, withdrawn_at=now))
        session.flush()
        if suspended is None:
            return False
        refresh_names(session, person_id)
    return True


def _note(session: Session, person_id: UUID, limit: str) -> None:
    ledger().note_limit(person_id, limit)
    defer(session, settle_ledger, tenant=None)


def _locked(session: Session, person_id: UUID) -> Person:
    """Two posts at one moment: the second waits here, and finds what the first did."""
    return session.get_one(Person, person_id, with_for_update=True, populate_existing=True)


def _begin(session: Session, person_id: UUID, purpose: Purpose | None, reason: str) -> None:
    limit_id = uuid4()
    sealed = vault_of(session, person_id).close("limits.reason", limit_id, reason) if reason else None
    session.add(
        Limit(
            id=limit_id,
            person_id=person_id,
            kind=OBJECTION if purpose else RESTRICTION,
            purpose=purpose.value if purpose else None,
            reason=sealed,
            began_at=datetime.now(UTC),
        )
    )
    session.flush()
    refresh_names(session, person_id)


def _end(session: Session, person_id: UUID, which: ColumnElement[bool]) -> None:
    session.flush()
    standing = (Limit.person_id == person_id, Limit.ended_at.is_(None), which)
    session.execute(update(Limit).where(*standing).values(ended_at=func.now()))
    refresh_names(session, person_id)


def _reason(vault: Vault, limit_id: UUID, sealed: bytes | None) -> str:
    try:
        return unseal(vault.key, sealed, context("limits.reason", limit_id)) if sealed else ""
    except (SealBroken, LookupError):
        return ""
