"""What is read to let somebody in, and what the owner of an account sees of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session as DbSession

from upguide.models import Credential, Membership, Passkey, Person, RecoveryCode, Session, Token, Totp
from upguide.privacy.vault import vault_of
from upguide.security.passkeys import Known
from upguide.security.sealing import context, unseal
from upguide.security.tokens import hash_token
from upguide.tenancy.scope import scope

# The links that we send, by what they are for.
RESET = "reset"
REMOVE_PIN = "remove_pin"
MAIL_OLD, MAIL_NEW = "mail_old", "mail_new"

TOTP_SECRET = "totps.app_secret"  # noqa: S105  (the name of a column)

_SIGN_IN_RECORD = text("SELECT * FROM gate.sign_in_record(:mail_address)")
_KNOWN = text("SELECT gate.mail_address_known(:mail_address)")
_OPEN_REGISTRATION = text("SELECT * FROM gate.open_registration(:secret_hash, :tenant)")
_OPEN_TOKEN = text("SELECT * FROM gate.open_token(:secret_hash, :kind)")


@dataclass(frozen=True, slots=True)
class SignInRecord:
    """What must be known of an account before its owner is known; `password_hash` is for comparing only."""

    person_id: UUID
    password_hash: str
    has_pin: bool
    language: str | None
    has_second_factor: bool


@dataclass(frozen=True, slots=True)
class OpenToken:
    """A link that was not used and is not too old; `step` ties the two halves of a change of mail address."""

    id: UUID
    person_id: UUID
    new_mail_address: str | None
    step: UUID | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What was asked for with a registration whose link was not followed yet; `password_hash` is for comparing."""

    mail_address: str
    password_hash: str
    language: str
    statement_version: int
    statement_hash: str
    agreed_at: datetime


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A signed-in browser as its owner sees it in the list; `tenant` is the portal's slug."""

    id: UUID
    tenant: str
    device: str
    started_at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class OwnPortal:
    """A portal that somebody joined."""

    tenant: str
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class OwnPasskey:
    """A passkey as its owner sees it in the list; it works on the portal whose slug `tenant` is."""

    id: UUID
    tenant: str
    device: str
    made_at: datetime
    used_at: datetime


@dataclass(frozen=True, slots=True)
class Factors:
    """Which second factors somebody has: an authenticator app, passkeys, so many recovery codes left."""

    app_set_at: datetime | None
    passkeys: tuple[OwnPasskey, ...]
    codes_left: int

    def __bool__(self) -> bool:
        return self.app_set_at is not None or bool(self.passkeys)


@dataclass(frozen=True, slots=True)
class Account:
    """What the page about security tells; for the eyes of the account's owner alone (W11)."""

    mail_address: str
    wished_mail_address: str | None
    password_set_at: datetime
    has_pin: bool
    factors: Factors
    sessions: tuple[OwnSession, ...]
    portals: tuple[OwnPortal, ...]


@dataclass(frozen=True, slots=True)
class Owner:
    """What deciding about a password or PIN needs to know of the person whose it is."""

    mail_address: str
    words: tuple[str, ...]
    password_hash: str
    pin_hash: str | None
    signed_in_at: datetime | None
    language: str | None


def sign_in_record(session: DbSession, mail_address: str) -> SignInRecord | None:
    """Return the account of a mail address, or None; costs the same either way."""
    row = session.execute(_SIGN_IN_RECORD, {"mail_address": mail_address}).one_or_none()
    if row is None:
        return None
    return SignInRecord(row.person_id, row.password_hash, row.has_pin, row.language, row.has_second_factor)


def mail_address_known(session: DbSession, mail_address: str) -> bool:
    """Tell whether an account has this mail address: decides which mail is sent, never what is answered."""
    return bool(session.scalar(_KNOWN, {"mail_address": mail_address}))


def open_token(session: DbSession, secret: str, kind: str) -> OpenToken | None:
    """Return the link whose secret this is, where it still works."""
    row = session.execute(_OPEN_TOKEN, {"secret_hash": hash_token(secret), "kind": kind}).one_or_none()
    return OpenToken(row.id, row.person_id, row.new_mail_address, row.step) if row else None


def waiting_registration(session: DbSession, tenant: str, secret: str) -> Waiting | None:
    """Return the registration whose link has this secret, where it still waits; the database opens no other."""
    values = {"secret_hash": hash_token(secret), "tenant": tenant}
    row = session.execute(_OPEN_REGISTRATION, values).one_or_none()
    return Waiting(*row) if row else None


def opens_own(session: DbSession, secret: str, kind: str, person_id: UUID) -> bool:
    """Tell whether this is the secret of a link that works, and that was sent to this very person."""
    token = open_token(session, secret, kind)
    return token is not None and token.person_id == person_id


