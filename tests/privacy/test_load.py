"""What is read of persons before anything is decided: in one statement each, however many, and still sealed."""

from base64 import b64decode
from uuid import UUID, uuid4

import pytest
from flask import Flask

from tests.privacy.whole import signed_in
from tests.support.factories import Made, add_address, add_phone, hide, join, make_person, make_professional
from tests.support.statements import counting
from upguide.access.viewer import Viewer, load_viewer
from upguide.extensions import db
from upguide.models import Phone, Photo, PhotoDraft
from upguide.policy.items import Item
from upguide.policy.sees import SEES, Relation, Setting
from upguide.privacy.load import (
    Basics,
    Details,
    basics_statement,
    load_basics,
    load_details,
    relation_columns,
)
from upguide.privacy.vault import Vault
from upguide.tenancy.scope import scope, set_scope


def nobody(tenant: str = "upguide") -> Viewer:
    db.session.rollback()
    set_scope(tenant, None)
    return load_viewer(tenant, None)


def basics(viewer: Viewer, *people: Made, setting: Setting = Setting.PAGE) -> dict[UUID, Basics]:
    return load_basics(db.session(), [person.id for person in people], viewer, setting)


def details(viewer: Made, *people: Made) -> dict[UUID, Details]:
    with scope(viewer.tenant, viewer.id, db.session()):
        return load_details(db.session(), [person.id for person in people])


def test_basics_are_name_alias_handle_and_photo(core: Flask) -> None:
    pictured, bare = make_person(infix="van"), make_person(first_names=None, surname=None)
    with scope(pictured.tenant, pictured.id, db.session()):
        db.session.add(Photo(person_id=pictured.id, file_key="0" * 64))
        db.session.commit()
    found = basics(signed_in(make_person()), pictured, bare)
    told = {key: (r.first_names, r.infix, r.surname, r.alias, r.handle, r.file_key) for key, r in rows(found)}
    assert told == {
        pictured.id: (pictured.first_names, "van", pictured.surname, pictured.alias, pictured.handle, "0" * 64),
        bare.id: (None, None, None, bare.alias, bare.handle, None),
    }


def rows(found: dict[UUID, Basics]) -> list[tuple[UUID, object]]:
    return [(key, one.row) for key, one in found.items()]


@pytest.mark.clause("W3")
def test_photo_that_waits_to_be_placed_is_no_part_of_anything(core: Flask) -> None:
    person = make_person()
    with scope(person.tenant, person.id, db.session()):
        db.session.add(PhotoDraft(person_id=person.id, file_key="1" * 32))
        db.session.commit()
    own = signed_in(person)
    assert basics(own, person)[person.id].row.file_key is None
    assert [key for key in details(person, person)[person.id].values if key[0] is Item.PHOTO] == []
    assert "photo_drafts" not in str(basics_statement(Setting.PAGE))


@pytest.mark.clause("P5", "W3")
def test_unknown_persons_and_those_of_other_portals_are_absent_alike(core: Flask) -> None:
    here, elsewhere, both = make_person(), make_person("gfs"), make_person("gfs")
    join(both, "upguide")
    viewer = signed_in(make_person())
    found = load_basics(db.session(), [here.id, elsewhere.id, both.id, uuid4()], viewer, Setting.PAGE)
    assert found.keys() == {here.id, both.id}
    assert load_details(db.session(), [elsewhere.id, uuid4()]) == {}


def test_relations_are_those_that_hold_and_mean_something_here(core: Flask) -> None:
    fellow, professional = make_person(), make_professional()
    unsigned, listed = make_professional(signed=False), make_professional(listed=True)
    people = (fellow, professional, unsigned, listed)
    member, card = Relation.MEMBER, Relation.PROFESSIONAL_CARD
    viewer = signed_in(fellow)
    found = basics(viewer, *people)
    assert {key: one.relations for key, one in found.items()} == {
        fellow.id: {Relation.SELF, member},
        professional.id: {member, card},
        unsigned.id: {member},
        listed.id: {member, card},
    }
    assert {key: one.relations for key, one in basics(viewer, *people, setting=Setting.SEARCH).items()} == {
        fellow.id: {Relation.SELF, member},
        professional.id: {member},
        unsigned.id: {member},
        listed.id: {member},
    }


