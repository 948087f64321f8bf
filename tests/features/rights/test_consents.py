"""A consent taken back stops what it was for, on that portal and nowhere else; and it can be given again (P3, P7)."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.support.client import Client
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, join, make_person, start_session
from upguide.access.viewer import load_viewer
from upguide.extensions import db
from upguide.privacy.statement import current_version
from upguide.tenancy.scope import set_scope

Browse = Callable[..., Client]
WITHDRAW = "/my-data/consents/upguide/withdraw"

pytestmark = pytest.mark.clause("P3", "P7")


def events(database: WorkerDatabase) -> tuple[int, int]:
    """How many times a consent was given, and taken back."""
    with database.connect() as connection:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM consents), (SELECT count(*) FROM consent_withdrawals)"
        ).fetchone()
    assert row is not None
    return row[0], row[1]


def seen(browse: Browse, person: Made, viewer: Made) -> tuple[bool, int]:
    """Whether a member finds a person, and what the page answers."""
    client = browse(viewer)
    page = f"/people/{person.handle}"
    return page in client.get(f"/people?q={person.surname}").text, client.get(page).status_code


def test_what_it_does_is_told_before(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    client = browse(make_person(language="en"))
    text = client.get(WITHDRAW).text
    for words in ("What stops", "Nobody finds you on UpGuide", "What stays", "On your other portals nothing changes."):
        assert words in text
    assert events(database) == (1, 0)


def test_a_consent_taken_back_hides_the_person_on_that_portal_alone(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    person, other, elsewhere = make_person(language="en"), make_person(language="en"), make_person("gfs")
    there = join(person, "gfs")
    client = browse(person)
    assert (seen(browse, person, other), seen(browse, there, elsewhere)) == ((True, 200), (True, 200))
    assert client.post(WITHDRAW).location == "/my-data/consents"
    assert (seen(browse, person, other), seen(browse, there, elsewhere)) == ((False, 404), (True, 200))
    assert client.get("/my-data/consents").status_code == 200
    assert client.get("/home").location == "/join?next=/home"
    assert events(database) == (3, 1)


def test_row_security_shows_somebody_who_withdrew_to_nobody(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    person, other = make_person(language="en"), make_person(language="en")
    browse(person).post(WITHDRAW)
    with database.connect("upguide_app") as connection, connection.transaction(force_rollback=True):
        settings = "SELECT set_config('app.tenant', 'upguide', true), set_config('app.viewer', %s, true)"
        connection.execute(settings, [str(other.id)])
        tables = {"persons": "id", "memberships": "person_id", "name_words": "person_id", "entries": "person_id"}
        rows = {
            table: connection.execute(f"SELECT count(*) FROM {table} WHERE {column} = %s", [person.id]).fetchone()
            for table, column in tables.items()
        }
    assert rows == dict.fromkeys(tables, (0,))


def test_agreeing_again_brings_everything_back(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    person, other = make_person(language="en"), make_person(language="en")
    client = browse(person)
    client.post(WITHDRAW)
    assert "Agree again on this portal" in client.get("/my-data/consents").text
    assert client.post("/join", {"consent": "y"}).status_code == 303
    assert client.get("/home").status_code == 200
    assert seen(browse, person, other) == (True, 200)
    assert events(database) == (3, 1)
    page = client.get("/my-data/consents").text
    assert ("Earlier" in page, WITHDRAW in page) == (True, True)


def test_withdrawing_twice_or_what_was_never_given_is_not_there(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    client = browse(make_person(language="en"))
    client.post(WITHDRAW)
    asked = (WITHDRAW, "/my-data/consents/gfs/withdraw", "/my-data/consents/nowhere/withdraw")
    assert [client.post(path).status_code for path in asked] == [404, 404, 404]
    assert events(database) == (1, 1)


def test_the_viewer_tells_which_version_stands_here(app: Flask, browse: Browse) -> None:
    person = make_person(language="en")
    secret = start_session(person)

    def version() -> tuple[int | None, bool]:
        db.session.rollback()
        set_scope("upguide", None)
        viewer = load_viewer("upguide", secret)
        return viewer.consented_version, viewer.member

    before = version()
    assert (before[0] is None, before[1]) == (False, True)
    browse(person).post(WITHDRAW)
    assert version() == (None, False)
    browse(person).post("/join", {"consent": "y"})
    assert version() == (current_version(), True)


def test_what_was_agreed_on_another_portal_counts_there_alone(app: Flask) -> None:
    person = make_person(language="en")
    there = join(person, "gfs")
    db.session.rollback()
    set_scope("gfs", None)
    viewer = load_viewer("gfs", start_session(there))
    assert (viewer.consented_version, viewer.member) == (None, True)
