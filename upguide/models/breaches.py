"""Data breaches: what was reported, the register, whom each concerns, what was written and sent (clauses B1-B3).

Words are sealed under a key of the report's or the breach's own, wrapped by a key of the settings. No table but the
list of those concerned has a person in it: who handled what is kept as a role.
"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped

from upguide.policy.items import Item
from upguide.policy.purposes import Term

from .base import Apart, Erase, Model, OfPerson, personal, technical
from .person import Moment

JUDGEMENTS = ("breach", "harmless", "none", "merged")
AUTHORITY_DECISIONS = ("open", "report", "no")
PERSONS_DECISIONS = ("open", "tell", "no")
TEXT_KINDS = ("authority", "letter", "organisations")
PHASES = ("first", "follow_up", "final", "sent")
SOURCES = ("journal", "added")
# How far the last letter to somebody is: wanted by who handles it, on its way, taken by the mail server; or what went
# wrong. Nobody knows of `unsure`. In an exercise nothing is sent.
LETTERS = ("asked", "queued", "told", "refused", "failed", "unsure", "unwritten", "practised")


class BreachReport(Model):
    """What somebody reported, signed in or not: nobody is noted as its author, but for the way to reach they gave."""

    __tablename__ = "breach_reports"
    __disposition__ = Apart(Term.BREACH)
    __table_args__ = (CheckConstraint(f"decision IN {JUDGEMENTS}", name="decision"),)
    # Anybody may write a report and not read it back.
    __mapper_args__ = {"eager_defaults": False}  # noqa: RUF012  (as SQLAlchemy wants it)

    id: Mapped[UUID] = technical("row identity", Uuid, primary_key=True, default=uuid4)
    place: Mapped[int] = technical("order of reports", BigInteger, Identity(always=True), unique=True)
    reference: Mapped[str] = technical("told to whoever reported, to refer to it", String(12), unique=True)
    tenant_id: Mapped[str] = technical("the portal on which it was reported", Text(collation="C"))
    wrapped_key: Mapped[bytes] = technical("what seals the words, wrapped by a key of the settings", LargeBinary)
    story: Mapped[bytes] = personal(Item.BREACHES, LargeBinary)
    noticed: Mapped[bytes | None] = personal(Item.BREACHES, LargeBinary)
    contact: Mapped[bytes | None] = personal(Item.BREACHES, LargeBinary)
    made_at: Mapped[datetime] = technical("when it was reported", Moment, server_default=func.now())
    decision: Mapped[str | None] = technical("what it was judged to be", String(10))
    reasons: Mapped[bytes | None] = personal(Item.BREACHES, LargeBinary)
    decided_at: Mapped[datetime | None] = technical("when it was judged", Moment)
    decided_role: Mapped[str | None] = technical("in which role it was judged", String(20))
    breach_id: Mapped[UUID | None] = technical(
        "the breach that it is about", Uuid, ForeignKey("breaches.id", ondelete="CASCADE"), index=True
    )


class Breach(Model):
    """One breach of the register (GDPR Article 33(5)), harmless ones and exercises too.

    `version` counts changes: who changes what somebody else changed meanwhile is told so.
    """

    __tablename__ = "breaches"
    __disposition__ = Apart(Term.BREACH)
    __table_args__ = (
        CheckConstraint(f"authority IN {AUTHORITY_DECISIONS}", name="authority"),
        CheckConstraint(f"persons IN {PERSONS_DECISIONS}", name="persons"),
    )

    id: Mapped[UUID] = technical("row identity", Uuid, primary_key=True, default=uuid4)
    number: Mapped[int] = technical("its number in the register", Integer, Identity(always=True), unique=True)
    exercise: Mapped[bool] = technical("whether it is an exercise", Boolean)
    harmless: Mapped[bool] = technical("whether it was judged to be without risk", Boolean)
    opened_at: Mapped[datetime] = technical("when it came into the register", Moment, server_default=func.now())
    aware_at: Mapped[datetime] = technical("the moment of awareness, from which the clock runs", Moment)
    wrapped_key: Mapped[bytes] = technical("what seals the words, wrapped by a key of the settings", LargeBinary)
    summary: Mapped[bytes] = personal(Item.BREACHES, LargeBinary)
    facts: Mapped[bytes | None] = personal(Item.BREACHES, LargeBinary)
    cause: Mapped[bytes | None] = personal(Item.BREACHES, LargeBinary)
    effects: Mapped[bytes | None] = personal(Item.BREACHES, LargeBinary)
    measures: Mapped[bytes | None] = personal(Item.BREACHES, LargeBinary)
    delay: Mapped[bytes | None] = personal(Item.BREACHES, LargeBinary)
    items: Mapped[list[str]] = technical("kinds of data concerned", ARRAY(String(40)), default=list)
    persons_count: Mapped[int | None] = technical("about how many persons it concerns", Integer)
    records_count: Mapped[int | None] = technical("about how many records it concerns", Integer)
    authority: Mapped[str] = technical("whether it is reported to the authority", String(10), default="open")
    authority_reasons: Mapped[bytes | None] = personal(Item.BREACHES, LargeBinary)
    persons: Mapped[str] = technical("whether those concerned are told", String(10), default="open")
    persons_reasons: Mapped[bytes | None] = personal(Item.BREACHES, LargeBinary)
    reported_at: Mapped[datetime | None] = technical("when the first report went to the authority", Moment)
    letters_at: Mapped[datetime | None] = technical("when sending the letters was asked last", Moment)
    closed_at: Mapped[datetime | None] = technical("when it was closed", Moment)
    version: Mapped[int] = technical("counts changes", Integer, default=1)


class BreachChange(Model):
    """What was done with a breach, in which role, when. Append-only."""

    __tablename__ = "breach_changes"
    __disposition__ = Apart(Term.BREACH)

    id: Mapped[int] = technical("order of changes", BigInteger, Identity(always=True), primary_key=True)
    breach_id: Mapped[UUID] = technical("of which breach", Uuid, ForeignKey("breaches.id", ondelete="CASCADE"))
    role: Mapped[str] = technical("in which role it was done", String(20))
    kind: Mapped[str] = technical("what was done", String(30))
    details: Mapped[bytes | None] = personal(Item.BREACHES, LargeBinary)
    made_at: Mapped[datetime] = technical("when it was done", Moment, server_default=func.now())

    __table_args__ = (Index("ix_breach_changes_breach", "breach_id", "id"),)


class BreachText(Model):
    """A report to the authority, a letter or a notice: one draft a kind and language, and those that are frozen."""

    __tablename__ = "breach_texts"
    __disposition__ = Apart(Term.BREACH)
    __table_args__ = (
        CheckConstraint(f"kind IN {TEXT_KINDS}", name="kind"),
        CheckConstraint(f"phase IN {PHASES}", name="phase"),
        CheckConstraint("(phase IS NULL) = (frozen_at IS NULL)", name="frozen"),
        Index(
            "ix_breach_texts_draft",
            "breach_id",
            "kind",
            "language",
            unique=True,
            postgresql_where=text("frozen_at IS NULL"),
        ),
        Index("ix_breach_texts_breach", "breach_id", "frozen_at"),
    )

    id: Mapped[UUID] = technical("row identity", Uuid, primary_key=True, default=uuid4)
    breach_id: Mapped[UUID] = technical("of which breach", Uuid, ForeignKey("breaches.id", ondelete="CASCADE"))
    kind: Mapped[str] = technical("what it is", String(20))
    language: Mapped[str] = technical("in which language", String(8))
    words: Mapped[bytes] = personal(Item.BREACHES, LargeBinary)
    saved_at: Mapped[datetime] = technical("when it was saved", Moment, server_default=func.now())
    phase: Mapped[str | None] = technical("which of the phased reports it became", String(10))
    frozen_at: Mapped[datetime | None] = technical("since when it cannot be changed", Moment)


class BreachConcerned(OfPerson, Model):
    """Somebody whom a breach concerns, with which items, and what became of the letters to them.

    `told_at` and `told_items` tell what a mail server took, `letter` how far the last letter is. What the person's own
    copy says of the breach stands here, since nobody else reads the register.
    """

    __tablename__ = "breach_concerned"
    __disposition__ = Erase()
    __table_args__ = (
        UniqueConstraint("breach_id", "person_id"),
        CheckConstraint(f"source IN {SOURCES}", name="source"),
        CheckConstraint(f"letter IN {LETTERS}", name="letter"),
        Index(
            "ix_breach_concerned_letter", "letter", "breach_id", postgresql_where=text("letter IN ('asked', 'queued')")
        ),
    )

    id: Mapped[UUID] = technical("row identity", Uuid, primary_key=True, default=uuid4)
    breach_id: Mapped[UUID] = technical("which breach", Uuid, ForeignKey("breaches.id", ondelete="CASCADE"))
    breach_number: Mapped[int] = personal(Item.BREACHES, Integer)
    exercise: Mapped[bool] = personal(Item.BREACHES, Boolean)
    aware_at: Mapped[datetime] = personal(Item.BREACHES, Moment)
    items: Mapped[list[str]] = personal(Item.BREACHES, ARRAY(String(40)))
    source: Mapped[str] = technical("found in the journal, or added by hand", String(10))
    removed: Mapped[bool] = personal(Item.BREACHES, Boolean, default=False)
    reason: Mapped[str | None] = personal(Item.BREACHES, Text)
    noted_at: Mapped[datetime] = personal(Item.BREACHES, Moment, server_default=func.now())
    told_at: Mapped[datetime | None] = personal(Item.BREACHES, Moment)
    told_items: Mapped[list[str]] = personal(Item.BREACHES, ARRAY(String(40)), server_default="{}")
    letter: Mapped[str | None] = personal(Item.BREACHES, String(10))
    letter_at: Mapped[datetime | None] = personal(Item.BREACHES, Moment)
    letter_items: Mapped[list[str]] = technical(
        "what the last letter names: told once it is taken", ARRAY(String(40)), server_default="{}"
    )
    letter_words: Mapped[bytes | None] = personal(Item.BREACHES, LargeBinary)
    mail_id: Mapped[UUID | None] = technical("which message the last letter is", Uuid)


class BreachMail(Model):
    """That a message about a breach went to those who handle it: each goes out once."""

    __tablename__ = "breach_mails"
    __disposition__ = Apart(Term.BREACH)

    breach_id: Mapped[UUID] = technical(
        "which breach", Uuid, ForeignKey("breaches.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = technical("which message", String(20), primary_key=True)
    sent_at: Mapped[datetime] = technical("when it was written", Moment, server_default=func.now())
