"""The register: who may see it, what it keeps, and that nothing in it is rewritten (B2)."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
import time_machine
from flask import Flask
from psycopg.errors import InsufficientPrivilege

from tests.features.breaches.handling import STORY, Browse, add_concerned, handler_browser, open_breach, report, view_of
from tests.models.test_row_security import as_app
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, make_officer, make_person, make_webmaster
from tests.support.statements import counting
from upguide.features.breaches.jobs import forget_old_breaches

pytestmark = pytest.mark.clause("B2")
TABLES = ("breaches", "breach_reports", "breach_changes", "breach_texts", "breach_concerned", "breach_mails")
FACTS = {
    "summary": "Mail to a wrong address",
    "facts": STORY,
    "cause": "A slip of the hand.",
    "items": ["surname", "mail_address"],
    "persons_count": "12",
    "records_count": "24",
    "effects": "Unwanted mail.",
    "measures": "The receiver removed it.",
    "delay": "",
}


def fill_tables(handler: Made, database: WorkerDatabase) -> int:
    """A row in each of the tables."""
    number, person = open_breach(handler), make_person()
    add_concerned(handler, number, person)
    with database.connect() as connection:
        connection.execute(
            "INSERT INTO breach_mails (breach_id, kind) SELECT id, 'clock_24' FROM breaches WHERE number = %s", [number]
        )
        connection.execute(
            "INSERT INTO breach_texts (id, breach_id, kind, language, words)"
            " SELECT gen_random_uuid(), id, 'letter', 'nl', '' FROM breaches WHERE number = %s",
            [number],
        )
        connection.execute(
            "INSERT INTO breach_reports (id, reference, tenant_id, wrapped_key, story)"
            " VALUES (gen_random_uuid(), 'DL-X', 'upguide', '', '')"
        )
    return number


def seen_by(database: WorkerDatabase, viewer: Made | None) -> list[str]:
    with as_app(database, "upguide", viewer and viewer.id) as connection:
        return [table for table in TABLES if rows(connection, table)]


def rows(connection: psycopg.Connection, table: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(row[0]) if row else 0


def test_only_who_is_bound_sees_the_register(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    officer, webmaster, loose, member = make_officer(), make_webmaster(), make_webmaster(bound=False), make_person()
    number = fill_tables(officer, database)
    views = [seen_by(database, one) for one in (officer, webmaster, loose, member, None)]
    assert views == [list(TABLES), list(TABLES), [], [], []]
    for path in ("/breaches", f"/breaches/{number}", f"/breaches/{number}/concerned"):
        answers = [browse(one, second_factor=True).get(path).status_code for one in (loose, member)]
        assert (path, answers) == (path, [403, 403])
        assert str(browse().get(path).location).startswith("/login")
        # Their role alone is not enough: the second step must have been taken in this session.
        assert browse(officer).get(path).location == "/second-step/required"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE breach_changes SET role = 'webmaster'",
        "DELETE FROM breach_changes",
        "DELETE FROM breaches",
        "DELETE FROM breach_reports",
        "DELETE FROM breach_texts",
        "DELETE FROM breach_concerned",
        (
            "INSERT INTO breach_concerned (id, person_id, breach_id, items, source, removed, exercise, breach_number,"
            " aware_at) SELECT id, id, id, '{}', 'added', false, false, 1, now() FROM breaches"
        ),
        "INSERT INTO breach_mails SELECT id, 'clock_48' FROM breaches",
    ],
)
def test_nothing_is_rewritten_by_whoever_handles_it(app: Flask, database: WorkerDatabase, statement: str) -> None:
    officer = make_officer()
    fill_tables(officer, database)
    with as_app(database, "upguide", officer.id) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(statement)


def test_a_frozen_text_is_not_changed(app: Flask, database: WorkerDatabase) -> None:
    officer = make_officer()
    fill_tables(officer, database)
    with database.connect() as connection:
        connection.execute("UPDATE breach_texts SET phase = 'sent', frozen_at = now()")
    with as_app(database, "upguide", officer.id) as connection:
        assert connection.execute("UPDATE breach_texts SET words = 'x'").rowcount == 0


def test_no_report_is_made_that_is_judged_already(app: Flask, database: WorkerDatabase) -> None:
    values = "(gen_random_uuid(), 'DL-Y', 'upguide', '', '', 'none')"
    with as_app(database, "upguide", None) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(
            f"INSERT INTO breach_reports (id, reference, tenant_id, wrapped_key, story, decision) VALUES {values}"
        )


@pytest.mark.parametrize("call", ["note_concerned", "add_concerned", "concerned", "looking_sessions"])
def test_the_gate_gives_the_list_to_nobody_else(app: Flask, database: WorkerDatabase, call: str) -> None:
    officer, member = make_officer(), make_webmaster(bound=False)
    fill_tables(officer, database)
    statement = {
        "note_concerned": "gate.note_concerned(gen_random_uuid(), NULL, NULL, NULL, NULL, NULL, NULL)",
        "add_concerned": "gate.add_concerned(gen_random_uuid(), 'UG-X', '{}', '')",
        "concerned": "gate.concerned(gen_random_uuid(), NULL, 25, NULL)",
        "looking_sessions": "gate.looking_sessions(gen_random_uuid(), NULL, NULL, NULL, NULL, 25, NULL)",
    }[call]
    for viewer in (member.id, None):
        with as_app(database, "upguide", viewer) as connection, pytest.raises(InsufficientPrivilege):
            connection.execute(f"SELECT {statement}")


def test_words_are_sealed_at_rest(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    officer = make_officer()
    number = open_breach(officer)
    handler_browser(browse, officer).post(f"/breaches/{number}/description", {**FACTS, "version": "1"})
    with database.connect() as connection:
        texts = [
            str(row[0])
            for table in ("breaches", "breach_changes")
            for row in connection.execute(f"SELECT t::text FROM {table} t").fetchall()
        ]
    assert [text for text in texts if STORY in text or STORY.encode().hex() in text] == []


def test_a_description_is_kept_with_its_history(app: Flask, browse: Browse) -> None:
    officer = make_officer()
    number, client = open_breach(officer), handler_browser(browse, officer)
    path = f"/breaches/{number}/description"
    assert client.post(path, {**FACTS, "version": "1"}).location == f"/breaches/{number}"
    of = view_of(officer, number)
    words = {name: of.words[name] for name in ("cause", "effects", "measures")}
    assert words == {name: FACTS[name] for name in words}
    assert (of.items, of.persons_count, of.records_count, of.version) == (("surname", "mail_address"), 12, 24, 2)
    page = client.get(f"/breaches/{number}").text
    for text in ("A slip of the hand.", "Description changed", "by the data-protection officer", "Put in the register"):
        assert text in page
    # What changes nothing leaves no line.
    client.post(path, {**FACTS, "version": "2"})
    assert view_of(officer, number).version == 2


def test_who_comes_second_changes_nothing(app: Flask, browse: Browse) -> None:
    officer = make_officer()
    number, client = open_breach(officer), handler_browser(browse, officer)
    client.post(f"/breaches/{number}/description", {**FACTS, "version": "1"})
    client.post(f"/breaches/{number}/description", {**FACTS, "cause": "Another cause.", "version": "1"})
    assert view_of(officer, number).words["cause"] == FACTS["cause"]
    assert "Somebody else changed this breach meanwhile" in client.get(f"/breaches/{number}").text


def test_a_decision_needs_reasons(app: Flask, browse: Browse) -> None:
    officer = make_officer()
    number, client = open_breach(officer), handler_browser(browse, officer)
    decided = {"authority": "no", "persons": "open", "version": "1"}
    assert client.post(f"/breaches/{number}/decisions", decided).status_code == 422
    client.post(f"/breaches/{number}/decisions", {**decided, "authority_reasons": "It was sealed."})
    of = view_of(officer, number)
    assert (of.authority, of.words["authority_reasons"], of.persons) == ("no", "It was sealed.", "open")
    assert "The clock stands still" in client.get(f"/breaches/{number}").text


def test_a_breach_is_closed_once_all_is_decided(app: Flask, browse: Browse) -> None:
    officer = make_officer()
    client = handler_browser(browse, officer)
    undecided, harmless = open_breach(officer), open_breach(officer, harmless=True)
    for number in (undecided, harmless):
        client.post(f"/breaches/{number}/close")
    assert [view_of(officer, number).closed_at is None for number in (undecided, harmless)] == [True, False]
    client.post(f"/breaches/{harmless}/open-again")
    assert view_of(officer, harmless).closed_at is None


def test_an_exercise_says_so_on_each_page(app: Flask, browse: Browse) -> None:
    officer = make_officer()
    client = handler_browser(browse, officer)
    moment = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    answer = client.post(
        "/breaches/new", {"summary": "Practice", "facts": "A trial.", "aware_at": moment, "exercise": "y"}
    )
    for page in ("", "/description", "/decisions", "/concerned", "/texts", "/texts/authority/nl"):
        assert "This is an exercise" in client.get(f"{answer.location}{page}").text
    assert "Exercise" in client.get("/breaches").text


def test_the_clock_is_shown_without_a_script(app: Flask, browse: Browse) -> None:
    officer = make_officer()
    client = handler_browser(browse, officer)
    began = datetime(2027, 3, 26, 11, 0, tzinfo=UTC)
    with time_machine.travel(began, tick=False):
        number = open_breach(officer, hours=0)
    with time_machine.travel(began + timedelta(hours=66, minutes=30), tick=False):
        fresh = handler_browser(browse, officer)
        page = fresh.get(f"/breaches/{number}").text
    assert "5 hours and 30 minutes left to report it to the authority." in page
    # The night of 28 March 2027 has an hour less.
    assert "29 March 2027, 13:00" in page
    assert client.get(f"/breaches/{number + 1}").status_code == 404


def test_what_is_over_is_forgotten(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    officer = make_officer()
    kept, gone = open_breach(officer, harmless=True), fill_tables(officer, database)
    report(browse())
    with database.connect() as connection:
        connection.execute("UPDATE breaches SET closed_at = now() - interval '5 years 1 day' WHERE number = %s", [gone])
        connection.execute("UPDATE breaches SET closed_at = now() - interval '4 years' WHERE number = %s", [kept])
        connection.execute(
            "UPDATE breach_reports SET decision = 'none', decided_at = now() - interval '366 days'"
            " WHERE reference = 'DL-X'"
        )
    # Neither the application nor whoever sets its clock makes the term any shorter.
    with time_machine.travel(datetime.now(UTC) + timedelta(days=3650)):
        forget_old_breaches()
    with database.connect() as connection:
        left = {table: rows(connection, table) for table in TABLES}
        tallies = dict(connection.execute("SELECT kind, removed FROM retention_tallies").fetchall())
    counts = {"breaches": 1, "breach_reports": 1, "breach_changes": 1}
    assert left == {**dict.fromkeys(TABLES, 0), **counts}
    # The officer's report on retention counts them.
    assert tallies == {"breaches": 1, "breach_concerned": 1, "breach_mails": 1, "breach_reports": 1}


@pytest.mark.parametrize("many", [1, 25, 100])
def test_pages_ask_the_same_of_few_and_of_many(app: Flask, browse: Browse, database: WorkerDatabase, many: int) -> None:
    officer = make_officer()
    for _ in range(many):
        number = open_breach(officer)
    with database.connect() as connection:
        connection.execute(
            "INSERT INTO breach_reports (id, reference, tenant_id, wrapped_key, story)"
            " SELECT gen_random_uuid(), 'DL-' || n, 'upguide', '', '' FROM generate_series(1, %s) n",
            [many],
        )
    add_concerned(officer, number, *(make_person() for _ in range(min(many, 30))))
    client, counts = handler_browser(browse, officer), {}
    paths = ("/breaches", "/breaches/reports", f"/breaches/{number}", f"/breaches/{number}/concerned")
    for path in (*paths, f"/breaches/{number}/texts"):
        client.get(path)
        with counting() as statements:
            assert client.get(path).status_code == 200
        counts[path.replace(str(number), "n")] = len(statements)
        assert len(statements) <= 8, statements
    assert counts == {
        "/breaches": 4,
        "/breaches/reports": 4,
        "/breaches/n": 6,
        "/breaches/n/concerned": 5,
        "/breaches/n/texts": 5,
    }
