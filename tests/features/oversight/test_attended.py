"""W8 in the database: exactly the granted items of exactly those persons, and only while a webmaster attends."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

import pytest
from flask import Flask
from psycopg.errors import CheckViolation, InsufficientPrivilege

from tests.features.oversight.attended import REASON, Attended, Browse
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, add_address, add_phone, hide, make_officer, make_person, make_webmaster
from upguide.extensions import db
from upguide.policy.items import Item

pytestmark = pytest.mark.clause("W8")


@pytest.fixture
def elsewhere(app: Flask) -> Made:
    """Somebody of another portal, whom nobody here sees."""
    person = make_person("gfs")
    add_phone(person)
    add_address(person)
    return person


@pytest.fixture
def attended(browse: Browse, database: WorkerDatabase, elsewhere: Made) -> Attended:
    """An access to that person's phone number, asked."""
    return Attended(browse, database, [elsewhere])


TABLES = ("persons", "person_keys", "phones", "addresses", "employers", "photos", "professionals")


def rows(attended: Attended, *persons: Made) -> dict[str, int]:
    """Return how many rows of these persons raw SQL reads in the officer's name, none left out."""
    found = {}
    with attended.raw() as connection:
        for table in (*TABLES, "entries", "hidden_items", "sessions", "credentials", "consents", "memberships"):
            column = "id" if table == "persons" else "person_id"
            where = f"SELECT count(*) FROM {table} WHERE {column} = ANY(%s)"
            row = connection.execute(where, [[person.id for person in persons]]).fetchone()
            assert row is not None
            found[table] = row[0]
    return {table: count for table, count in found.items() if count}


OPEN = {"persons": 1, "person_keys": 1, "phones": 1, "entries": 1}


def test_nothing_is_read_before_a_webmaster_attends(attended: Attended, elsewhere: Made) -> None:
    seen = [rows(attended, elsewhere)]
    assert attended.answer()
    seen.append(rows(attended, elsewhere))
    assert seen == [{}, {}]


def test_granted_rows_of_the_named_person_are_read_and_no_others(attended: Attended, elsewhere: Made) -> None:
    other = make_person("gfs")
    add_phone(other)
    attended.open()
    assert (rows(attended, elsewhere), rows(attended, other)) == (OPEN, {})
    assert attended.opened() == [(elsewhere.id, "phone")]


# What ends it, without a word of the officer's: nobody there, time over, nobody bound, nobody signed in.
ENDS = {
    "two minutes without a sign": "UPDATE officer_accesses SET attended_at = now() - interval '121 seconds'",
    "the period is over": "UPDATE officer_accesses SET starts_at = now() - interval '2 days',"
    " expires_at = now() - interval '1 second'",
    "the period has not begun": "UPDATE officer_accesses SET starts_at = now() + interval '1 hour'",
    "ended": "UPDATE officer_accesses SET ended_at = now()",
    "webmaster dismissed": "DELETE FROM role_grants WHERE role = 'webmaster'",
    "officer dismissed": "DELETE FROM role_grants WHERE role = 'officer'",
    "webmaster's agreement lapsed": "UPDATE signatures SET expires_at = now()"
    " WHERE person_id = (SELECT webmaster_id FROM officer_accesses)",
    "officer's agreement of an old version": "UPDATE signatures SET version = 0"
    " WHERE person_id = (SELECT officer_id FROM officer_accesses)",
    "webmaster blocked": "UPDATE persons SET blocked_at = now() WHERE id = (SELECT webmaster_id FROM officer_accesses)",
    "webmaster signed out": "DELETE FROM sessions WHERE id = (SELECT session_id FROM officer_accesses)",
    "webmaster's session without a second factor": "UPDATE sessions SET second_factor_at = NULL"
    " WHERE id = (SELECT session_id FROM officer_accesses)",
    "session of thirty days ago": "UPDATE sessions SET started_at = now() - interval '30 days'"
    " WHERE id = (SELECT session_id FROM officer_accesses)",
    "officer without a second factor": "UPDATE sessions SET second_factor_at = NULL"
    " WHERE person_id = (SELECT officer_id FROM officer_accesses)",
}


@pytest.mark.parametrize("why", ENDS)
def test_access_closes_at_once(attended: Attended, elsewhere: Made, why: str) -> None:
    attended.open()
    before = rows(attended, elsewhere)
    attended.change(ENDS[why])
    assert (before, rows(attended, elsewhere), attended.opened()) == (OPEN, {}, [])


def test_nobody_else_reads_what_is_open_to_the_officer(attended: Attended, elsewhere: Made) -> None:
    attended.open()
    found = []
    for viewer in (make_officer(), attended.webmaster, make_person()):
        with attended.raw(viewer) as connection:
            count = connection.execute("SELECT count(*) FROM phones WHERE person_id = %s", [elsewhere.id]).fetchone()
            found.append(count)
    assert found == [(0,)] * 3


