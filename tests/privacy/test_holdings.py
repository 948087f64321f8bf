"""Where each item is held is read from the columns' own declarations."""

from sqlalchemy import Column, MetaData, Table, Uuid

from upguide.extensions import Base
from upguide.policy.items import CATALOGUE, Group, Item
from upguide.privacy.holdings import (
    PROFILE_MODELS,
    held_items,
    is_profile_item,
    person_column,
    profile_holdings,
    row_identity,
)


def test_holdings_are_the_declared_columns_of_the_profile() -> None:
    declared = {
        (item, f"{model.__table__.name}.{column.name}")
        for model in PROFILE_MODELS
        for column in model.__table__.columns
        for item in column.info.get("items", ())
        if CATALOGUE[item].group is not Group.ACCOUNT or item is Item.NUMBER
    }
    assert {(h.item, f"{h.table.name}.{h.column}") for h in profile_holdings()} == declared


def test_sealed_holdings_are_the_encrypted_columns() -> None:
    assert sorted(f"{h.table.name}.{h.column}" for h in profile_holdings() if h.sealed) == [
        "addresses.country",
        "addresses.lines",
        "addresses.postcode",
        "addresses.town",
        "persons.birth_date",
        "persons.birth_place",
        "phones.phone_number",
    ]


def test_profile_holds_all_but_the_account_s_bookkeeping() -> None:
    assert {item for item in Item if not is_profile_item(item)} == {
        item for item in Item if CATALOGUE[item].group is Group.ACCOUNT and item is not Item.NUMBER
    }


def test_rows_are_told_apart_by_their_own_id_else_by_the_person() -> None:
    tables = Base.metadata.tables
    assert [row_identity(tables[name]) for name in ("persons", "phones", "photos")] == ["id", "id", "person_id"]
    assert [person_column(tables[name]).name for name in ("persons", "phones")] == ["id", "person_id"]  # type: ignore[attr-defined]
    assert row_identity(Table("t", MetaData(), Column("id", Uuid), Column("person_id", Uuid))) == "id"


def test_items_of_trajectories_are_not_held_yet() -> None:
    assert held_items() & {Item.GOALS, Item.PROGRESS, Item.LIVING_SITUATION} == set()
