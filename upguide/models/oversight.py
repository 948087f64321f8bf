"""What the data-protection officer asks to see, who is asked to attend, and whom it concerns (clause W8)."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, Uuid, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped

from upguide.policy.items import Item

from .base import Erase, Model, OfPerson, Part, Sever, personal, technical
from .person import Moment


class OfficerAccess(Model):
    """Named items of named persons, for a reason and a period: open only while a webmaster attends.

    Written by the gate alone. `attended_at` is when the webmaster last showed to be there, in the session
    `session_id`. `end_reason` is the webmaster's; the officer ends without one.
    """

    __tablename__ = "officer_accesses"
    __disposition__ = Sever("officer_id", "webmaster_id")
    __table_args__ = (
        CheckConstraint("officer_id <> webmaster_id", name="two_persons"),
        CheckConstraint("expires_at > starts_at AND expires_at <= starts_at + interval '30 days'", name="period"),
    )

    id: Mapped[UUID] = technical("row identity", Uuid, primary_key=True, default=uuid4)
    officer_id: Mapped[UUID | None] = personal(
        Item.JOURNAL, Uuid, ForeignKey("persons.id", ondelete="SET NULL"), index=True
    )
    reason: Mapped[str] = personal(Item.JOURNAL, Text, by="officer_id")
    items: Mapped[list[str]] = personal(Item.JOURNAL, ARRAY(String(40)))
    starts_at: Mapped[datetime] = personal(Item.JOURNAL, Moment)
    expires_at: Mapped[datetime] = personal(Item.JOURNAL, Moment)
    made_at: Mapped[datetime] = personal(Item.JOURNAL, Moment, server_default=func.now())
    webmaster_id: Mapped[UUID | None] = personal(
        Item.JOURNAL, Uuid, ForeignKey("persons.id", ondelete="SET NULL"), index=True
    )
    agreed_at: Mapped[datetime | None] = personal(Item.JOURNAL, Moment)
    session_id: Mapped[UUID | None] = technical("the session in which the webmaster attends", Uuid)
    attended_at: Mapped[datetime | None] = personal(Item.JOURNAL, Moment)
    ended_at: Mapped[datetime | None] = personal(Item.JOURNAL, Moment)
    end_reason: Mapped[str | None] = personal(Item.JOURNAL, Text, by="webmaster_id")


class AccessPerson(OfPerson, Model):
    """Somebody whom an access concerns. `place` addresses them on the officer's pages.

    `hidden_until`: the officer keeps it from the person until then, with the looks in the journal.
    """

    __tablename__ = "access_persons"
    __disposition__ = Erase(part=Part.SHARED)

    access_id: Mapped[UUID] = technical(
        "which access", Uuid, ForeignKey("officer_accesses.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[UUID] = technical(
        "whom it concerns", Uuid, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    place: Mapped[int] = technical("stands in addresses instead of the person", SmallInteger)
    named_at: Mapped[datetime] = personal(Item.JOURNAL, Moment, server_default=func.now())
    hidden_until: Mapped[datetime | None] = technical("until when the person is not told", Moment)


class AccessAsk(Model):
    """One webmaster, or all of them, asked to attend; and what came of it. Written by the gate alone."""

    __tablename__ = "access_asks"
    __disposition__ = Sever("asked_id", "answered_by")
    __table_args__ = (Index("ix_access_asks_access_id", "access_id", "asked_at"),)

    id: Mapped[UUID] = technical("row identity", Uuid, primary_key=True, default=uuid4)
    access_id: Mapped[UUID] = technical("which access", Uuid, ForeignKey("officer_accesses.id", ondelete="CASCADE"))
    anybody: Mapped[bool] = technical("whether any webmaster may answer", Boolean)
    asked_id: Mapped[UUID | None] = personal(
        Item.JOURNAL, Uuid, ForeignKey("persons.id", ondelete="SET NULL"), index=True
    )
    asked_at: Mapped[datetime] = personal(Item.JOURNAL, Moment, server_default=func.now())
    answered_by: Mapped[UUID | None] = personal(
        Item.JOURNAL, Uuid, ForeignKey("persons.id", ondelete="SET NULL"), index=True
    )
    answered_at: Mapped[datetime | None] = personal(Item.JOURNAL, Moment)
    agreed: Mapped[bool | None] = personal(Item.JOURNAL, Boolean)
    answer_reason: Mapped[str | None] = personal(Item.JOURNAL, Text, by="answered_by")
