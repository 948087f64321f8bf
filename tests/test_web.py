"""The way of a request through the house: scope, language, access, view, journal."""

import hashlib
from collections.abc import Callable, Iterator
from contextvars import copy_context

import pytest
from flask import Flask, Response, abort
from sqlalchemy import text

from tests.support.app import closing, in_use
from tests.support.client import Client
from tests.support.database import WorkerDatabase
from tests.support.factories import make_person
from tests.support.statements import counting
from upguide import create_app
from upguide.access import current_viewer, requires
from upguide.config import Settings
from upguide.extensions import db
from upguide.features.people.queries import person_of
from upguide.models import Person
from upguide.policy.permissions import Permission
from upguide.privacy import show_page
from upguide.tenancy.scope import NOWHERE, current_scope
from upguide.web import STATIC, static_version

Browse = Callable[..., Client]
OF_THE_FILE = {"Content-Type", "Content-Length", "Last-Modified", "ETag", "Date"}


def journalled(database: WorkerDatabase) -> int:
    with database.connect() as connection:
        row = connection.execute("SELECT count(*) FROM journal").fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.clause("W3")
def test_look_at_a_page_is_kept_with_the_page(browse: Browse, database: WorkerDatabase) -> None:
    viewer, seen = make_person(), make_person()
    client = browse(viewer)
    assert client.get(f"/people/{seen.handle}").status_code == 200
    assert journalled(database) == 1


@pytest.mark.clause("W9")
def test_page_whose_look_cannot_be_kept_is_not_sent(browse: Browse, database: WorkerDatabase) -> None:
    viewer, seen = make_person(), make_person()
    client = browse(viewer)
    with database.connect() as connection:
        connection.execute("REVOKE INSERT ON journal FROM upguide_app")
        try:
            response = client.get(f"/people/{seen.handle}")
        finally:
            connection.execute("GRANT INSERT ON journal TO upguide_app")
    assert response.status_code == 500
    assert str(seen.surname) not in response.text
    assert client.get(f"/people/{seen.handle}").status_code == 200


@pytest.fixture(scope="module")
def whole_planted_app(settings: Settings) -> Iterator[Flask]:
    """The application, and a page that looks at somebody, changes its viewer, and then goes some way or other."""
    app = create_app(settings)

    @requires(Permission.BE_MEMBER)
    def look(handle: str, end: str) -> Response:
        viewer = current_viewer()
        seen = person_of(db.session(), viewer.tenant, handle)
        assert seen is not None
        show_page(seen, viewer)
        db.session.get_one(Person, viewer.person_id).position = "half done"
        db.session.flush()
        if end == "broken-statement":
            db.session.execute(text("SELECT nowhere"))
        if end == "unforeseen":
            raise RuntimeError("planted")
        if end == "committed":
            db.session.commit()
        elif end != "200":
            abort(int(end))
        return Response("done", mimetype="text/plain")

    app.add_url_rule("/look/<handle>/<end>", "look", look)
    with closing(app) as made:
        yield made


WAYS = {
    "403": (403, 1, False),
    "404": (404, 0, False),
    "broken-statement": (500, 1, False),
    "unforeseen": (500, 1, False),
    # A view that wants its change kept commits it: load, check, act, commit.
    "200": (200, 1, False),
    "committed": (200, 1, True),
}


@pytest.mark.clause("W9", "B3")
@pytest.mark.parametrize("end", WAYS)
def test_look_is_kept_and_what_was_not_committed_is_not(
    whole_planted_app: Flask, database: WorkerDatabase, end: str
) -> None:
    with in_use(whole_planted_app, database) as app:
        viewer, seen = make_person(), make_person()
        response = Client(app, database, viewer).get(f"/look/{seen.handle}/{end}")
        with database.connect() as connection:
            found = connection.execute("SELECT 1 FROM persons WHERE position = 'half done'").fetchall()
        assert (response.status_code, journalled(database), bool(found)) == WAYS[end]


def test_error_page_is_whole_where_not_even_the_look_can_be_kept(
    whole_planted_app: Flask, database: WorkerDatabase
) -> None:
    with in_use(whole_planted_app, database) as app, database.connect() as connection:
        client, seen = Client(app, database, make_person()), make_person()
        connection.execute("REVOKE INSERT ON journal FROM upguide_app")
        try:
            response = client.get(f"/look/{seen.handle}/unforeseen")
        finally:
            connection.execute("GRANT INSERT ON journal TO upguide_app")
    assert (response.status_code, response.headers["Cache-Control"]) == (500, "no-store")
    assert "Content-Security-Policy" in response.headers


def test_request_leaves_no_scope_behind(app: Flask, browse: Browse) -> None:
    client = browse(make_person())

    def request_and_look() -> object:
        client.browser.get("/profile", base_url=client.base_url)
        return current_scope()

    assert copy_context().run(request_and_look) == NOWHERE


def test_page_about_nobody_asks_the_database_nothing(app: Flask, browse: Browse) -> None:
    client = browse(make_person())
    paths = [f"/theme/{client.portal.theme_version}.css", f"/icon/{client.portal.theme_version}.svg", "/healthz"]
    with counting() as statements:
        statuses = [client.get(path).status_code for path in paths]
    assert (statuses, statements) == ([200, 200, 200], [])


def test_visitor_s_front_page_asks_the_database_nothing(browse: Browse) -> None:
    client = browse()
    with counting() as statements:
        assert client.get("/").status_code == 200
    assert statements == []


def test_reading_writes_nothing(browse: Browse, database: WorkerDatabase) -> None:
    client = browse(make_person())
    with counting() as statements:
        for path in ("/home", "/profile", "/people", "/security", "/privacy"):
            assert client.get(path).status_code == 200
    assert [s for s in statements if s.split()[0] in ("INSERT", "UPDATE", "DELETE")] == []


def test_our_own_files_stand_at_an_address_of_their_content(app: Flask, browse: Browse) -> None:
    digest = hashlib.sha256()
    for path in sorted(p for p in STATIC.rglob("*") if p.is_file()):
        digest.update(path.relative_to(STATIC).as_posix().encode())
        digest.update(path.read_bytes())
    assert digest.hexdigest().startswith(static_version())
    assert app.config["STATIC_PREFIX"] == f"/static/{static_version()}/"
    response = browse().get(f"{app.config['STATIC_PREFIX']}css/base.css")
    assert (response.status_code, response.mimetype) == (200, "text/css")
    plain = {name: value for name, value in response.headers.items() if name not in OF_THE_FILE}
    assert plain == {
        "Cache-Control": "max-age=0, public",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }


@pytest.mark.clause("P5")
def test_our_own_files_over_tls_ask_for_tls_from_then_on(app: Flask, browse: Browse) -> None:
    response = browse(secure=True).get(f"{app.config['STATIC_PREFIX']}css/base.css")
    assert response.headers.getlist("Strict-Transport-Security") == ["max-age=63072000"]


@pytest.mark.parametrize("path", ["css/../../config.py", "../config.py", "%2e%2e/config.py", "css/none.css", ""])
def test_no_other_files_are_served(app: Flask, browse: Browse, path: str) -> None:
    assert browse().get(f"{app.config['STATIC_PREFIX']}{path}").status_code == 404


def test_form_without_a_token_is_refused_after_the_page_s_own_checks(browse: Browse) -> None:
    """A visitor is sent to sign in; whoever may send the form is told that it expired."""
    visitor, member = browse(), browse(make_person())
    assert visitor.post("/profile/name", csrf=False).location == "/login"
    assert member.post("/profile/name", csrf=False).status_code == 400