@pytest.mark.clause("W10")
def test_nobody_known_is_nothing_to_anybody_but_reads_a_public_listing(core: Flask) -> None:
    member, listed = make_person(), make_professional(listed=True)
    viewer = nobody()
    assert {one.relations for one in basics(viewer, member, listed).values()} == {frozenset()}
    found = basics(viewer, member, listed, setting=Setting.LISTING)
    assert {key: one.relations for key, one in found.items()} == {
        member.id: frozenset(),
        listed.id: {Relation.PUBLIC_LISTING},
    }


@pytest.mark.parametrize("setting", Setting)
def test_only_relations_that_see_something_in_a_setting_are_asked_for(setting: Setting) -> None:
    asked = {relation for relation, _column in relation_columns(setting)}
    assert asked == {relation for relation, where in SEES if where is setting}
    assert all(f" AS {column}" in str(basics_statement(setting)) for _relation, column in relation_columns(setting))


@pytest.mark.clause("P4b")
def test_hidden_items_are_told_with_the_row_that_holds_them(core: Flask) -> None:
    person, other = make_person(), make_person()
    first, second = add_phone(person), add_phone(person)
    hide(person, Item.PHONE, first)
    hide(person, Item.SURNAME)
    hide(other, Item.GENDER)
    found = basics(signed_in(make_person()), person)
    assert found[person.id].hidden == {(Item.PHONE, first), (Item.SURNAME, person.id)}
    assert (Item.PHONE, second) not in found[person.id].hidden


def test_details_hold_each_value_with_its_row_still_sealed(core: Flask) -> None:
    person = make_person()
    phone, address = add_phone(person, "+31612345678"), add_address(person)
    own = details(person, person)[person.id]
    by_item = {key for key in own.values if key[0] in (Item.SURNAME, Item.PHONE, Item.ADDRESS, Item.TOWN)}
    expected = {(Item.SURNAME, person.id), (Item.PHONE, phone), (Item.ADDRESS, address), (Item.TOWN, address)}
    assert by_item == expected
    sealed = {holding.column: value for holding, value in own.values[Item.PHONE, phone].items()}
    assert sealed["kind"] == "mobile"
    assert b"612345678" not in b64decode(sealed["phone_number"])
    assert own.wrapped_key is not None
    vault = Vault(person.id, own.wrapped_key)
    opened = {h.column: vault.open(h, phone, value) for h, value in own.values[Item.PHONE, phone].items()}
    assert opened == {"kind": "mobile", "phone_number": "+31612345678"}


def test_what_is_empty_is_no_value(core: Flask) -> None:
    person = make_person(infix=None, gender=None, position=None)
    held = {item for item, _row in details(person, person)[person.id].values}
    assert held.isdisjoint({Item.INFIX, Item.GENDER, Item.POSITION, Item.PHONE, Item.PHOTO})
    assert held > {Item.SURNAME, Item.MAIL_ADDRESS, Item.BIRTH_DATE, Item.NUMBER}


@pytest.mark.clause("T2")
def test_the_latest_entry_says_whose_value_stands(core: Flask) -> None:
    person = make_person()
    phone = add_phone(person, "+31612345678")
    before = details(person, person)[person.id]
    with scope(person.tenant, person.id, db.session()):
        row = db.session.get_one(Phone, phone)
        row.kind = "fixed"
        db.session.commit()
    after = details(person, person)[person.id]
    key = (Item.PHONE, phone)
    assert (before.provenance[key].entered_by, before.provenance[key].on_behalf_of) == (person.id, None)
    assert after.provenance[key].entered_by == person.id
    assert after.entered_at[key] > before.entered_at[key]


def test_keys_go_with_those_that_were_asked_for_alone(core: Flask) -> None:
    person, fellow = make_person(), make_person()
    assert details(person, person).keys() == {person.id}
    assert details(person, fellow, person).keys() == {person.id, fellow.id}


def test_hundred_persons_cost_as_many_statements_as_one(core: Flask) -> None:
    people = [make_person() for _ in range(100)]
    viewer = signed_in(make_person())
    counts = []
    for some in (people[:1], people[:25], people):
        with counting() as statements:
            found = basics(viewer, *some)
            more = load_details(db.session(), [person.id for person in some])
        assert (len(found), len(more)) == (len(some), len(some))
        counts.append(len([one for one in statements if "set_config" not in one]))
    assert counts == [2, 2, 2]
