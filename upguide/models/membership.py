"""Who belongs to which portal, and the words by which members find each other (clauses W1, W3)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    func,
)
from sqlalchemy.orm import Mapped

from upguide.policy.items import Item

from .base import Erase, Model, TenantOwned, personal, technical
from .person import Moment

_C = Text(collation="C")
_NAMES = (Item.INFIX, Item.SURNAME)


class Membership(TenantOwned, Model):
    """A person on a portal. Pages about the person are addressed by `handle`, which differs per portal.

    `suspended_at`: the consent was withdrawn here, and row-level security shows the person to nobody else (P3).
    """

    __tablename__ = "memberships"
    __disposition__ = Erase()
    __table_args__ = (
        UniqueConstraint("tenant_id", "handle"),
        Index("ix_memberships_person", "person_id", "tenant_id", postgresql_include=["suspended_at"]),
    )

    person_id: Mapped[UUID] = technical(
        "who is a member", Uuid, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True
    )
    handle: Mapped[str] = personal(Item.PORTALS, String(16, collation="C"))
    joined_at: Mapped[datetime] = personal(Item.PORTALS, Moment, server_default=func.now())
    name_key: Mapped[str | None] = personal(Item.FIRST_NAMES, _C, also=_NAMES)
    suspended_at: Mapped[datetime | None] = personal(Item.CONSENTS, Moment)


class NameWord(TenantOwned, Model):
    """One word of the names that a member does not hide, folded to lower case without accents.

    `name_key` repeats the membership's key for sorting, so that a search reads one index. `earlier` is the word that
    comes before this one among the person's own, in the order of words: where that one begins as asked too, it tells of
    the person, and this one need not. `start`, its first three letters, has the members in the order of their names.
    The last index finds names that are nearly what was typed (`gate.similar_members`).
    """

    __tablename__ = "name_words"
    __disposition__ = Erase()
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "person_id"], ["memberships.tenant_id", "memberships.person_id"], ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("tenant_id", "word", "person_id", postgresql_include=["name_key", "earlier"]),
        Index("ix_name_words_person", "person_id"),
        Index("ix_name_words_start", "tenant_id", "start", "name_key", "person_id", postgresql_include=["earlier"]),
        Index(
            "ix_name_words_similar",
            "tenant_id",
            "word",
            postgresql_using="gin",
            postgresql_ops={"word": "gin_trgm_ops"},
        ),
    )

    word: Mapped[str] = personal(Item.FIRST_NAMES, _C, also=_NAMES, primary_key=True)
    person_id: Mapped[UUID] = technical("whose name it is", Uuid, primary_key=True)
    name_key: Mapped[str] = personal(Item.FIRST_NAMES, _C, also=_NAMES)
    earlier: Mapped[str] = personal(Item.FIRST_NAMES, _C, also=_NAMES, server_default="")
    start: Mapped[str] = personal(Item.FIRST_NAMES, _C, Computed("left(word, 3)", persisted=True), also=_NAMES)
