"""No column, in the models or in the database, without a word on which personal item it holds, or why none (F4)."""

import pytest
from sqlalchemy import Column, MetaData, Table, Text
from sqlalchemy.orm import configure_mappers

from tests.support.database import WorkerDatabase
from upguide.extensions import Base
from upguide.models import items_of, personal, technical
from upguide.models.base import TenantOwned
from upguide.policy.items import CATALOGUE, Item
from upguide.privacy.holdings import held_items

pytestmark = pytest.mark.clause("F1", "F3", "F4")

# Tables that others made: no column of theirs is ours to declare. Jobs name messages by id (see mail/sending.py).
NOT_OURS = ("alembic_version", "procrastinate_")
COLUMNS = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema NOT IN ('pg_catalog', 'information_schema')
"""
# Items of the catalogue that no column holds yet, and what they wait for.
AWAITED = {
    Item.GOALS: "trajectories",
    Item.PROGRESS: "trajectories",
    Item.TRAJECTORY_DATES: "trajectories",
    Item.LIVING_SITUATION: "trajectories",
    Item.CORRESPONDENCE: "messages",
}


def undeclared(metadata: MetaData) -> list[str]:
    """Columns that say neither, or both."""
    columns = (column for table in metadata.tables.values() for column in table.columns)
    return [
        f"{c.table.name}.{c.name}: declare it with personal(Item…) or technical('reason')"
        for c in columns
        if bool(c.info.get("items")) == bool(c.info.get("technical", "").strip())
    ]


def unknown_to_models(database: WorkerDatabase, plant: str = "") -> list[str]:
    """Columns of the database that no model declares."""
    declared = {(t.name, c.name) for t in Base.metadata.tables.values() for c in t.columns}
    with database.connect() as connection, connection.transaction(force_rollback=True):
        if plant:
            connection.execute(plant)
        rows = connection.execute(COLUMNS).fetchall()
    return sorted(f"{t}.{c}" for t, c in rows if not t.startswith(NOT_OURS) and (t, c) not in declared)


def test_every_column_of_the_models_is_declared() -> None:
    configure_mappers()
    assert undeclared(Base.metadata) == []


def test_every_column_of_the_database_is_declared(database: WorkerDatabase) -> None:
    assert unknown_to_models(database) == []


def test_every_declared_column_is_in_the_database(database: WorkerDatabase) -> None:
    with database.connect() as connection:
        there = {tuple(row) for row in connection.execute(COLUMNS).fetchall()}
    assert {(t.name, c.name) for t in Base.metadata.tables.values() for c in t.columns} - there == set()


@pytest.mark.parametrize("info", [{}, {"items": ()}, {"technical": " "}, {"items": (Item.ALIAS,), "technical": "both"}])
def test_a_planted_column_without_a_word_is_found(info: dict[str, object]) -> None:
    metadata = MetaData()
    Table("planted", metadata, Column("secret", Text, info=info))
    assert undeclared(metadata) == ["planted.secret: declare it with personal(Item…) or technical('reason')"]


@pytest.mark.parametrize(
    ("plant", "caught"),
    [
        ("ALTER TABLE persons ADD shoe_size int", "persons.shoe_size"),
        ("CREATE TABLE notes (about text)", "notes.about"),
        ("CREATE TABLE gate.notes (about text)", "notes.about"),
    ],
)
def test_a_planted_column_of_the_database_is_found(database: WorkerDatabase, plant: str, caught: str) -> None:
    assert unknown_to_models(database, plant) == [caught]


def test_a_technical_column_needs_a_reason() -> None:
    with pytest.raises(ValueError, match="reason"):
        technical(" ", Text)


def test_a_personal_column_names_its_items_in_order() -> None:
    info = personal(Item.FIRST_NAMES, Text, also=(Item.SURNAME,)).column.info
    assert info == {"items": (Item.FIRST_NAMES, Item.SURNAME)}
    assert items_of(Base.metadata.tables["addresses"], "town") == (Item.TOWN,)
    assert items_of(Base.metadata.tables["addresses"], "id") == ()


def test_every_item_of_the_catalogue_is_held_or_awaited() -> None:
    assert set(CATALOGUE) == set(Item)
    assert set(Item) - held_items() == set(AWAITED)


def test_every_person_s_row_goes_with_the_person() -> None:
    """P4c, U5: what a person leaves behind when the row of the person goes is nothing."""
    left = [
        f"{column.table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.name == "person_id" and table.name != "name_words"
        for key in column.foreign_keys
        if key.ondelete != "CASCADE"
    ]
    assert left == []


def test_models_have_no_relationships() -> None:
    """A relationship would load persons by the way, past `privacy.show`; join on ids instead."""
    assert {m.class_.__name__: list(m.relationships) for m in Base.registry.mappers if m.relationships} == {}


def test_tenant_stands_first_in_the_key_of_every_tenant_owned_table() -> None:
    owned = [m for m in Base.registry.mappers if issubclass(m.class_, TenantOwned)]
    assert {m.class_.__name__: m.primary_key[0].name for m in owned} == {m.class_.__name__: "tenant_id" for m in owned}


# Of a request only what somebody wrote is sealed, not how it goes.
SAID_OF_REQUESTS = (
    *("answered_as", "answered_at", "answered_by", "asked_at", "due_on", "extended_at"),
    *("kind", "purpose", "tenant_id"),
)
SEALED = {item for item, declared in CATALOGUE.items() if declared.sealed}


@pytest.mark.clause("P5")
def test_sealed_items_are_stored_as_bytes_alone() -> None:
    """The photo's file is sealed where it lies; its row holds a random key and dates. A kind of phone is no number."""
    plain = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if SEALED & set(column.info.get("items", ())) and str(column.type) != "BLOB"
    ]
    assert sorted(plain) == [
        "mails.kind",
        "mails.made_at",
        "mails.sent_at",
        "phones.kind",
        "photo_drafts.file_key",
        "photo_drafts.made_at",
        "photos.file_key",
        "photos.placed_at",
        *(f"requests.{name}" for name in SAID_OF_REQUESTS),
        "totps.set_at",
    ]
