"""What the promise itself needs: provenance, hidden items, the journal, consents (clauses P3, P4b, T2, W8, W9)."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    String,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped

from upguide.policy.items import Item

from .base import Erase, Model, OfPerson, Part, Sever, personal, technical
from .person import Moment


class Entry(OfPerson, Model):
    """Who entered the value of an item, when, and for which organisation. Append-only.

    `row_id` is the row that holds the value: the person's own for single items, else that of the phone,
    address or employer. The latest entry tells whose value stands now.
    """

    __tablename__ = "entries"
    __disposition__ = (Erase(), Sever("entered_by"))
    __table_args__ = (Index("ix_entries_latest", "person_id", "item", "row_id", "id"),)

    id: Mapped[int] = technical("order of entries", BigInteger, Identity(always=True), primary_key=True)
    item: Mapped[str] = personal(Item.ENTERED_ON, String(40))
    row_id: Mapped[UUID] = technical("the row that holds the value", Uuid)
    entered_by: Mapped[UUID | None] = personal(
        Item.ENTERED_ON, Uuid, ForeignKey("persons.id", ondelete="SET NULL"), index=True
    )
    on_behalf_of: Mapped[UUID | None] = personal(Item.ENTERED_ON, Uuid)
    removed: Mapped[bool] = technical("whether this entry took the value away", default=False)
    entered_at: Mapped[datetime] = personal(Item.ENTERED_ON, Moment, server_default=func.now())


class HiddenItem(OfPerson, Model):
    """A value that its person hid from every other user."""

    __tablename__ = "hidden_items"
    __disposition__ = Erase()

    person_id: Mapped[UUID] = technical(
        "who hides", Uuid, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True
    )
    item: Mapped[str] = personal(Item.HIDDEN, String(40), primary_key=True)
    row_id: Mapped[UUID] = technical("the row that holds the value", Uuid, primary_key=True)
    hidden_at: Mapped[datetime] = personal(Item.HIDDEN, Moment, server_default=func.now())


class JournalEntry(OfPerson, Model):
    """One look at one person: by whom, in which relation, at which items, and why."""

    __tablename__ = "journal"
    __disposition__ = (Erase(part=Part.SHARED), Sever("viewer_id"))
    __table_args__ = (
        Index("ix_journal_viewer", "viewer_id", "seen_at"),
        Index("ix_journal_seen_at", "seen_at"),
        Index("ix_journal_access_id", "access_id", "id", postgresql_where=text("access_id IS NOT NULL")),
    )

    id: Mapped[int] = technical("order of looks", BigInteger, Identity(always=True), primary_key=True)
    tenant_id: Mapped[str] = personal(Item.JOURNAL, Text(collation="C"))
    viewer_id: Mapped[UUID | None] = personal(Item.JOURNAL, Uuid, ForeignKey("persons.id", ondelete="SET NULL"))
    session_id: Mapped[UUID | None] = technical("for working out who a breach concerns (B3)", Uuid)
    relations: Mapped[list[str]] = personal(Item.JOURNAL, ARRAY(String(40)))
    setting: Mapped[str] = personal(Item.JOURNAL, String(20))
    items: Mapped[list[str]] = personal(Item.JOURNAL, ARRAY(String(40)))
    reason: Mapped[str | None] = personal(Item.JOURNAL, Text)
    seen_at: Mapped[datetime] = personal(Item.JOURNAL, Moment, server_default=func.now())
    # The officer's, through the gate alone. Until then row-level security keeps the entry from the person.
    hidden_until: Mapped[datetime | None] = personal(Item.JOURNAL, Moment)
    hidden_reason: Mapped[str | None] = personal(Item.JOURNAL, Text)
    access_id: Mapped[UUID | None] = technical(
        "in which attended access of the officer it was seen (W8)",
        Uuid,
        ForeignKey("officer_accesses.id", ondelete="SET NULL"),
    )


class RepeatedSearch(OfPerson, Model):
    """That somebody searched for one name that many times more on one day: how often, never for whom (A2).

    For the officer's eye on unusual patterns. Words are kept nowhere, not even as a hash: names are few enough to be
    tried out. Who searches reads it in the copy of their data.
    """

    __tablename__ = "repeated_searches"
    __disposition__ = Erase(part=Part.BY_ME)

    id: Mapped[UUID] = technical("row identity", Uuid, primary_key=True, default=uuid4)
    tenant_id: Mapped[str] = personal(Item.JOURNAL, Text(collation="C"))
    day: Mapped[date] = personal(Item.JOURNAL, Date, index=True)
    times: Mapped[int] = personal(Item.JOURNAL, SmallInteger)


class Consent(OfPerson, Model):
    """A yes to one version of the statement, in the language in which it was read."""

    __tablename__ = "consents"
    __disposition__ = Erase()

    id: Mapped[UUID] = technical("row identity", Uuid, primary_key=True, default=uuid4)
    tenant_id: Mapped[str] = personal(Item.CONSENTS, Text(collation="C"))
    version: Mapped[int] = personal(Item.CONSENTS, Integer)
    language: Mapped[str] = personal(Item.CONSENTS, String(8))
    text_hash: Mapped[str] = personal(Item.CONSENTS, String(64))
    given_at: Mapped[datetime] = personal(Item.CONSENTS, Moment, server_default=func.now())
