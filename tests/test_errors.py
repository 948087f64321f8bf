"""Error pages: in the portal's brand and language, with a word on what to do next, and nothing of the fault itself."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask, abort, request
from sqlalchemy import text

from tests.support.app import closing, in_use
from tests.support.canaries import plant, word
from tests.support.client import Client
from tests.support.conventions import parse, words
from tests.support.database import WorkerDatabase
from tests.support.factories import make_person
from upguide import create_app, logging
from upguide.access import public
from upguide.config import Settings
from upguide.extensions import db
from upguide.policy.items import Item
from upguide.security.throttle import Throttled

SECRET = "what-only-the-exception-says"


def planted_app(settings: Settings) -> Flask:
    """The application, and pages of which each fails in its own way."""
    app = create_app(settings)

    @public("planted")
    def fail(kind: str) -> str:
        if kind == "500":
            raise RuntimeError(f"{SECRET} {request.args.get('quote', '')}")
        if kind == "broken-database":
            db.session.execute(text("SELECT nowhere"))
        if kind == "429":
            raise Throttled(1234)
        abort(int(kind))

    app.add_url_rule("/fail/<kind>", "fail", fail)
    return app


@pytest.fixture(scope="module")
def whole_planted_app(settings: Settings) -> Iterator[Flask]:
    with closing(planted_app(settings)) as made:
        yield made


@pytest.fixture
def failing(whole_planted_app: Flask, database: WorkerDatabase) -> Iterator[Flask]:
    """The application with pages that fail."""
    with in_use(whole_planted_app, database) as used:
        yield used


WAYS = {
    400: ("GET", "/fail/400"),
    403: ("GET", "/fail/403"),
    404: ("GET", "/no-such-page"),
    405: ("POST", "/privacy"),
    413: ("POST", "/login"),
    429: ("GET", "/fail/429"),
    500: ("GET", "/fail/500"),
}


def error_page(app: Flask, database: WorkerDatabase, code: int, tenant: str, language: str) -> str:
    """The page that a visitor of a portal gets, held against the conventions by the client."""
    method, path = WAYS[code]
    response = Client(app, database, tenant=tenant).open(
        path,
        method=method,
        data=b"a=" + b"x" * (12 * 1024 * 1024) if code == 413 else None,
        content_type="application/x-www-form-urlencoded" if code == 413 else None,
        headers={"Accept-Language": language},
    )
    assert response.status_code == code
    return response.text


@pytest.mark.parametrize("code", WAYS)
def test_error_page_speaks_the_visitor_s_language_in_the_portal_s_brand(
    failing: Flask, database: WorkerDatabase, code: int
) -> None:
    seen = {}
    for tenant, language in (("upguide", "en"), ("upguide", "nl"), ("executive", "nl"), ("gfs", "en")):
        page = error_page(failing, database, code, tenant, language)
        portal = Client(failing, database, tenant=tenant).portal
        tree = parse(page)
        assert (tree.get("lang"), portal.name in page, portal.theme_version in page) == (language, True, True)
        seen[tenant, language] = words(tree.find(".//h1"))
        assert tree.find(".//main//a[@href='/']") is not None, "the page leads nowhere"
    assert seen["upguide", "en"] == seen["gfs", "en"] != seen["upguide", "nl"]


def test_expired_form_says_what_to_do_in_the_visitor_s_language(failing: Flask, database: WorkerDatabase) -> None:
    client = Client(failing, database)
    pages = [
        client.post("/login", {"mail_address": "a@b.nl"}, csrf=False, headers={"Accept-Language": language})
        for language in ("en", "nl")
    ]
    assert [page.status_code for page in pages] == [400, 400]
    assert [parse(page.text).get("lang") for page in pages] == ["en", "nl"]
    assert "load the page again" in pages[0].text


def test_error_page_of_somebody_signed_in_keeps_the_menu_and_their_language(
    failing: Flask, database: WorkerDatabase
) -> None:
    person = make_person(language="nl")
    response = Client(failing, database, person).get("/no-such-page", headers={"Accept-Language": "en"})
    tree = parse(response.text)
    assert (response.status_code, tree.get("lang")) == (404, "nl")
    assert tree.find(".//a[@href='/profile']") is not None


@pytest.mark.parametrize("kind", ["500", "broken-database"])
def test_failure_tells_nothing_of_itself_and_the_next_page_works(
    failing: Flask, database: WorkerDatabase, kind: str
) -> None:
    client = Client(failing, database, make_person())
    response = client.get(f"/fail/{kind}")
    assert response.status_code == 500
    for word_of_it in (SECRET, "RuntimeError", "Traceback", "nowhere", "psycopg", "sqlalchemy"):
        assert word_of_it not in response.text
    assert client.get("/profile").status_code == 200


def test_throttled_page_says_when_to_come_back(failing: Flask, database: WorkerDatabase) -> None:
    response = Client(failing, database).get("/fail/429")
    assert (response.status_code, response.headers["Retry-After"]) == (429, "1234")
    # It is shown to who guesses and to who searches alike.
    assert "zoekvragen" in words(parse(response.text))


def test_wrong_method_names_the_right_ones(failing: Flask, database: WorkerDatabase) -> None:
    response = Client(failing, database).open("/privacy", method="POST")
    assert {method.strip() for method in response.headers["Allow"].split(",")} == {"GET", "HEAD", "OPTIONS"}


def test_other_refusals_get_the_nearest_page(failing: Flask, database: WorkerDatabase) -> None:
    responses = [
        Client(failing, database).get(f"/fail/{code}", headers={"Accept-Language": "en"}) for code in (406, 418, 503)
    ]
    assert [response.status_code for response in responses] == [406, 418, 503]
    assert [words(parse(r.text).find(".//h1")) for r in responses[:2]] == ["We could not read that"] * 2


@pytest.mark.parametrize("host", ["unknown.example", "upguide.localhost.evil.example", "127.0.0.1"])
def test_unknown_host_gets_a_plain_page_without_a_brand(failing: Flask, database: WorkerDatabase, host: str) -> None:
    response = failing.test_client().get("/", headers={"Host": host})
    assert (response.status_code, response.mimetype) == (421, "text/plain")
    assert "UpGuide" not in response.text


@pytest.mark.clause("F4")
def test_log_of_a_failure_in_service_holds_kind_and_place_and_no_words(
    settings: Settings, database: WorkerDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        with closing(planted_app(replace(settings, development=False))) as app, in_use(app, database):
            person = make_person()
            quote = plant(word(), person.id, Item.SURNAME)
            host = next(iter(Client(app, database).portal.hosts))
            capsys.readouterr()
            response = app.test_client().get(f"/fail/500?quote={quote}", base_url=f"https://{host}")
            lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    finally:
        logging.configure(development=True)
    assert response.status_code == 500
    assert [line["event"] for line in lines] == ["unforeseen_error", "request"]
    assert lines[0]["error"] == "builtins.RuntimeError"
    assert any("tests/test_errors.py" in frame for frame in lines[0]["frames"])
    assert (lines[1]["rule"], lines[1]["status"]) == ("/fail/<kind>", 500)
    assert quote not in str(lines)
    assert SECRET not in str(lines)
