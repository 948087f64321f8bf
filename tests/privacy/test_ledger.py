"""The ledger and its database: no copy that was made before something went passes for the latest (P4c)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from psycopg import Connection
from psycopg.errors import LockNotAvailable
from sqlalchemy import Engine, event
from werkzeug.exceptions import ServiceUnavailable

from tests.features.rights.work import run_jobs
from tests.support.client import Client
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, add_phone, join, make_person
from upguide.config import Settings
from upguide.extensions import db
from upguide.features.rights import actions
from upguide.models import Phone
from upguide.policy.purposes import Purpose
from upguide.privacy import limits
from upguide.privacy.ledger import CHECKED, RESTRICTED, ledger, objection
from upguide.privacy.replay import replay_ledger
from upguide.privacy.restored import lags_behind
from upguide.tenancy import all_tenants
from upguide.tenancy.scope import scope

pytestmark = pytest.mark.clause("P4c")
Browse = Callable[..., Client]
HOST = "http://upguide.localhost"


@pytest.fixture(autouse=True)
def _looked(app: Flask) -> Iterator[None]:
    """Leave the application as one that has looked, so that no other test counts those statements."""
    yield
    app.extensions[CHECKED] = True


def set_back(database: WorkerDatabase) -> None:
    """Make the database know less of the ledger, as an older copy would."""
    with database.connect() as connection:
        connection.execute("UPDATE ledger_marks SET noted_at = noted_at - interval '1 hour'")


def marked(connection: Connection) -> datetime:
    row = connection.execute("SELECT noted_at FROM ledger_marks").fetchone()
    return row[0] if row else datetime.min.replace(tzinfo=UTC)


def test_a_restore_under_a_running_process_is_refused_at_the_next_note_and_serves_nobody_then(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    client = browse(make_person())
    ledger().note(uuid4())
    assert client.get("/profile").status_code == 200
    set_back(database)
    before = ledger().read()
    with pytest.raises(ServiceUnavailable):
        ledger().note(uuid4())
    assert (lags_behind(), ledger().read()) == (True, before)
    assert client.get("/profile").status_code == 503
    replay_ledger(db.session())
    assert client.get("/profile").status_code == 200


def test_a_probe_that_finds_a_restored_copy_stops_the_process(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    client = browse(make_person())
    ledger().note(uuid4())
    set_back(database)
    assert client.get("/readyz").status_code == 503
    assert client.get("/profile").status_code == 503


def test_a_replay_leaves_the_mark_where_it_is_until_its_end(app: Flask, database: WorkerDatabase) -> None:
    person, session = make_person(), db.session()
    phone = add_phone(person)
    with scope("upguide", person.id, session):
        actions.restrict(session, person.id, "")
        session.delete(session.get_one(Phone, phone))
        session.commit()
    with database.connect() as connection:
        connection.execute("UPDATE persons SET restricted_at = NULL")
        connection.execute("DELETE FROM entries")
    set_back(database)
    latest, lagging = ledger().latest(), list[bool]()
    with at_each_commit(lambda: lagging.append(lags_behind_as_superuser(database, latest))):
        assert replay_ledger(session).limited == 1
    assert lagging.count(True) == len(lagging) > 1
    assert ledger().latest() == latest
    assert not lags_behind()


def lags_behind_as_superuser(database: WorkerDatabase, latest: datetime | None) -> bool:
    assert latest is not None
    with database.connect() as connection:
        return marked(connection) < latest


@contextmanager
def at_each_commit(do: Callable[[], None]) -> Iterator[None]:
    """Do something before each commit of the block."""

    def before(_connection: object) -> None:
        do()

    event.listen(Engine, "commit", before)
    try:
        yield
    finally:
        event.remove(Engine, "commit", before)


def erase(person: Made) -> None:
    actions.ask_erasure(db.session(), all_tenants()["upguide"], person.id, "en", at_once=True, blank_words=False)


def remove_a_value(person: Made) -> None:
    db.session.delete(db.session.query(Phone).filter_by(person_id=person.id).one())
    db.session.commit()


WAYS: dict[str, tuple[Callable[[Made], None], str]] = {
    "erasure": (erase, "SELECT FROM persons WHERE id = %s"),
    "leaving": (
        lambda person: actions.leave_portal(db.session(), "upguide", person.id),
        "SELECT FROM memberships WHERE tenant_id = 'upguide' AND person_id = %s",
    ),
    "restriction": (
        lambda person: actions.restrict(db.session(), person.id, ""),
        "SELECT FROM persons WHERE restricted_at IS NULL AND id = %s",
    ),
    "objection": (
        lambda person: actions.object_to(db.session(), person.id, Purpose.DEVELOPMENT, ""),
        "SELECT FROM persons WHERE objects_to = '{}' AND id = %s",
    ),
    "withdrawal": (
        lambda person: actions.withdraw_consent(db.session(), "upguide", person.id),
        "SELECT FROM memberships WHERE tenant_id = 'upguide' AND suspended_at IS NULL AND person_id = %s",
    ),
    "value": (remove_a_value, "SELECT FROM phones WHERE person_id = %s"),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_copy_made_between_the_note_and_the_commit_lags_behind(
    app: Flask, database: WorkerDatabase, way: str
) -> None:
    person = make_person()
    add_phone(person)
    do, before = WAYS[way]
    copies = list[tuple[datetime, bool]]()

    def copy() -> None:
        with database.connect() as connection:
            there = connection.execute(before, [person.id]).fetchone() is not None
            copies.append((marked(connection), there))

    with at_each_commit(copy):
        with scope("upguide", person.id, db.session()):
            do(person)
        run_jobs(app)
    old = {mark for mark, there in copies if there}
    latest = ledger().latest()
    assert latest is not None
    assert max(old) < latest
    assert (copies[-1][1], lags_behind()) == (False, False)


@pytest.mark.parametrize("minutes", [-5, 5])
def test_a_clock_that_is_wrong_makes_no_older_copy_pass(app: Flask, database: WorkerDatabase, minutes: int) -> None:
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=minutes), tick=True):
        ledger().note(uuid4())
    with database.connect() as connection:
        connection.execute("UPDATE ledger_marks SET noted_at = noted_at + interval '1 hour'")
        copy = marked(connection)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes), tick=True):
        ledger().note(uuid4())
    latest = ledger().latest()
    with database.connect() as connection:
        assert (latest is not None and copy < latest, marked(connection)) == (True, latest)


def test_what_told_before_how_far_the_ledger_is_counts_until_the_first_note(app: Flask, settings: Settings) -> None:
    folder = settings.var / "files" / "ledger"
    folder.mkdir(parents=True)
    moment = datetime.now(UTC)
    (folder / "latest").write_text(moment.isoformat())
    assert (ledger().latest(), lags_behind()) == (moment, True)
    replay_ledger(db.session())
    assert not lags_behind()
    ledger().note(uuid4())
    latest = ledger().latest()
    assert latest is not None
    assert (latest > moment, lags_behind()) == (True, False)


def noted(person: Made, what: str) -> bool:
    return bool(set(ledger().names(person.id, what)) & set(ledger().read()))


@pytest.mark.clause("P7")
def test_a_limit_that_is_set_again_while_one_ends_stays_noted(app: Flask) -> None:
    person, session = make_person(), db.session()
    with scope("upguide", person.id, session):
        limits.restrict(session, person.id, "")
        limits.object_to(session, person.id, Purpose.DEVELOPMENT, "")
        session.commit()
        limits.lift(session, person.id)
        limits.take_back(session, person.id, Purpose.DEVELOPMENT)
        session.commit()
        # Another window sets both again, before the first one comes to the ledger.
        limits.restrict(session, person.id, "")
        limits.object_to(session, person.id, Purpose.DEVELOPMENT, "")
        session.commit()
        limits.lifted(session, person.id)
        limits.taken_back(session, person.id, Purpose.DEVELOPMENT)
        assert (noted(person, RESTRICTED), noted(person, objection(Purpose.DEVELOPMENT))) == (True, True)
        actions.lift(session, person.id)
        actions.take_back(session, person.id, Purpose.DEVELOPMENT)
    assert (noted(person, RESTRICTED), noted(person, objection(Purpose.DEVELOPMENT))) == (False, False)


@contextmanager
def before_statement(begins: str, do: Callable[[], None]) -> Iterator[None]:
    """Do something before the first statement of the block that begins so."""
    done = False

    def before(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        nonlocal done
        if statement.startswith(begins) and not done:
            done = True
            do()

    event.listen(Engine, "before_cursor_execute", before)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", before)
    assert done


def test_who_leaves_is_held_so_that_nothing_comes_in_between(app: Flask, database: WorkerDatabase) -> None:
    person = make_person("gfs")
    join(person, "upguide")

    def look() -> None:
        with database.connect() as connection:
            connection.execute("SET lock_timeout = '200ms'")
            with pytest.raises(LockNotAvailable):
                connection.execute(
                    "INSERT INTO journal (tenant_id, person_id, viewer_id, relations, setting, items)"
                    " VALUES ('gfs', %s, NULL, '{member}', 'page', '{surname}')",
                    [person.id],
                )

    with scope("gfs", person.id, db.session()), before_statement("DELETE FROM memberships", look):
        actions.leave_portal(db.session(), "gfs", person.id)
    assert noted(person, "gfs")


def test_who_could_not_leave_is_not_noted_as_gone(app: Flask) -> None:
    person = make_person("gfs")

    def fail() -> None:
        raise ConnectionError

    with (
        scope("gfs", person.id, db.session()),
        before_statement("DELETE FROM memberships", fail),
        pytest.raises(ConnectionError),
    ):
        actions.leave_portal(db.session(), "gfs", person.id)
    assert not noted(person, "gfs")
