"""Asking, answering, ending, blocking: each step, both sides' views, and what a block leaves to be seen (W5)."""

import re
from collections.abc import Callable
from itertools import product

import pytest
from flask import Flask

from tests.features.connections.people import ask, block, connect, count, days_pass, member, standing
from tests.features.rights.work import letters, run_jobs
from tests.support.client import Client
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, join
from tests.support.statements import counting
from upguide.privacy.connections import State

Browse = Callable[..., Client]
pytestmark = pytest.mark.clause("W5")
LISTS = ("/connections", "/connections/received", "/connections/sent", "/connections/blocked", "/connections/accounts")


def states(one: Made, other: Made) -> tuple[State, State]:
    return standing(one, other).state, standing(other, one).state


def press(client: Client, step: str, other: Made) -> str:
    """Press a button on somebody's page, and return what the page says then."""
    response = client.post(f"/connections/{other.handle}/{step}")
    assert (response.status_code, response.location) == (303, f"/people/{other.handle}")
    return client.get(response.location).text


def test_a_connection_takes_a_yes_of_both(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    one, other = member(), member()
    mine, theirs = browse(one), browse(other)
    assert "There is no answer yet" in press(mine, "ask", other)
    assert states(one, other) == (State.ASKED_BY_ME, State.ASKED_OF_ME)
    assert "They ask you" in theirs.get("/connections").text
    assert "You are connected now" in press(theirs, "accept", one)
    assert states(one, other) == (State.CONNECTED, State.CONNECTED)
    for client, handle in ((mine, other.handle), (theirs, one.handle)):
        assert f"/people/{handle}" in client.get("/connections").text
    run_jobs(app)
    assert [kind for kind, *_rest in letters(database, app) if "connection" in kind] == []  # nobody is named by mail


def test_two_who_ask_each_other_are_connected(app: Flask, browse: Browse) -> None:
    one, other = member(), member()
    ask(other, one)
    assert "You are connected now" in press(browse(one), "ask", other)
    assert states(one, other) == (State.CONNECTED, State.CONNECTED)


@pytest.mark.parametrize("blocked", [False, True])
def test_asking_again_changes_nothing_and_tells_nobody(
    app: Flask, browse: Browse, database: WorkerDatabase, blocked: bool
) -> None:
    one, other = member(), member()
    if blocked:
        block(other, one)
    client, told = browse(one), []
    for _again in range(2):
        assert "There is no answer yet" in press(client, "ask", other)
        told.append((jobs_left(database), count(database, "notices")))
    assert told == [(1, 0), (1, 0)]
    run_jobs(app)
    assert (jobs_left(database), count(database, "notices")) == (0, 0 if blocked else 1)
    assert "There is no answer yet" in press(client, "ask", other)
    assert (jobs_left(database), count(database, "notices")) == (0, 0 if blocked else 1)


def test_asking_whom_one_is_connected_with_tells_nobody(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    one, other = member(), member()
    connect(one, other)
    for who, whom in ((one, other), (other, one)):
        assert "You are connected now" in press(browse(who), "ask", whom)
    assert (jobs_left(database), count(database, "notices")) == (0, 0)


def jobs_left(database: WorkerDatabase) -> int:
    """How many jobs wait that tell somebody of an ask."""
    waits = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'tell_of_ask' AND status = 'todo'"
    with database.connect() as connection:
        row = connection.execute(waits).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize(
    "page", ["0", "1", "-1", "x", "1.5", "\u0663", "99999", "100000", "9" * 4301], ids=lambda page: page[:6]
)
def test_an_odd_page_number_is_no_error(app: Flask, browse: Browse, page: str) -> None:
    one, other = member(), member()
    connect(one, other)
    client = browse(one)
    found = {path: client.get(path, query_string={"page": page}) for path in LISTS}
    assert {path: answer.status_code for path, answer in found.items()} == dict.fromkeys(LISTS, 200)
    # What is no number, or too long for one, is the first page.
    assert (f"/people/{other.handle}" in found["/connections"].text) == (page != "99999")


@pytest.mark.parametrize("by_asker", [True, False])
def test_either_ends_a_connection_in_silence(
    app: Flask, browse: Browse, database: WorkerDatabase, by_asker: bool
) -> None:
    one, other = member(), member()
    connect(one, other)
    run_jobs(app)
    told = len(letters(database, app))
    who, whom = (one, other) if by_asker else (other, one)
    assert "not connected any more" in press(browse(who), "remove", whom)
    run_jobs(app)
    assert (states(one, other), len(letters(database, app))) == ((State.NOTHING, State.NOTHING), told)


def test_what_is_asked_can_be_withdrawn_until_it_is_answered(app: Flask, browse: Browse) -> None:
    one, other = member(), member()
    ask(one, other)
    client = browse(one)
    assert "Withdrawn." in press(client, "withdraw", other)
    assert states(one, other) == (State.NOTHING, State.NOTHING)
    connect(one, other)
    assert "changed in the meantime" in press(client, "withdraw", other)
    assert states(one, other) == (State.CONNECTED, State.CONNECTED)


def test_who_was_declined_may_ask_again_after_30_days(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    one, other = member(), member()
    ask(one, other)
    press(browse(other), "decline", one)
    assert states(one, other) == (State.DECLINED_BY_THEM, State.DECLINED_BY_ME)
    client = browse(one)
    assert "was not accepted" in client.get(f"/people/{other.handle}").text
    assert "Not accepted. You can ask again from" in client.get("/connections/sent").text
    for days in (0, 29.9):
        days_pass(database, days)
        assert "Your last request was not accepted" in press(client, "ask", other)
        assert states(one, other) == (State.DECLINED_BY_THEM, State.DECLINED_BY_ME)
    days_pass(database, 0.2)
    assert "There is no answer yet" in press(client, "ask", other)
    assert states(one, other) == (State.ASKED_BY_ME, State.ASKED_OF_ME)


def test_who_declined_may_ask_the_other_one(app: Flask, browse: Browse) -> None:
    one, other = member(), member()
    ask(one, other)
    client = browse(other)
    press(client, "decline", one)
    assert "There is no answer yet" in press(client, "ask", one)
    assert states(one, other) == (State.ASKED_OF_ME, State.ASKED_BY_ME)


def seen_by(client: Client, of: Made) -> list[str]:
    """All that somebody can read of how they stand with another, without what differs for each request."""
    pages = [client.get(path).text for path in (f"/people/{of.handle}", "/connections", "/connections/sent")]
    return [re.sub(r'(csrf_token" value|nonce)="[^"]+"', "", page.replace(of.handle, "-")) for page in pages]


def names_out(pages: list[str], *people: Made) -> list[str]:
    for person in people:
        for value in (person.first_names, person.surname, person.handle):
            pages = [page.replace(str(value), "?") for page in pages]
    return [re.sub(r'aria-hidden="true">\w{1,2}<', "><", page) for page in pages]


@pytest.mark.parametrize("before", ["nothing", "asked", "connected", "declined"])
def test_a_block_looks_like_silence(app: Flask, browse: Browse, database: WorkerDatabase, before: str) -> None:
    """Whole pages, statements, answers and messages are equal, whether somebody blocks or merely does not answer."""
    told = []
    for blocks in (True, False):
        asker, other = member(), member()
        if before == "connected":
            connect(asker, other)
        elif before != "nothing":
            ask(asker, other)
        if before == "declined":
            browse(other).post(f"/connections/{asker.handle}/decline")
        if blocks:
            block(other, asker)
        elif before == "connected":
            browse(other).post(f"/connections/{asker.handle}/remove")
        client = browse(asker)
        pages = seen_by(client, other)
        counts = []
        for step in ("ask", "withdraw", "ask", "accept", "decline", "remove"):
            with counting() as statements:
                answer = client.post(f"/connections/{other.handle}/{step}")
            counts.append((step, answer.status_code, len(statements)))
            pages += seen_by(client, other)
        run_jobs(app)
        told.append((names_out(pages, asker, other), counts))
    assert told[0] == told[1]


def test_who_blocks_sees_and_hears_nothing_of_what_is_asked(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    one, other = member(), member()
    block(other, one)
    press(browse(one), "ask", other)
    run_jobs(app)
    with database.connect() as connection:
        assert connection.execute("SELECT count(*) FROM notices").fetchone() == (0,)
    client = browse(other)
    assert f"/people/{one.handle}" not in client.get("/connections").text
    assert f"/people/{one.handle}" in client.get("/connections/blocked").text
    assert "You block this member" in press(client, "accept", one)
    assert standing(one, other).state is State.ASKED_BY_ME
    assert "asked you on" in press(client, "unblock", one)


def test_somebody_is_told_once_of_an_ask_that_waits(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    one, other, third = member(), member(), member()
    press(browse(one), "ask", other)
    press(browse(third), "ask", other)
    press(browse(third), "withdraw", other)
    run_jobs(app)
    with database.connect() as connection:
        rows = connection.execute("SELECT person_id, kind FROM notices").fetchall()
    assert rows == [(other.id, "connection_asked")]


def test_nobody_asks_whom_they_cannot_see(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    one, restricted, elsewhere = member(), member(), member("gfs")
    with database.connect() as connection:
        connection.execute("UPDATE persons SET restricted_at = now() WHERE id = %s", [restricted.id])
    client = browse(one)
    asked = [restricted.handle, elsewhere.handle, one.handle, "2" * 12, "x" * 12]
    assert [client.post(f"/connections/{handle}/ask").status_code for handle in asked] == [404] * 5
    assert states(one, restricted) == (State.NOTHING, State.NOTHING)


def test_who_restricted_their_data_asks_nobody_and_is_told_why(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    one, other = member(), member()
    with database.connect() as connection:
        connection.execute("UPDATE persons SET restricted_at = now() WHERE id = %s", [one.id])
    assert "Lift that first" in press(browse(one), "ask", other)
    assert states(one, other) == (State.NOTHING, State.NOTHING)


def test_a_connection_counts_only_where_both_are_members(app: Flask, browse: Browse) -> None:
    one, other = member(), member()
    connect(one, other)
    there = join(one, "gfs")
    assert f"/people/{other.handle}" not in browse(there, tenant="gfs").get("/connections").text
    here = join(other, "gfs")
    assert f"/people/{here.handle}" in browse(there, tenant="gfs").get("/connections").text


def test_too_many_asks_are_refused_in_clear_words(app: Flask, browse: Browse) -> None:
    one, other = member(), member()
    client = browse(one)
    for _again in range(5):
        press(client, "ask", other)
        press(client, "withdraw", other)
    response = client.post(f"/connections/{other.handle}/ask")
    assert response.status_code == 429
    assert "That was too often" in response.text


def test_each_step_is_the_only_way_and_asks_for_a_form(app: Flask, browse: Browse) -> None:
    one, other = member(), member()
    client = browse(one)
    steps = ("ask", "accept", "decline", "withdraw", "remove", "block", "unblock")
    for step, send in product(steps, (client.get, lambda path: client.post(path, csrf=False))):
        assert send(f"/connections/{other.handle}/{step}").status_code in (400, 405), step
    assert states(one, other) == (State.NOTHING, State.NOTHING)


def test_lists_take_as_many_statements_for_a_hundred(app: Flask, browse: Browse) -> None:
    steps: dict[str, Callable[[Made, Made], None]] = {
        "/connections": connect,
        "/connections/received": lambda one, other: ask(other, one),
        "/connections/sent": ask,
        "/connections/blocked": block,
    }
    viewers = {path: member() for path in steps}
    counts: dict[str, list[tuple[int, int]]] = {path: [] for path in steps}
    others: list[Made] = []
    for many in (1, 25, 100):
        new = [member() for _ in range(many - len(others))]
        others += new
        for path, step in steps.items():
            for other in new:
                step(viewers[path], other)
            client = browse(viewers[path])
            client.get(path)
            with counting() as statements:
                page = client.get(path).text
            counts[path].append((len(statements), page.count('<div class="item">')))
    for path, found in counts.items():
        numbers = {number for number, _rows in found}
        assert (path, len(numbers), max(numbers) <= 8) == (path, 1, True)
        assert [rows for _number, rows in found] == [1, 25, 25]
