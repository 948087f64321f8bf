"""Searching one name again and again stands out to the officer; for whom it was is kept nowhere (A2, W1)."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from psycopg.errors import InsufficientPrivilege

from tests.models.test_row_security import as_app
from tests.support.client import Client
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, make_officer, make_person, make_webmaster
from tests.support.statements import counting
from upguide.features.oversight.jobs import forget_searches
from upguide.policy.oversight import SEARCHES_FOR_ONE_NAME, STATISTICS_DAYS
from upguide.policy.requests import today

Browse = Callable[..., Client]
pytestmark = pytest.mark.clause("A2")
WORDS = "zeldzaamheid"


def kept(database: WorkerDatabase) -> list[tuple[Any, ...]]:
    with database.connect() as connection:
        return connection.execute("SELECT person_id, tenant_id, day, times FROM repeated_searches").fetchall()


def search(client: Client, times: int, words: str = WORDS, more: str = "") -> list[int]:
    """Search so often; return how many rows each of the pages wrote."""
    written = []
    for _ in range(times):
        with counting() as statements:
            assert client.get(f"/people?q={words}{more}").status_code in (200, 303)
        written.append(sum(bool(re.match("INSERT|UPDATE|DELETE", one)) for one in statements))
        assert len(statements) <= 6, statements
    return written


def test_tenth_search_for_one_name_is_noted_once_and_without_the_name(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    viewer = make_person()
    assert search(browse(viewer), SEARCHES_FOR_ONE_NAME) == [0] * (SEARCHES_FOR_ONE_NAME - 1) + [1]
    assert kept(database) == [(viewer.id, "upguide", today(datetime.now(UTC)), SEARCHES_FOR_ONE_NAME)]
    with database.connect() as connection:
        row = connection.execute("SELECT repeated_searches::text FROM repeated_searches").fetchone()
    assert row is not None
    assert WORDS not in row[0].lower()


def test_same_words_in_another_order_and_spelling_are_the_same_name(browse: Browse, database: WorkerDatabase) -> None:
    client = browse(make_person())
    for spelling in ("Jan Zeldzaam", "zeldzaam jan", "ZELDZAAM  ján"):
        search(client, SEARCHES_FOR_ONE_NAME // 2, spelling)
    assert len(kept(database)) == 1


def test_different_names_pages_of_one_list_and_suggestions_are_no_repeats(
    browse: Browse, database: WorkerDatabase
) -> None:
    cursor = make_person(surname="Zeldzaamheid").handle
    client = browse(make_person())
    for number in range(SEARCHES_FOR_ONE_NAME + 2):
        search(client, 1, f"naam{'abcdefghijklm'[number]}")
        search(client, 1, WORDS, f"&after={cursor}")
        client.get(f"/people/suggestions?q={WORDS}")
    assert kept(database) == []


def test_webmaster_s_look_up_by_name_counts_too(browse: Browse, database: WorkerDatabase) -> None:
    desk = browse(make_webmaster(), second_factor=True)
    for _ in range(SEARCHES_FOR_ONE_NAME):
        form = {"who": WORDS, "reason": "Asked by phone to help with an account."}
        assert desk.post("/webmaster/people", form).status_code == 422
    assert [times for *_who, times in kept(database)] == [SEARCHES_FOR_ONE_NAME]


def test_officer_reads_that_it_happens_and_neither_who_nor_for_whom(browse: Browse) -> None:
    viewer = make_person()
    search(browse(viewer), 2 * SEARCHES_FOR_ONE_NAME)
    page = browse(make_officer(language="en"), second_factor=True).get("/oversight/statistics").text
    row = page.split("Searches for one name again and again")[1].split("</tr>")[0]
    assert [words in row for words in ("Viewer 1", "Member", ">20<", "–")] == [True] * 4
    assert [one for one in (WORDS, str(viewer.id), str(viewer.number)) if one in page] == []


def test_person_reads_their_own_and_nobody_another_s(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    viewer = make_person()
    search(browse(viewer), SEARCHES_FOR_ONE_NAME)
    seen = []
    for one in (viewer, make_person(), make_officer(), make_webmaster()):
        with as_app(database, "upguide", one.id) as connection:
            seen.append(connection.execute("SELECT count(*) FROM repeated_searches").fetchone())
    assert seen == [(1,), (0,), (0,), (0,)]


MADE = (
    "INSERT INTO repeated_searches (id, person_id, tenant_id, day, times)"
    " VALUES (gen_random_uuid(), '{}', '{}', current_date, 10)"
)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE repeated_searches SET times = 1",
        "DELETE FROM repeated_searches",
        MADE.format("{other}", "upguide"),
        MADE.format("{me}", "gfs"),
    ],
)
def test_nobody_writes_it_for_somebody_else_or_takes_it_away(
    app: Flask, database: WorkerDatabase, statement: str
) -> None:
    person: Made = make_person()
    asked = statement.format(other=make_person().id, me=person.id)
    with as_app(database, "upguide", person.id) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(asked)


@pytest.mark.clause("U5")
def test_it_goes_with_the_days_that_the_statistics_show(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    client = browse(make_person())
    search(client, SEARCHES_FOR_ONE_NAME)
    search(client, SEARCHES_FOR_ONE_NAME, "anders")
    with database.connect() as connection:
        connection.execute(
            "UPDATE repeated_searches SET day = day - %s"
            " WHERE id = (SELECT min(id::text)::uuid FROM repeated_searches)",
            [STATISTICS_DAYS + 1],
        )
    forget_searches()
    with database.connect() as connection:
        tallied = connection.execute("SELECT kind, removed FROM retention_tallies").fetchall()
    assert ([times for *_who, times in kept(database)], tallied) == (
        [SEARCHES_FOR_ONE_NAME],
        [("repeated_searches", 1)],
    )
