"""Whom we told of a new version of the statement, and what they answered (clause A1)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, Text, Uuid
from sqlalchemy.orm import Mapped

from upguide.policy.items import Item

from .base import Erase, Model, OfPerson, personal, technical
from .person import Moment

ANSWERS = ("yes", "no", "read")


class StatementNotice(OfPerson, Model):
    """One person and one version, on one portal. A yes is a consent too, with the text that was agreed to."""

    __tablename__ = "statement_notices"
    __disposition__ = Erase()
    __table_args__ = (CheckConstraint(f"answer IN {ANSWERS}", name="answer"),)

    person_id: Mapped[UUID] = technical(
        "who is told", Uuid, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True
    )
    tenant_id: Mapped[str] = personal(Item.CONSENTS, Text(collation="C"), primary_key=True)
    version: Mapped[int] = personal(Item.CONSENTS, Integer, primary_key=True)
    told_at: Mapped[datetime | None] = personal(Item.CONSENTS, Moment)
    reminded_at: Mapped[datetime | None] = technical("whether a second letter went", Moment)
    answer: Mapped[str | None] = personal(Item.CONSENTS, String(4))
    answered_at: Mapped[datetime | None] = personal(Item.CONSENTS, Moment)
