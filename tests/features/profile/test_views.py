"""The profile page and the small pages behind it: what they show, change, hide and remove."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from tests.support.client import Client
from tests.support.conventions import parse, words
from tests.support.factories import Made, add_address, add_employer, add_phone, hide, make_person, make_professional
from upguide.extensions import db
from upguide.models import Address, Employer, Entry, HiddenItem, Person, Phone
from upguide.policy.items import Item
from upguide.tenancy.scope import scope

Browse = Callable[..., Client]
PLAIN_PAGES = (
    "/profile",
    "/profile/name",
    "/profile/alias",
    "/profile/birth",
    "/profile/position",
    "/profile/phones/new",
    "/profile/addresses/new",
    "/profile/employers/new",
    "/profile/photo/change",
    "/profile/view-as",
)


def someone(**given: Any) -> Made:
    """A member who reads English."""
    return make_person(language="en", **given)


def items(page: str) -> dict[str, dict[str, str]]:
    """Return the items of a page by label: value, who sees it and who entered it, and what may be done."""
    found = {}
    for item in parse(page).iter("div"):
        if "item" in item.get("class", "").split():
            parts = {e.get("class", "").split()[0]: words(e) for e in item if e.tag == "dd"}
            found[words(item.find("dt"))] = parts
    return found


def stored(person: Made, model: type[Any]) -> list[Any]:
    with scope(person.tenant, person.id, db.session()):
        return list(db.session.scalars(select(model).execution_options(populate_existing=True)))


@pytest.mark.parametrize("path", PLAIN_PAGES)
def test_pages_are_shown_to_their_person(browse: Browse, path: str) -> None:
    response = browse(someone()).get(path)
    assert response.status_code == 200


@pytest.mark.parametrize("path", PLAIN_PAGES)
def test_pages_send_a_visitor_to_sign_in(browse: Browse, path: str) -> None:
    response = browse().get(path)
    assert (response.status_code, response.location) == (303, f"/login?next={path}")


@pytest.mark.clause("W11", "P4a", "F1")
def test_overview_shows_each_value_with_who_sees_it_and_who_entered_it(browse: Browse) -> None:
    person = someone(first_names="Anna", infix="van der", surname="Berg", alias="K7P", gender="woman")
    add_phone(person, "+31 6 12345678")
    page = items(browse(person).get("/profile").text)
    assert page["First names"]["value"] == "Anna"
    assert page["First names"]["seen"].startswith("All members")
    assert "Entered by you on" in page["First names"]["seen"]
    assert page["First names"]["acts"] == "Change First names Hide First names Remove First names"
    assert page["Mobile number"]["value"] == "+31 6 12345678"
    assert page["Mobile number"]["seen"].startswith("Only you")
    assert page["Alias"]["acts"] == "Change Alias Hide Alias"
    assert page["UpGuide number"]["value"] == person.number
    assert "acts" not in page["UpGuide number"]
    assert page["Date of birth"]["value"] == "14 February 1988"
    assert page["Gender"]["value"] == "Woman"
    assert page["Address"] == {"value": "Not filled in", "seen": "Only you", "acts": "Add Address"}


def test_names_are_changed_and_tidied(browse: Browse) -> None:
    person = someone()
    response = browse(person).post(
        "/profile/name", {"first_names": "  Anna  Maria ", "infix": "van", "surname": "Berg"}
    )
    assert (response.status_code, response.location) == (303, "/profile#name")
    (row,) = stored(person, Person)
    assert (row.first_names, row.infix, row.surname) == ("Anna Maria", "van", "Berg")


@pytest.mark.clause("T2", "W7b")
def test_saving_unread_leaves_no_entry(browse: Browse) -> None:
    person = someone(birth_place="Delft", gender="man")
    before = len(stored(person, Entry))
    data = {"day": "14", "month": "2", "year": "1988", "birth_place": "Delft", "gender": "man"}
    assert browse(person).post("/profile/birth", data).status_code == 303
    assert len(stored(person, Entry)) == before


@pytest.mark.clause("P2")
@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/profile/name", {"first_names": "Anna 123456782"}),
        ("/profile/name", {"infix": "1234.56.782"}),
        ("/profile/name", {"surname": "x123-456-782"}),
        ("/profile/birth", {"birth_place": "123 456 782"}),
        ("/profile/position", {"position": "my number is 123456782."}),
        ("/profile/phones/new", {"phone_number": "123456782"}),
        ("/profile/addresses/new", {"kind": "permanent", "country": "BE", "lines": "123456782", "town": "A"}),
        ("/profile/addresses/new", {"kind": "permanent", "country": "BE", "lines": "A 1", "town": "123456782"}),
        ("/profile/addresses/new", {"kind": "permanent", "country": "BE", "lines": "A 1", "postcode": "123456782"}),
        ("/profile/employers/new", {"employer_name": "123456782"}),
        ("/profile/employers/new", {"employer_name": "A", "employer_address": "B 123456782"}),
    ],
)
def test_citizen_service_number_is_refused_in_any_text(browse: Browse, path: str, data: dict[str, str]) -> None:
    person = someone(first_names=None, infix=None, surname=None, birth_place=None, position=None)
    response = browse(person).post(path, data)
    assert response.status_code == 422
    assert "citizen service number" in response.text
    assert [*stored(person, Phone), *stored(person, Address), *stored(person, Employer)] == []
    (row,) = stored(person, Person)
    assert (row.first_names, row.infix, row.surname, row.birth_place, row.position) == (None,) * 5


@pytest.mark.clause("P4b")
def test_hidden_value_says_so_and_is_shown_again(browse: Browse) -> None:
    person = someone(first_names="Anna")
    client = browse(person)
    response = client.post("/profile/values/first_names/hide")
    assert (response.status_code, response.location) == (303, "/profile#name")
    page = items(client.follow(response).text)
    assert page["First names"]["seen"].startswith("Hidden from other users")
    assert page["First names"]["acts"] == "Change First names Show First names Remove First names"
    client.post("/profile/values/first_names/show")
    assert stored(person, HiddenItem) == []


@pytest.mark.clause("P4b")
def test_address_is_hidden_whole_or_in_part(browse: Browse) -> None:
    person = someone()
    row_id = add_address(person)
    client = browse(person)
    client.post(f"/profile/parts/town/{row_id}/hide")
    assert "A part is hidden" in items(client.get("/profile").text)["Permanent address"]["seen"]
    assert items(client.get(f"/profile/addresses/{row_id}").text)["Town"]["acts"] == "Show Town"
    client.post(f"/profile/values/address/{row_id}/hide")
    assert {row.item for row in stored(person, HiddenItem)} == {"address", "town", "address_kind"}
    client.post(f"/profile/values/address/{row_id}/show")
    assert stored(person, HiddenItem) == []


@pytest.mark.clause("P4c")
def test_removal_asks_first_and_then_removes(browse: Browse) -> None:
    person = someone(surname="Berg")
    client = browse(person)
    question = client.get("/profile/values/surname/remove")
    assert "Berg" in question.text
    assert stored(person, Person)[0].surname == "Berg"
    response = client.post("/profile/values/surname/remove")
    assert (response.status_code, response.location) == (303, "/profile#name")
    assert stored(person, Person)[0].surname is None


@pytest.mark.clause("P4c")
def test_rows_are_removed_whole_with_the_note_that_they_were_hidden(browse: Browse) -> None:
    person = someone()
    phone, address, employer = add_phone(person), add_address(person), add_employer(person)
    client = browse(person)
    client.post(f"/profile/values/phone/{phone}/hide")
    for item, row_id in (("phone", phone), ("address", address), ("employer", employer)):
        assert client.post(f"/profile/values/{item}/{row_id}/remove").status_code == 303
    assert [*stored(person, Phone), *stored(person, Address), *stored(person, Employer)] == []
    assert stored(person, HiddenItem) == []


def seen_beside(page: str, field_id: str) -> str:
    """Return who, says a form, will see what is entered in a field."""
    (note,) = [words(e) for e in parse(page).iter("p") if e.get("id") == f"{field_id}-seen"]
    return note


@pytest.mark.clause("P4b")
def test_form_of_a_hidden_value_says_that_it_is_hidden(browse: Browse) -> None:
    person = someone(first_names="Anna")
    address, other = add_address(person), add_address(person)
    client = browse(person)
    client.post("/profile/values/first_names/hide")
    client.post(f"/profile/parts/town/{address}/hide")
    hidden = "You hide this: no other user sees it."
    names = client.get("/profile/name").text
    assert (seen_beside(names, "first_names"), seen_beside(names, "surname")) == (hidden, "Seen by: All members")
    towns = [seen_beside(client.get(f"/profile/addresses/{row}").text, "town") for row in (address, other)]
    assert towns == [hidden, "Only you see this."]


@pytest.mark.clause("P4b", "P4c")
@pytest.mark.parametrize(
    ("path", "data"),
    [("/profile/values/surname/remove", {}), ("/profile/name", {"first_names": "Anna", "infix": "", "surname": ""})],
    ids=["removed", "emptied"],
)
def test_value_that_is_gone_is_no_longer_hidden(browse: Browse, path: str, data: dict[str, str]) -> None:
    person, reader = someone(first_names="Anna", infix=None, surname="Berg"), someone()
    client = browse(person)
    client.post("/profile/values/surname/hide")
    assert client.post(path, data).status_code == 303
    assert items(client.get("/profile").text)["Surname"]["seen"] == "All members"
    client.post("/profile/name", {"first_names": "Anna", "surname": "Dijk"})
    assert items(client.get("/profile").text)["Surname"]["seen"].startswith("All members")
    assert "Anna Dijk" in browse(reader).get("/people?q=dijk").text


@pytest.mark.clause("P4b")
def test_nothing_that_is_hidden_says_so_too(browse: Browse) -> None:
    person = someone(surname=None)
    hide(person, Item.SURNAME)
    client = browse(person)
    assert items(client.get("/profile").text)["Surname"]["seen"] == "Hidden from other users"


@pytest.mark.parametrize("kind", ["phones", "addresses", "employers"])
def test_row_of_somebody_else_is_not_found(browse: Browse, kind: str) -> None:
    owner, item = someone(), {"phones": "phone", "addresses": "address", "employers": "employer"}[kind]
    row_id = {"phones": add_phone(owner), "addresses": add_address(owner), "employers": add_employer(owner)}[kind]
    client = browse(someone())
    assert client.get(f"/profile/{kind}/{row_id}").status_code == 404
    assert client.post(f"/profile/{kind}/{row_id}", {"phone_number": "0612345678"}).status_code == 404
    for act in ("hide", "show", "remove"):
        assert client.post(f"/profile/values/{item}/{row_id}/{act}").status_code == 404
        assert client.post(f"/profile/parts/{item}/{row_id}/hide").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/profile/values/nonsense/hide",
        "/profile/values/number/hide",
        "/profile/values/password/hide",
        "/profile/values/town/hide",
        "/profile/values/phone/hide",
        "/profile/values/goals/remove",
        "/profile/values/alias/remove",
        "/profile/values/mail_address/remove",
        "/profile/values/number/remove",
        "/profile/values/first_names/%00/hide",
    ],
)
def test_unknown_item_is_not_found(browse: Browse, path: str) -> None:
    assert browse(someone()).post(path).status_code == 404


def test_phone_from_abroad_is_kept_and_a_dutch_one_is_put_in_order(browse: Browse) -> None:
    person = someone()
    client = browse(person)
    for number in ("06-12 34 56 78", "+32 470 12 34 56", "020 624 1111"):
        assert client.post("/profile/phones/new", {"phone_number": number}).status_code == 303
    page = items(client.get("/profile").text)
    assert {row.kind for row in stored(person, Phone)} == {"mobile", "fixed"}
    assert page["Phone number"]["value"] == "+31 20 624 1111"


def test_address_is_entered_changed_and_shown(browse: Browse) -> None:
    person = someone()
    client = browse(person)
    data = {"kind": "temporary", "country": "NL", "lines": "Kerkstraat 1\nbis", "postcode": "1234ab", "town": "Delft"}
    assert client.post("/profile/addresses/new", data).status_code == 303
    (row,) = stored(person, Address)
    page = items(client.get("/profile").text)
    assert page["Temporary address"]["value"] == "Kerkstraat 1, bis, 1234 AB Delft, Netherlands"
    change = client.get(f"/profile/addresses/{row.id}")
    assert 'value="1234 AB"' in change.text
    wrong = client.post(f"/profile/addresses/{row.id}", {**data, "postcode": "12"})
    assert wrong.status_code == 422
    assert "four digits and two letters" in wrong.text
    abroad = client.post(f"/profile/addresses/{row.id}", {**data, "country": "BE", "postcode": "1000"})
    assert abroad.status_code == 303


def test_alias_from_the_own_name_is_refused(browse: Browse) -> None:
    person = someone(first_names="Anna", infix="van der", surname="Berg", alias="K7P")
    client = browse(person)
    for alias in ("ann", "AB", "avb", "B", "b88", "BA", "", "A-B", "ABCD"):
        response = client.post("/profile/alias", {"alias": alias})
        assert (alias, response.status_code) == (alias, 422 if alias != "b88" else 303)
    assert client.post("/profile/alias", {"alias": "x9z"}).status_code == 303
    assert stored(person, Person)[0].alias == "X9Z"


@pytest.mark.clause("W2")
def test_name_that_the_alias_tells_is_kept_with_a_warning(browse: Browse) -> None:
    client = browse(someone(first_names=None, surname=None, alias="AB"))
    response = client.post("/profile/name", {"first_names": "Anna", "surname": "Berg"})
    assert "Your alias now resembles your name" in client.follow(response).text


def test_random_alias_is_another_one(browse: Browse) -> None:
    person = someone(alias="K7P")
    assert browse(person).post("/profile/alias/random").status_code == 303
    assert stored(person, Person)[0].alias != "K7P"


def test_random_alias_is_found_for_a_name_that_every_alias_resembles(browse: Browse) -> None:
    every = " ".join("CDFJKMNPRTVWX" * 4)[:100]
    person = someone(first_names=every, surname=every, alias="88")
    assert browse(person).post("/profile/alias/random").status_code == 303
    assert stored(person, Person)[0].alias != "88"


def test_professional_changes_the_texts_of_the_card(browse: Browse) -> None:
    person = make_professional(language="en")
    client = browse(person)
    page = items(client.get("/profile").text)
    assert page["Region"]["seen"].startswith("All members, on your professional card")
    assert client.post("/profile/card/region", {"text": "Drenthe"}).status_code == 303
    assert items(client.get("/profile").text)["Region"]["value"] == "Drenthe"
    assert client.get("/profile/card/surname").status_code == 404
    assert browse(someone()).get("/profile/card/region").status_code == 404


def test_first_visit_leads_from_page_to_page(browse: Browse) -> None:
    person = someone(first_names=None, surname=None, birth_place=None, birth_date=None, position=None)
    client = browse(person)
    assert "/profile/name?tour=1" in client.get("/profile").text
    response = client.post("/profile/name?tour=1", {"first_names": "Anna"})
    assert response.location == "/profile/photo/change?tour=1"
    assert client.get(response.location).status_code == 200
    last = client.post("/profile/position?tour=1", {"position": "Baker"})
    assert last.location == "/profile"


@pytest.mark.parametrize("fields", [{}, {"day": "31", "month": "2", "year": "1990"}, {"day": "x"}, {"year": "0000"}])
def test_birth_date_that_cannot_be_is_refused(browse: Browse, fields: dict[str, str]) -> None:
    person = someone(birth_date=None)
    response = browse(person).post("/profile/birth", fields)
    assert response.status_code == (422 if fields else 303)
    assert stored(person, Person)[0].birth_date is None
