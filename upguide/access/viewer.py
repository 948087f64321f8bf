"""The one who looks: a frozen value made from the session in one query, detached from the database."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from flask import g, session
from sqlalchemy import text

from upguide.extensions import db
from upguide.policy.agreements import CURRENT
from upguide.policy.permissions import AgreementKind, Role
from upguide.security.tokens import hash_token
from upguide.tenancy import current_tenant
from upguide.tenancy.scope import adopt_viewer, read


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who asks for a page, or nobody known (`person_id` is None).

    `organisations` are those that the viewer administers; `reason` is given by a webmaster for one look (W9), or by
    the officer for the attended access `access_id` (W8). `second_factor`: one was given in this
    session; `second_factor_needed`: one is set, and still to be given. `restricted`: the person's data is kept and used
    for nothing (GDPR Art. 18); `blocked`: a webmaster took everything but the person's own data away.
    `consented_version`: the latest version of the statement that was agreed to on this portal, and not withdrawn.
    `unread`: how many notifications wait here, counted up to a hundred.
    """

    tenant: str
    person_id: UUID | None = None
    language: str | None = None
    session_id: UUID | None = None
    member: bool = False
    roles: frozenset[Role] = frozenset()
    signed: frozenset[AgreementKind] = frozenset()
    pin_needed: bool = False
    second_factor_needed: bool = False
    second_factor: bool = False
    has_pin: bool = False
    confirmed_at: datetime | None = None
    restricted: bool = False
    blocked: bool = False
    consented_version: int | None = None
    unread: int = 0
    access_id: UUID | None = None
    organisations: frozenset[UUID] = field(default_factory=frozenset)
    reason: str | None = None

    @property
    def signed_in(self) -> bool:
        return self.person_id is not None


_OPEN_SESSION = text("SELECT * FROM gate.open_session(:asked_hash, :asked_tenant)")


def load_viewer(tenant: str, secret: str | None) -> Viewer:
    """Return who holds the session `secret` on `tenant`; an unknown or ended one gives a signed-out viewer."""
    if not secret:
        return Viewer(tenant)
    values = {"asked_hash": hash_token(secret), "asked_tenant": tenant}
    row = read(db.session(), _OPEN_SESSION, values).one_or_none()
    if row is None:
        return Viewer(tenant)
    adopt_viewer(row.person_id)
    return Viewer(
        tenant=tenant,
        person_id=row.person_id,
        language=row.language,
        session_id=row.session_id,
        member=row.member,
        roles=frozenset(Role(role) for role in row.roles),
        signed=_current(row.signatures),
        pin_needed=row.pin_needed,
        second_factor_needed=row.has_second_factor and not row.second_factor,
        second_factor=row.second_factor,
        has_pin=row.has_pin,
        confirmed_at=row.confirmed_at,
        restricted=row.restricted,
        blocked=row.blocked,
        consented_version=row.consented_version,
        unread=row.unread,
    )


def _current(signatures: list[str]) -> frozenset[AgreementKind]:
    return frozenset(kind for kind, version in CURRENT.items() if f"{kind.value}:{version}" in signatures)


def current_viewer() -> Viewer:
    """Return the viewer of this request, read from the session at the first call."""
    viewer: Viewer | None = g.get("viewer")
    if viewer is None:
        viewer = g.viewer = load_viewer(current_tenant().slug, session.get("secret"))
    return viewer


def link_holder(tenant: str, person_id: UUID) -> Viewer:
    """Return whoever holds the mailed link of an account made for them: for what stands in it, and for nothing else."""
    return Viewer(tenant, person_id=person_id)
