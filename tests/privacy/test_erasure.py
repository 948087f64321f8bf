"""What each disposition does, on tables made for the test."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import Column, Date, ForeignKey, LargeBinary, MetaData, String, Table, Text, Uuid, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped

from tests.features.rights.work import letters
from tests.privacy.filled import fill
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, make_person
from upguide.extensions import db
from upguide.mail import send
from upguide.models import Erase, KeepUntil, Part, Sever, personal, technical
from upguide.models.base import dispositions_of
from upguide.policy.items import Item
from upguide.policy.purposes import Term
from upguide.privacy.dispositions import faults
from upguide.privacy.erasure import ErasureDiffersError, Kept, erase, forecast
from upguide.privacy.holdings import held_items
from upguide.privacy.vault import vault_of
from upguide.privacy.walk import touches, walk
from upguide.tenancy import all_tenants
from upguide.tenancy.scope import scope

pytestmark = pytest.mark.clause("P4c")


class OfTest(DeclarativeBase):
    """Tables that exist for these tests alone."""

    metadata = MetaData()


Table("persons", OfTest.metadata, Column("id", Uuid, primary_key=True))


def loose() -> ForeignKey:
    return ForeignKey("persons.id", ondelete="SET NULL")


class Diary(OfTest):
    """Somebody's own."""

    __tablename__ = "test_diaries"
    __disposition__ = Erase()
    id: Mapped[UUID] = technical("identity", Uuid, primary_key=True)
    person_id: Mapped[UUID] = technical("whose", Uuid, ForeignKey("persons.id", ondelete="CASCADE"))
    words: Mapped[bytes] = personal(Item.PROGRESS, LargeBinary)
    picture: Mapped[str] = personal(Item.PHOTO, String(64), file=True)


class Talk(OfTest):
    """Two people's: each has a copy, with the other's words."""

    __tablename__ = "test_talks"
    __disposition__ = (Erase("person_id"), Sever("author_id", words=("text",), part=Part.SHARED))
    id: Mapped[UUID] = technical("identity", Uuid, primary_key=True)
    person_id: Mapped[UUID] = technical("whose copy", Uuid, ForeignKey("persons.id", ondelete="CASCADE"))
    author_id: Mapped[UUID | None] = technical(
        "who wrote", Uuid, ForeignKey("persons.id", ondelete="SET NULL"), nullable=True
    )
    text: Mapped[str | None] = personal(Item.CORRESPONDENCE, Text, nullable=True)


class Bill(OfTest):
    """What a law wants kept."""

    __tablename__ = "test_bills"
    __disposition__ = KeepUntil(Term.PROOF, snapshot=("amount",))
    id: Mapped[UUID] = technical("identity", Uuid, primary_key=True)
    person_id: Mapped[UUID | None] = technical(
        "whose", Uuid, ForeignKey("persons.id", ondelete="SET NULL"), nullable=True
    )
    amount: Mapped[str] = personal(Item.NUMBER, Text)
    delivered_to: Mapped[str | None] = personal(Item.ADDRESS, Text, nullable=True)
    kept_until: Mapped[date] = technical("the last day", Date)


MODELS: tuple[type[Any], ...] = (Diary, Talk, Bill)
PICTURE = "ab" * 32


@pytest.fixture
def tables(app: Flask, database: WorkerDatabase) -> Iterator[None]:
    """The tables, for the length of a test."""
    engine = create_engine(database.owner_url)
    made = [model.__table__ for model in MODELS]
    OfTest.metadata.create_all(engine, tables=made)
    yield
    db.session.remove()
    OfTest.metadata.drop_all(engine, tables=made)
    engine.dispose()