def owner(session: DbSession, person_id: UUID) -> Owner:
    """Return what comparing secrets of a person needs. Under the person's own scope."""
    row = session.execute(
        select(
            Person.mail_address,
            Person.first_names,
            Person.surname,
            Person.signed_in_at,
            Person.language,
            Credential.password_hash,
            Credential.pin_hash,
        )
        .join(Credential, Credential.person_id == Person.id)
        .where(Person.id == person_id)
    ).one()
    words = tuple(word for word in (row.mail_address, row.first_names, row.surname) if word)
    return Owner(row.mail_address, words, row.password_hash, row.pin_hash, row.signed_in_at, row.language)


def owner_of(session: DbSession, tenant: str, person_id: UUID) -> Owner:
    """Return the same of somebody who is not signed in, but holds a link that was mailed."""
    with scope(tenant, person_id, session):
        return owner(session, person_id)


def account(session: DbSession, person_id: UUID, session_id: UUID | None) -> Account:
    """Return a person's own account. Under the person's own scope."""
    row = session.execute(
        select(Person.mail_address, Credential.password_set_at, Credential.pin_hash.is_not(None).label("has_pin"))
        .join(Credential, Credential.person_id == Person.id)
        .where(Person.id == person_id)
    ).one()
    return Account(
        mail_address=row.mail_address,
        wished_mail_address=wished_mail_address(session, person_id),
        password_set_at=row.password_set_at,
        has_pin=row.has_pin,
        factors=factors(session, person_id),
        sessions=_sessions(session, person_id, session_id),
        portals=_portals(session, person_id),
    )


def factors(session: DbSession, person_id: UUID) -> Factors:
    """Return a person's second factors. Under the person's own scope."""
    app_set_at, codes_left = session.execute(
        select(
            select(Totp.set_at).where(Totp.person_id == person_id).scalar_subquery(),
            select(func.count()).where(RecoveryCode.person_id == person_id).scalar_subquery(),
        )
    ).one()
    passkeys = session.execute(
        select(Passkey.id, Passkey.tenant_id, Passkey.device, Passkey.made_at, Passkey.used_at)
        .where(Passkey.person_id == person_id)
        .order_by(Passkey.made_at, Passkey.id)
    )
    return Factors(app_set_at, tuple(OwnPasskey(*row) for row in passkeys), codes_left)


def pending_secret(session: DbSession, person_id: UUID) -> str | None:
    """Return the secret of an authenticator app that waits for its first code, or None where none does."""
    totp = session.get(Totp, person_id)
    if totp is None or totp.set_at is not None:
        return None
    return secret_of(session, totp)


def secret_of(session: DbSession, totp: Totp) -> str:
    """Return the secret that an authenticator app shares with us."""
    return unseal(vault_of(session, totp.person_id).key, totp.app_secret, context(TOTP_SECRET, totp.person_id))


def passkeys_here(session: DbSession, tenant: str, person_id: UUID) -> dict[str, Known]:
    """Return the passkeys of a person that work on this portal, by the identity that browsers know them by."""
    rows = session.scalars(select(Passkey).where(Passkey.person_id == person_id, Passkey.tenant_id == tenant))
    return {row.credential_id: Known(row.credential_id, row.public_key, row.sign_count, row.used_at) for row in rows}


def wished_mail_address(session: DbSession, person_id: UUID) -> str | None:
    """Return the mail address that a person asked to change to, while it waits for a yes from either side."""
    return session.scalar(
        select(Token.new_mail_address)
        .where(
            Token.person_id == person_id,
            Token.kind.in_((MAIL_OLD, MAIL_NEW)),
            Token.used_at.is_(None),
            Token.expires_at > func.now(),
        )
        .order_by(Token.made_at.desc())
        .limit(1)
    )


def _sessions(session: DbSession, person_id: UUID, current: UUID | None) -> tuple[OwnSession, ...]:
    rows = session.execute(
        select(Session.id, Session.tenant_id, Session.device, Session.started_at)
        .where(Session.person_id == person_id, Session.started_at > func.now() - text("interval '30 days'"))
        .order_by(Session.started_at.desc(), Session.id)
    )
    return tuple(OwnSession(r.id, r.tenant_id, r.device, r.started_at, r.id == current) for r in rows)


def _portals(session: DbSession, person_id: UUID) -> tuple[OwnPortal, ...]:
    rows = session.execute(
        select(Membership.tenant_id, Membership.joined_at)
        .where(Membership.person_id == person_id)
        .order_by(Membership.joined_at)
    )
    return tuple(OwnPortal(r.tenant_id, r.joined_at) for r in rows)
