"""Where each personal item is held, read from the declarations on the columns; nothing is listed twice."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from sqlalchemy import ColumnElement, Table

from upguide.extensions import Base
from upguide.models import Address, Employer, Person, Phone, Photo, Professional
from upguide.policy.items import CATALOGUE, Group, Item

# The tables of which a person's page is made; each row of them belongs to one person.
PROFILE_MODELS = (Person, Address, Phone, Employer, Photo, Professional)


@dataclass(frozen=True, slots=True)
class Holding:
    """One column that holds an item; `row_id` names the column that identifies the value's row."""

    item: Item
    table: Table
    column: str
    row_id: str

    @property
    def sealed(self) -> bool:
        return str(self.table.columns[self.column].type) == "BLOB"


@cache
def profile_holdings() -> tuple[Holding, ...]:
    """Return every column of the profile's tables that holds an item shown to others or to the person."""
    return tuple(
        Holding(item, table, column.name, row_identity(table))
        for model in PROFILE_MODELS
        if isinstance(table := model.__table__, Table)
        for column in table.columns
        for item in column.info.get("items", ())
        if is_profile_item(item)
    )


def is_profile_item(item: Item) -> bool:
    """Tell whether an item is shown on a person's page: all but the account's own bookkeeping, and the number."""
    return CATALOGUE[item].group is not Group.ACCOUNT or item is Item.NUMBER


def row_identity(table: Table) -> str:
    """Return the column that tells values of one item apart: the row's own id, else the person's."""
    return "id" if "id" in table.columns else "person_id"


def person_column(table: Table) -> ColumnElement[object]:
    """Return the column that says whose row it is."""
    return table.columns["id"] if table.name == "persons" else table.columns["person_id"]


def held_items() -> frozenset[Item]:
    """Return the items that some column of the database really holds today."""
    return frozenset(item for column in _all_columns() for item in column.info.get("items", ()))


def _all_columns() -> Iterator[ColumnElement[object]]:
    for table in Base.metadata.tables.values():
        yield from table.columns
