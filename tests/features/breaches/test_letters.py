"""The letters to those whom a breach concerns: whom it was asked for, each once, and told is who has it (B3)."""

from collections import deque
from datetime import timedelta
from itertools import islice

import pytest
from flask import Flask, g
from sqlalchemy import Engine, event

from tests.features.breaches.handling import (
    Browse,
    add_concerned,
    as_handler,
    ask_letters,
    boxes,
    fates,
    freeze_letters,
    handler_browser,
    listed,
    mails,
    open_breach,
    ready_letters,
    speak_english,
    view_of,
)
from tests.features.rights.killed import KILLS, points, run_and_kill
from tests.mail.servers import Inbox, with_mail_server
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, join, make_officer, make_person, make_webmaster
from upguide.config import Settings
from upguide.extensions import db
from upguide.features.breaches import on_list
from upguide.features.breaches.actions import Conflict, concerned, register
from upguide.features.breaches.letters import take_up_breach_letters
from upguide.mail.delivery import deliver_mail
from upguide.tenancy import all_tenants
from upguide.tenancy.scope import scope

pytestmark = pytest.mark.clause("B3")


def deliver(database: WorkerDatabase, person: Made) -> None:
    """Let the worker hand over what is queued for somebody."""
    statement = "SELECT tenant_id, id FROM mails WHERE state = 'queued' AND person_id = %s"
    with database.connect() as connection:
        queued = connection.execute(statement, [person.id]).fetchall()
    for tenant, mail_id in queued:
        g.tenant = all_tenants()[tenant]
        with scope(tenant, None):
            deliver_mail(mail_id=mail_id)


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
    told = {person for person, state in listed(database).items() if state[3]}
    with database.connect() as connection:
        written = [row[0] for row in connection.execute("SELECT person_id FROM mails WHERE kind = 'breach_letter'")]
    assert sorted(written) == sorted(told)
    take_up_breach_letters()
    sent = [letter.to for letter in mails(app, database, "breach_letter")]
    assert sorted(sent) == sorted(str(person.mail_address) for person in people)


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


def test_who_goes_meanwhile_holds_up_nobody(app: Flask, database: WorkerDatabase) -> None:
    officer, gone, stays = make_officer(), make_person(), make_person()
    number = open_breach(officer)
    add_concerned(officer, number, gone, stays)
    ready_letters(officer, number)
    with database.connect() as connection:
        connection.execute("DELETE FROM persons WHERE id = %s", [gone.id])
    take_up_breach_letters()
    assert [letter.to for letter in mails(app, database, "breach_letter")] == [stays.mail_address]


def started(*people: Made, exercise: bool = False) -> tuple[Made, int]:
    """Put people on the list of a breach whose letters are frozen; return who handles it, and its number."""
    officer = make_officer()
    number = open_breach(officer, exercise=exercise)
    add_concerned(officer, number, *people)
    freeze_letters(officer, number)
    return officer, number


def test_asked_is_not_sent_and_told_is_who_has_a_letter_that_was_taken(
    app: Flask, browse: Browse, database: WorkerDatabase, settings: Settings
) -> None:
    taken, refused, unsure = make_person(), make_person(), make_person()
    officer, number = started(taken, refused, unsure)
    ask_letters(officer, number)
    assert set(fates(database).values()) == {("asked", False)}
    inbox = Inbox()
    with with_mail_server(app, settings, inbox):
        take_up_breach_letters()
        assert set(fates(database).values()) == {("queued", False)}
        client = handler_browser(browse, officer)
        assert "0 were told" in client.get(f"/breaches/{number}/texts").text
        for person in (taken, refused, unsure):
            inbox.answers["RCPT"] = deque(["550 no such mailbox"] if person is refused else [])
            inbox.hang_up_after_content = person is unsure
            deliver(database, person)
    assert fates(database) == {taken.id: ("told", True), refused.id: ("refused", False), unsure.id: ("unsure", False)}
    page = client.get(f"/breaches/{number}/texts").text
    for words in ("1 was told: the mail server took", "1 was not reached", "Of 1 letter nobody knows", "34(3)(c)"):
        assert words in page
    assert "Send to 2 more" in page
    listed_page = client.get(f"/breaches/{number}/concerned").text
    for words in ("Told on", "their mailbox refused the letter", "Nobody knows whether the letter arrived"):
        assert words in listed_page


def test_whom_a_letter_did_not_reach_is_sent_one_again(
    app: Flask, browse: Browse, database: WorkerDatabase, settings: Settings
) -> None:
    person, told = make_person(), make_person()
    officer, number = started(person, told)
    inbox = Inbox(answers={"RCPT": deque(["550 no"])})
    with with_mail_server(app, settings, inbox):
        ask_letters(officer, number)
        take_up_breach_letters()
        deliver(database, person)
        deliver(database, told)
        client = handler_browser(browse, officer)
        page = client.get(f"/breaches/{number}/letters").text
        assert "1 person whom the last letter did not reach" in page
        client.post(f"/breaches/{number}/letters", {"groups": boxes(page)})
        take_up_breach_letters()
        deliver(database, person)
    assert fates(database) == {person.id: ("told", True), told.id: ("told", True)}
    assert sorted(taken.recipients[0] for taken in inbox.taken) == sorted([person.mail_address, told.mail_address])


