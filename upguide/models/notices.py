"""What a person is told of in the site, and how and when they want to hear of it by mail (clause U2)."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped

from upguide.policy.items import Item
from upguide.policy.notices import Frequency

from .base import Erase, Model, OfPerson, TenantOwned, personal, technical
from .person import Moment

FREQUENCIES = tuple(frequency.value for frequency in Frequency)


class Notice(TenantOwned, Model):
    """Something that happened, for one person on one portal: its kind, and what it is about, never whom.

    The application adds none: `gate.notify` does. Of one kind and subject there is one that is not read yet, however
    often it happens, so that nothing floods. `mailed_at`: when a mail told of it, at once or with others.
    """

    __tablename__ = "notices"
    __disposition__ = Erase()
    __table_args__ = (
        # With the membership, so that nothing stays on a portal that somebody left.
        ForeignKeyConstraint(
            ["tenant_id", "person_id"], ["memberships.tenant_id", "memberships.person_id"], ondelete="CASCADE"
        ),
        Index(
            "ix_notices_unread",
            *("tenant_id", "person_id", "kind", "subject_id"),
            unique=True,
            postgresql_where=text("read_at IS NULL"),
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_notices_newest", "tenant_id", "person_id", "made_at", "id"),
        Index("ix_notices_unmailed", "tenant_id", "person_id", postgresql_where=text("mailed_at IS NULL")),
        Index("ix_notices_made_at", "made_at"),
    )

    id: Mapped[UUID] = technical("row identity", Uuid, primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = technical("who is told", Uuid, ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = personal(Item.NOTICES, String(40, collation="C"))
    subject_id: Mapped[UUID | None] = technical("what it is about, as the address of a page names it", Uuid)
    made_at: Mapped[datetime] = personal(Item.NOTICES, Moment, server_default=func.now())
    read_at: Mapped[datetime | None] = personal(Item.NOTICES, Moment)
    mailed_at: Mapped[datetime | None] = personal(Item.NOTICES, Moment)


class NoticeChoice(OfPerson, Model):
    """How often a person wants mail of one kind, on all portals; without a row it is as `policy/notices.py` says."""

    __tablename__ = "notice_choices"
    __disposition__ = Erase()
    __table_args__ = (CheckConstraint(f"frequency IN {FREQUENCIES}", name="frequency"),)

    person_id: Mapped[UUID] = technical(
        "whose choice this is", Uuid, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = personal(Item.NOTICE_CHOICES, String(40, collation="C"), primary_key=True)
    frequency: Mapped[str] = personal(Item.NOTICE_CHOICES, String(10))


class QuietHours(OfPerson, Model):
    """Where a person's clock stands, and between which minutes of the day it should be quiet; both None for never."""

    __tablename__ = "quiet_hours"
    __disposition__ = Erase()
    __table_args__ = (
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="both"),
        CheckConstraint("quiet_from BETWEEN 0 AND 1439 AND quiet_until BETWEEN 0 AND 1439", name="minutes"),
        CheckConstraint("quiet_from <> quiet_until", name="differ"),
    )

    person_id: Mapped[UUID] = technical(
        "whose clock this is", Uuid, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True
    )
    time_zone: Mapped[str] = personal(Item.NOTICE_CHOICES, String(40))
    quiet_from: Mapped[int | None] = personal(Item.NOTICE_CHOICES, SmallInteger)
    quiet_until: Mapped[int | None] = personal(Item.NOTICE_CHOICES, SmallInteger)
