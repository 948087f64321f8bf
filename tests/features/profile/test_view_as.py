"""The page through others' eyes: what each relation sees, by the function that makes the real page."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tests.support.client import Client
from tests.support.conventions import parse, words
from tests.support.factories import Made, add_address, add_phone, hide, make_person, make_professional
from upguide.extensions import db
from upguide.features.profile.queries import ONLOOKERS
from upguide.models import JournalEntry, Person
from upguide.policy.items import Item
from upguide.policy.sees import SEES, Relation
from upguide.privacy.entries import ON_BEHALF_OF
from upguide.tenancy.scope import scope

Browse = Callable[..., Client]
RELATIONS = (
    "member",
    "search",
    "questions",
    "connection",
    "coach",
    "supervisor",
    "supervisor-shared",
    "expert",
    "administrator",
    "signed-out",
)
NAMED = ("member", "search", "connection", "coach", "supervisor", "supervisor-shared", "administrator")


def anna(**given: Any) -> Made:
    names = {"first_names": "Anna", "infix": "van der", "surname": "Berg", "alias": "K7P"}
    return make_person(language="en", **{**names, **given})


def seen(client: Client, relation: str) -> str:
    """Return the text of the looked-at page."""
    response = client.get(f"/profile/view-as?relation={relation}")
    assert response.status_code == 200
    (card,) = [e for e in parse(response.text).iter("div") if e.get("class") == "card flow"]
    return words(card)


@pytest.mark.clause("W1", "W2", "W3", "W5", "W6", "W7a", "W7b", "W10")
@pytest.mark.parametrize("relation", RELATIONS)
def test_each_relation_sees_what_section_w_says(browse: Browse, relation: str) -> None:
    person = anna()
    add_phone(person)
    add_address(person)
    expected = dict.fromkeys(NAMED, "Anna van der Berg")
    expected |= {"questions": "K7P", "expert": "K7P"}
    nothing = "Nothing. This person cannot be seen here."
    text = seen(browse(person), relation).removeprefix("AB ")
    assert text == expected.get(relation, nothing)


@pytest.mark.clause("P4b")
@pytest.mark.parametrize("relation", RELATIONS)
def test_hidden_values_are_seen_by_nobody(browse: Browse, relation: str) -> None:
    person = anna()
    for item in (Item.FIRST_NAMES, Item.INFIX, Item.SURNAME, Item.ALIAS):
        hide(person, item)
    text = seen(browse(person), relation)
    assert not {"Anna", "Berg", "K7P", "van der"} & set(text.split())


@pytest.mark.clause("W4", "W10")
def test_active_card_is_seen_by_members_and_a_listed_one_by_everybody(browse: Browse) -> None:
    unlisted, listed = make_professional(language="en"), make_professional(language="en", listed=True)
    unsigned = make_professional(language="en", signed=False)
    assert str(unlisted.region) in seen(browse(unlisted), "member")
    assert str(unlisted.region) not in seen(browse(unlisted), "signed-out")
    assert str(listed.region) in seen(browse(listed), "signed-out")
    assert str(unsigned.region) not in seen(browse(unsigned), "member")


@pytest.mark.clause("W5")
def test_connection_sees_what_that_connection_entered(browse: Browse) -> None:
    person, friend = anna(position=None), make_person()
    with scope(person.tenant, person.id, db.session()):
        row = db.session.get_one(Person, person.id)
        with scope(person.tenant, friend.id):
            row.position = "Baker"
            db.session.flush()
        db.session.commit()
    client = browse(person)
    assert "Baker" not in seen(client, "connection")
    assert "Position or professionBaker" in seen(client, "connection-1")
    assert client.get("/profile/view-as?relation=connection-2").status_code == 404


@pytest.mark.clause("W7b")
def test_administrator_sees_what_was_entered_and_then_that_it_changed(browse: Browse) -> None:
    person = anna(gender=None)
    with scope(person.tenant, person.id, db.session()):
        db.session().info[ON_BEHALF_OF] = uuid4()
        db.session.get_one(Person, person.id).gender = "woman"
        db.session.commit()
        del db.session().info[ON_BEHALF_OF]
    client = browse(person)
    assert "GenderWoman" in seen(client, "administrator-1")
    client.post("/profile/birth", {"gender": "other"})
    changed = seen(client, "administrator-1")
    assert "GenderChanged by the person" in changed
    assert "Otherwise" not in changed


@pytest.mark.clause("W8", "W9")
@pytest.mark.parametrize("relation", ["officer", "webmaster"])
def test_officer_and_webmaster_see_what_is_hidden_too(browse: Browse, relation: str) -> None:
    person = anna()
    number = "+31 6 12345678"
    hide(person, Item.PHONE, add_phone(person, number))
    hide(person, Item.SURNAME)
    text = seen(browse(person), relation)
    assert ("Berg" in text, number in text, str(person.password) in text) == (True, True, False)


def test_every_row_of_the_table_can_be_looked_through() -> None:
    looked = {(relation, one.setting) for one in ONLOOKERS for relation in one.relations}
    assert looked & SEES.keys() == {row for row in SEES if row[0] is not Relation.SELF}


def test_page_has_no_form_of_the_viewed_kind_and_leaves_no_trace(browse: Browse) -> None:
    person = anna()
    client = browse(person)
    page = parse(client.get("/profile/view-as").text)
    forms = [form.get("action", "") for form in page.iter("form")]
    assert all(action.startswith(("/language/", "/logout")) for action in forms)
    assert client.post("/profile/view-as?relation=member").status_code == 405
    with scope(person.tenant, person.id, db.session()):
        assert db.session.query(JournalEntry).count() == 0


@pytest.mark.parametrize("relation", ["self", "", "%00", "connection-1", "x" * 3_000])
def test_unknown_relation_is_not_found(browse: Browse, relation: str) -> None:
    assert browse(anna()).get(f"/profile/view-as?relation={relation}").status_code == 404
