"""Every page of every portal: valid, in brand and language, loading nothing of anybody else, with exact headers."""

import re
from collections.abc import Callable
from itertools import cycle, product

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.client import Client
from tests.support.factories import Made, add_address, add_employer, hide, join, make_person, make_professional
from tests.support.routes import addresses, arguments
from upguide.access.requires import access_of
from upguide.policy.cookies import COOKIES
from upguide.policy.items import Item
from upguide.policy.permissions import Permission

Browse = Callable[..., Client]
ENGLISH = {"Accept-Language": "en"}
PORTALS = ("upguide", "gfs", "executive", "coachingnederland")
EXPECTED = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
OWN_HEADERS = {*EXPECTED, "Content-Security-Policy", "Permissions-Policy", "Content-Type", "Content-Length"}
SOMETIMES = {"Set-Cookie", "Vary", "Location"}
CARD = [(Item.DESCRIPTION), Item.EXPERTISE, Item.SPECIALISATIONS, Item.REGION]


def full_person(tenant: str) -> Made:
    """Somebody with something on every page of the profile, and a value that is hidden."""
    person = make_professional(tenant)
    add_address(person)
    add_employer(person)
    hide(person, Item.GENDER)
    return person


@pytest.mark.clause("P6", "D1", "K1")
@pytest.mark.parametrize(("tenant", "language"), list(zip(PORTALS, cycle(["en", "nl"]), strict=False)))
def test_every_page_opens_for_a_member_in_each_portal(app: Flask, browse: Browse, tenant: str, language: str) -> None:
    person, other = full_person(tenant), make_professional(tenant)
    client = browse(person, allow=[(other, item) for item in CARD])
    statuses = {}
    for address in addresses(app, arguments(app, person, other), "GET"):
        response = client.get(address.path, headers={"Accept-Language": language})
        if access_of(app, address.endpoint).permission in OF_A_ROLE:
            assert response.status_code == 403, address
            continue
        statuses[str(address)] = response.status_code
        if response.mimetype == "text/html":
            check_headers(response)
    wrong = {name: status for name, status in statuses.items() if status not in (200, 303) and name not in NOT_THERE}
    assert wrong == {}


# What webmasters and officers alone may open: refused to everybody else.
OF_A_ROLE = {
    *(Permission.SIGN, Permission.OVERSEE, Permission.ADMINISTER),
    *(Permission.HANDLE_BREACHES, Permission.ANSWER_REQUESTS),
}
# Links that were never sent, accounts that were never made, photos that were never placed, an app and a passkey that
# were never set up, a phone number without saying which, a request that was never put.
NOT_THERE = {
    "GET accounts.reset",
    "GET connections.account",
    "GET connections.delete_account",
    "GET connections.remove_account",
    "GET connections.take_over",
    "GET accounts.confirm_registration",
    "GET accounts.confirm_mail_address",
    "GET accounts.remove_forgotten_pin",
    "GET profile.photo",
    "GET profile.draft_photo",
    "GET profile.remove",
    "GET profile.card",
    "GET people.photo",
    "GET accounts.authenticator_picture",
    "GET accounts.remove_passkey",
    "GET rights.one_request",
}


@pytest.mark.clause("P6", "W10")
@pytest.mark.parametrize(("tenant", "language"), list(product(PORTALS, ["en", "nl"]))[::3])
def test_every_public_page_opens_for_a_visitor(app: Flask, browse: Browse, tenant: str, language: str) -> None:
    person = make_person(tenant)
    client = browse(tenant=tenant)
    wrong = {}
    for address in addresses(app, arguments(app, person, person), "GET"):
        if access_of(app, address.endpoint).permission is not None:
            continue
        response = client.get(address.path, headers={"Accept-Language": language})
        if response.mimetype == "text/html":
            check_headers(response)
        if response.status_code not in (200, 303) and str(address) not in NOT_THERE:
            wrong[str(address)] = response.status_code
    assert wrong == {}


def check_headers(response: TestResponse) -> None:
    """The headers of a page, no more and no less (tests/security/test_headers.py has the policy word for word)."""
    there = set(response.headers.keys())
    assert there - SOMETIMES == OWN_HEADERS, response.request.path
    assert {name: response.headers[name] for name in EXPECTED} == EXPECTED
    policy = response.headers["Content-Security-Policy"]
    script = "'none'" if response.location else "'nonce'"
    assert re.sub(r"'nonce-[^']+'", "'nonce'", policy).startswith(f"default-src 'none'; script-src {script}; style-src")
    assert "unsafe" not in policy


