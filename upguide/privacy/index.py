"""Keeps the words by which members find each other equal to the names that they do not hide (clauses W1, P4b).

A hidden name has no word here at all, so that it can change neither count, order nor time of a search. Nor has
somebody whose data is used for nothing now, or who withdrew the consent on a portal.
"""

from uuid import UUID

from sqlalchemy import Connection, case, delete, insert, select, update
from sqlalchemy.orm import Session

from upguide.models import HiddenItem, Membership, NameWord, Person
from upguide.policy.items import Item
from upguide.tenancy.scope import scope

from .names import Names, sort_key, words_in_order
from .relations import USED

NAME_ITEMS = (Item.FIRST_NAMES, Item.INFIX, Item.SURNAME)


def refresh_names(session: Session, person_id: UUID) -> None:
    """Rewrite the search words of a person on every portal that the person belongs to.

    Runs on the session's connection, so that a flush may call it.
    """
    connection = session.connection()
    names = visible_names(connection, person_id)
    key = sort_key(names)
    connection.execute(delete(NameWord).where(NameWord.person_id == person_id))
    mine, active = Membership.person_id == person_id, Membership.suspended_at.is_(None)
    keyed = update(Membership).where(mine).values(name_key=case((active, key)))
    rows = [
        {"tenant_id": portal, "person_id": person_id, "word": word, "name_key": key, "earlier": earlier}
        for portal, is_active in connection.execute(keyed.returning(Membership.tenant_id, active))
        if is_active
        for word, earlier in words_in_order(names)
    ]
    if rows:
        connection.execute(insert(NameWord), rows)


def refresh_names_of(session: Session, person_id: UUID) -> None:
    """Rewrite the search words of somebody else, in their own name: nothing of them is read by who asks for it."""
    with scope(None, person_id, session):
        refresh_names(session, person_id)


def visible_names(connection: Connection, person_id: UUID) -> Names:
    """Return the parts of the name that the person does not hide; none where the data is used for nothing."""
    row = connection.execute(
        select(Person.first_names, Person.infix, Person.surname).where(Person.id == person_id, USED)
    ).one_or_none()
    if row is None:
        return Names(None, None, None)
    hidden = set(connection.scalars(select(HiddenItem.item).where(HiddenItem.person_id == person_id)))
    return Names(*(None if item.value in hidden else value for item, value in zip(NAME_ITEMS, row, strict=True)))
