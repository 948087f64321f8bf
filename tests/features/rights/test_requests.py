"""Asking a human on the site: what is refused, what is told, and reading the answer (P7)."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask

from tests.privacy.asking import acting, asked_on, make_officer, put
from tests.support.client import Client
from tests.support.database import WorkerDatabase
from tests.support.factories import make_person
from tests.support.statements import counting
from upguide.features.rights.views.requests import MOST_OPEN
from upguide.i18n import format_date
from upguide.policy.requests import due_on, months_after, today
from upguide.privacy import requests

Browse = Callable[..., Client]
NEW = "/my-data/requests/new"

pytestmark = pytest.mark.clause("P7")


def test_a_request_tells_its_day_at_once(app: Flask, browse: Browse) -> None:
    client = browse(make_person(language="en"))
    answer = client.post(NEW, {"kind": "question", "words": "What do you know of me?"})
    page = client.follow(answer).text
    due = format_date(due_on(today(datetime.now(UTC))))
    assert (f"You have an answer by {due} at the latest." in page, "What do you know of me?" in page) == (True, True)
    assert f"Due on {due}" in client.get("/my-data/requests").text
    assert "1 request waits for an answer" in client.get("/my-data").text


def test_what_an_objection_is_about_is_kept_with_it(app: Flask, browse: Browse) -> None:
    client = browse(make_person(language="en"))
    way = f"{NEW}?kind=objection&purpose=messages"
    page = client.get(way).text
    assert "You object to: Messages that matter." in page
    assert "Messages that matter" in client.follow(client.post(way, {"kind": "objection", "words": "No."})).text
    assert "Messages that matter" not in client.follow(client.post(way, {"kind": "question", "words": "?"})).text


@pytest.mark.clause("P2")
@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"kind": "question", "words": ""}, "Write what you ask."),
        ({"kind": "", "words": "Hello"}, "Choose what it is about."),
        ({"kind": "anything", "words": "Hello"}, "There is a problem"),
        ({"kind": "question", "words": "My number is 111222333"}, "There is a problem"),
        ({"kind": "question", "words": "x" * 5_001}, "There is a problem"),
    ],
)
def test_what_cannot_be_asked_is_told_and_kept_nowhere(
    app: Flask, browse: Browse, database: WorkerDatabase, sent: dict[str, str], told: str
) -> None:
    client = browse(make_person(language="en"))
    answer = client.post(NEW, sent)
    assert (answer.status_code, told in answer.text) == (422, True)
    with database.connect() as connection:
        assert connection.execute("SELECT count(*) FROM requests").fetchone() == (0,)


def test_nobody_asks_more_than_ten_at_once(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    client = browse(make_person(language="en"))
    for _number in range(MOST_OPEN + 1):
        client.post(NEW, {"kind": "question", "words": "Again"})
    with database.connect() as connection:
        assert connection.execute("SELECT count(*) FROM requests").fetchone() == (MOST_OPEN,)
    assert "As soon as one is answered you can ask again." in client.get(NEW).text


def test_the_answer_is_read_on_the_site_with_who_and_when(app: Flask, browse: Browse) -> None:
    person, officer = make_person(language="en"), make_officer()
    request_id = put(person)
    acting(officer, requests.extend, request_id, "Somebody is ill.")
    acting(officer, requests.answer, request_id, "We know your name.\nAnd no more.")
    text = browse(person).get(f"/my-data/requests/{request_id}").text
    for words in ("We know your name.\nAnd no more.", "By the data-protection officer, on", "Somebody is ill."):
        assert words in text
    assert str(officer.surname) not in text


def test_another_s_request_is_not_there(app: Flask, browse: Browse) -> None:
    request_id = put(make_person())
    for other in (make_person(), make_officer()):
        assert browse(other).get(f"/my-data/requests/{request_id}").status_code == 404


def test_what_is_late_says_so(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    person = make_person(language="en")
    request_id = put(person)
    asked_on(database, months_after(today(datetime.now(UTC)), -2))
    client = browse(person)
    assert "Too late: was due on" in client.get("/my-data/requests").text
    assert "We are late" in client.get(f"/my-data/requests/{request_id}").text


@pytest.mark.parametrize("rows", [1, 25, 100])
def test_the_list_costs_the_same_for_any_number(app: Flask, browse: Browse, rows: int) -> None:
    person = make_person()
    for _row in range(rows):
        put(person)
    client = browse(person)
    client.get("/my-data/requests")
    with counting() as statements:
        page = client.get("/my-data/requests")
    assert (len(statements), page.text.count('class="item"')) == (4, min(rows, 25))


@pytest.mark.parametrize("asked", ["page=1", "page=999999", "page=-1", "page=x", "page=99999999999999999999"])
def test_a_page_that_is_not_there_is_empty_or_the_first(app: Flask, browse: Browse, asked: str) -> None:
    person = make_person()
    put(person)
    assert browse(person).get(f"/my-data/requests?{asked}").status_code == 200
