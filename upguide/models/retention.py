"""Accounts that nobody signs in to: who was warned, and what the daily passes did (clause U5)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Identity,
    Integer,
    SmallInteger,
    String,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped

from upguide.policy.items import Item

from .base import Erase, Model, OfPerson, personal, technical
from .person import Moment

# What is known of the last warning: under way, taken by the mail server, never sent, or refused for good.
HEARD = ("waiting", "told", "failed", "refused")


class RetentionWarning(OfPerson, Model):
    """The last warning that somebody had. The next sign-in forgets it.

    `counted_from` is the moment from which the seven years were counted: another one means that they began anew.
    `goes_on` is empty where the person was told that a restricted account stays; `days_before` is 0 then.
    """

    __tablename__ = "retention_warnings"
    __disposition__ = Erase()
    __table_args__ = (CheckConstraint(f"heard IN {HEARD}", name="heard"),)

    person_id: Mapped[UUID] = technical(
        "who was warned", Uuid, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True
    )
    counted_from: Mapped[datetime] = personal(Item.LAST_SIGN_IN, Moment)
    days_before: Mapped[int] = personal(Item.LAST_SIGN_IN, SmallInteger)
    warned_on: Mapped[date] = personal(Item.LAST_SIGN_IN, Date)
    goes_on: Mapped[date | None] = personal(Item.LAST_SIGN_IN, Date)
    mail_id: Mapped[UUID] = technical("which message it was", Uuid)
    heard: Mapped[str] = technical("what became of that message", String(10), default="waiting")
    next_on: Mapped[date] = technical("when there is something to do next", Date)
    noted_at: Mapped[datetime | None] = technical("since when the ledger of erasures may know of it", Moment)


class RetentionRun(Model):
    """One daily pass in figures. Nobody stands in it: it tells the officer that the terms are kept."""

    __tablename__ = "retention_runs"

    id: Mapped[int] = technical("order of passes", BigInteger, Identity(always=True), primary_key=True)
    began_at: Mapped[datetime] = technical("when it began", Moment, index=True)
    milliseconds: Mapped[int | None] = technical("how long it took; empty until it is done", Integer)
    warned: Mapped[dict[str, int]] = technical("warnings sent, by how many days before", JSONB, default=dict)
    repeated: Mapped[int] = technical("warnings that had not arrived and were sent again", Integer, default=0)
    erased: Mapped[int] = technical("accounts that went", Integer, default=0)
    held: Mapped[int] = technical(
        "restricted accounts whose time is up, which stay", Integer, default=0, server_default="0"
    )
    failed: Mapped[int] = technical("accounts that something went wrong with, for the next pass", Integer, default=0)
    removed: Mapped[dict[str, int]] = technical("what other jobs removed since, by table", JSONB, default=dict)


class RetentionTally(Model):
    """What the jobs that keep a term removed, waiting for the next report."""

    __tablename__ = "retention_tallies"

    kind: Mapped[str] = technical("the table", Text(collation="C"), primary_key=True)
    removed: Mapped[int] = technical("how many rows", BigInteger)
