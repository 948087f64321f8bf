"""The test client really sees: each leak and each broken convention that is planted here, it must catch."""

from collections.abc import Iterator

import pytest
from flask import Flask, Response, redirect, session

from tests.support.app import closing, in_use
from tests.support.canaries import PLANTED, found_in
from tests.support.client import Client, Leak, seen_in
from tests.support.conventions import check_page
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, add_phone, hide, make_person
from upguide import create_app
from upguide.access import public
from upguide.config import Settings
from upguide.extensions import csrf, db
from upguide.i18n import current_language
from upguide.mail import send
from upguide.policy.items import Item
from upguide.tenancy import current_tenant

SAID: dict[str, str] = {}


@public("planted")
def say(where: str) -> Response:
    """Tell `SAID["it"]` in one of the places where something could leak."""
    it = SAID["it"]
    response = Response(f"<p>{it}" if where == "body" else "-", mimetype="text/plain")
    if where == "header":
        response.headers["X-Told"] = it
    if where == "location":
        return redirect(f"/people?q={it}")  # type: ignore[return-value]
    if where == "cookie":
        session["_flashes"] = [("info", it)]
    if where == "mail":
        link = f"https://upguide.me/{it}"
        send(db.session(), "reset_password_unknown", SAID["to"], current_tenant(), current_language(), link=link)
        db.session.commit()
    return response