def write(person: Made, other: Made) -> dict[str, UUID]:
    """Give two people a diary, a talk between them, and a bill."""
    talk = Talk.__table__.insert().values
    ids = {name: uuid4() for name in ("diary", "copy_of_other", "own_copy", "bill")}
    with scope(None, person.id, db.session()):
        words = vault_of(db.session(), person.id).close("test_diaries.words", ids["diary"], "I went on")
        run_all(
            Diary.__table__.insert().values(id=ids["diary"], person_id=person.id, words=words, picture=PICTURE),
            talk(id=ids["copy_of_other"], person_id=other.id, author_id=person.id, text="Hello"),
            talk(id=ids["own_copy"], person_id=person.id, author_id=other.id, text="Hi there"),
            Bill.__table__.insert().values(
                id=ids["bill"], person_id=person.id, amount="100", delivered_to="Here 1", kept_until=date(2034, 12, 31)
            ),
        )
        db.session.commit()
    return ids


def run_all(*statements: Any) -> None:
    for statement in statements:
        db.session.connection().execute(statement)


def erased(person: Made, **more: Any) -> None:
    # The house's own tables keep to their declarations as well: the row in persons goes last.
    with scope(None, person.id, db.session()):
        erase(db.session(), person.id, models=MODELS, **more)
        db.session.commit()


def rows(model: type[Any]) -> list[tuple[Any, ...]]:
    found = db.session.connection().execute(model.__table__.select()).all()
    db.session.rollback()
    return [tuple(row) for row in found]


def test_the_tables_of_this_test_are_declared_as_the_house_asks() -> None:
    assert faults(MODELS) == []
    assert [len(dispositions_of(model)) for model in MODELS] == [1, 2, 1]


def test_what_is_somebody_s_own_goes_with_files_and_all(tables: None, database: WorkerDatabase) -> None:
    person, other = make_person(), make_person()
    write(person, other)
    erased(person)
    assert rows(Diary) == []
    with database.connect() as connection:
        keys = {row[0] for row in connection.execute("SELECT file_key FROM files_to_remove")}
    assert keys == {"ab" * 16}


def test_somebody_else_s_copy_stays_without_the_person(tables: None) -> None:
    person, other = make_person(), make_person()
    ids = write(person, other)
    erased(person)
    assert rows(Talk) == [(ids["copy_of_other"], other.id, None, "Hello")]


def test_one_s_own_words_can_be_blanked_first(tables: None) -> None:
    person, other = make_person(), make_person()
    ids = write(person, other)
    erased(person, blank_words=True)
    assert rows(Talk) == [(ids["copy_of_other"], other.id, None, None)]


def test_what_a_law_wants_stays_as_a_snapshot_cut_loose(tables: None) -> None:
    person, other = make_person(), make_person()
    ids = write(person, other)
    erased(person)
    assert rows(Bill) == [(ids["bill"], None, "100", None, date(2034, 12, 31))]


def test_the_forecast_says_what_goes_what_stays_and_until_when(tables: None) -> None:
    person, other = make_person(), make_person()
    write(person, other)
    with scope(None, person.id, db.session()):
        what = forecast(db.session(), person.id, MODELS)
    assert dict(what.goes) == {Item.PROGRESS: 1, Item.PHOTO: 1, Item.CORRESPONDENCE: 1}
    assert dict(what.severed) == {Item.CORRESPONDENCE: 1}
    assert what.kept == (Kept((Item.NUMBER,), Term.PROOF, 1, date(2034, 12, 31)),)
    assert what.has_words


def test_the_walk_shows_one_s_own_words_in_another_s_copy_and_nobody_else_s(tables: None) -> None:
    person, other = make_person(), make_person()
    write(person, other)
    with scope(None, person.id, db.session()):
        found = {(r.table, r.part): r for r in walk(db.session(), person.id, MODELS)}
    assert found["test_talks", Part.SHARED].values == {Item.CORRESPONDENCE: {"text": "Hello"}}
    assert found["test_diaries", Part.ABOUT_ME].values[Item.PROGRESS] == {"words": "I went on"}
    assert found["test_diaries", Part.ABOUT_ME].files == ("ab" * 16, "ab" * 16)
    assert found["test_bills", Part.ABOUT_ME].values[Item.ADDRESS] == {"delivered_to": "Here 1"}


