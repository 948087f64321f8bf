"""Who is connected with whom, who blocked whom, and accounts that somebody made for somebody else (clause W5)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, Uuid, func, text
from sqlalchemy.orm import Mapped

from upguide.policy.items import Item

from .base import Erase, Model, Part, Sever, personal, technical
from .person import Moment

CONNECTION_STAGES = ("asked", "accepted", "declined")


class Connection(Model):
    """What stands between two people: one row for both, whoever asked. It goes with either of them.

    No row is nothing at all: an ask that was withdrawn, a connection that was removed. `declined` is kept until the
    one who asked may ask again.
    """

    __tablename__ = "connections"
    __disposition__ = (Erase("asker_id", part=Part.BY_ME), Erase("asked_id"))
    __table_args__ = (
        CheckConstraint(f"stage IN {CONNECTION_STAGES}", name="stage"),
        CheckConstraint("asker_id <> asked_id", name="two_people"),
        CheckConstraint("(stage = 'asked') = (answered_at IS NULL)", name="answered"),
        Index(
            "uq_connections_pair", text("LEAST(asker_id, asked_id)"), text("GREATEST(asker_id, asked_id)"), unique=True
        ),
        Index("ix_connections_asked_id", "asked_id", "stage"),
        Index("ix_connections_answered_at", "answered_at", postgresql_where=text("stage = 'declined'")),
    )

    asker_id: Mapped[UUID] = personal(
        Item.CONNECTED_USERS, Uuid, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True
    )
    asked_id: Mapped[UUID] = personal(
        Item.CONNECTED_USERS, Uuid, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True
    )
    stage: Mapped[str] = personal(Item.CONNECTED_USERS, String(10))
    asked_at: Mapped[datetime] = personal(Item.CONNECTED_USERS, Moment, server_default=func.now())
    answered_at: Mapped[datetime | None] = personal(Item.CONNECTED_USERS, Moment)


class Block(Model):
    """Somebody wants nothing to do with somebody else. Row-level security shows it to the one who blocks alone."""

    __tablename__ = "blocks"
    __disposition__ = (Erase("blocker_id", part=Part.BY_ME), Erase("blocked_id"))
    __table_args__ = (
        CheckConstraint("blocker_id <> blocked_id", name="two_people"),
        Index("ix_blocks_blocked_id", "blocked_id"),
    )

    blocker_id: Mapped[UUID] = personal(
        Item.CONNECTED_USERS, Uuid, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True
    )
    blocked_id: Mapped[UUID] = personal(
        Item.CONNECTED_USERS, Uuid, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True
    )
    blocked_at: Mapped[datetime] = personal(Item.CONNECTED_USERS, Moment, server_default=func.now())


class MadeAccount(Model):
    """An account that somebody made for somebody else, until that person takes it over (then the row goes).

    `handle` is the address of its page, which the maker alone can open. `cut_at`: the person ended the connection
    with the maker, and left the account waiting.
    """

    __tablename__ = "made_accounts"
    __disposition__ = (Erase(), Sever("maker_id"))
    __table_args__ = (Index("ix_made_accounts_maker_id", "maker_id", "made_at"),)

    person_id: Mapped[UUID] = technical(
        "whose account it will be", Uuid, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True
    )
    maker_id: Mapped[UUID | None] = personal(Item.ENTERED_ON, Uuid, ForeignKey("persons.id", ondelete="SET NULL"))
    tenant_id: Mapped[str] = personal(Item.PORTALS, Text(collation="C"))
    handle: Mapped[str] = technical("address of the page that the maker opens", String(16, collation="C"), unique=True)
    made_at: Mapped[datetime] = personal(Item.ENTERED_ON, Moment, server_default=func.now(), index=True)
    told_at: Mapped[datetime | None] = technical("so that the first message is sent once", Moment)
    reminded_at: Mapped[datetime | None] = technical("so that the reminder is sent once", Moment)
    cut_at: Mapped[datetime | None] = personal(Item.CONNECTED_USERS, Moment)
