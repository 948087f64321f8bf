"""Messages about breaches: each exactly once, though whoever sends them is killed (B2, B3)."""

from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
import time_machine
from flask import Flask

from tests.features.breaches.handling import (
    Browse,
    add_concerned,
    handler_browser,
    mails,
    on_list,
    open_breach,
    ready_letters,
    speak_english,
    view_of,
)
from tests.features.rights.killed import KILLS, points, run_and_kill
from tests.support.database import WorkerDatabase
from tests.support.factories import join, make_officer, make_person, make_webmaster
from upguide.config import Settings
from upguide.extensions import db
from upguide.features.breaches.actions import register
from upguide.features.breaches.jobs import take_up_breach_letters, watch_breach_clocks
from upguide.tenancy.scope import scope


@pytest.mark.clause("B2")
def test_each_mark_of_the_clock_is_told_once_over_summer_time(app: Flask, database: WorkerDatabase) -> None:
    officer, webmaster = make_officer(), make_webmaster("gfs")
    speak_english(database, officer)
    # 72 hours over the night in March in which Dutch clocks lose an hour.
    aware = datetime(2027, 3, 26, 11, 0, tzinfo=UTC)
    with time_machine.travel(aware, tick=False):
        number = open_breach(officer, hours=0)
    told: dict[float, int] = {}
    for hours in (23.9, 24, 24.5, 47.9, 48, 65.9, 66, 71, 80):
        with time_machine.travel(aware + timedelta(hours=hours), tick=False):
            watch_breach_clocks()
        told[hours] = len(mails(app, database, "breach_clock"))
    assert told == {23.9: 0, 24: 2, 24.5: 2, 47.9: 2, 48: 4, 65.9: 4, 66: 6, 71: 6, 80: 6}
    sent = [letter for letter in mails(app, database, "breach_clock") if letter.to == officer.mail_address]
    assert [
        f"Data breach {number}: {h} hours have passed" in m.text for h, m in zip((24, 48, 66), sent, strict=True)
    ] == [True] * 3
    assert ("29 March 2027, 13:00" in sent[2].text, "6 whole hours left" in sent[2].text) == (True, True)
    assert sorted({letter.to for letter in mails(app, database, "breach_clock")}) == sorted(
        [str(officer.mail_address), str(webmaster.mail_address)]
    )


@pytest.mark.clause("B2")
@pytest.mark.parametrize("state", ["no", "report"])
def test_the_clock_is_silent_once_it_is_reported_or_decided(
    app: Flask, browse: Browse, database: WorkerDatabase, state: str
) -> None:
    officer = make_officer()
    number = open_breach(officer, hours=50)
    of = view_of(officer, number)
    with scope("upguide", officer.id, db.session()):
        register.describe(db.session(), "officer", of, 1, {"authority": state, "authority_reasons": "So."})
    if state == "report":
        # A decision to report is no report yet.
        watch_breach_clocks()
        assert len(mails(app, database, "breach_clock")) == 2
        path = f"/breaches/{number}/texts/authority/nl"
        handler_browser(browse, officer).post(path, {"words": "Told.", "do": "freeze", "phase": "first"})
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=20)):
        watch_breach_clocks()
    assert len(mails(app, database, "breach_clock")) == (2 if state == "report" else 0)


@KILLS
@pytest.mark.clause("B2")
def test_marks_are_told_once_though_the_job_is_killed(
    app: Flask, database: WorkerDatabase, settings: Settings, kills: int
) -> None:
    handlers, many = [make_officer(), make_webmaster(), make_webmaster()], 2 + kills // 4
    for _ in range(many):
        open_breach(handlers[0], hours=67)
    killed = [run_and_kill(settings, "watch_breach_clocks", at) for at in islice(points(60), kills)]
    assert any(killed)
    watch_breach_clocks()
    sent = mails(app, database, "breach_clock")
    # Of each breach three marks, to three who hear of them.
    assert sorted(letter.to for letter in sent) == sorted(
        str(h.mail_address) for h in handlers for _ in range(3 * many)
    )


