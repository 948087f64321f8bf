"""Hiding: the person's own switch over each value (P4b)."""

from uuid import UUID, uuid4

import pytest
from flask import Flask
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import select
from sqlalchemy.exc import ProgrammingError

from tests.support.factories import Made, add_phone, hide, join, make_person
from upguide.extensions import db
from upguide.models import Membership, NameWord
from upguide.policy.items import CATALOGUE, Item
from upguide.privacy.hidden import NotHideable, hidden_of, unhide
from upguide.privacy.hidden import hide as hide_value
from upguide.tenancy.scope import scope

pytestmark = pytest.mark.clause("P4b")


def hidden_by(person: Made) -> frozenset[tuple[Item, UUID]]:
    with scope(person.tenant, person.id, db.session()):
        return hidden_of(db.session(), person.id)


def show_again(person: Made, item: Item, row_id: UUID) -> None:
    with scope(person.tenant, person.id, db.session()):
        unhide(db.session(), person.id, item, row_id)
        db.session.commit()


def test_hidden_values_are_those_that_were_hidden(core: Flask) -> None:
    person = make_person()
    phones = [add_phone(person), add_phone(person)]
    hide(person, Item.SURNAME)
    hide(person, Item.PHONE, phones[0])
    assert hidden_by(person) == {(Item.SURNAME, person.id), (Item.PHONE, phones[0])}


def test_hiding_twice_and_showing_twice_change_nothing_more(core: Flask) -> None:
    person = make_person()
    for _ in range(2):
        hide(person, Item.GENDER)
    assert hidden_by(person) == {(Item.GENDER, person.id)}
    for _ in range(2):
        show_again(person, Item.GENDER, person.id)
    assert hidden_by(person) == frozenset()


@pytest.mark.parametrize("item", Item)
def test_what_nobody_else_sees_cannot_be_hidden(core: Flask, item: Item) -> None:
    person_id = uuid4()
    with scope("upguide", person_id, db.session()):
        if CATALOGUE[item].hideable:
            # The row of somebody who is not there: the database has the last word, not the catalogue.
            with pytest.raises(Exception, match="fk_hidden_items_person_id"):
                hide_value(db.session(), person_id, item, person_id)
        else:
            with pytest.raises(NotHideable, match=item.value):
                hide_value(db.session(), person_id, item, person_id)


def test_nobody_hides_for_somebody_else(core: Flask) -> None:
    person, other = make_person(), make_person()
    with scope("upguide", other.id, db.session()), pytest.raises(ProgrammingError) as refused:
        hide_value(db.session(), person.id, Item.SURNAME, person.id)
    assert isinstance(refused.value.orig, InsufficientPrivilege)
    db.session.rollback()
    assert hidden_by(person) == frozenset()


def words_of(person: Made) -> dict[str, set[str]]:
    with scope(person.tenant, person.id, db.session()):
        found: dict[str, set[str]] = {}
        for row in db.session.execute(select(NameWord.tenant_id, NameWord.word)):
            found.setdefault(row.tenant_id, set()).add(row.word)
        return found


@pytest.mark.clause("W1")
def test_hidden_name_has_no_search_words_on_any_portal(core: Flask) -> None:
    person = make_person("upguide", first_names="Anna", surname="Bérg")
    join(person, "gfs")
    assert words_of(person) == {"upguide": {"anna", "berg"}, "gfs": {"anna", "berg"}}
    hide(person, Item.SURNAME)
    assert words_of(person) == {"upguide": {"anna"}, "gfs": {"anna"}}
    hide(person, Item.FIRST_NAMES)
    assert words_of(person) == {}
    with scope("upguide", person.id, db.session()):
        assert set(db.session.scalars(select(Membership.name_key))) == {None}
    show_again(person, Item.SURNAME, person.id)
    assert words_of(person) == {"upguide": {"berg"}, "gfs": {"berg"}}