def test_opened_rows_are_read_and_never_written(attended: Attended, elsewhere: Made) -> None:
    attended.open()
    with attended.raw() as connection:
        changed = connection.execute("UPDATE phones SET kind = 'fixed' WHERE person_id = %s", [elsewhere.id]).rowcount
        gone = connection.execute("DELETE FROM phones WHERE person_id = %s", [elsewhere.id]).rowcount
    assert (changed, gone) == (0, 0)


@pytest.mark.parametrize(
    "statement",
    [
        (
            "INSERT INTO officer_accesses (id, reason, items, starts_at, expires_at)"
            " VALUES (gen_random_uuid(), 'x', '{phone}', now(), now() + interval '1 day')"
        ),
        "INSERT INTO access_asks (id, access_id, anybody) SELECT gen_random_uuid(), id, true FROM officer_accesses",
    ],
)
def test_nobody_makes_an_access_past_the_gate(attended: Attended, statement: str) -> None:
    with attended.raw() as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(statement)


def test_the_officer_does_not_change_an_access_past_the_gate(attended: Attended) -> None:
    with attended.raw() as connection:
        assert connection.execute("UPDATE officer_accesses SET attended_at = now()").rowcount == 0


def test_one_person_never_is_both(attended: Attended) -> None:
    with pytest.raises(CheckViolation, match="two_persons"):
        attended.change("UPDATE officer_accesses SET webmaster_id = officer_id")


def test_a_period_is_thirty_days_at_most(attended: Attended) -> None:
    with pytest.raises(CheckViolation, match="period"):
        attended.change("UPDATE officer_accesses SET expires_at = starts_at + interval '31 days'")


NOTE = (
    "INSERT INTO journal (tenant_id, person_id, viewer_id, relations, setting, items, access_id)"
    " VALUES ('upguide', %s, %s, '{officer}', 'page', '{}', %s)"
)


def test_a_look_is_noted_only_while_the_access_is_open(attended: Attended, elsewhere: Made) -> None:
    values = [elsewhere.id, attended.officer.id, attended.access_id]
    attended.open()
    with attended.raw() as connection:
        assert connection.execute(NOTE, values).rowcount == 1
    attended.change(ENDS["ended"])
    with attended.raw() as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(NOTE, values)


def test_an_officer_s_look_without_an_access_is_not_noted(attended: Attended) -> None:
    fellow = make_person()
    with attended.raw() as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(NOTE, [fellow.id, attended.officer.id, None])


def test_a_webmaster_without_a_second_factor_does_not_attend(attended: Attended, browse: Browse) -> None:
    assert attended.answer()
    booth = browse(attended.webmaster)
    assert booth.post(f"/webmaster/accesses/{attended.access_id}/attend").location == "/second-step/required"
    assert attended.opened() == []


def test_another_s_session_does_not_attend(attended: Attended) -> None:
    assert attended.answer()
    with attended.database.connect() as connection:
        other = connection.execute("SELECT id FROM sessions WHERE person_id = %s", [attended.officer.id]).fetchone()
    assert other is not None
    with attended.raw(attended.webmaster) as connection:
        row = connection.execute(
            "SELECT gate.attend_access(%s, %s), gate.attend_access(%s, gen_random_uuid())",
            [attended.access_id, other[0], attended.access_id],
        ).fetchone()
    assert row == (False, False)


def test_two_webmasters_answer_at_once_and_one_counts(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    attended = Attended(browse, database, [make_person()])
    second = make_webmaster()
    attended.access_id = attended.ask(attended.officer, None)
    answers = in_threads(app, lambda: attended.answer(attended.webmaster), lambda: attended.answer(second))
    with database.connect() as connection:
        agreed = connection.execute(
            "SELECT webmaster_id FROM officer_accesses WHERE id = %s", [attended.access_id]
        ).fetchone()
    assert sorted(answers) == [False, True]
    assert agreed is not None
    assert agreed[0] == (attended.webmaster.id if answers[0] else second.id)


def in_threads(app: Flask, *acts: Callable[[], bool]) -> list[bool]:
    """Do these at the same time, each with a connection of its own."""

    def run(act: Callable[[], bool]) -> bool:
        with app.app_context():
            try:
                return act()
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(acts)) as threads:
        return [one.result() for one in [threads.submit(copy_context().run, run, act) for act in acts]]


def state(attended: Attended) -> str:
    with attended.database.connect() as connection:
        row: Any = connection.execute("SELECT gate.access_state(%s)", [attended.access_id]).fetchone()
    return str(row[0])


def again(attended: Attended, webmaster: Made | None) -> bool:
    with attended.raw() as connection, connection.transaction():
        row: Any = connection.execute(
            "SELECT gate.ask_access_again(%s, %s)", [attended.access_id, webmaster and webmaster.id]
        ).fetchone()
    return bool(row[0])


