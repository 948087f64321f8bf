"""The front page, what a member starts with, and the choice of a language."""

from collections.abc import Callable

import pytest

from tests.support.client import Client
from tests.support.conventions import parse, words
from tests.support.factories import Made, add_phone, hide, make_person
from upguide.extensions import db
from upguide.models import Person
from upguide.policy.items import Item
from upguide.tenancy.scope import scope

Browse = Callable[..., Client]


def stored_language(person: Made) -> str | None:
    with scope(person.tenant, person.id, db.session()):
        row = db.session.get_one(Person, person.id, populate_existing=True)
        return row.language


def states(page: str) -> list[str]:
    """Return how far each step of the first visit is."""
    (steps,) = [e for e in parse(page).iter("ol") if "steps" in e.get("class", "").split()]
    return ["current" if e.get("aria-current") == "step" else e.get("class", "") or "todo" for e in steps.iter("li")]


def test_front_page_opens_for_a_visitor_and_sends_a_member_home(browse: Browse) -> None:
    assert browse().get("/").status_code == 200
    response = browse(make_person()).get("/")
    assert (response.status_code, response.location) == (303, "/home")


def test_somebody_who_is_no_member_here_sees_the_front_page(browse: Browse) -> None:
    assert browse(make_person("gfs"), tenant="upguide").get("/").status_code == 200


def test_home_sends_a_visitor_to_sign_in(browse: Browse) -> None:
    response = browse().get("/home")
    assert (response.status_code, response.location) == (303, "/login?next=/home")


def test_home_tells_which_step_comes_next(browse: Browse) -> None:
    bare = make_person(first_names=None, surname=None)
    named, reachable = make_person(), make_person()
    add_phone(reachable)
    found = [states(browse(person).get("/home").text) for person in (bare, named, reachable)]
    assert found == [["current", "todo", "todo"], ["done", "current", "todo"], ["done", "done", "current"]]


def test_steps_lead_to_the_tour_and_what_is_done_to_the_profile(browse: Browse) -> None:
    bare, reachable = make_person(first_names=None, surname=None), make_person()
    add_phone(reachable)
    found = []
    for person in (bare, reachable):
        (steps,) = [e for e in parse(browse(person).get("/home").text).iter("ol") if "steps" in e.get("class", "")]
        found.append([link.get("href") for link in steps.iter("a")])
    assert found == [
        ["/profile/name?tour=1", "/profile/photo/change?tour=1", "/profile/view-as"],
        ["/profile#name", "/profile#contact", "/profile/view-as"],
    ]


@pytest.mark.clause("P4b")
def test_home_tells_what_members_see_and_not_what_is_hidden(browse: Browse) -> None:
    person = make_person(language="en", first_names="Anna", infix=None, surname="Berg")
    client = browse(person)
    before = words(parse(client.get("/home").text))
    hide(person, Item.SURNAME)
    after = words(parse(client.get("/home").text))
    assert ("First names and surname" in before, "First names and surname" in after) == (True, False)


def test_choice_of_a_language_is_stored_with_the_person_and_in_a_cookie(browse: Browse) -> None:
    person = make_person(language="nl")
    client = browse(person)
    response = client.post("/language/en?next=/profile")
    assert (response.status_code, response.location) == (303, "/profile")
    assert stored_language(person) == "en"
    cookie = client.browser.get_cookie("language", domain=client.portal.development_hosts[0])
    assert cookie is not None
    assert cookie.value == "en"


@pytest.mark.parametrize("path", ["/language/fr", "/language/xx", "/language/EN"])
def test_language_that_the_portal_does_not_have_is_not_found(browse: Browse, path: str) -> None:
    person = make_person(language="nl")
    assert browse(person).post(path).status_code == 404
    assert stored_language(person) == "nl"


@pytest.mark.parametrize("onward", ["https://example.org/", "//example.org", "/\\example.org", ""])
def test_choice_of_a_language_leads_nowhere_outside(browse: Browse, onward: str) -> None:
    assert browse().post(f"/language/nl?next={onward}").location == "/"
