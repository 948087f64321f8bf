"""What oversight reports: whether all is kept, who looks at whom, the register, retention, an assessment (A2, W8)."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from tests.features.oversight.attended import Attended, Browse
from tests.support.client import Client
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, make_officer, make_person, make_webmaster
from tests.support.statements import counting
from upguide.commands.privacy import TESTS, proofs_in
from upguide.extensions import Base, db
from upguide.policy.clauses import CLAUSES
from upguide.policy.items import CATALOGUE
from upguide.policy.oversight import (
    LOOKS_AT_NIGHT,
    LOOKS_AT_ONE_PERSON,
    MANY_PERSONS_A_DAY,
    SEARCHES_FOR_ONE_NAME,
)
from upguide.policy.requests import RequestKind
from upguide.privacy import requests
from upguide.privacy.checks import Check, live_checks, protected_tables
from upguide.privacy.proofs import FILE
from upguide.privacy.register import as_csv
from upguide.tenancy import all_tenants
from upguide.tenancy.scope import scope

pytestmark = pytest.mark.clause("A2")


@pytest.fixture
def officer(app: Flask) -> Made:
    return make_officer(language="en")


@pytest.fixture
def desk(browse: Browse, officer: Made) -> Client:
    return browse(officer, second_factor=True)


def outcomes(officer: Made) -> dict[Check, bool]:
    """How the live checks come out in the officer's name."""
    with scope("upguide", officer.id, db.session()):
        found = {one.check: one.holds for one in live_checks(db.session())}
        db.session.rollback()
    return found


def change(database: WorkerDatabase, statement: str, *values: object) -> None:
    with database.connect() as connection:
        connection.execute(statement, values)


def two_webmasters() -> None:
    """Make as many as it takes for none to silence the officer (W8)."""
    for _ in range(2):
        make_webmaster()


RAN = "INSERT INTO retention_runs (began_at, milliseconds, warned, repeated, erased, failed, removed) VALUES ({})"
RAN_TODAY = RAN.format("""now() - interval '1 hour', 1500, '{"60": 3, "7": 1}', 1, 2, 0, '{"sessions": 40}'""")


def test_all_holds_in_an_orderly_house(officer: Made, database: WorkerDatabase) -> None:
    two_webmasters()
    change(database, RAN_TODAY)
    broken = {check for check, holds in outcomes(officer).items() if not holds}
    # Words that are being written have no hash yet; tests/privacy/test_statement.py asks for one.
    assert broken - {Check.STATEMENT} == set()


