"""The words by which members are found follow their names, and what they hide of them."""

import pytest
from flask import Flask
from sqlalchemy import delete, select

from tests.support import factories
from tests.support.factories import Made
from upguide.extensions import db
from upguide.models import Membership, NameWord, Person
from upguide.policy.items import Item
from upguide.privacy import hidden
from upguide.tenancy.scope import scope


def words_of(person: Made, tenant: str = "upguide") -> set[str]:
    with scope(tenant, person.id, db.session()):
        found = db.session.scalars(
            select(NameWord.word).where(NameWord.person_id == person.id, NameWord.tenant_id == tenant)
        )
        return set(found)


def key_of(person: Made) -> str | None:
    with scope(person.tenant, person.id, db.session()):
        return db.session.scalar(select(Membership.name_key).where(Membership.person_id == person.id))


@pytest.mark.clause("W1")
def test_new_member_is_found_by_all_words_of_the_name(core: Flask) -> None:
    person = factories.make_person(first_names="Anna", infix="van der", surname="Bérg")
    assert (words_of(person), key_of(person)) == ({"anna", "van", "der", "berg"}, "berg\x1fvan der\x1fanna")


@pytest.mark.clause("W1", "P4a")
def test_changed_name_changes_the_words(core: Flask) -> None:
    person = factories.make_person(first_names="Anna", infix=None, surname="Berg")
    with scope("upguide", person.id, db.session()):
        db.session.get_one(Person, person.id).surname = "Dijk"
        db.session.commit()
    assert words_of(person) == {"anna", "dijk"}


@pytest.mark.clause("P4c")
def test_removed_name_leaves_no_words(core: Flask) -> None:
    person = factories.make_person(first_names="Anna", infix=None, surname=None)
    with scope("upguide", person.id, db.session()):
        db.session.get_one(Person, person.id).first_names = None
        db.session.commit()
    assert (words_of(person), key_of(person)) == (set(), None)


@pytest.mark.clause("P4b", "W1")
def test_hidden_part_has_no_words_until_it_is_shown_again(core: Flask) -> None:
    person = factories.make_person(first_names="Anna", infix="de", surname="Berg")
    factories.hide(person, Item.SURNAME)
    assert (words_of(person), key_of(person)) == ({"anna", "de"}, "\x1fde\x1fanna")
    with scope("upguide", person.id, db.session()):
        hidden.unhide(db.session(), person.id, Item.SURNAME, person.id)
        db.session.commit()
    assert words_of(person) == {"anna", "de", "berg"}


def test_name_changed_while_hidden_stays_out(core: Flask) -> None:
    person = factories.make_person(first_names="Anna", infix=None, surname="Berg")
    factories.hide(person, Item.SURNAME)
    with scope("upguide", person.id, db.session()):
        db.session.get_one(Person, person.id).surname = "Dijk"
        db.session.commit()
    assert words_of(person) == {"anna"}


def test_words_stand_on_every_portal_of_the_person(core: Flask) -> None:
    person = factories.make_person(first_names="Anna", infix=None, surname="Berg")
    factories.join(person, "gfs")
    factories.hide(person, Item.FIRST_NAMES)
    assert (words_of(person), words_of(person, "gfs")) == ({"berg"}, {"berg"})


def test_words_go_with_the_membership(core: Flask) -> None:
    person = factories.make_person(first_names="Anna", infix=None, surname="Berg")
    there = factories.join(person, "gfs")
    with scope("gfs", there.id, db.session()):
        db.session.execute(delete(Membership).where(Membership.tenant_id == "gfs"))
        db.session.commit()
    assert (words_of(person), words_of(person, "gfs")) == ({"anna", "berg"}, set())
