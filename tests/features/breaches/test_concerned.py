"""Whom a breach concerns, worked out from the journal and corrected by hand (B3)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from tests.features.breaches.handling import (
    Browse,
    add_concerned,
    handler_browser,
    hours_ago,
    listed,
    open_breach,
    ready_letters,
    seen,
    view_of,
)
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, make_officer, make_person
from upguide.extensions import db
from upguide.features.breaches.letters import take_up_breach_letters
from upguide.i18n import use_locale
from upguide.policy.items import Item
from upguide.privacy.reading import chapters
from upguide.privacy.walk import walk
from upguide.security.number import new_number
from upguide.tenancy.scope import scope

pytestmark = pytest.mark.clause("B3")


def dutch(hours: float) -> str:
    """Return a moment in the past as a form gives it."""
    from upguide.i18n.formats import ZONE  # noqa: PLC0415

    return hours_ago(hours).astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")


def test_the_list_follows_from_the_journal(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    officer, thief, other = make_officer(), make_person(), make_person()
    early, here, far, twice = make_person(), make_person(), make_person("gfs"), make_person()
    seen(database, early, thief, at=hours_ago(50))
    seen(database, here, thief, items=["photo", "surname"], at=hours_ago(10))
    seen(database, far, thief, relation="connection", at=hours_ago(9))
    seen(database, twice, thief, at=hours_ago(9))
    seen(database, twice, thief, items=["gender"], at=hours_ago(8))
    seen(database, thief, thief, at=hours_ago(8))
    seen(database, make_person(), other, at=hours_ago(8))
    number, client = open_breach(officer), handler_browser(browse, officer)
    path = f"/breaches/{number}/concerned/from-the-journal"
    client.post(path, {"number": str(thief.number).lower(), "since": dutch(24), "until": dutch(1)})
    assert listed(database) == {
        here.id: (["photo", "surname"], "journal", False, False),
        far.id: (["surname"], "journal", False, False),
        twice.id: (["gender", "surname"], "journal", False, False),
    }


@pytest.mark.parametrize("by", ["relation", "items"])
def test_each_way_to_narrow_it_narrows_it(app: Flask, browse: Browse, database: WorkerDatabase, by: str) -> None:
    officer, viewer = make_officer(), make_person()
    found, missed = make_person(), make_person()
    seen(database, found, viewer, relation="coach", items=["phone", "surname"], at=hours_ago(2))
    seen(database, missed, viewer, relation="administrator", items=["surname"], at=hours_ago(2))
    number, client = open_breach(officer), handler_browser(browse, officer)
    ways = {
        "relation": {"relation": "coach"},
        "items": {"since": dutch(3), "items": ["phone"]},
    }
    client.post(f"/breaches/{number}/concerned/from-the-journal", ways[by])
    items = ["phone"] if by == "items" else ["phone", "surname"]
    assert listed(database) == {found.id: (items, "journal", False, False)}


def test_one_of_the_sessions_that_looked_is_chosen(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    officer, thief, other = make_officer(), make_person(), make_person()
    by_day, by_night = uuid4(), uuid4()
    seen_by_day, seen_by_night = make_person(), make_person()
    seen(database, seen_by_day, thief, session=by_day, at=hours_ago(9))
    seen(database, seen_by_night, thief, session=by_night, relation="coach", at=hours_ago(2))
    seen(database, thief, thief, session=by_night, at=hours_ago(2))
    seen(database, make_person(), other, session=uuid4(), at=hours_ago(2))
    number, client = open_breach(officer), handler_browser(browse, officer)
    path = f"/breaches/{number}/concerned/from-the-journal"
    asked = {"number": str(thief.number), "since": dutch(24)}
    page = client.post(path, {**asked, "do": "sessions"}).text
    offered = [part.split('value="')[1].split('"')[0] for part in page.split("<input") if 'name="session"' in part]
    assert offered == ["", str(by_night), str(by_day)]
    assert ("Coach, 1 person looked at" in page, str(seen_by_night.number) in page) == (True, False)
    assert listed(database) == {}
    assert client.post(path, {**asked, "session": str(uuid4())}).status_code == 422
    client.post(path, {**asked, "session": str(by_night)})
    assert listed(database) == {seen_by_night.id: (["surname"], "journal", False, False)}
    nobody = {**asked, "number": str(seen_by_day.number), "do": "sessions"}
    assert "no session in which somebody looked like that" in client.post(path, nobody).text


def test_who_is_named_to_find_a_session_reads_of_it_and_the_history_tells_that_it_was_asked(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    officer, thief = make_officer(), make_person()
    seen(database, make_person(), thief, at=hours_ago(2))
    for exercise, setting in ((False, "breach_looks"), (True, "breach_exercise")):
        number, client = open_breach(officer, exercise=exercise), handler_browser(browse, officer)
        path = f"/breaches/{number}/concerned/from-the-journal"
        client.post(path, {"number": str(thief.number), "do": "sessions"})
        client.post(path, {"since": dutch(3), "do": "sessions"})
        with database.connect() as connection:
            looks = connection.execute(
                "SELECT viewer_id, relations, setting, items, reason, session_id IS NOT NULL FROM journal"
                " WHERE person_id = %s ORDER BY id DESC LIMIT 1",
                [thief.id],
            ).fetchall()
        assert looks == [(officer.id, ["officer"], setting, ["journal"], f"nr. {number}", True)]
        assert client.get(f"/breaches/{number}").text.count("Sessions were looked up in the journal") == 2
    with database.connect() as connection:
        row = connection.execute("SELECT count(*) FROM journal WHERE person_id = %s", [thief.id]).fetchone()
    assert row == (2,)
    person = browse(thief)
    person.browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    page = person.get("/my-data/who-saw-what").text
    assert ("while finding out whom a data breach concerns" in page, str(officer.number) in page) == (True, False)


def test_no_sessions_are_told_without_a_breach(app: Flask, database: WorkerDatabase) -> None:
    officer, thief = make_officer(), make_person()
    seen(database, make_person(), thief, at=hours_ago(2))
    asked = {"breach": uuid4(), "number": str(thief.number)}
    with scope("upguide", officer.id, db.session()), pytest.raises(DatabaseError, match="no breach"):
        db.session.execute(
            text("SELECT * FROM gate.looking_sessions(:breach, :number, NULL, NULL, NULL, 25, NULL)"), asked
        )
    db.session.rollback()


def test_everybody_is_no_answer_and_an_unknown_number_is_told(app: Flask, browse: Browse) -> None:
    officer = make_officer()
    client, path = handler_browser(browse, officer), f"/breaches/{open_breach(officer)}/concerned/from-the-journal"
    for form, told in (
        ({}, "Say who looked"),
        ({"items": ["phone"]}, "Say who looked"),
        ({"number": "UG-1"}, "not an UpGuide number"),
        ({"number": new_number()}, "Nobody has this number."),
        ({"session": "x"}, "Choose one of the options."),
        ({"do": "sessions"}, "Say who looked"),
    ):
        answer = client.post(path, form)
        assert (answer.status_code, told in answer.text) == (422, True), form


def test_somebody_is_added_and_taken_off_with_a_reason(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    officer, viewer, one, two = make_officer(), make_person(), make_person(), make_person("gfs")
    number = open_breach(officer)
    client = browse(officer, second_factor=True, allow=[(one, Item.NUMBER), (two, Item.NUMBER), (one, Item.BREACHES)])
    client.browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    seen(database, one, viewer)
    client.post(f"/breaches/{number}/concerned/from-the-journal", {"number": str(viewer.number)})
    form = {"number": str(two.number), "items": ["phone"], "reason": "They phoned."}
    assert client.post(f"/breaches/{number}/concerned/add", {**form, "reason": ""}).status_code == 422
    client.post(f"/breaches/{number}/concerned/add", form)
    page = client.get(f"/breaches/{number}/concerned").text
    assert [
        part for part in (str(one.number), str(two.number), "They phoned.", "Phone number") if part not in page
    ] == []
    remove = next(part for part in page.split('"') if part.endswith("/remove"))
    assert client.post(remove, {"reason": ""}).status_code == 422
    client.post(remove, {"reason": "Their page stayed closed."})
    removed = {person: state[2] for person, state in listed(database).items()}
    assert sorted(removed.values()) == [False, True]
    # Another look into the journal does not bring back whom somebody took off.
    client.post(f"/breaches/{number}/concerned/from-the-journal", {"number": str(viewer.number)})
    assert {person: state[2] for person, state in listed(database).items()} == removed
    history = client.get(f"/breaches/{number}").text
    assert [part for part in (str(one.number), str(two.number)) if part in history] == []
    assert "Somebody was taken off the list" in history


def test_names_are_shown_to_nobody_and_the_look_is_journalled(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    officer, people = make_officer(), [make_person(), make_person("gfs")]
    number = open_breach(officer)
    add_concerned(officer, number, *people)
    handler_browser(browse, officer).get(f"/breaches/{number}/concerned")
    with database.connect() as connection:
        looks = connection.execute(
            "SELECT person_id, viewer_id, relations, setting, items, reason, session_id IS NOT NULL FROM journal"
        ).fetchall()
    told = (officer.id, ["officer"], "breach", ["breaches", "number"], f"nr. {number}", True)
    assert sorted(looks) == sorted((person.id, *told) for person in people)


def test_a_long_list_is_turned_over_without_numbers_in_addresses(app: Flask, browse: Browse) -> None:
    officer = make_officer()
    number, people = open_breach(officer), [make_person() for _ in range(30)]
    add_concerned(officer, number, *people)
    client, shown, path = handler_browser(browse, officer), [], f"/breaches/{number}/concerned"
    while path:
        page = client.get(path).text
        shown += [str(person.number) for person in people if str(person.number) in page]
        path = next((p.replace("&amp;", "&") for p in page.split('"') if "concerned?after=" in p), "")
        assert "UG-" not in path
    assert shown == sorted(str(person.number) for person in people) or sorted(shown) == sorted(
        str(person.number) for person in people
    )


def test_the_list_goes_with_the_person_and_stands_in_their_copy(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    officer, person, viewer = make_officer(), make_person(), make_person()
    number = open_breach(officer)
    add_concerned(officer, number, person)
    assert own_rows(database, person) == 1
    assert own_rows(database, viewer) == 0
    told = values_of(person)
    assert {name: told[name] for name in ("breach_number", "exercise", "items", "reason", "removed")} == {
        "breach_number": str(number),
        "exercise": "false",
        "items": "surname",
        "reason": "They told us.",
        "removed": "false",
    }
    assert told["aware_at"] == view_of(officer, number).aware_at.isoformat()
    with database.connect() as connection:
        connection.execute("DELETE FROM persons WHERE id = %s", [person.id])
    assert listed(database) == {}


def test_their_copy_tells_what_was_written_to_them_when_and_about_what(app: Flask) -> None:
    officer, person = make_officer(), make_person("executive", language="en")
    number = open_breach(officer)
    add_concerned(officer, number, person)
    ready_letters(officer, number)
    take_up_breach_letters()
    with scope(None, person.id, db.session()), use_locale("en"):
        records = [record for record in walk(db.session(), person.id) if record.table == "breach_concerned"]
        [line] = list(chapters([(record, ()) for record in records])[0].rows[0].cells)
        db.session.rollback()
    lines = [text.partition(": ")[::2] for text in line.text.splitlines()]
    assert line.label == "Data breaches that concern you, and reports of them"
    assert {label: text for label, text in lines if label not in MOMENTS} == {
        "Number in our register": str(number),
        "An exercise, so nothing happened": "No",
        "Items": "Surname",
        "Found not to concern you": "No",
        "Reason": "They told us.",
        "What you were told of": "Surname",
        "The last letter to you": "Taken by the mail server",
        "What we wrote to you": "Something went wrong. (en)",
    }
    assert {label for label, _text in lines} >= MOMENTS


def test_an_exercise_is_called_so_wherever_the_person_reads_of_it(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    officer, person = make_officer(), make_person()
    number = open_breach(officer, exercise=True)
    add_concerned(officer, number, person)
    ready_letters(officer, number)
    take_up_breach_letters()
    told = values_of(person)
    assert (told["exercise"], told["letter"], told.get("told_at"), told["told_items"]) == (
        "true",
        "practised",
        None,
        "",
    )
    handler_browser(browse, officer).get(f"/breaches/{number}/concerned")
    client = browse(person)
    client.browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert "in an exercise with data breaches, so nothing happened" in client.get("/my-data/who-saw-what").text


def values_of(person: Made) -> dict[str, str]:
    """Return what a person's copy says of the breaches that concern them."""
    with scope(None, person.id, db.session()):
        found = [dict(r.values[Item.BREACHES]) for r in walk(db.session(), person.id) if r.table == "breach_concerned"]
        db.session.rollback()
    [values] = found
    return values


MOMENTS = {"Known since", "Noted on", "Told on", "How that stood on"}


def own_rows(database: WorkerDatabase, person: Made) -> int:
    with database.connect("upguide_app") as connection, connection.transaction():
        connection.execute("SELECT set_config('app.viewer', %s, true)", [str(person.id)])
        row = connection.execute("SELECT count(*) FROM breach_concerned").fetchone()
    return int(row[0]) if row else 0


def test_a_period_ends_where_it_was_said_to(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    officer, viewer, person = make_officer(), make_person(), make_person()
    seen(database, person, viewer, at=hours_ago(5) - timedelta(minutes=2))
    number, client = open_breach(officer), handler_browser(browse, officer)
    path = f"/breaches/{number}/concerned/from-the-journal"
    client.post(path, {"since": dutch(5)})
    assert listed(database) == {}
    client.post(path, {"until": dutch(5)})
    assert set(listed(database)) == {person.id}
