"""Restriction and objection: kept, and used for nothing, wherever one looks; and all as before once they are lifted."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from tests.features.profile.photos import picture, send_and_place
from tests.support.client import Client
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, make_person, make_professional, make_webmaster
from upguide.access.viewer import Viewer
from upguide.extensions import db
from upguide.policy.permissions import AgreementKind, Role
from upguide.policy.purposes import Purpose
from upguide.policy.sees import Relation, Setting
from upguide.privacy import show
from upguide.privacy.limits import object_to, own_limits, standing_of
from upguide.tenancy.scope import scope, set_scope

Browse = Callable[..., Client]
RESTRICTION = "/my-data/restriction"
DEVELOPMENT = "/my-data/objections/development"

pytestmark = pytest.mark.clause("P7")


def ways_to(client: Client, person: Made) -> dict[str, bool]:
    """Tell by which ways a member is led to a person: search, nearly right names, suggestions, page and photo."""
    name, nearly = str(person.surname), f"{person.surname}x"
    page = f"/people/{person.handle}"
    return {
        "search": page in client.get(f"/people?q={name}").text,
        "nearly right": page in client.get(f"/people?q={nearly}").text,
        "suggestions": page in client.get(f"/people/suggestions?q={name}").text,
        "page": client.get(page).status_code == 200,
        "photo": client.get(f"{page}/photo/large").status_code == 200,
    }


def every_way(*, open_: bool) -> dict[str, bool]:
    return dict.fromkeys(("search", "nearly right", "suggestions", "page", "photo"), open_)


def relations_to(person: Made, viewer: Viewer, setting: Setting) -> set[Relation]:
    db.session.rollback()
    set_scope(viewer.tenant, viewer.person_id)
    return {relation for view in show([person.id], viewer, setting) for relation in view.relations}


@pytest.mark.parametrize(
    ("on", "off"), [(RESTRICTION, f"{RESTRICTION}/lift"), (DEVELOPMENT, f"{DEVELOPMENT}/take-back")]
)
def test_nobody_is_led_to_somebody_whose_data_is_used_for_nothing(
    app: Flask, browse: Browse, on: str, off: str
) -> None:
    person, other = make_person(language="en"), make_person(language="en")
    mine, theirs = browse(person, second_factor=True), browse(other)
    send_and_place(mine, picture())
    assert ways_to(theirs, person) == every_way(open_=True)
    assert mine.post(on, {"reason": ""}).status_code == 303
    assert ways_to(theirs, person) == every_way(open_=False)
    assert str(person.surname) in mine.get("/profile").text
    assert mine.post(off).status_code == 303
    assert ways_to(theirs, person) == every_way(open_=True)


@pytest.mark.parametrize("column", ["restricted_at", "blocked_at"])
@pytest.mark.parametrize("setting", list(Setting))
def test_only_those_who_reach_past_hiding_have_a_relation_to_restricted_data(
    app: Flask, database: WorkerDatabase, column: str, setting: Setting
) -> None:
    person, other = make_professional(listed=True), make_person(language="en")
    member = Viewer("upguide", other.id, member=True)
    assert relations_to(person, member, setting)
    with database.connect() as connection:
        connection.execute(f"UPDATE persons SET {column} = now() WHERE id = %s", [person.id])
    assert relations_to(person, member, setting) == set()
    assert relations_to(person, Viewer("upguide"), setting) == set()
    assert Relation.SELF in relations_to(person, Viewer("upguide", person.id, member=True), setting)


@pytest.mark.clause("W11")
def test_the_person_keeps_everything_and_reads_since_when_and_why(app: Flask, browse: Browse) -> None:
    person = make_person(language="en")
    client = browse(person)
    client.post(RESTRICTION, {"reason": "My birth date is wrong."})
    page = client.get(RESTRICTION)
    assert ("Lift the restriction" in page.text, "My birth date is wrong." in page.text) == (True, True)
    assert "Restricted since" in client.get("/my-data").text
    client.post(f"{RESTRICTION}/lift")
    assert "Still stands" not in client.get(RESTRICTION).text
    with scope("upguide", person.id, db.session()):
        [limit] = own_limits(db.session(), person.id)
    assert (limit.purpose, limit.reason, limit.ended_at is not None) == (None, "My birth date is wrong.", True)


def test_why_is_sealed_and_refused_where_it_holds_a_bsn(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    client = browse(make_person(language="en"))
    assert client.post(RESTRICTION, {"reason": "It is 111222333"}).status_code == 422
    client.post(RESTRICTION, {"reason": "Because of the neighbours"})
    with database.connect() as connection:
        row = connection.execute("SELECT reason FROM limits").fetchone()
    assert row is not None
    assert b"neighbours" not in bytes(row[0])


def test_twice_is_once(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    client = browse(make_person(language="en"))
    for _time in range(2):
        client.post(RESTRICTION, {"reason": ""})
        client.post(DEVELOPMENT, {"reason": ""})
    with database.connect() as connection:
        rows = connection.execute("SELECT kind, purpose FROM limits ORDER BY kind").fetchall()
    assert rows == [("objection", "development"), ("restriction", None)]


def test_an_objection_that_a_human_looks_at_leads_to_a_request(app: Flask, browse: Browse) -> None:
    client = browse(make_person(language="en"))
    page = client.get("/my-data/objections").text
    assert "/my-data/requests/new?kind=objection&amp;purpose=administration" in page
    for purpose in ("administration", "account", "accountability", "nothing"):
        assert client.get(f"/my-data/objections/{purpose}").status_code == 404
        assert client.post(f"/my-data/objections/{purpose}").status_code == 404


def test_only_what_stops_by_itself_can_be_objected_to_at_once(app: Flask) -> None:
    person = make_person(language="en")
    with scope("upguide", person.id, db.session()), pytest.raises(ValueError, match="make it a request"):
        object_to(db.session(), person.id, Purpose.ADMINISTRATION, "")


def test_restriction_and_objection_stand_beside_each_other(app: Flask, browse: Browse) -> None:
    person, other = make_person(language="en"), make_person(language="en")
    mine, theirs = browse(person), browse(other)
    mine.post(RESTRICTION, {"reason": ""})
    mine.post(DEVELOPMENT, {"reason": ""})
    mine.post(f"{RESTRICTION}/lift")
    assert ways_to(theirs, person) == every_way(open_=False)
    with scope("upguide", person.id, db.session()):
        standing = standing_of(db.session(), person.id)
    assert (standing.restricted_at, standing.objects_to) == (None, {Purpose.DEVELOPMENT})
    assert "An objection stands" in mine.get("/my-data").text


def test_a_name_that_changes_meanwhile_does_not_come_back_into_the_search(app: Flask, browse: Browse) -> None:
    person, other = make_person(language="en"), make_person(language="en")
    mine, theirs = browse(person), browse(other)
    mine.post(RESTRICTION, {"reason": ""})
    mine.post("/profile/name", {"first_names": "Zwaantje", "infix": "", "surname": "Zoekmij"})
    assert "Zoekmij" in mine.get("/profile").text
    assert "Nobody found" in theirs.get("/people?q=Zwaantje").text


def blocked(database: WorkerDatabase, person: Made, reason: str = "Somebody else uses it.") -> None:
    with database.connect() as connection:
        connection.execute(
            "UPDATE persons SET blocked_at = now(), blocked_reason = %s WHERE id = %s", [reason, person.id]
        )


def test_somebody_blocked_reaches_every_right_and_nothing_else(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    person = make_person(language="en")
    blocked(database, person)
    client = browse(person)
    page = client.get("/my-data")
    assert "Somebody else uses it." in page.text
    rights = ("export", "erasure", "who-saw-what", "consents", "restriction", "objections", "requests", "requests/new")
    assert {right: client.get(f"/my-data/{right}").status_code for right in rights} == dict.fromkeys(rights, 200)
    assert client.get("/profile").status_code == 200
    elsewhere = ("/home", "/people", f"/people/{person.handle}", "/join")
    assert {path: client.get(path).location for path in elsewhere} == dict.fromkeys(elsewhere, "/my-data")


def test_nobody_releases_themselves(app: Flask, database: WorkerDatabase) -> None:
    person = make_person(language="en")
    blocked(database, person)
    with database.connect("upguide_app") as connection, connection.transaction(force_rollback=True):
        connection.execute("SELECT set_config('app.viewer', %s, true)", [str(person.id)])
        for change in ("blocked_at = NULL", "blocked_reason = NULL"):
            with pytest.raises(Exception, match="permission denied"), connection.transaction():
                connection.execute(f"UPDATE persons SET {change}")
        assert connection.execute("UPDATE persons SET restricted_at = now()").rowcount == 1


@pytest.mark.clause("W9")
def test_a_blocked_webmaster_is_none(app: Flask) -> None:
    webmaster = make_webmaster()
    viewer = Viewer(
        "upguide",
        webmaster.id,
        member=True,
        roles=frozenset({Role.WEBMASTER}),
        signed=frozenset({AgreementKind.CONFIDENTIALITY}),
        second_factor=True,
        reason="helping",
    )
    person = make_person()
    assert relations_to(person, viewer, Setting.PAGE) == {Relation.MEMBER}
    assert relations_to(person, replace(viewer, blocked=True), Setting.PAGE) == set()


def test_rights_are_reached_without_any_membership(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    person = make_person(language="en")
    client = browse(person)
    with database.connect() as connection:
        connection.execute("DELETE FROM memberships")
    rights = ("", "/who-saw-what", "/consents", "/restriction", "/objections", "/requests", "/export", "/erasure")
    assert {right: client.get(f"/my-data{right}").status_code for right in rights} == dict.fromkeys(rights, 200)
    assert "You are no member here" in client.get("/my-data").text