def bind(database: WorkerDatabase, *statements: str) -> None:
    """Put a table of this test under rules, as a migration might that forgot one."""
    with database.connect() as connection:
        for statement in ("ENABLE ROW LEVEL SECURITY", "FORCE ROW LEVEL SECURITY"):
            connection.execute(f"ALTER TABLE {statements[0]} {statement}")
        connection.execute(f"CREATE POLICY test_read ON {statements[0]} FOR SELECT USING (true)")
        for statement in statements[1:]:
            connection.execute(statement)


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("test_bills", "changed: test_bills.person_id 0 instead of 1"),
        ("test_talks", "changed: test_talks.author_id 0 instead of 1"),
    ],
)
def test_an_erasure_that_would_change_less_than_it_must_fails_and_is_taken_back(
    tables: None, database: WorkerDatabase, table: str, told: str
) -> None:
    person, other = make_person(), make_person()
    write(person, other)
    before = [rows(model) for model in MODELS]
    bind(database, table)
    with pytest.raises(ErasureDiffersError, match=told):
        erased(person, blank_words=True)
    db.session.rollback()
    assert [rows(model) for model in MODELS] == before


def test_an_erasure_of_more_than_was_said_fails_and_is_taken_back(tables: None, database: WorkerDatabase) -> None:
    person, other = make_person(), make_person()
    write(person, other)
    with scope(None, person.id, db.session()):
        said = forecast(db.session(), person.id, MODELS)
        db.session.rollback()
    assert said.rows == {
        "test_diaries.person_id": 1,
        "test_talks.person_id": 1,
        "test_talks.author_id": 1,
        "test_bills.person_id": 1,
    }
    write(person, other)
    with pytest.raises(ErasureDiffersError, match=r"said: test_bills.person_id 2 instead of 1, test_diaries"):
        erased(person, said=said)
    db.session.rollback()
    assert len(rows(Diary)) == 2


def test_a_row_that_outlives_its_person_is_noticed(tables: None, database: WorkerDatabase) -> None:
    person, other = make_person(), make_person()
    write(person, other)
    with database.connect() as connection:
        connection.execute("ALTER TABLE test_diaries DROP CONSTRAINT test_diaries_person_id_fkey")
    with pytest.raises(ErasureDiffersError, match=r"left: test_diaries.person_id 1 instead of 0"):
        erased(person)
    db.session.rollback()
    assert len(rows(Diary)) == 1


def test_letters_to_the_address_go_however_its_domain_is_written(app: Flask, database: WorkerDatabase) -> None:
    person, other = make_person(mail_address="heron@müller.example"), make_person()
    for one in (person, other):
        with scope("upguide", None, db.session()):
            links = {"link": "https://here.example", "reset_link": "https://here.example"}
            send(db.session, "already_registered", str(one.mail_address), all_tenants()["upguide"], "en", **links)
            db.session.commit()
    with scope(None, person.id, db.session()):
        erase(db.session(), person.id)
        db.session.commit()
    assert [to for _kind, to, _text in letters(database, app)] == [other.mail_address]


def test_declared_exported_and_erased_are_the_same_items(app: Flask, database: WorkerDatabase) -> None:
    person, other = make_person(), make_person()
    fill(database, person, other)
    with scope(None, person.id, db.session()):
        exported = {item for record in walk(db.session(), person.id) for item in record.items}
        what = forecast(db.session(), person.id)
        erase(db.session(), person.id)
        db.session.commit()
        left = list(walk(db.session(), person.id))
    erased_items = set(what.goes) | set(what.severed) | {item for kept in what.kept for item in kept.items}
    assert left == []
    assert held_items() == exported == erased_items


def test_every_touch_is_of_a_table_that_is_there(database: WorkerDatabase) -> None:
    assert {touch.table.name for touch in touches()} <= tables_of(database)


def tables_of(database: WorkerDatabase) -> set[str]:
    with database.connect() as connection:
        return {row[0] for row in connection.execute("SELECT tablename FROM pg_tables")}
