"""What the database itself lets each side of a connection see and do, and what becomes of two who act at once (W5)."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import Context
from itertools import product
from threading import Barrier
from typing import Any

import psycopg
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.errors import InsufficientPrivilege, UniqueViolation

from tests.features.connections.people import ask, block, connect, days_pass, member, standing
from tests.privacy.filled import fill
from tests.support.database import WorkerDatabase
from tests.support.factories import Made
from upguide.access import Viewer
from upguide.extensions import db
from upguide.policy.sees import Relation, Setting
from upguide.privacy import connections
from upguide.privacy.connections import State
from upguide.privacy.erasure import erase
from upguide.privacy.load import load_basics
from upguide.tenancy.scope import scope

pytestmark = pytest.mark.clause("W5")


@contextmanager
def as_app(database: WorkerDatabase, who: Made) -> Iterator[psycopg.Connection]:
    """A transaction of the application's role in somebody's name, taken back at the end."""
    with database.connect("upguide_app") as connection, connection.transaction(force_rollback=True):
        connection.execute(
            "SELECT set_config('app.tenant', %s, true), set_config('app.viewer', %s, true)", [who.tenant, str(who.id)]
        )
        yield connection


def relations(viewer: Made, person: Made) -> frozenset[Relation]:
    looker = Viewer(viewer.tenant, person_id=viewer.id, member=True)
    with scope(viewer.tenant, viewer.id, db.session()):
        found = load_basics(db.session(), [person.id], looker, Setting.PAGE)[person.id].relations
        db.session.rollback()
    return found


def test_only_an_accepted_connection_is_one(app: Flask) -> None:
    one, other = member(), member()
    seen = []
    for step in (lambda: None, lambda: ask(one, other), lambda: connect(one, other), lambda: block(other, one)):
        step()
        seen.append((relations(one, other), relations(other, one)))
    alone, both = frozenset({Relation.MEMBER}), frozenset({Relation.MEMBER, Relation.CONNECTION})
    assert seen == [(alone, alone), (alone, alone), (both, both), (alone, alone)]


def test_whoever_is_blocked_reads_nothing_of_it(app: Flask, database: WorkerDatabase) -> None:
    """Raw SQL in the name of who is blocked: no row, no count, no error differs from those of who is not."""
    one, other, third = member(), member(), member()
    block(other, one)
    told = []
    for whom in (other, third):
        with as_app(database, one) as connection:
            rows = [connection.execute("SELECT * FROM blocks").fetchall()]
            row = "INSERT INTO connections (asker_id, asked_id, stage) VALUES (%s, %s, 'asked') RETURNING stage"
            rows.append(connection.execute(row, [one.id, whom.id]).fetchall())
            rows.append(connection.execute("SELECT stage, answered_at FROM connections").fetchall())
            rows.append(connection.execute("UPDATE connections SET stage = 'accepted' RETURNING 1").fetchall())
            rows.append(connection.execute("DELETE FROM blocks RETURNING 1").fetchall())
            own = "INSERT INTO blocks (blocker_id, blocked_id) VALUES (%s, %s) RETURNING true"
            rows.append(connection.execute(own, [one.id, whom.id]).fetchall())
        told.append(rows)
    assert told[0] == told[1] == [[], [("asked",)], [("asked", None)], [], [], [(True,)]]


def test_nobody_answers_their_own_ask_or_asks_for_another(app: Flask, database: WorkerDatabase) -> None:
    one, other, third = member(), member(), member()
    ask(one, other)
    row = "INSERT INTO connections (asker_id, asked_id, stage, answered_at) VALUES (%s, %s, %s, %s)"
    forged: list[tuple[Made, str, list[Any]]] = [
        (one, row, [third.id, one.id, "asked", None]),
        (one, row, [one.id, third.id, "accepted", "2026-01-01"]),
        (one, row, [third.id, one.id, "accepted", "2026-01-01"]),
        (one, "UPDATE connections SET asker_id = asked_id", []),
        (one, "INSERT INTO blocks (blocker_id, blocked_id) VALUES (%s, %s)", [third.id, one.id]),
    ]
    for who, statement, values in forged:
        with as_app(database, who) as connection, pytest.raises(InsufficientPrivilege):
            connection.execute(statement, values)
    accept = "UPDATE connections SET stage = 'accepted', answered_at = now()"
    with as_app(database, one) as connection:
        assert connection.execute(accept).rowcount == 0
    with as_app(database, third) as connection:
        assert connection.execute("SELECT * FROM connections").fetchall() == []
    with as_app(database, other) as connection, pytest.raises(UniqueViolation):
        connection.execute(row, [other.id, one.id, "asked", None])


def test_who_was_declined_cannot_do_away_with_it(app: Flask, database: WorkerDatabase) -> None:
    one, other = member(), member()
    ask(one, other)
    with scope("upguide", other.id, db.session()):
        connections.decline(db.session(), other.id, one.id)
        db.session.commit()
    gone = "DELETE FROM connections"
    with as_app(database, one) as connection:
        assert connection.execute(gone).rowcount == 0
    days_pass(database, 30)
    with as_app(database, one) as connection:
        assert connection.execute(gone).rowcount == 1


def test_who_blocks_accepts_nothing_of_whom_they_block(app: Flask, database: WorkerDatabase) -> None:
    one, other = member(), member()
    ask(one, other)
    block(other, one)
    with as_app(database, other) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute("UPDATE connections SET stage = 'accepted', answered_at = now()")


Step = Callable[[Any, Any, Any], object]
STEPS: dict[str, Step] = {
    "ask": connections.ask,
    "accept": connections.accept,
    "decline": connections.decline,
    "withdraw": connections.withdraw,
    "remove": connections.remove,
    "block": connections.block,
    "unblock": connections.unblock,
}


def at_once(app: Flask, *steps: tuple[str, Made, Made]) -> list[object]:
    """Take these steps in transactions of their own, begun at one moment."""
    ready = Barrier(len(steps))

    def take(name: str, me: Made, other: Made) -> object:
        with app.app_context(), scope(me.tenant, me.id):
            session = db.session()
            session.connection()
            ready.wait()
            done = STEPS[name](session, me.id, other.id)
            session.commit()
            db.session.remove()
        return done

    with ThreadPoolExecutor(len(steps)) as pool:
        running = [pool.submit(Context().run, take, *step) for step in steps]
        return [one.result(timeout=30) for one in running]


def states(one: Made, other: Made) -> tuple[State, State]:
    return standing(one, other).state, standing(other, one).state


NOTHING, BOTH = (State.NOTHING, State.NOTHING), (State.CONNECTED, State.CONNECTED)


@pytest.mark.parametrize("_again", range(5))
def test_accepting_and_withdrawing_at_once_has_one_outcome(app: Flask, _again: int) -> None:
    asker, asked = member(), member()
    ask(asker, asked)
    accepted, withdrawn = at_once(app, ("accept", asked, asker), ("withdraw", asker, asked))
    assert (accepted, withdrawn, *states(asker, asked)) in [(True, False, *BOTH), (False, True, *NOTHING)]


@pytest.mark.parametrize("_again", range(3))
def test_two_accepts_at_once_are_one(app: Flask, database: WorkerDatabase, _again: int) -> None:
    asker, asked = member(), member()
    ask(asker, asked)
    done = at_once(app, ("accept", asked, asker), ("accept", asked, asker))
    assert (sorted(map(bool, done)), states(asker, asked)) == ([False, True], BOTH)


@pytest.mark.parametrize("_again", range(3))
def test_two_who_ask_each_other_at_once_are_connected(app: Flask, _again: int) -> None:
    one, other = member(), member()
    done = at_once(app, ("ask", one, other), ("ask", other, one))
    assert set(done) == {(State.ASKED_BY_ME, True), (State.CONNECTED, True)}
    assert states(one, other) == BOTH


@pytest.mark.parametrize(("step", "_again"), list(product(("ask", "accept"), range(4))))
def test_a_block_at_the_moment_of_a_step_leaves_no_connection(app: Flask, step: str, _again: int) -> None:
    one, other = member(), member()
    if step == "accept":
        ask(other, one)
    at_once(app, (step, one, other), ("block", other, one))
    assert standing(other, one).state is State.BLOCKED_BY_ME
    # What the blocker asked is taken back; what the other one asks waits, for ever.
    assert standing(one, other).state is (State.ASKED_BY_ME if step == "ask" else State.NOTHING)
    assert Relation.CONNECTION not in relations(one, other) | relations(other, one)


@pytest.mark.parametrize("_again", range(4))
def test_blocking_and_accepting_in_two_tabs_leaves_no_connection(app: Flask, _again: int) -> None:
    one, other = member(), member()
    ask(other, one)
    at_once(app, ("accept", one, other), ("block", one, other))
    assert standing(one, other).state is State.BLOCKED_BY_ME
    assert Relation.CONNECTION not in relations(one, other)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.booleans()), max_size=12))
def test_whatever_two_do_both_see_the_same_and_a_block_is_never_seen(
    app: Flask, database: WorkerDatabase, steps: list[tuple[str, bool]]
) -> None:
    one, other = member(), member()
    blocks = {one.id: False, other.id: False}
    for name, by_one in steps:
        me, whom = (one, other) if by_one else (other, one)
        with scope("upguide", me.id, db.session()):
            STEPS[name](db.session(), me.id, whom.id)
            db.session.commit()
        blocks[me.id] = {"block": True, "unblock": False}.get(name, blocks[me.id])
        mine, theirs = states(one, other)
        pair = {mine, theirs} - {State.BLOCKED_BY_ME}
        assert (mine is State.BLOCKED_BY_ME, theirs is State.BLOCKED_BY_ME) == (blocks[one.id], blocks[other.id])
        if State.CONNECTED in pair:
            assert pair == {State.CONNECTED}
            assert not any(blocks.values())
        if not any(blocks.values()):
            assert pair in (
                {State.NOTHING},
                {State.CONNECTED},
                {State.ASKED_BY_ME, State.ASKED_OF_ME},
                {State.DECLINED_BY_ME, State.DECLINED_BY_THEM},
            )
        # Whoever is blocked and does not block sees what they would see of somebody who never answers.
        if blocks[other.id] and not blocks[one.id]:
            assert mine in (State.NOTHING, State.ASKED_BY_ME, State.DECLINED_BY_THEM, State.DECLINED_BY_ME)


@pytest.mark.clause("P4c")
def test_erasing_somebody_ends_what_they_had_with_others(app: Flask, database: WorkerDatabase) -> None:
    one, other, third = member(), member(), member()
    connect(one, other)
    ask(third, one)
    block(one, third)
    fill(database, one, other, only=("made_accounts",))
    with scope("upguide", one.id, db.session()):
        erase(db.session(), one.id)
        db.session.commit()
    assert states(other, third) == NOTHING
    with database.connect() as connection:
        for table in ("connections", "blocks"):
            assert connection.execute(f"SELECT * FROM {table}").fetchall() == []
        assert connection.execute("SELECT maker_id FROM made_accounts").fetchall() == [(None,)]
