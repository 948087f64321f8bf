"""Messages on their way to somebody (clause U2). A row is written with the change that it tells of."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, SmallInteger, String, Text, Uuid, func
from sqlalchemy.orm import Mapped

from upguide.policy.items import Item

from .base import Erase, Model, TenantOwned, personal, technical
from .person import Moment

STATES = ("queued", "sending", "uncertain", "sent", "failed")


class Mail(TenantOwned, Model):
    """One message, complete as it will be sent, sealed under a key of its own.

    `queued` waits for a worker; `sending` talks to the mail server, which has no content yet; `uncertain` is
    written before the content is handed over, and stays when nobody heard the answer: such a message is never
    sent again. `attempts` counts the claims, so that only the last worker to claim a message may hand it
    over.
    """

    __tablename__ = "mails"
    __disposition__ = Erase()
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index("ix_mails_made_at", "tenant_id", "made_at"),
    )

    id: Mapped[UUID] = technical("row identity", Uuid, primary_key=True, default=uuid4)
    person_id: Mapped[UUID | None] = technical(
        "who the message is for, where known", Uuid, ForeignKey("persons.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = personal(Item.MAILS, String(40))
    language: Mapped[str] = personal(Item.LANGUAGE, String(10))
    wrapped_key: Mapped[bytes] = technical("what seals the message, wrapped by a key of the settings", LargeBinary)
    recipient: Mapped[bytes] = personal(Item.MAIL_ADDRESS, LargeBinary)
    message: Mapped[bytes] = personal(Item.MAILS, LargeBinary, also=(Item.MAIL_ADDRESS,))
    message_id: Mapped[str] = technical("finds the message in the mail server's log", Text)
    state: Mapped[str] = technical("how far sending is", String(10), default="queued")
    outcome: Mapped[str | None] = technical("what the mail server last made of it", String(10))
    attempts: Mapped[int] = technical("how often a worker claimed the message", SmallInteger, default=0)
    made_at: Mapped[datetime] = personal(Item.MAILS, Moment, server_default=func.now())
    sent_at: Mapped[datetime | None] = personal(Item.MAILS, Moment)
