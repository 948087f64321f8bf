"""What a webmaster does to somebody's account, for good to be read (W9), and who was reminded to sign again (D3)."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, Uuid, func
from sqlalchemy.orm import Mapped

from upguide.policy.items import Item

from .base import Erase, Model, OfPerson, Part, Sever, personal, technical
from .person import Moment

ACT_KINDS = ("look", "block", "release", "remove_factors", "appoint", "ask_dismissal", "dismiss")
SHORTEST_REASON = 10


class Act(OfPerson, Model):
    """One thing that a webmaster did to one person, with the reason. Append-only, written by the gate alone.

    A look opens the person's data to that webmaster until `closes_at`. `webmaster_id` is empty where the owner of the
    system acted, at the command line.
    """

    __tablename__ = "acts"
    __disposition__ = (Erase(part=Part.SHARED), Sever("webmaster_id"))
    __table_args__ = (
        CheckConstraint(f"act IN {ACT_KINDS}", name="act"),
        CheckConstraint(f"char_length(reason) >= {SHORTEST_REASON}", name="reason"),
        CheckConstraint("(act = 'look') = (closes_at IS NOT NULL)", name="closes_at"),
        Index("ix_acts_webmaster", "webmaster_id", "closes_at"),
    )

    id: Mapped[UUID] = technical("row identity", Uuid, primary_key=True, default=uuid4)
    webmaster_id: Mapped[UUID | None] = personal(Item.JOURNAL, Uuid, ForeignKey("persons.id", ondelete="SET NULL"))
    session_id: Mapped[UUID | None] = technical("for working out who a breach concerns (B3)", Uuid)
    tenant_id: Mapped[str | None] = personal(Item.JOURNAL, Text(collation="C"))
    act: Mapped[str] = personal(Item.JOURNAL, String(20))
    role: Mapped[str | None] = personal(Item.ROLES, String(30))
    reason: Mapped[str] = personal(Item.JOURNAL, Text)
    done_at: Mapped[datetime] = personal(Item.JOURNAL, Moment, server_default=func.now(), index=True)
    closes_at: Mapped[datetime | None] = technical("until when a look opens the person's data", Moment)


class AgreementReminder(OfPerson, Model):
    """That somebody was told, so many days before, that a signature ends."""

    __tablename__ = "agreement_reminders"
    __disposition__ = Erase()

    person_id: Mapped[UUID] = technical(
        "who was reminded", Uuid, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True
    )
    agreement: Mapped[str] = personal(Item.ROLES, String(30), primary_key=True)
    ends_at: Mapped[datetime] = personal(Item.ROLES, Moment, primary_key=True)
    days: Mapped[int] = technical("which of the reminders it was", SmallInteger, primary_key=True)
    sent_at: Mapped[datetime] = personal(Item.ROLES, Moment, server_default=func.now())
