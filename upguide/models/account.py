"""How a person gets in: credentials, sessions, one-time links, registrations that wait for a yes."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Integer, LargeBinary, String, Text, Uuid, func
from sqlalchemy.orm import Mapped

from upguide.policy.items import Item

from .base import Erase, Model, OfPerson, TenantOwned, personal, technical
from .person import Moment


class Credential(OfPerson, Model):
    """What only the person knows, as argon2id hashes."""

    __tablename__ = "credentials"
    __disposition__ = Erase()

    person_id: Mapped[UUID] = technical(
        "whose credentials these are", Uuid, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True
    )
    password_hash: Mapped[str] = personal(Item.PASSWORD, Text)
    password_set_at: Mapped[datetime] = personal(Item.PASSWORD, Moment, server_default=func.now())
    pin_hash: Mapped[str | None] = personal(Item.PIN, Text)


class Session(OfPerson, Model):
    """One signed-in browser on one portal. The cookie holds a secret, this row its hash."""

    __tablename__ = "sessions"
    __disposition__ = Erase(portal="tenant_id")

    id: Mapped[UUID] = technical("row identity", Uuid, primary_key=True, default=uuid4)
    secret_hash: Mapped[bytes] = technical("hash of the cookie's secret", LargeBinary, unique=True)
    tenant_id: Mapped[str] = personal(Item.SESSIONS, Text(collation="C"))
    device: Mapped[str] = personal(Item.SESSIONS, String(80))
    started_at: Mapped[datetime] = personal(Item.SESSIONS, Moment, server_default=func.now())
    confirmed_at: Mapped[datetime] = personal(Item.SESSIONS, Moment, server_default=func.now())
    pin_needed: Mapped[bool] = technical("whether the PIN is still to be given", default=False)
    second_factor_at: Mapped[datetime | None] = personal(Item.SESSIONS, Moment)


class Token(OfPerson, Model):
    """A one-time link sent by mail: a new password, a new mail address."""

    __tablename__ = "tokens"
    __disposition__ = Erase()

    id: Mapped[UUID] = technical("row identity", Uuid, primary_key=True, default=uuid4)
    secret_hash: Mapped[bytes] = technical("hash of the link's secret", LargeBinary, unique=True)
    kind: Mapped[str] = technical("what the link is for", String(30))
    new_mail_address: Mapped[str | None] = personal(Item.MAIL_ADDRESS, Text)
    step: Mapped[UUID | None] = technical("ties the two halves of a change of mail address", Uuid)
    made_at: Mapped[datetime] = technical("for expiry", Moment, server_default=func.now())
    expires_at: Mapped[datetime] = technical("for expiry", Moment)
    used_at: Mapped[datetime | None] = technical("a link works once", Moment)


class Registration(TenantOwned, Model):
    """Somebody who asked for an account and has not followed the link yet (clause P3)."""

    __tablename__ = "registrations"
    __disposition__ = Erase("mail_address")
    # The application may write rows and not read them back: the gate answers to who holds the mailed secret.
    __mapper_args__ = {"eager_defaults": False}  # noqa: RUF012  (as SQLAlchemy wants it)

    secret_hash: Mapped[bytes] = technical("hash of the link's secret", LargeBinary, primary_key=True)
    mail_address: Mapped[str] = personal(Item.MAIL_ADDRESS, Text)
    password_hash: Mapped[str] = personal(Item.PASSWORD, Text)
    language: Mapped[str] = personal(Item.LANGUAGE, String(8))
    statement_version: Mapped[int] = personal(Item.CONSENTS, Integer)
    statement_hash: Mapped[str] = personal(Item.CONSENTS, String(64))
    agreed_at: Mapped[datetime] = personal(Item.CONSENTS, Moment, server_default=func.now())
    expires_at: Mapped[datetime] = technical("for expiry", Moment)