@pytest.fixture(scope="module")
def whole_telling_app(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    app.add_url_rule("/say/<where>", "say", csrf.exempt(say), methods=["GET", "POST"])
    with closing(app) as made:
        yield made


@pytest.fixture
def telling(whole_telling_app: Flask, database: WorkerDatabase) -> Iterator[Flask]:
    """The application, with a page that tells things."""
    with in_use(whole_telling_app, database) as used:
        yield used


@pytest.mark.parametrize("where", ["body", "header", "location"])
def test_item_of_somebody_else_is_caught(telling: Flask, database: WorkerDatabase, where: str) -> None:
    person, viewer = make_person(), make_person()
    SAID["it"] = str(person.position)
    with pytest.raises(Leak, match="position of somebody else"):
        Client(telling, database, viewer).get(f"/say/{where}")


@pytest.mark.parametrize("signed_in", [True, False])
def test_name_is_caught_where_its_reader_is_no_fellow_member(
    telling: Flask, database: WorkerDatabase, signed_in: bool
) -> None:
    person, viewer = make_person("gfs"), make_person("upguide")
    SAID["it"] = str(person.surname)
    with pytest.raises(Leak, match="surname of somebody else"):
        Client(telling, database, viewer if signed_in else None).get("/say/body")


def test_hidden_name_is_caught_and_a_shown_one_passes(telling: Flask, database: WorkerDatabase) -> None:
    person, viewer = make_person(), make_person()
    SAID["it"] = str(person.surname)
    client = Client(telling, database, viewer)
    assert client.get("/say/body").status_code == 200
    hide(person, Item.SURNAME)
    with pytest.raises(Leak, match="surname"):
        client.get("/say/body")


def test_name_is_caught_while_the_pin_is_owed(telling: Flask, database: WorkerDatabase) -> None:
    person, viewer = make_person(), make_person()
    SAID["it"] = str(person.surname)
    with pytest.raises(Leak):
        Client(telling, database, viewer, pin_needed=True).get("/say/body")


def test_own_items_and_allowed_ones_pass(telling: Flask, database: WorkerDatabase) -> None:
    person, viewer = make_person(), make_person()
    SAID["it"] = f"{viewer.mail_address} {person.position}"
    client = Client(telling, database, viewer, allow=[(person, Item.POSITION)])
    assert client.get("/say/body").status_code == 200


def test_what_the_reader_sent_may_come_back(telling: Flask, database: WorkerDatabase) -> None:
    person = make_person()
    SAID["it"] = str(person.mail_address)
    client = Client(telling, database)
    assert client.post("/say/body", {"mail_address": person.mail_address}).status_code == 200
    with pytest.raises(Leak):
        client.post("/say/body", {"mail_address": "other@example.org"})


def test_anything_personal_in_the_session_cookie_is_caught(telling: Flask, database: WorkerDatabase) -> None:
    viewer = make_person()
    SAID["it"] = str(viewer.surname)
    with pytest.raises(Leak, match="session cookie"):
        Client(telling, database, viewer).get("/say/cookie")


def test_mail_that_tells_of_somebody_else_is_caught(telling: Flask, database: WorkerDatabase) -> None:
    person, reader = make_person(), make_person()
    SAID.update(it=str(person.position), to=str(reader.mail_address))
    with pytest.raises(Leak, match="a mail written by GET /say/mail"):
        Client(telling, database).get("/say/mail")


def test_mail_that_tells_its_reader_of_themselves_passes(telling: Flask, database: WorkerDatabase) -> None:
    reader = make_person()
    SAID.update(it=str(reader.position), to=str(reader.mail_address))
    assert Client(telling, database).get("/say/mail").status_code == 200


def planted_phone(person: Made) -> str:
    add_phone(person)
    return next(c.value for c in PLANTED.values() if c.person_id == person.id and c.item is Item.PHONE)


def test_canary_is_seen_in_any_case_escaped_quoted_or_grouped(core: Flask) -> None:
    person = make_person()
    mail, number = str(person.mail_address), planted_phone(person)
    spaced = f"{number[:3]} {number[3:6]}-{number[6:]}"
    for text in (
        mail.upper(),
        mail.replace("@", "%40"),
        mail.replace("@", "&#64;"),
        f"<a href='tel:{number}'>",
        spaced,
    ):
        assert {canary.person_id for canary in seen_in(text)} == {person.id}, text
    assert found_in("nothing of anybody") == []


PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Today · UpGuide</title>
<script nonce="n" src="/static/a.js"></script></head>
<body><main><h1>Today</h1><p id="one">-</p><form action="/x" method="post"></form></main></body></html>"""
POLICY = "script-src 'nonce-n'"


def page(text: str, policy: str = POLICY, caching: str = "no-store") -> object:
    """What a client gets, of a page with this text."""
    app = Flask("one page", static_folder=None)
    headers = {"Content-Security-Policy": policy, "Cache-Control": caching}
    app.add_url_rule("/", "page", lambda: Response(text, mimetype="text/html", headers=headers))
    return app.test_client().get("/")


def test_page_that_keeps_the_conventions_passes() -> None:
    check_page(page(PAGE), ["en"])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("<!doctype html>", ""), "has no doctype"),
        (('lang="en"', 'lang="fr"'), "lang='fr'"),
        (("<h1>Today</h1>", ""), "0 h1"),
        (("<h1>Today</h1>", "<h1>Today</h1><h1>Today</h1>"), "2 h1"),
        (("<h1>Today", "<h1>Tomorrow"), "the title must begin with the h1"),
        (('<p id="one">', '<p id="one"></p><p id="one">'), "the id 'one' 2 times"),
        (("</p>", "</div>"), "not valid HTML"),
        (('<p id="one">', '<p style="color:red">'), "inline 'style'"),
        (('<p id="one">', '<p onclick="go()">'), "inline 'onclick'"),
        (("</head>", "<style>p{}</style></head>"), "has a <style>"),
        (('nonce="n"', 'nonce="m"'), "without this page's nonce"),
        (('nonce="n" ', ""), "without this page's nonce"),
        (('src="/static', 'src="https://cdn.example/static'), "reaches for another origin"),
        (('action="/x"', 'action="//evil.example/"'), "reaches for another origin"),
        (("<p id", '<img alt="" src="https://counter.example/1.gif"><p id'), "reaches for another origin"),
    ],
)
def test_broken_convention_is_caught(change: tuple[str, str], fault: str) -> None:
    assert change[0] in PAGE
    with pytest.raises(AssertionError) as caught:
        check_page(page(PAGE.replace(*change)), ["en"])  # type: ignore[arg-type]
    assert fault in str(caught.value)


def test_page_that_a_cache_may_keep_is_caught() -> None:
    with pytest.raises(AssertionError, match="may be kept by a cache"):
        check_page(page(PAGE, caching="public"), ["en"])  # type: ignore[arg-type]