def test_a_letter_that_is_lost_on_its_way_is_noted_after_two_days(
    app: Flask, database: WorkerDatabase, settings: Settings
) -> None:
    person = make_person()
    officer, number = started(person)
    ask_letters(officer, number)
    with with_mail_server(app, settings, Inbox()):
        take_up_breach_letters()
        for days, fate in ((1.9, "queued"), (2.1, "failed")):
            with database.connect() as connection:
                connection.execute("UPDATE breach_concerned SET letter_at = now() - %s", [timedelta(days=days)])
            take_up_breach_letters()
            assert fates(database) == {person.id: (fate, False)}


def test_nobody_else_says_what_became_of_a_letter(app: Flask, database: WorkerDatabase) -> None:
    person = make_person()
    officer, number = started(person)
    ask_letters(officer, number)
    take_up_breach_letters()
    with database.connect() as connection:
        connection.execute("UPDATE breach_concerned SET letter = 'queued', told_at = NULL")
    with database.connect("upguide_app") as connection:
        connection.execute("SELECT gate.note_breach_letter(gen_random_uuid(), %s, 'told')", [person.id])
    assert fates(database) == {person.id: ("queued", False)}


def test_who_comes_on_the_list_later_is_asked_about_anew(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    first, later, off = make_person(), make_person(), make_person()
    officer, number = started(first, off)
    client = handler_browser(browse, officer)
    page = client.get(f"/breaches/{number}/letters").text
    take_off(officer, number, database, off)
    # The list is another than the page showed: nobody is written to.
    assert client.post(f"/breaches/{number}/letters", {"groups": boxes(page)}).status_code == 422
    page = client.get(f"/breaches/{number}/letters").text
    client.post(f"/breaches/{number}/letters", {"groups": boxes(page)})
    add_concerned(officer, number, later)
    take_up_breach_letters()
    assert [letter.to for letter in mails(app, database, "breach_letter")] == [first.mail_address]
    assert fates(database) == {first.id: ("told", True), later.id: (None, False), off.id: (None, False)}
    assert "Send to 1 more" in client.get(f"/breaches/{number}/texts").text
    assert client.post(f"/breaches/{number}/close").location == f"/breaches/{number}"
    decide(officer, number)
    assert client.post(f"/breaches/{number}/close").location == f"/breaches/{number}/texts"
    assert ask_letters(officer, number) == 1
    take_up_breach_letters()
    assert [letter.to for letter in mails(app, database, "breach_letter")] == [first.mail_address, later.mail_address]
    client.post(f"/breaches/{number}/close")
    assert view_of(officer, number).closed_at is not None


def test_a_list_that_changes_under_the_question_sends_nothing(app: Flask, database: WorkerDatabase) -> None:
    officer, number = started(make_person())
    of = view_of(officer, number)
    with as_handler(officer):
        shown = on_list.due(db.session(), of.id)
    add_concerned(officer, number, make_person())
    with as_handler(officer), pytest.raises(Conflict):
        concerned.ask_letters(db.session(), "officer", of, shown)
    assert set(fates(database).values()) == {(None, False)}


def test_whoever_comes_in_the_place_of_somebody_is_not_sent_what_they_were_asked(
    app: Flask, database: WorkerDatabase
) -> None:
    one, two = make_person(), make_person()
    officer, number = started(one, two)
    of = view_of(officer, number)
    with as_handler(officer):
        shown = on_list.due(db.session(), of.id)
    take_off(officer, number, database, one)
    add_concerned(officer, number, make_person())
    with as_handler(officer), pytest.raises(Conflict):
        concerned.ask_letters(db.session(), "officer", of, shown)
    assert set(fates(database).values()) == {(None, False)}


def test_who_comes_on_the_list_while_it_is_asked_sends_nothing(app: Flask, database: WorkerDatabase) -> None:
    officer, number = started(make_person())
    of, later = view_of(officer, number), make_person()
    with as_handler(officer):
        shown = on_list.due(db.session(), of.id)

    def come(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("UPDATE breach_concerned"):
            with database.connect() as connection:
                connection.execute(
                    "INSERT INTO breach_concerned (id, person_id, removed, breach_id, breach_number, exercise,"
                    " aware_at, items, source) SELECT gen_random_uuid(), %s, false, breach_id, breach_number, exercise,"
                    " aware_at, items, source FROM breach_concerned LIMIT 1",
                    [later.id],
                )

    event.listen(Engine, "before_cursor_execute", come)
    try:
        with as_handler(officer), pytest.raises(Conflict):
            concerned.ask_letters(db.session(), "officer", of, shown)
    finally:
        event.remove(Engine, "before_cursor_execute", come)
    assert set(fates(database).values()) == {(None, False)}


def test_who_was_asked_about_before_another_decision_is_asked_about_anew(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    person, more = make_person(), make_person()
    officer, number = started(more)
    ask_letters(officer, number)
    take_up_breach_letters()
    of = view_of(officer, number)
    with as_handler(officer):
        concerned.add_number(db.session(), "officer", of, str(more.number), ["phone"], "It lay there too.")
    add_concerned(officer, number, person)
    ask_letters(officer, number)
    for decision in ("no", "tell"):
        of = view_of(officer, number)
        with as_handler(officer):
            register.describe(db.session(), "officer", of, of.version, {"persons": decision})
    take_up_breach_letters()
    assert len(mails(app, database, "breach_letter")) == 1
    assert fates(database) == {person.id: (None, False), more.id: ("told", True)}
    page = handler_browser(browse, officer).get(f"/breaches/{number}/texts").text
    assert ("1 was told before all of it was known." in page, "Send the letters" in page) == (True, True)
    assert ask_letters(officer, number) == 2


def test_a_decision_not_to_tell_stops_a_job_that_has_begun(app: Flask, database: WorkerDatabase) -> None:
    officer, number = started(make_person(), make_person())
    ask_letters(officer, number)

    def decide_otherwise(*_rest: object) -> None:
        # As it stands once a decision is committed: the first letter is written, the others are not.
        with database.connect() as connection:
            connection.execute("UPDATE breaches SET persons = 'no'")

    event.listen(Engine, "commit", decide_otherwise)
    try:
        take_up_breach_letters()
    finally:
        event.remove(Engine, "commit", decide_otherwise)
    assert len(mails(app, database, "breach_letter")) == 1
    assert sorted(letter or "" for letter, _told in fates(database).values()) == ["asked", "told"]


def test_who_was_told_before_all_was_known_gets_a_supplement(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    person, other = make_person(language="en"), make_person()
    officer, number = started(person, other)
    ask_letters(officer, number)
    take_up_breach_letters()
    of = view_of(officer, number)
    with as_handler(officer):
        concerned.add_number(db.session(), "officer", of, str(person.number), ["phone"], "It lay there too.")
    client = handler_browser(browse, officer)
    assert "before all of it was known" in client.get(f"/breaches/{number}/concerned").text
    assert "1 was told before all of it was known." in client.get(f"/breaches/{number}/texts").text
    assert ask_letters(officer, number) == 1
    take_up_breach_letters()
    first, second = (m.text for m in mails(app, database, "breach_letter") if m.to == person.mail_address)
    assert ("More about the data breach" in first, "We wrote to you about this before" in first) == (False, False)
    for words in ("More about the data breach", "We wrote to you about this before, on", "too: Phone number."):
        assert words in second
    assert len(mails(app, database, "breach_letter")) == 3
    with database.connect() as connection:
        rows = connection.execute("SELECT person_id, told_items, told_items = items FROM breach_concerned").fetchall()
    assert {row[0]: row[1:] for row in rows} == {
        person.id: (["phone", "surname"], True),
        other.id: (["surname"], True),
    }


def test_a_letter_that_cannot_be_written_holds_up_no_other(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    broken, people = make_person(), [make_person() for _ in range(3)]
    officer, number = started(people[0], broken, *people[1:])
    with database.connect() as connection:
        connection.execute("UPDATE persons SET mail_address = 'not one address' WHERE id = %s", [broken.id])
    ask_letters(officer, number)
    take_up_breach_letters()
    take_up_breach_letters()
    sent = [letter.to for letter in mails(app, database, "breach_letter")]
    assert sorted(sent) == sorted(str(person.mail_address) for person in people)
    assert fates(database)[broken.id] == ("unwritten", False)
    client = handler_browser(browse, officer)
    assert "Not sent: the letter could not be written" in client.get(f"/breaches/{number}/concerned").text
    assert "1 was not reached by the last letter." in client.get(f"/breaches/{number}/texts").text


def test_an_exercise_tells_nobody(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    person = make_person()
    officer, number = started(person, exercise=True)
    ask_letters(officer, number)
    take_up_breach_letters()
    assert fates(database) == {person.id: ("practised", False)}
    page = handler_browser(browse, officer).get(f"/breaches/{number}/texts").text
    assert ("A letter would have gone to 1 of them." in page, "told: the mail" in page) == (True, False)


def decide(officer: Made, number: int) -> None:
    of = view_of(officer, number)
    with as_handler(officer):
        values = {"authority": "no", "authority_reasons": "No risk."}
        register.describe(db.session(), "officer", of, of.version, values)


def take_off(officer: Made, number: int, database: WorkerDatabase, person: Made) -> None:
    with database.connect() as connection:
        row = connection.execute("SELECT id FROM breach_concerned WHERE person_id = %s", [person.id]).fetchone()
    assert row is not None
    with as_handler(officer):
        assert concerned.remove(db.session(), "officer", view_of(officer, number), row[0], "It was not theirs.")
