"""Who entered what, and when: written by the flush, so that no view can forget it (T2, W7b)."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, update

from tests.support.factories import Made, add_address, add_phone, make_person, make_professional
from upguide.extensions import db
from upguide.models import Address, Employer, Entry, Membership, Person, Phone, Photo, Professional
from upguide.policy.items import Item
from upguide.privacy.entries import ON_BEHALF_OF, BulkWrite
from upguide.privacy.holdings import PROFILE_MODELS
from upguide.privacy.vault import vault_of
from upguide.tenancy.scope import scope, set_scope

pytestmark = pytest.mark.clause("T2")


@pytest.fixture
def person(core: Flask) -> Iterator[Made]:
    """Somebody, in whose name the test runs."""
    made = make_person()
    with scope("upguide", made.id, db.session()):
        yield made
        db.session.rollback()


def entries(after: int = 0) -> list[tuple[Any, ...]]:
    """The entries after the first `after` ones: item, row, by, organisation, removed."""
    columns = (Entry.item, Entry.row_id, Entry.entered_by, Entry.on_behalf_of, Entry.removed)
    return [tuple(row) for row in db.session.execute(select(*columns).order_by(Entry.id)).all()][after:]


def me(person: Made) -> Person:
    found = db.session.get(Person, person.id)
    assert found is not None
    return found


def test_new_person_leaves_an_entry_for_each_value_that_there_is(person: Made) -> None:
    given = ("number", "mail_address", "first_names", "surname", "alias", "birth_date", "birth_place", "position")
    assert sorted(entries()) == sorted((name, person.id, person.id, None, False) for name in given)


def test_changed_value_leaves_an_entry_and_an_equal_one_none(person: Made) -> None:
    known = len(entries())
    me(person).gender = "woman"
    me(person).surname = person.surname
    db.session.flush()
    assert entries(known) == [("gender", person.id, person.id, None, False)]


def test_value_taken_away_leaves_an_entry_that_says_so(person: Made) -> None:
    known = len(entries())
    me(person).surname = None
    db.session.flush()
    assert entries(known) == [("surname", person.id, person.id, None, True)]


def test_address_leaves_an_entry_for_each_item_that_it_holds(person: Made) -> None:
    known, row = len(entries()), add_address(person)
    assert {entry[:2] for entry in entries(known)} == {("address", row), ("town", row), ("address_kind", row)}


def test_one_part_changed_is_one_entry_of_its_item(person: Made) -> None:
    row_id = add_address(person)
    known = len(entries())
    address = db.session.get(Address, row_id)
    assert address is not None
    vault = vault_of(db.session(), person.id)
    address.postcode = vault.close("addresses.postcode", row_id, "9999 ZZ")
    address.country = vault.close("addresses.country", row_id, "BE")
    db.session.flush()
    assert entries(known) == [("address", row_id, person.id, None, False)]


def test_row_taken_away_leaves_entries_that_say_so(person: Made) -> None:
    row_id = add_phone(person)
    known = len(entries())
    db.session.delete(db.session.get(Phone, row_id))
    db.session.flush()
    assert entries(known) == [("phone", row_id, person.id, None, True)]


def test_row_is_given_its_identity_before_its_entry(person: Made) -> None:
    known = len(entries())
    employer = Employer(person_id=person.id, employer_name="A firm")
    db.session.add(employer)
    db.session.flush()
    assert entries(known) == [("employer", employer.id, person.id, None, False)]


@pytest.mark.clause("W7b")
def test_entry_names_the_organisation_for_which_it_was_made(person: Made) -> None:
    known, organisation = len(entries()), uuid4()
    db.session().info[ON_BEHALF_OF] = organisation
    try:
        me(person).gender = "man"
        db.session.flush()
    finally:
        del db.session().info[ON_BEHALF_OF]
    assert entries(known) == [("gender", person.id, person.id, organisation, False)]


def test_entry_names_whoever_is_the_viewer_not_the_person(core: Flask) -> None:
    person, other = make_person(), make_person()
    set_scope("upguide", person.id, db.session())
    mine = me(person)
    mine.gender = "man"
    # The database would refuse the row itself today; what the flush would write is the point.
    with pytest.raises(Exception, match=r"persons|entries"), scope("upguide", other.id, db.session()):
        db.session.flush()
    written = [row for row in db.session.new if isinstance(row, Entry)]
    assert {row.entered_by for row in written} <= {other.id}
    db.session.rollback()


def test_photo_and_card_leave_entries_under_the_person(core: Flask) -> None:
    person = make_professional()
    with scope("upguide", person.id, db.session()):
        known = len(entries())
        db.session.add(Photo(person_id=person.id, file_key="k" * 64))
        card = db.session.get(Professional, person.id)
        assert card is not None
        card.region = None
        db.session.flush()
        assert {entry[:2] + entry[4:] for entry in entries(known)} == {
            ("photo", person.id, False),
            ("region", person.id, True),
        }


BULK = {
    "update": lambda who: update(Person).where(Person.id == who).values(surname="X"),
    "insert": lambda who: insert(Employer).values(id=uuid4(), person_id=who, employer_name="X"),
    "delete": lambda who: delete(Phone).where(Phone.person_id == who),
}


@pytest.mark.parametrize("kind", BULK)
def test_bulk_statement_on_a_profile_is_refused(person: Made, kind: str) -> None:
    with pytest.raises(BulkWrite, match="would leave no entry"):
        db.session.execute(BULK[kind](person.id))


@pytest.mark.parametrize("model", PROFILE_MODELS)
def test_bulk_changes_of_every_profile_table_are_refused(person: Made, model: Any) -> None:
    column = next(iter(model.__table__.columns))
    with pytest.raises(BulkWrite):
        db.session.execute(update(model).values({column: column}))


def test_bulk_statement_elsewhere_passes(person: Made) -> None:
    db.session.execute(update(Membership).where(Membership.person_id == person.id).values(handle="another"))


def test_who_signed_in_when_is_no_entry(person: Made) -> None:
    known = len(entries())
    me(person).language = "nl"
    db.session.flush()
    assert entries(known) == []


def test_items_that_leave_entries_are_those_of_a_profile(person: Made) -> None:
    assert {Item(entry[0]) for entry in entries()} & {Item.PASSWORD, Item.LANGUAGE, Item.SESSIONS} == set()


def test_entries_of_a_person_are_theirs(person: Made) -> None:
    owners: set[UUID] = set(db.session.scalars(select(Entry.person_id)))
    assert owners == {person.id}
