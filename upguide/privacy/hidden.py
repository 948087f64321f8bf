"""Hiding and showing again: the person's own switch over each value (clause P4b)."""

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from upguide.models import HiddenItem
from upguide.policy.items import CATALOGUE, Item

from .index import refresh_names


class NotHideable(ValueError):
    """The item is one that nobody else ever sees, so that there is nothing to hide."""


def hide(session: Session, person_id: UUID, item: Item, row_id: UUID) -> None:
    """Hide one value of `item` from every other user; hiding twice changes nothing. Raises `NotHideable`."""
    if not CATALOGUE[item].hideable:
        raise NotHideable(item.value)
    session.flush()
    values = {"person_id": person_id, "item": item.value, "row_id": row_id}
    session.execute(insert(HiddenItem).values(values).on_conflict_do_nothing())
    refresh_names(session, person_id)


def unhide(session: Session, person_id: UUID, item: Item, row_id: UUID) -> None:
    """Let a value be seen again as section W says; it never shows more than that."""
    session.execute(
        delete(HiddenItem).where(
            HiddenItem.person_id == person_id, HiddenItem.item == item.value, HiddenItem.row_id == row_id
        )
    )
    refresh_names(session, person_id)


def hidden_of(session: Session, person_id: UUID) -> frozenset[tuple[Item, UUID]]:
    """Return what a person hides, as (item, row) pairs."""
    rows = session.execute(select(HiddenItem.item, HiddenItem.row_id).where(HiddenItem.person_id == person_id))
    return frozenset((Item(row.item), row.row_id) for row in rows)
