"""What proves, beside the password, who signs in: an authenticator app, passkeys, recovery codes (clause P5)."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, Text, Uuid, func
from sqlalchemy.orm import Mapped

from upguide.policy.items import Item

from .base import Erase, Model, OfPerson, personal, technical
from .person import Moment


class Totp(OfPerson, Model):
    """An authenticator app. Until its first code was given, `set_at` is empty and nothing asks for it."""

    __tablename__ = "totps"
    __disposition__ = Erase()

    person_id: Mapped[UUID] = technical(
        "whose app this is", Uuid, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True
    )
    app_secret: Mapped[bytes] = personal(Item.AUTHENTICATOR, LargeBinary)
    set_at: Mapped[datetime | None] = personal(Item.AUTHENTICATOR, Moment)
    last_step: Mapped[int | None] = technical("so that a code counts once", BigInteger)


class Passkey(OfPerson, Model):
    """A passkey, which a browser gives to one portal alone: it opens nothing when that portal is left."""

    __tablename__ = "passkeys"
    __disposition__ = Erase(portal="tenant_id")

    id: Mapped[UUID] = technical("row identity", Uuid, primary_key=True, default=uuid4)
    tenant_id: Mapped[str] = personal(Item.PASSKEYS, Text(collation="C"))
    credential_id: Mapped[str] = personal(Item.PASSKEYS, Text, unique=True)
    public_key: Mapped[str] = personal(Item.PASSKEYS, Text)
    sign_count: Mapped[int] = technical("so that a copied passkey is noticed", BigInteger)
    device: Mapped[str] = personal(Item.PASSKEYS, String(80))
    made_at: Mapped[datetime] = personal(Item.PASSKEYS, Moment, server_default=func.now())
    used_at: Mapped[datetime] = personal(Item.PASSKEYS, Moment, server_default=func.now())


class RecoveryCode(OfPerson, Model):
    """A recovery code that was not used yet."""

    __tablename__ = "recovery_codes"
    __disposition__ = Erase()

    id: Mapped[UUID] = technical("row identity", Uuid, primary_key=True, default=uuid4)
    code_hash: Mapped[str] = personal(Item.RECOVERY_CODES, String(64))
