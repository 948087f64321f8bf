"""What a person asked for by right: a copy of everything, or that everything goes (clauses P4c, P7)."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger, String, Text, Uuid, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped

from upguide.policy.items import Item

from .base import Erase, Model, OfPerson, personal, technical
from .person import Moment

EXPORT_STATES = ("asked", "working", "ready", "taken")


class Export(OfPerson, Model):
    """A copy of everything that is kept of a person, made by a job, sealed under the person's own key.

    `attempt` tells workers apart: only the one that began last may finish. The pieces are files of the store.
    """

    __tablename__ = "exports"
    __disposition__ = Erase()
    __table_args__ = (CheckConstraint(f"state IN {EXPORT_STATES}", name="state"),)

    id: Mapped[UUID] = technical("row identity", Uuid, primary_key=True, default=uuid4)
    tenant_id: Mapped[str] = personal(Item.JOURNAL, Text(collation="C"))
    language: Mapped[str] = personal(Item.LANGUAGE, String(10))
    state: Mapped[str] = technical("how far the job is", String(10), default="asked")
    attempt: Mapped[int] = technical("which worker may finish it", SmallInteger, default=0)
    progress: Mapped[int] = technical("how much is done, of a hundred", SmallInteger, default=0)
    pieces: Mapped[list[str]] = technical(
        "where the sealed archive is kept", ARRAY(String(32)), file=True, default=list
    )
    made_at: Mapped[datetime] = personal(Item.JOURNAL, Moment, server_default=func.now())
    expires_at: Mapped[datetime] = technical("when it goes if nobody takes it", Moment)


class Erasure(OfPerson, Model):
    """A person's wish that everything goes. It goes itself with all the rest."""

    __tablename__ = "erasures"
    __disposition__ = Erase()

    person_id: Mapped[UUID] = technical(
        "who wants to go", Uuid, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True
    )
    tenant_id: Mapped[str] = technical("the portal that sends the receipt", Text(collation="C"))
    language: Mapped[str] = personal(Item.LANGUAGE, String(10))
    blank_words: Mapped[bool] = technical("whether the person's words in what stays are blanked", default=False)
    asked_at: Mapped[datetime] = technical("the beginning of the day's grace", Moment, server_default=func.now())
    due_at: Mapped[datetime] = technical("when the job may begin", Moment)


class LedgerMark(Model):
    """How far this database knows the ledger of erasures, in its one row: nothing here is about anybody."""

    __tablename__ = "ledger_marks"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = technical("there is one row", SmallInteger, primary_key=True, autoincrement=False, default=1)
    noted_at: Mapped[datetime] = technical("the last entry that was announced", Moment)


class FileToRemove(Model):
    """A file to which nothing leads any more, or may not: noted with the change that made it so, removed by a job.

    A key is random and the file sealed under a key that is gone: nothing here is about anybody, so that the table
    has no row-level security.
    """

    __tablename__ = "files_to_remove"

    file_key: Mapped[str] = technical("which file", String(32), primary_key=True)
    due_at: Mapped[datetime] = technical("not before", Moment, server_default=func.now(), index=True)