def test_a_second_webmaster_is_asked_after_a_refusal_and_not_before(attended: Attended) -> None:
    second = make_webmaster()
    assert (state(attended), again(attended, second)) == ("asked", False)
    assert attended.answer(agree=False)
    assert (state(attended), again(attended, attended.webmaster), again(attended, second)) == ("refused", False, True)


def test_a_second_webmaster_is_asked_after_a_day_of_silence(attended: Attended) -> None:
    second = make_webmaster()
    attended.change("UPDATE access_asks SET asked_at = now() - interval '23 hours 59 minutes'")
    assert (state(attended), again(attended, second)) == ("asked", False)
    attended.change("UPDATE access_asks SET asked_at = now() - interval '24 hours 1 minute'")
    assert (state(attended), again(attended, second)) == ("silent", True)


def test_a_webmaster_who_agreed_and_stays_away_silences_nobody(attended: Attended) -> None:
    assert attended.answer()
    assert (state(attended), again(attended, make_webmaster())) == ("agreed", False)
    attended.change(
        "UPDATE officer_accesses SET agreed_at = now() - interval '25 hours', starts_at = now() - interval '25 hours',"
        " expires_at = now() + interval '1 day'"
    )
    assert (state(attended), again(attended, make_webmaster())) == ("absent", True)


def test_a_dismissed_webmaster_is_no_answer(attended: Attended) -> None:
    attended.change("DELETE FROM role_grants WHERE person_id = %s", attended.webmaster.id)
    assert state(attended) == "silent"


def test_whom_it_concerns_does_not_attend(browse: Browse, database: WorkerDatabase) -> None:
    concerned = make_webmaster()
    attended = Attended(browse, database, [concerned])
    attended.access_id = attended.ask(attended.officer, None)
    assert (attended.answer(concerned), attended.answer()) == (False, True)


def test_a_webmaster_whom_it_concerns_hears_nothing_of_it(browse: Browse, database: WorkerDatabase) -> None:
    concerned = make_webmaster()
    attended = Attended(browse, database, [concerned])
    attended.access_id = attended.ask(attended.officer, None)
    attended.open().desk.get(attended.person_path)
    attended.change("UPDATE journal SET hidden_until = now() + interval '1 day', hidden_reason = 'an inquiry'")
    told = []
    for webmaster in (concerned, attended.webmaster):
        with attended.raw(webmaster) as connection:
            row: Any = connection.execute(
                "SELECT (SELECT count(*) FROM gate.accesses(NULL) a WHERE a.id = %s),"
                " (SELECT count(*) FROM gate.hidden_looks())",
                [attended.access_id],
            ).fetchone()
        with database.connect() as superuser:
            mails: Any = superuser.execute("SELECT 1 FROM mails WHERE person_id = %s", [webmaster.id]).fetchall()
        told.append((*row, len(mails)))
    assert told == [(0, 0, 0), (1, 1, 2)]


def test_who_was_not_asked_does_not_answer(attended: Attended) -> None:
    assert not attended.answer(make_webmaster())


@pytest.mark.parametrize("who", ["make_person", "make_webmaster", "unbound officer"])
def test_nobody_but_a_bound_officer_asks_or_looks_people_up(attended: Attended, elsewhere: Made, who: str) -> None:
    viewer = {"make_person": make_person, "make_webmaster": make_webmaster}.get(
        who, lambda: make_officer(bound=False)
    )()
    with attended.raw(viewer) as connection:
        row = connection.execute(
            "SELECT gate.ask_access(gen_random_uuid(), %s, '{phone}', now(), now() + interval '1 day', %s, NULL),"
            " gate.named_person(%s), (SELECT count(*) FROM gate.bound_webmasters()),"
            " (SELECT count(*) FROM gate.accesses(NULL)), (SELECT count(*) FROM gate.access_log(%s)),"
            " (SELECT count(*) FROM gate.look_days(30)), gate.hide_look(1, now() + interval '1 day', 'because')",
            [REASON, [elsewhere.id], elsewhere.mail_address, attended.access_id],
        ).fetchone()
    assert row == (False, None, 0, 0, 0, 0, False)


def test_the_officer_does_not_ask_for_their_own_data(attended: Attended) -> None:
    with attended.raw() as connection:
        row = connection.execute(
            "SELECT gate.ask_access(gen_random_uuid(), %s, '{phone}', now(), now() + interval '1 day', %s, NULL)",
            [REASON, [attended.officer.id]],
        ).fetchone()
    assert row == (False,)


def test_what_the_person_hides_is_seen_all_the_same(attended: Attended, elsewhere: Made) -> None:
    """P4b: hiding does not bind a granted request."""
    with attended.database.connect() as connection:
        phone = connection.execute("SELECT id FROM phones WHERE person_id = %s", [elsewhere.id]).fetchone()
    assert phone is not None
    hide(elsewhere, Item.PHONE, phone[0])
    attended.open()
    assert rows(attended, elsewhere) == {**OPEN, "hidden_items": 1}
