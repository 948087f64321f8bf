"""Going: after a day or at once, wholly and once, with a receipt; or from one portal alone (P4c)."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from tests.features.accounts.people import make_codes, set_app, set_passkey
from tests.features.profile.photos import picture, send, send_and_place
from tests.features.rights.killed import KILLS, points, run_and_kill
from tests.features.rights.work import at_one_moment, canaries_of, everywhere, files, found_of, letters, run_jobs
from tests.privacy.filled import every_row_of, fill
from tests.support.client import Client
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, join, make_person
from upguide.config import Settings
from upguide.features.rights.jobs import erase_due

Browse = Callable[..., Client]
EVERYTHING = "/my-data/erasure/everything"

pytestmark = pytest.mark.clause("P4c")


def make_due(database: WorkerDatabase) -> None:
    with database.connect() as connection:
        connection.execute("UPDATE erasures SET due_at = now() - interval '1 second'")


def persons(database: WorkerDatabase) -> set[object]:
    with database.connect() as connection:
        return {row[0] for row in connection.execute("SELECT id FROM persons")}


def receipts(database: WorkerDatabase, app: Flask) -> list[tuple[str, str]]:
    return [(to, text) for kind, to, text in letters(database, app) if kind == "erasure_receipt"]


def forget_receipts(database: WorkerDatabase) -> None:
    """The receipt itself goes when it is sent (tests/mail)."""
    with database.connect() as connection:
        connection.execute("DELETE FROM mails WHERE kind = 'erasure_receipt'")


def test_after_an_erasure_nothing_of_the_person_is_anywhere(
    app: Flask, browse: Browse, database: WorkerDatabase, settings: Settings
) -> None:
    person, other = make_person(), make_person()
    client, before = browse(person, second_factor=True), set(files(settings))
    send_and_place(client, picture())
    send(client, picture())
    client.post("/my-data/export/new")
    run_jobs(app)
    fill(database, person, other)
    tables_before = {place for place, _sign in found_of(person, everywhere(database, app, settings))}
    assert {"table persons", "table name_words", "table tokens", "mail x"} & tables_before
    assert len(canaries_of(person)) > 20
    answer = client.post(EVERYTHING, {"when": "now"})
    assert answer.location == "/my-data/erasure/under-way"
    assert client.follow(answer).status_code == 200
    assert client.get("/profile").location == "/login?next=/profile"
    run_jobs(app)
    [(to, text)] = receipts(database, app)
    assert to == person.mail_address
    assert [one for one in canaries_of(person) if one.value in text.replace(to, "")] == []
    forget_receipts(database)
    assert found_of(person, everywhere(database, app, settings)) == []
    assert set(files(settings)) - before == set()
    assert set(every_row_of(database, person.id).values()) == {0}
    # What is somebody else's stays.
    assert persons(database) == {other.id}
    assert any(every_row_of(database, other.id).values())


def test_the_page_tells_first_what_goes_and_what_stays(app: Flask, browse: Browse) -> None:
    person = make_person(language="en")
    text = browse(person).get(EVERYTHING).text
    for words in ("This goes, for good", "Surname", "Password", "This stays", "Backups may hold what went until"):
        assert words in text
    assert "Blank my own words" not in text


@pytest.mark.clause("U5")
def test_the_page_tells_when_the_account_would_go_by_itself(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    person = make_person(language="en")
    client = browse(person)
    with database.connect() as connection:
        connection.execute("UPDATE persons SET signed_in_at = '2024-02-29 12:00+00' WHERE id = %s", [person.id])
    assert "your account goes by itself on 1 March 2031, seven years" in client.get("/my-data/erasure").text


@pytest.mark.clause("U5", "P3")
def test_the_page_tells_that_a_restricted_account_does_not_go_by_itself(app: Flask, browse: Browse) -> None:
    client = browse(make_person(language="en"))
    client.post("/my-data/restriction", {"reason": ""})
    text = client.get("/my-data/erasure").text
    assert ("goes by itself on" in text, "your account does not go by itself" in text) == (False, True)


def test_a_day_passes_before_it_begins_and_a_letter_tells_so(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    person = make_person()
    client = browse(person)
    assert client.post(EVERYTHING, {"when": "tomorrow"}).location == "/my-data/erasure"
    assert [kind for kind, _to, _text in letters(database, app)] == ["erasure_planned"]
    with database.connect() as connection:
        row = connection.execute("SELECT due_at - asked_at FROM erasures").fetchone()
    assert row is not None
    assert abs(row[0] - timedelta(days=1)) < timedelta(minutes=1)
    erase_due()
    assert persons(database) == {person.id}
    make_due(database)
    erase_due()
    assert persons(database) == set()


def test_it_can_be_withdrawn_within_the_day_and_not_after(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    person = make_person()
    client = browse(person)
    client.post(EVERYTHING, {"when": "tomorrow"})
    client.post("/my-data/erasure/withdraw")
    erase_due()
    client.post(EVERYTHING, {"when": "tomorrow"})
    make_due(database)
    client.post("/my-data/erasure/withdraw")
    erase_due()
    assert persons(database) == set()


def test_the_rest_of_the_day_can_be_skipped(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    person = make_person()
    client = browse(person)
    client.post(EVERYTHING, {"when": "tomorrow"})
    assert "/my-data/erasure/withdraw" in client.get("/my-data/erasure").text
    client.post(EVERYTHING, {"when": "now"})
    run_jobs(app)
    assert persons(database) == set()


def test_of_several_who_ask_at_one_moment_one_is_noted_and_all_are_told_the_same_day(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    person = make_person(language="en")
    browsers = [browse(person) for _ in range(4)]
    answers = at_one_moment(browsers, EVERYTHING, [{"when": "tomorrow"}] * 4)
    assert [(answer.status_code, answer.location) for answer in answers] == [(303, "/my-data/erasure")] * 4
    assert [kind for kind, _to, _text in letters(database, app)] == ["erasure_planned"]
    told = {tuple(re.findall(r"Everything goes on [^.]+\.", b.get("/my-data/erasure").text)[:1]) for b in browsers}
    assert len(told) == 1


def test_of_a_wish_for_now_and_one_for_tomorrow_at_one_moment_the_sooner_counts(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    person = make_person()
    browsers = [browse(person) for _ in range(4)]
    answers = at_one_moment(browsers, EVERYTHING, [{"when": when} for when in ("now", "tomorrow") * 2])
    assert {answer.status_code for answer in answers} == {303}
    erase_due()
    run_jobs(app)
    assert persons(database) == set()
    assert len(receipts(database, app)) == 1


def test_it_asks_the_password_again(app: Flask, browse: Browse) -> None:
    late = browse(make_person(), confirmed_at=datetime.now(UTC) - timedelta(minutes=11))
    for path in (EVERYTHING, "/my-data/erasure/portal/upguide"):
        assert str(late.get(path).location).startswith("/confirm?next=")


@KILLS
def test_an_erasure_that_is_killed_ends_right_once(
    app: Flask, browse: Browse, database: WorkerDatabase, settings: Settings, kills: int
) -> None:
    people: list[Made] = []
    other, at, killed = make_person(), points(75), 0
    while killed < kills:
        if persons(database) == {other.id}:
            people += due_people(browse, database, other)
        killed += run_and_kill(settings, "erase_due", next(at))
        # Whatever was done, was done wholly: somebody is there with their key and address, or not at all.
        assert halves(database) == 0
    erase_due()
    run_jobs(app)
    assert persons(database) == {other.id}
    assert sorted(to for to, _text in receipts(database, app)) == sorted(str(p.mail_address) for p in people)
    forget_receipts(database)
    assert [found for p in people for found in found_of(p, everywhere(database, app, settings))] == []


def due_people(browse: Browse, database: WorkerDatabase, other: Made) -> list[Made]:
    """Make three people with rows everywhere, some of them shared with `other`, who are to be erased now."""
    people = [make_person() for _ in range(3)]
    for person in people:
        fill(database, person, other)
        browse(person, second_factor=True).post(EVERYTHING, {"when": "tomorrow"})
    with database.connect() as connection:
        connection.execute("DELETE FROM mails WHERE kind <> 'erasure_receipt'")
    make_due(database)
    return people


def halves(database: WorkerDatabase) -> int:
    """Return how many persons have lost their key, and how many keys their person."""
    with database.connect() as connection:
        row = connection.execute(
            "SELECT count(*) FROM persons p FULL JOIN person_keys k ON k.person_id = p.id"
            " WHERE p.id IS NULL OR k.person_id IS NULL"
        ).fetchone()
    assert row is not None
    return int(row[0])


def test_two_workers_at_once_erase_once(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    person = make_person()
    browse(person).post(EVERYTHING, {"when": "tomorrow"})
    make_due(database)
    with database.connect() as connection, connection.transaction():
        connection.execute("SELECT FROM erasures FOR UPDATE")
        erase_due()
        assert persons(database) == {person.id}
    erase_due()
    assert len(receipts(database, app)) == 1


def here(database: WorkerDatabase, person: Made) -> list[str]:
    with database.connect() as connection:
        rows = connection.execute("SELECT tenant_id FROM memberships WHERE person_id = %s", [person.id]).fetchall()
        words = connection.execute("SELECT DISTINCT tenant_id FROM name_words WHERE person_id = %s", [person.id])
        assert {row[0] for row in words} == {row[0] for row in rows}
    return sorted(row[0] for row in rows)


def factors(database: WorkerDatabase) -> tuple[list[str], int, int]:
    """Return the portals of the passkeys, how many recovery codes there are, and sessions with a second step."""
    with database.connect() as connection:
        portals = [row[0] for row in connection.execute("SELECT tenant_id FROM passkeys ORDER BY 1")]
        counts = connection.execute(
            "SELECT (SELECT count(*) FROM recovery_codes), count(*) FROM sessions WHERE second_factor_at IS NOT NULL"
        ).fetchone()
    assert counts is not None
    return portals, counts[0], counts[1]


def test_leaving_a_portal_takes_its_passkeys_along_and_with_the_last_factor_the_codes(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    person, other = make_person("gfs", language="en"), make_person("gfs")
    there = join(person, "upguide")
    set_passkey(person)
    set_passkey(there)
    make_codes(person)
    client = browse(there, second_factor=True)
    assert "your passkeys for it" in client.get("/my-data/erasure/portal/gfs").text
    client.post("/my-data/erasure/portal/gfs")
    assert factors(database) == (["upguide"], 10, 1)
    set_passkey(other)
    client.post("/my-data/erasure/portal/upguide")
    assert factors(database) == (["gfs"], 0, 0)


def test_an_app_keeps_the_codes_when_the_last_passkey_goes_with_a_portal(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    person = make_person("gfs")
    there = join(person, "upguide")
    set_passkey(person)
    set_app(person)
    make_codes(person)
    browse(there, second_factor=True).post("/my-data/erasure/portal/gfs")
    assert factors(database) == ([], 10, 1)


def test_leaving_one_portal_leaves_the_others_alone(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    person = make_person("gfs")
    there = join(person, "upguide")
    on_gfs, on_upguide = browse(person), browse(there)
    assert "GFS" in on_upguide.get("/my-data/erasure/portal/gfs").text
    assert on_upguide.post("/my-data/erasure/portal/gfs").location == "/my-data/erasure"
    assert here(database, person) == ["upguide"]
    assert on_gfs.get("/profile").location == "/login?next=/profile"
    assert on_upguide.get("/profile").status_code == 200
    assert on_upguide.get("/my-data/erasure/portal/gfs").status_code == 404
    assert on_upguide.post("/my-data/erasure/portal/upguide").location == "/"
    assert here(database, person) == []
    assert persons(database) == {person.id}