@pytest.mark.clause("K2")
def test_every_public_page_opens_with_cookies_refused(app: Flask, browse: Browse) -> None:
    person = make_person()
    base_url = browse().base_url
    stubborn = app.test_client(use_cookies=False)
    statuses = {
        str(address): stubborn.get(address.path, base_url=base_url).status_code
        for address in addresses(app, arguments(app, person, person), "GET")
        if access_of(app, address.endpoint).permission is None and f"GET {address.endpoint}" not in NOT_THERE
    }
    assert set(statuses.values()) == {200}


@pytest.mark.clause("K2")
def test_form_sent_with_cookies_refused_says_what_is_the_matter(app: Flask, browse: Browse) -> None:
    client = browse()
    token = client.token()
    answer = app.test_client(use_cookies=False).post(
        "/login",
        base_url=client.base_url,
        data={"csrf_token": token, "mail_address": "a@b.nl", "password": "x"},
        headers=ENGLISH,
    )
    assert answer.status_code == 400
    assert "refuses cookies" in answer.text
    assert "Without cookies" in client.get("/cookies", headers=ENGLISH).text


@pytest.mark.clause("K1")
def test_visitor_who_only_reads_gets_no_cookie_but_where_a_form_stands(browse: Browse) -> None:
    client = browse()
    set_by = {path: client.get(path).headers.getlist("Set-Cookie") for path in ("/", "/privacy", "/cookies")}
    assert set_by == {"/": [], "/privacy": [], "/cookies": []}


@pytest.mark.clause("K1")
def test_cookies_that_the_site_sets_are_those_that_it_lists(browse: Browse) -> None:
    person = make_person()
    client = browse()
    client.get("/login")
    client.post("/login", {"mail_address": person.mail_address, "password": person.password})
    client.post("/language/nl")
    host = client.portal.development_hosts[0]
    names = {cookie.key for cookie in client.browser._cookies.values() if cookie.domain == host}
    assert names == {cookie.name for cookie in COOKIES}
    listed = client.get("/cookies").text
    assert all(cookie.name in listed for cookie in COOKIES)


@pytest.mark.clause("U4")
def test_changing_and_removing_start_from_the_profile_page(browse: Browse) -> None:
    person = full_person("upguide")
    page = browse(person).get("/profile").text
    for where in ("/profile/name", "/profile/alias", "/profile/birth", "/profile/position", "/profile/addresses/"):
        assert f'href="{where}' in page
    assert 'href="/profile/values/surname/remove"' in page
    assert 'action="/profile/values/surname/hide"' in page


@pytest.mark.clause("P5", "W3")
def test_handle_of_another_portal_is_as_unknown_as_a_made_up_one(browse: Browse) -> None:
    elsewhere, viewer = make_person("gfs"), make_person("upguide")
    client = browse(viewer)
    paths = [f"/people/{handle}" for handle in (elsewhere.handle, "zzzzzzzzzzzz")]
    answers = [client.get(path) for path in paths]
    assert [answer.status_code for answer in answers] == [404, 404]
    bodies = {re.sub(r'nonce="[^"]+"|/people/\w+|value="[^"]+"|next=[^"&]+', "", answer.text) for answer in answers}
    assert len(bodies) == 1


@pytest.mark.clause("P5")
def test_session_cookie_of_one_portal_is_refused_on_another(app: Flask, browse: Browse) -> None:
    person = make_person("upguide")
    join(person, "gfs")
    client = browse(person)
    cookie = client.browser.get_cookie("session", domain=client.portal.development_hosts[0])
    assert cookie is not None
    there = browse(tenant="gfs")
    answer = there.get("/profile", headers={"Cookie": f"session={cookie.value}"})
    assert (answer.status_code, str(answer.location).startswith("/login")) == (303, True)


def test_language_is_the_person_s_then_the_cookie_s_then_the_browser_s(browse: Browse) -> None:
    def language(client: Client, wish: str) -> str:
        found = re.search(r'<html lang="(\w+)"', client.get("/privacy", headers={"Accept-Language": wish}).text)
        assert found is not None
        return found[1]

    visitor = browse()
    assert [language(visitor, wish) for wish in ("nl-BE,en;q=0.5", "en-GB", "fr")] == ["nl", "en", "nl"]
    visitor.post("/language/en")
    assert language(visitor, "nl") == "en"
    person = browse(make_person(language="nl"))
    assert language(person, "en") == "nl"
    person.post("/language/en")
    assert language(person, "nl") == "en"
