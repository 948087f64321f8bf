"""Requests to a human: sealed, due by the law's calendar, answered by somebody bound and by nobody else (P7)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from psycopg.errors import InsufficientPrivilege

from tests.features.rights.work import letters
from tests.privacy.asking import QUESTION, acting, asked_on, make_officer, put, read
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, make_person, make_webmaster, sign
from upguide.features.rights.jobs import remind_of_requests
from upguide.policy.permissions import AgreementKind
from upguide.policy.purposes import Purpose
from upguide.policy.requests import Answerer, RequestKind, due_on, today
from upguide.privacy import requests
from upguide.privacy.requests import Wish

pytestmark = pytest.mark.clause("P7")


def test_it_reads_as_it_was_written_and_is_due_in_a_month(app: Flask) -> None:
    person = make_person()
    found = read(person, put(person, Wish(RequestKind.OBJECTION, "No letters!", Purpose.MESSAGES)))
    due = due_on(today(datetime.now(UTC)))
    assert (found.kind, found.purpose, found.words, found.due_on) == (
        RequestKind.OBJECTION,
        Purpose.MESSAGES,
        "No letters!",
        due,
    )
    assert (found.answer, found.reason, found.answered_as, found.late, found.extensible) == ("", "", None, False, True)


@pytest.mark.clause("P5")
def test_words_and_answers_are_sealed(app: Flask, database: WorkerDatabase) -> None:
    person, officer = make_person(), make_officer()
    request_id = put(person)
    acting(officer, requests.extend, request_id, "We asked somebody else.")
    acting(officer, requests.answer, request_id, "Only your name.")
    with database.connect() as connection:
        row = connection.execute("SELECT words, extension_reason, answer FROM requests").fetchone()
    assert row is not None
    plain = (b"What do you know", b"We asked", b"Only your")
    assert [words in bytes(sealed) for words, sealed in zip(plain, row, strict=True)] == [False, False, False]
    found = read(person, request_id)
    assert (found.words, found.reason, found.answer) == (
        "What do you know of me?",
        "We asked somebody else.",
        "Only your name.",
    )


@pytest.mark.parametrize("make", [make_officer, make_webmaster])
def test_somebody_bound_reads_it_without_a_name_and_answers(app: Flask, make: Callable[[], Made]) -> None:
    person, handler = make_person(), make()
    request_id = put(person)
    page = acting(handler, requests.open_requests)
    assert [(one.id, one.words) for one in page.rows] == [(request_id, QUESTION.words)]
    assert acting(handler, requests.answer, request_id, "Only your name.")
    assert acting(handler, requests.open_requests).rows == ()
    assert [one.answer for one in acting(handler, requests.answered_requests).rows] == ["Only your name."]
    found = read(person, request_id)
    role = Answerer.WEBMASTER if make is make_webmaster else Answerer.OFFICER
    assert (found.answer, found.answered_as, found.answered_at is None) == ("Only your name.", role, False)


def nobody() -> Made:
    return make_person()


def unbound_officer() -> Made:
    return make_officer(bound=False)


def unbound_webmaster() -> Made:
    return make_webmaster(bound=False)


def bound_by_an_old_version() -> Made:
    officer = make_officer(bound=False)
    sign(officer, AgreementKind.CONFIDENTIALITY, version=0)
    return officer


@pytest.mark.clause("D3")
@pytest.mark.parametrize("make", [nobody, unbound_officer, unbound_webmaster, bound_by_an_old_version])
def test_nobody_else_reads_extends_or_answers(app: Flask, make: Callable[[], Made]) -> None:
    person, other = make_person(), make()
    request_id = put(person)
    assert acting(other, requests.open_requests).rows == ()
    assert acting(other, requests.request_of, request_id) is None
    assert acting(other, requests.answer, request_id, "Mine") is False
    assert acting(other, requests.extend, request_id, "Mine") is None
    assert read(person, request_id).answered_at is None


def test_a_blocked_officer_reads_nothing(app: Flask, database: WorkerDatabase) -> None:
    person, officer = make_person(), make_officer()
    put(person)
    with database.connect() as connection:
        connection.execute("UPDATE persons SET blocked_at = now() WHERE id = %s", [officer.id])
    assert acting(officer, requests.open_requests).rows == ()


def test_nobody_answers_their_own_request(app: Flask) -> None:
    officer = make_officer()
    request_id = put(officer)
    assert acting(officer, requests.open_requests).rows == ()
    assert acting(officer, requests.answer, request_id, "All is well.") is False


def test_it_is_answered_once(app: Flask) -> None:
    person, officer, another = make_person(), make_officer(), make_officer()
    request_id = put(person)
    done = [acting(one, requests.answer, request_id, one.handle) for one in (officer, another)]
    assert (done, read(person, request_id).answer) == ([True, False], officer.handle)


@pytest.mark.clause("W8")
def test_webmaster_answers_nothing_that_an_officer_can(app: Flask) -> None:
    person, webmaster, officer = make_person(), make_webmaster(), make_officer()
    request_id, theirs = put(person), put(officer)
    assert [one.id for one in acting(webmaster, requests.open_requests).rows] == [theirs]
    assert acting(webmaster, requests.request_of, request_id) is None
    assert acting(webmaster, requests.answer, request_id, "Mine") is False
    assert acting(webmaster, requests.extend, request_id, "Mine") is None
    assert acting(webmaster, requests.answer, theirs, "All is well.")
    assert read(officer, theirs).answered_as is Answerer.WEBMASTER


@pytest.mark.parametrize("gone", ["DELETE FROM signatures", "UPDATE persons SET blocked_at = now()"])
def test_webmaster_answers_where_the_officer_cannot(app: Flask, database: WorkerDatabase, gone: str) -> None:
    person, webmaster, officer = make_person(), make_webmaster(), make_officer()
    request_id = put(person)
    with database.connect() as connection:
        column = "id" if "persons" in gone else "person_id"
        connection.execute(f"{gone} WHERE {column} = %s", [officer.id])
    assert acting(webmaster, requests.answer, request_id, "Only your name.")


ANSWERED = (
    "INSERT INTO requests (person_id, id, tenant_id, language, kind, words, asked_on, due_on, answer) SELECT"
    " person_id, gen_random_uuid(), tenant_id, language, kind, words, asked_on, due_on, '' FROM requests"
)


@pytest.mark.parametrize(
    ("statement", "refused"),
    [
        ("UPDATE requests SET answer = ''", "permission denied"),
        ("DELETE FROM requests", "permission denied"),
        (ANSWERED, "row-level security"),
    ],
)
def test_the_gate_is_the_only_way_to_an_answer(
    app: Flask, database: WorkerDatabase, statement: str, refused: str
) -> None:
    person = make_person()
    put(person)
    with database.connect("upguide_app") as connection, connection.transaction(force_rollback=True):
        connection.execute("SELECT set_config('app.viewer', %s, true)", [str(person.id)])
        with pytest.raises(InsufficientPrivilege, match=refused):
            connection.execute(statement)


def test_two_months_more_are_counted_by_the_calendar(app: Flask, database: WorkerDatabase) -> None:
    person, officer = make_person(), make_officer()
    request_id = put(person)
    day = today(datetime.now(UTC))
    assert acting(officer, requests.extend, request_id, "It is much.") == due_on(day, extended=True)
    found = read(person, request_id)
    assert (found.due_on, found.reason, found.extensible) == (due_on(day, extended=True), "It is much.", False)


def test_the_database_counts_months_as_the_policy_does(database: WorkerDatabase) -> None:
    days = [date(2027, 1, 1) + timedelta(days=number) for number in range(2 * 366)]
    with database.connect() as connection:
        rows = connection.execute(
            "SELECT (day + interval '3 months')::date FROM unnest(%s::date[]) AS d(day)", [days]
        ).fetchall()
    assert [row[0] for row in rows] == [due_on(day, extended=True) for day in days]


def test_it_is_extended_once_and_not_after_the_day(app: Flask, database: WorkerDatabase) -> None:
    person, officer = make_person(), make_officer()
    request_id, late = put(person), put(make_person())
    assert acting(officer, requests.extend, request_id, "First") is not None
    assert acting(officer, requests.extend, request_id, "Second") is None
    asked_on(database, today(datetime.now(UTC)) - timedelta(days=40))
    assert acting(officer, requests.extend, late, "Too late") is None
    assert (read(person, request_id).reason, read(person, request_id).late) == ("First", True)


def test_letters_tell_that_there_is_something_and_not_what(app: Flask, database: WorkerDatabase) -> None:
    person, officer = make_person(language="en"), make_officer()
    request_id = put(person)
    acting(officer, requests.extend, request_id, "Secret reason")
    acting(officer, requests.answer, request_id, "Secret answer")
    sent = letters(database, app)
    assert [(kind, to) for kind, to, _text in sent] == [
        ("request_extended", person.mail_address),
        ("request_answered", person.mail_address),
    ]
    assert [words for words in ("Secret", "know of me") for _kind, _to, text in sent if words in text] == []


def reminded(database: WorkerDatabase, app: Flask) -> list[tuple[str, str]]:
    """Who was told so far, and under what subject."""
    return [
        (to, text.partition("'Subject', '")[2].partition("'")[0])
        for kind, to, text in letters(database, app)
        if kind == "request_due"
    ]


def test_officers_and_no_webmasters_are_reminded_once_a_step(app: Flask, database: WorkerDatabase) -> None:
    person, officer, another, _webmaster = make_person(), make_officer(), make_officer(), make_webmaster()
    put(person)
    told = []
    due_in = [31, 11, 10, 9, 4, 3, 2, 0, -1, -2]
    for days in due_in:
        with database.connect() as connection:
            connection.execute("UPDATE requests SET due_on = %s", [today(datetime.now(UTC)) + timedelta(days=days)])
        for _twice in range(2):
            remind_of_requests()
        told.append(len(reminded(database, app)))
    assert told == [0, 0, 2, 2, 2, 4, 4, 4, 6, 6]
    assert {to for to, _subject in reminded(database, app)} == {officer.mail_address, another.mail_address}


def test_without_an_officer_who_can_answer_webmasters_are_reminded(app: Flask, database: WorkerDatabase) -> None:
    put(make_person())
    unsigned, webmaster = make_officer(bound=False), make_webmaster()
    asked_on(database, today(datetime.now(UTC)) - timedelta(days=60))
    remind_of_requests()
    assert [to for to, _subject in reminded(database, app)] == [webmaster.mail_address]
    with database.connect() as connection:
        connection.execute("DELETE FROM signatures")
        connection.execute("UPDATE requests SET reminded = 0")
    remind_of_requests()  # nobody can: whoever could sign hears of it
    assert {to for to, _subject in reminded(database, app)[1:]} == {unsigned.mail_address, webmaster.mail_address}


def test_a_step_that_was_missed_is_told_with_the_next_and_once(app: Flask, database: WorkerDatabase) -> None:
    make_officer()
    put(make_person())
    asked_on(database, today(datetime.now(UTC)) - timedelta(days=60))
    remind_of_requests()
    remind_of_requests()
    assert len(reminded(database, app)) == 1


def test_what_is_answered_is_reminded_of_no_more_and_an_extension_begins_anew(
    app: Flask, database: WorkerDatabase
) -> None:
    officer, first, second = make_officer(), put(make_person()), put(make_person())
    with database.connect() as connection:
        connection.execute("UPDATE requests SET due_on = %s", [today(datetime.now(UTC)) + timedelta(days=2)])
    remind_of_requests()
    acting(officer, requests.answer, first, "Done")
    acting(officer, requests.extend, second, "More")
    with database.connect() as connection:
        connection.execute("UPDATE requests SET due_on = %s", [today(datetime.now(UTC)) + timedelta(days=9)])
    remind_of_requests()
    assert len(reminded(database, app)) == 3


def test_who_asks_is_not_reminded_of_their_own(app: Flask, database: WorkerDatabase) -> None:
    officer, webmaster = make_officer(), make_webmaster()
    put(officer)
    asked_on(database, today(datetime.now(UTC)) - timedelta(days=60))
    remind_of_requests()
    assert [to for to, _subject in reminded(database, app)] == [webmaster.mail_address]


def test_a_request_of_a_closed_portal_is_reminded_of_and_answered(app: Flask, database: WorkerDatabase) -> None:
    person, officer = make_person(), make_officer()
    request_id = put(person)
    asked_on(database, today(datetime.now(UTC)) - timedelta(days=60))
    with database.connect() as connection:
        connection.execute("UPDATE requests SET tenant_id = 'closed'")
    remind_of_requests()
    acting(officer, requests.answer, request_id, "Here it is.")
    assert [(kind, to) for kind, to, _text in letters(database, app)] == [
        ("request_due", officer.mail_address),
        ("request_answered", person.mail_address),
    ]


def test_requests_are_read_page_by_page_the_most_urgent_first(app: Flask, database: WorkerDatabase) -> None:
    person, officer = make_person(), make_officer()
    ids = [put(person) for _number in range(27)]
    with database.connect() as connection:
        for number, request_id in enumerate(ids):
            day = today(datetime.now(UTC)) + timedelta(days=27 - number)
            connection.execute("UPDATE requests SET due_on = %s WHERE id = %s", [day, request_id])
    first, second = (acting(officer, requests.open_requests, page) for page in (0, 1))
    assert [one.id for one in (*first.rows, *second.rows)] == ids[::-1]
    assert (len(first.rows), first.more, second.more) == (25, True, False)
