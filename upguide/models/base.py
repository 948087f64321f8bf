"""Column helpers: no column exists without saying which personal item it holds, or why it holds none (F4)."""

from typing import Any

from sqlalchemy import ForeignKey, Table, Text, Uuid
from sqlalchemy.orm import Mapped, MappedColumn, declared_attr, mapped_column

from upguide.extensions import Model
from upguide.policy.items import Item


def personal(item: Item, *args: Any, also: tuple[Item, ...] = (), **kwargs: Any) -> MappedColumn[Any]:
    """Declare a column that holds `item` of a person (and `also`, where one column mixes several).

    The remaining arguments are those of `sqlalchemy.orm.mapped_column`.
    """
    return mapped_column(*args, info={"items": (item, *also)}, **kwargs)


def technical(reason: str, *args: Any, **kwargs: Any) -> MappedColumn[Any]:
    """Declare a column without personal content; `reason` says what it is for, and must not be empty."""
    if not reason.strip():
        raise ValueError("a technical column needs a reason")
    return mapped_column(*args, info={"technical": reason}, **kwargs)


def items_of(table: Table, column: str) -> tuple[Item, ...]:
    """Return the personal items that a column declares; empty for a technical one."""
    return table.columns[column].info.get("items", ())  # type: ignore[no-any-return]


class TenantOwned:
    """A row of one portal. The tenant stands in the primary key; row-level security and the query guard use it."""

    @declared_attr
    @classmethod
    def tenant_id(cls) -> Mapped[str]:
        return technical("the portal that owns the row", Text(collation="C"), primary_key=True, sort_order=-2)


class OfPerson:
    """A row about one person; it goes when the person goes."""

    @declared_attr
    @classmethod
    def person_id(cls) -> Mapped[Any]:
        return technical(
            "whose row this is", Uuid, ForeignKey("persons.id", ondelete="CASCADE"), index=True, sort_order=-1
        )


__all__ = ["Model", "OfPerson", "TenantOwned", "items_of", "personal", "technical"]