MAIL = (
    "INSERT INTO mails (tenant_id, id, kind, language, wrapped_key, recipient, message, message_id, state, attempts,"
    " made_at) VALUES ('gfs', gen_random_uuid(), 'x', 'en', '', '', '', '', '{}', 1, now() - interval '2 hours')"
)
JOB = "INSERT INTO procrastinate_jobs (queue_name, task_name, status, scheduled_at) VALUES ('default', 'x', '{}', {})"
BROKEN = {
    "a mail that failed": (Check.MAILS, MAIL.format("failed")),
    "a mail that waits": (Check.MAILS, MAIL.format("queued")),
    "a job that waits": (Check.QUEUE, JOB.format("todo", "now() - interval '1 hour'")),
    "a job that failed": (Check.QUEUE, JOB.format("failed", "now()")),
    "no pass for two days": (Check.RETENTION, RAN.format("now() - interval '49 hours', 1, '{}', 0, 0, 0, '{}'")),
    "a pass that never ended": (Check.RETENTION, RAN.format("now(), NULL, '{}', 0, 0, 0, '{}'")),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_broken_is_seen(officer: Made, database: WorkerDatabase, what: str) -> None:
    two_webmasters()
    check, statement = BROKEN[what]
    if check is not Check.RETENTION:
        change(database, RAN_TODAY)
    change(database, statement)
    assert {one for one, holds in outcomes(officer).items() if not holds} - {Check.STATEMENT} == {check}


def test_a_table_that_lost_its_protection_is_seen(officer: Made, database: WorkerDatabase) -> None:
    change(database, "ALTER TABLE phones NO FORCE ROW LEVEL SECURITY")
    try:
        assert not outcomes(officer)[Check.ROW_SECURITY]
    finally:
        change(database, "ALTER TABLE phones FORCE ROW LEVEL SECURITY")


def test_a_role_that_gets_around_row_security_is_seen(officer: Made, database: WorkerDatabase) -> None:
    change(database, "ALTER ROLE upguide_app BYPASSRLS")
    try:
        assert not outcomes(officer)[Check.ROLE]
    finally:
        change(database, "ALTER ROLE upguide_app NOBYPASSRLS")


def test_every_table_with_somebody_s_data_is_looked_at(app: Flask) -> None:
    assert {"persons", "journal", "mails", "officer_accesses", "access_persons"} <= set(protected_tables())
    assert {"throttle_hits", "files_to_remove"} & set(protected_tables()) == set()
    assert set(protected_tables()) <= set(Base.metadata.tables)


def ask_for_something(person: Made, database: WorkerDatabase, *, late: bool = False) -> str:
    with scope(person.tenant, person.id, db.session()):
        tenant = all_tenants()[person.tenant]
        wish = requests.Wish(RequestKind.QUESTION, "What do you keep?")
        made, _due = requests.ask(db.session(), tenant, person.id, "en", wish)
        db.session.commit()
    if late:
        change(database, "UPDATE requests SET due_on = current_date - 2, asked_on = current_date - 32")
    return str(made)


def test_a_late_request_is_seen(officer: Made, database: WorkerDatabase) -> None:
    ask_for_something(make_person(), database, late=True)
    assert not outcomes(officer)[Check.REQUESTS]


def test_proofs_on_the_page_are_those_of_the_tests() -> None:
    """Stale? `make clauses` counts anew."""
    assert json.loads(FILE.read_text()) == {number: len(tests) for number, tests in sorted(proofs_in(TESTS).items())}


def test_promises_stand_there_for_everybody_with_their_proofs(browse: Browse, desk: Client) -> None:
    for page in (browse().get("/privacy/kept").text, desk.get("/oversight/clauses").text):
        assert len(re.findall(r"<tr role=\"row\"><th scope=\"row\"", page)) == len(CLAUSES)


def test_overview_says_what_needs_the_officer(desk: Client, database: WorkerDatabase) -> None:
    assert "The daily pass did not run in the last two days." in desk.get("/oversight").text
    change(database, RAN_TODAY)
    assert "The daily pass did not run in the last two days." not in desk.get("/oversight").text


LOOK = (
    "INSERT INTO journal (tenant_id, person_id, viewer_id, relations, setting, items, seen_at)"
    " VALUES ('upguide', %s, %s, %s, 'page', '{phone}', %s)"
)
# Noon of yesterday, where our people live: no pattern but the one that is planted.
NOON = datetime.now(UTC).replace(hour=11, minute=0, second=0, microsecond=0) - timedelta(days=1)
NIGHT = NOON.replace(hour=1)


def look(database: WorkerDatabase, looks: list[tuple[Made, Made, datetime]], relation: str = "member") -> None:
    rows = [(person.id, viewer.id, [relation], at) for person, viewer, at in looks]
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.executemany(LOOK, rows)


def unusual(database: WorkerDatabase, officer: Made) -> list[tuple[Any, ...]]:
    with database.connect("upguide_app") as connection, connection.transaction():
        connection.execute("SELECT set_config('app.viewer', %s, true)", [str(officer.id)])
        values = [30, MANY_PERSONS_A_DAY, 0, 5, LOOKS_AT_NIGHT, LOOKS_AT_ONE_PERSON, SEARCHES_FOR_ONE_NAME]
        return connection.execute(
            "SELECT pattern, relations, looks, persons FROM gate.unusual_looks(%s, %s, %s, %s, %s, %s, %s)", values
        ).fetchall()


@pytest.fixture
def crowd(app: Flask) -> list[Made]:
    return [make_person() for _ in range(MANY_PERSONS_A_DAY)]


def test_many_persons_in_a_day_stand_out(database: WorkerDatabase, officer: Made, crowd: list[Made]) -> None:
    viewer = make_webmaster()
    look(database, [(person, viewer, NOON) for person in crowd[1:]], "webmaster")
    assert unusual(database, officer) == []
    look(database, [(crowd[0], viewer, NOON)], "webmaster")
    assert unusual(database, officer) == [("many_persons", ["webmaster"], 50, 50)]


def test_looks_at_night_stand_out(database: WorkerDatabase, officer: Made) -> None:
    viewer, persons = make_person(), [make_person() for _ in range(LOOKS_AT_NIGHT)]
    look(database, [(person, viewer, NIGHT) for person in persons[1:]])
    assert unusual(database, officer) == []
    look(database, [(persons[0], viewer, NIGHT)])
    assert unusual(database, officer) == [("odd_hours", ["member"], 10, 10)]


def test_the_same_person_again_and_again_stands_out_and_oneself_does_not(
    database: WorkerDatabase, officer: Made
) -> None:
    viewer, person = make_person(), make_person()
    look(database, [(person, viewer, NOON - timedelta(days=n)) for n in range(LOOKS_AT_ONE_PERSON)])
    look(database, [(person, person, NOON) for _ in range(LOOKS_AT_ONE_PERSON)])
    assert unusual(database, officer) == [("same_person", ["member"], 20, 1)]


def test_old_looks_count_no_more(database: WorkerDatabase, officer: Made) -> None:
    viewer, person = make_person(), make_person()
    look(database, [(person, viewer, NOON - timedelta(days=31)) for _ in range(LOOKS_AT_ONE_PERSON)])
    assert unusual(database, officer) == []


def test_statistics_name_nobody_and_number_viewers_anew(
    database: WorkerDatabase, desk: Client, crowd: list[Made]
) -> None:
    viewers = [make_person() for _ in range(3)]
    for viewer in viewers:
        look(database, [(person, viewer, NOON) for person in crowd])
    page = desk.get("/oversight/statistics").text
    assert [words in page for words in ("Many persons in a day", "Viewer 1", "Viewer 3")] == [True] * 3
    told = [str(one.id) for one in viewers] + [str(one.number) for one in viewers]
    assert [one for one in told if one in page] == []


def test_statistics_use_the_index_of_moments(database: WorkerDatabase) -> None:
    with database.connect() as connection:
        connection.execute("SET enable_seqscan = off")
        plan = connection.execute(
            "EXPLAIN SELECT 1 FROM journal j WHERE j.seen_at > now() - make_interval(days => 30)"
        ).fetchall()
    assert "ix_journal_seen_at" in str(plan)


def sheet(client: Client, language: str) -> list[list[str]]:
    response = client.get(f"/oversight/register/{language}.csv")
    assert response.headers["Content-Disposition"] == f'attachment; filename="register-{language}.csv"'
    return list(csv.reader(io.StringIO(response.get_data().decode("utf-8-sig"))))


def test_register_has_every_kept_item_and_both_parts(desk: Client) -> None:
    page = desk.get("/oversight/register").text
    assert ("As controller" in page, "As processor" in page) == (True, True)
    rows = sheet(desk, "en")
    assert {len(row) for row in rows} == {10}
    assert [row[0] for row in rows[1:]] == ["As controller"] * 5 + ["As processor"] * 3
    data = {item for row in rows for item in row[5].split("; ")}
    assert {CATALOGUE[item].label for item in CATALOGUE if str(CATALOGUE[item].label) not in data} <= {
        *("Goals", "Progress", "Dates and state of a trajectory", "Connected users", "Correspondence"),
        "Living situation",
    }


def test_register_speaks_both_languages_and_no_other(desk: Client) -> None:
    assert sheet(desk, "nl")[1][5] != sheet(desk, "en")[1][5]
    assert desk.get("/oversight/register/fr.csv").status_code == 404


@pytest.mark.parametrize("cell", ["=1+1", "+31 6", "-1", "@here", "\tx", "\rx", "\n=1"])
def test_a_sheet_carries_out_nothing(cell: str) -> None:
    [[made, plain]] = list(csv.reader(io.StringIO(as_csv([[cell, "plain"]]), newline="")))
    assert (made, plain) == (f"'{cell}", "plain")


@pytest.mark.clause("U5")
def test_retention_shows_what_the_passes_did(desk: Client, database: WorkerDatabase) -> None:
    assert "There was no pass yet" in desk.get("/oversight/retention").text
    change(database, RAN_TODAY)
    page = desk.get("/oversight/retention").text
    assert ("60 days before: 3, 7 days before: 1" in page, "1.5 s" in page, ">40<" in page) == (True, True, True)


@pytest.mark.clause("P7")
def test_a_request_is_answered_by_the_officer_and_the_person_reads_it(
    browse: Browse, desk: Client, database: WorkerDatabase
) -> None:
    person = make_person(language="en")
    path = f"/oversight/requests/{ask_for_something(person, database)}"
    assert path in desk.get("/oversight/requests").text
    assert "What do you keep?" in desk.get(path).text
    assert desk.post(path, {"words": "short"}).status_code == 422
    assert desk.post(path, {"words": "Your name and your phone number."}).location == "/oversight/requests"
    assert (
        path in desk.get("/oversight/requests").text,
        path in desk.get("/oversight/requests?show=answered").text,
    ) == (
        False,
        True,
    )
    assert "Your name and your phone number." in desk.get(path).text
    desk.post(path, {"words": "Something else altogether."})
    assert "Your name and your phone number." in desk.get(path).text
    assert str(person.surname) not in desk.get(path).text


@pytest.mark.clause("P7")
def test_webmaster_answers_what_no_officer_can_and_finds_nothing_else(browse: Browse, database: WorkerDatabase) -> None:
    booth = browse(make_webmaster(language="en"), second_factor=True)
    path = f"/oversight/requests/{ask_for_something(make_person(), database)}"
    officer = make_officer()
    theirs = f"/oversight/requests/{ask_for_something(officer, database)}"
    listed = booth.get("/oversight/requests").text
    assert ("The data-protection officer answers requests." in listed, path in listed, theirs in listed) == (
        True,
        False,
        True,
    )
    assert (booth.get(path).status_code, booth.post(path, {"words": "I should not say this."}).status_code) == (
        404,
        404,
    )
    assert booth.post(theirs, {"words": "This is what we keep of you."}).status_code == 303
    change(database, "DELETE FROM role_grants WHERE person_id = %s", officer.id)
    assert booth.get(path).status_code == 200


@pytest.mark.clause("P7")
def test_an_answer_is_put_off_once_with_a_reason(desk: Client, database: WorkerDatabase) -> None:
    path = f"/oversight/requests/{ask_for_something(make_person(), database)}"
    assert "Take two months more" in desk.get(path).text
    assert desk.get(f"{path}/extend").status_code == 200
    assert desk.post(f"{path}/extend", {"words": "too short"}).status_code == 422
    assert desk.post(f"{path}/extend", {"words": "We must ask the host first."}).location == path
    assert "We must ask the host first." in desk.get(path).text
    assert desk.get(f"{path}/extend").status_code == 404


@pytest.mark.parametrize(("ticked", "needed"), [((), False), (("4",), False), (("4", "7"), True)])
def test_two_criteria_ask_for_an_assessment(
    desk: Client, database: WorkerDatabase, ticked: tuple[str, ...], needed: bool
) -> None:
    with database.connect() as connection:
        before = connection.execute("SELECT sum(n_tup_ins + n_tup_upd) FROM pg_stat_xact_user_tables").fetchone()
        page = desk.post("/oversight/assessment", {"criterion": list(ticked)}).text
        after = connection.execute("SELECT sum(n_tup_ins + n_tup_upd) FROM pg_stat_xact_user_tables").fetchone()
    assert ("An assessment is needed" in page, page.count(" checked"), before == after) == (needed, len(ticked), True)


PAGES = (
    *("/oversight", "/oversight/clauses", "/oversight/statistics", "/oversight/register", "/oversight/retention"),
    *("/oversight/requests", "/oversight/assessment", "/oversight/kept-from-people", "/privacy/kept"),
)


def test_reports_ask_the_same_for_little_and_for_much(browse: Browse, database: WorkerDatabase) -> None:
    attended = Attended(browse, database, [make_person()])
    counts = []
    for _turn in range(2):
        for path in PAGES:
            attended.desk.get(path)
            with counting() as statements:
                assert attended.desk.get(path).status_code == 200
            assert len(statements) <= 8, statements
            counts.append(len(statements))
        for _ in range(12):
            person = make_person()
            ask_for_something(person, database)
            look(database, [(person, attended.officer, NIGHT) for _ in range(20)])
            change(database, RAN_TODAY)
    assert counts[: len(PAGES)] == counts[len(PAGES) :]