@pytest.mark.clause("B3")
def test_each_is_told_once_in_their_language_and_portal(app: Flask, database: WorkerDatabase) -> None:
    officer = make_officer()
    number = open_breach(officer)
    dutch, english = make_person("gfs", language="nl"), make_person("executive", language="en")
    both = make_person("upguide", language="en")
    join(both, "gfs")
    add_concerned(officer, number, dutch, english, both)
    ready_letters(officer, number)
    for _ in range(2):
        take_up_breach_letters()
    found = {letter.to: letter.text for letter in mails(app, database, "breach_letter")}
    assert len(mails(app, database, "breach_letter")) == 3
    assert "Something went wrong. (nl)" in found[str(dutch.mail_address)]
    for person, portal in ((english, "Executive"), (both, "UpGuide")):
        text = found[str(person.mail_address)]
        assert ("Something went wrong. (en)" in text, portal in text, "Surname" in text) == (True, True, True)
    with database.connect() as connection:
        rows = connection.execute("SELECT person_id, tenant_id FROM mails WHERE kind = 'breach_letter'").fetchall()
    assert dict(rows) == {dutch.id: "gfs", english.id: "executive", both.id: "upguide"}


@pytest.mark.clause("B3")
def test_who_comes_later_on_the_list_is_told_later_and_who_was_taken_off_is_not(
    app: Flask, database: WorkerDatabase
) -> None:
    officer = make_officer()
    number, first, later, off = open_breach(officer), make_person(), make_person(), make_person()
    add_concerned(officer, number, first, off)
    with database.connect() as connection:
        connection.execute("UPDATE breach_concerned SET removed = true WHERE person_id = %s", [off.id])
    ready_letters(officer, number)
    take_up_breach_letters()
    assert [letter.to for letter in mails(app, database, "breach_letter")] == [first.mail_address]
    add_concerned(officer, number, later)
    take_up_breach_letters()
    assert {letter.to for letter in mails(app, database, "breach_letter")} == {first.mail_address, later.mail_address}


@pytest.mark.clause("B3")
@KILLS
def test_letters_are_sent_once_though_the_job_is_killed(
    app: Flask, database: WorkerDatabase, settings: Settings, kills: int
) -> None:
    officer, people = make_officer(), [make_person() for _ in range(3 * kills)]
    number = open_breach(officer)
    add_concerned(officer, number, *people)
    ready_letters(officer, number)
    breach_id = view_of(officer, number).id
    killed = [
        run_and_kill(settings, "send_breach_letters", at, breach_id=breach_id) for at in islice(points(45), kills)
    ]
    assert any(killed)
    # Whoever is noted as told has their letter, and nobody else.
    told = {person for person, state in on_list(database).items() if state[3]}
    with database.connect() as connection:
        written = [row[0] for row in connection.execute("SELECT person_id FROM mails WHERE kind = 'breach_letter'")]
    assert sorted(written) == sorted(told)
    take_up_breach_letters()
    sent = [letter.to for letter in mails(app, database, "breach_letter")]
    assert sorted(sent) == sorted(str(person.mail_address) for person in people)


@pytest.mark.clause("B3")
def test_an_exercise_writes_to_those_who_handle_it_alone(
    app: Flask, database: WorkerDatabase, settings: Settings
) -> None:
    at = points(40)
    officer, webmaster, person = make_officer(), make_webmaster(), make_person()
    speak_english(database, officer)
    number = open_breach(officer, exercise=True)
    add_concerned(officer, number, person)
    ready_letters(officer, number)
    breach_id = view_of(officer, number).id
    for _ in range(4):
        run_and_kill(settings, "send_breach_letters", next(at), breach_id=breach_id)
    take_up_breach_letters()
    sent = mails(app, database, "breach_letter")
    assert sorted(letter.to for letter in sent) == sorted([str(officer.mail_address), str(webmaster.mail_address)])
    mine = next(letter.text for letter in sent if letter.to == officer.mail_address)
    assert ("EXERCISE: A data breach" in mine, "This is an exercise." in mine) == (True, True)


@pytest.mark.clause("B3")
def test_who_goes_meanwhile_holds_up_nobody(app: Flask, database: WorkerDatabase) -> None:
    officer, gone, stays = make_officer(), make_person(), make_person()
    number = open_breach(officer)
    add_concerned(officer, number, gone, stays)
    ready_letters(officer, number)
    with database.connect() as connection:
        connection.execute("DELETE FROM persons WHERE id = %s", [gone.id])
    take_up_breach_letters()
    assert [letter.to for letter in mails(app, database, "breach_letter")] == [stays.mail_address]
