"""What a person asks of us, limits, and takes back: requests, restriction, objections, withdrawals (clauses P3, P7)."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Date, ForeignKey, LargeBinary, SmallInteger, String, Text, Uuid, func
from sqlalchemy.orm import Mapped

from upguide.policy.items import Item

from .base import Erase, Model, OfPerson, Sever, personal, technical
from .person import Moment

REQUEST_KINDS = ("access", "correction", "objection", "complaint", "question")
LIMIT_KINDS = ("restriction", "objection")


class DataRequest(OfPerson, Model):
    """A request that a human answers. The application adds it; answers come through the gate alone.

    `words`, `answer` and `extension_reason` are sealed under the key of the person who asks.
    """

    __tablename__ = "requests"
    __disposition__ = (Erase(), Sever("answered_by"))
    __table_args__ = (CheckConstraint(f"kind IN {REQUEST_KINDS}", name="kind"),)

    id: Mapped[UUID] = technical("row identity", Uuid, primary_key=True, default=uuid4)
    tenant_id: Mapped[str] = personal(Item.REQUESTS, Text(collation="C"))
    language: Mapped[str] = personal(Item.LANGUAGE, String(10))
    kind: Mapped[str] = personal(Item.REQUESTS, String(20))
    purpose: Mapped[str | None] = personal(Item.REQUESTS, String(20))
    words: Mapped[bytes] = personal(Item.REQUESTS, LargeBinary)
    asked_at: Mapped[datetime] = personal(Item.REQUESTS, Moment, server_default=func.now())
    asked_on: Mapped[date] = technical("the day from which the law counts", Date)
    due_on: Mapped[date] = personal(Item.REQUESTS, Date, index=True)
    extended_at: Mapped[datetime | None] = personal(Item.REQUESTS, Moment)
    extension_reason: Mapped[bytes | None] = personal(Item.REQUESTS, LargeBinary)
    answered_at: Mapped[datetime | None] = personal(Item.REQUESTS, Moment)
    answer: Mapped[bytes | None] = personal(Item.REQUESTS, LargeBinary)
    answered_as: Mapped[str | None] = personal(Item.REQUESTS, String(30))
    answered_by: Mapped[UUID | None] = personal(
        Item.REQUESTS, Uuid, ForeignKey("persons.id", ondelete="SET NULL"), index=True
    )
    reminded: Mapped[int] = technical(
        "how many of the reminders were sent", SmallInteger, default=0, server_default="0"
    )


class Limit(OfPerson, Model):
    """A restriction (GDPR Art. 18) or an objection (Art. 21): from when, until when, and why, sealed."""

    __tablename__ = "limits"
    __disposition__ = Erase()
    __table_args__ = (CheckConstraint(f"kind IN {LIMIT_KINDS}", name="kind"),)

    id: Mapped[UUID] = technical("row identity", Uuid, primary_key=True, default=uuid4)
    kind: Mapped[str] = personal(Item.LIMITS, String(20))
    purpose: Mapped[str | None] = personal(Item.LIMITS, String(20))
    reason: Mapped[bytes | None] = personal(Item.REQUESTS, LargeBinary)
    began_at: Mapped[datetime] = personal(Item.LIMITS, Moment, server_default=func.now())
    ended_at: Mapped[datetime | None] = personal(Item.LIMITS, Moment)


class ConsentWithdrawal(OfPerson, Model):
    """A consent taken back on one portal. Append-only, as consents are: the later of the two counts."""

    __tablename__ = "consent_withdrawals"
    __disposition__ = Erase()

    id: Mapped[UUID] = technical("row identity", Uuid, primary_key=True, default=uuid4)
    tenant_id: Mapped[str] = personal(Item.CONSENTS, Text(collation="C"))
    withdrawn_at: Mapped[datetime] = personal(Item.CONSENTS, Moment, server_default=func.now())
