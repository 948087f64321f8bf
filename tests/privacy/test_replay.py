"""A restored database forgets again what went since the backup, before it serves anybody."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from subprocess import run
from threading import Event, Thread
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import delete

from tests.support.app import closing
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, add_phone, join, make_person
from upguide import create_app
from upguide.config import Settings
from upguide.extensions import db
from upguide.features.rights import actions
from upguide.models import Consent, LedgerMark, Person, Phone
from upguide.policy.purposes import Purpose
from upguide.privacy.erasure import erase, leave
from upguide.privacy.ledger import CHECKED, ledger
from upguide.privacy.replay import replay_ledger
from upguide.privacy.restored import lags_behind
from upguide.tenancy.scope import scope

pytestmark = pytest.mark.clause("P4c")


@pytest.fixture(autouse=True)
def _looked(app: Flask) -> Iterator[None]:
    """Leave the application as one that has looked, so that no other test counts those statements."""
    yield
    app.extensions[CHECKED] = True


def test_the_ledger_tells_nothing_about_anybody(app: Flask, settings: Settings) -> None:
    person = make_person()
    ledger().note(person.id)
    ledger().note(person.id, "gfs")
    [name] = [n for n in ledger().names(person.id) if n in ledger().read()]
    file = settings.var / "files" / "ledger" / name
    assert str(person.id) not in name
    assert len(name) == 64
    assert file.read_text().startswith("20")
    assert len(file.read_text()) < 40


def test_a_restored_backup_forgets_again_before_it_serves(app: Flask, database: WorkerDatabase, tmp_path: Path) -> None:
    gone, leaver, stayer = make_person(), make_person("gfs"), make_person()
    join(leaver, "upguide")
    phone = add_phone(stayer)
    dump = tmp_path / "old.dump"
    tool("pg_dump", database, "--data-only", "--format=custom", f"--file={dump}", "--exclude-table=alembic_version")
    with scope(None, gone.id, db.session()):
        ledger().note(gone.id)
        erase(db.session(), gone.id)
        db.session.commit()
    ledger().note(leaver.id, "gfs")
    leave(db.session(), "gfs", leaver.id)
    db.session.commit()
    with scope("upguide", stayer.id, db.session()):
        db.session.get_one(Person, stayer.id).position = None
        db.session.delete(db.session.get_one(Phone, phone))
        db.session.commit()
    assert not lags_behind()
    database.empty()
    tool("pg_restore", database, "--data-only", "--disable-triggers", str(dump))
    assert known(database) == {gone.id, leaver.id, stayer.id}
    assert lags_behind()
    assert replay_ledger(db.session()) == (1, 1, 2, 0)
    assert not lags_behind()
    assert known(database) == {leaver.id, stayer.id}
    assert values_of(database, stayer) == (None, stayer.surname, 0)
    assert replay_ledger(db.session()) == (0, 0, 0, 0)
    with database.connect() as connection:
        portals = connection.execute("SELECT tenant_id FROM memberships WHERE person_id = %s", [leaver.id]).fetchall()
        text = "".join(row[0] for row in connection.execute("SELECT p::text FROM persons p"))
        words = "".join(row[0] for row in connection.execute("SELECT w::text FROM name_words w"))
    assert portals == [("upguide",)]
    assert str(gone.surname).casefold() not in (text + words).casefold()


def consent(person: Made, tenant: str) -> None:
    with scope(tenant, person.id, db.session()):
        db.session.add(Consent(person_id=person.id, tenant_id=tenant, version=1, language="en", text_hash=""))
        db.session.commit()


def limited(database: WorkerDatabase, person: Made) -> tuple[object, ...]:
    """Whether the data is restricted, which purposes are objected to, which portals are suspended, and search words."""
    with database.connect() as connection:
        row = connection.execute(
            "SELECT p.restricted_at IS NOT NULL, p.objects_to,"
            " ARRAY(SELECT m.tenant_id FROM memberships m WHERE m.person_id = p.id AND m.suspended_at IS NOT NULL),"
            " ARRAY(SELECT DISTINCT w.tenant_id FROM name_words w WHERE w.person_id = p.id ORDER BY 1)"
            " FROM persons p WHERE p.id = %s",
            [person.id],
        ).fetchone()
    assert row is not None
    return row


@pytest.mark.clause("P3", "P7")
def test_a_restored_backup_knows_again_what_was_limited_and_taken_back(
    app: Flask, database: WorkerDatabase, tmp_path: Path
) -> None:
    restricted, objecting, withdrawn, lifted, free = (make_person("gfs") for _ in range(5))
    for person in (withdrawn, free):
        join(person, "upguide")
        for tenant in ("gfs", "upguide"):
            consent(person, tenant)
    dump = tmp_path / "old.dump"
    tool("pg_dump", database, "--data-only", "--format=custom", f"--file={dump}", "--exclude-table=alembic_version")
    session = db.session()
    with scope(None, restricted.id, session):
        actions.restrict(session, restricted.id, "A canary of a reason")
    with scope(None, objecting.id, session):
        actions.object_to(session, objecting.id, Purpose.DEVELOPMENT, "")
    with scope(None, withdrawn.id, session):
        actions.withdraw_consent(session, "gfs", withdrawn.id)
    with scope(None, lifted.id, session):
        actions.restrict(session, lifted.id, "")
        actions.lift(session, lifted.id)
        actions.object_to(session, lifted.id, Purpose.DEVELOPMENT, "")
        actions.take_back(session, lifted.id, Purpose.DEVELOPMENT)
    people = (restricted, objecting, withdrawn, lifted, free)
    before = [limited(database, person) for person in people]
    session.rollback()
    database.empty()
    tool("pg_restore", database, "--data-only", "--disable-triggers", str(dump))
    assert [limited(database, person)[:3] for person in people] == [(False, [], [])] * 5
    assert lags_behind()
    assert replay_ledger(session) == (0, 0, 0, 3)
    assert not lags_behind()
    assert [limited(database, person) for person in people] == before
    assert before == [
        (True, [], [], []),
        (False, ["development"], [], []),
        (False, [], ["gfs"], ["upguide"]),
        (False, [], [], ["gfs"]),
        (False, [], [], ["gfs", "upguide"]),
    ]
    assert replay_ledger(session) == (0, 0, 0, 0)


@pytest.mark.clause("P3")
def test_a_consent_given_after_one_was_taken_back_stands(app: Flask, database: WorkerDatabase) -> None:
    person, session = make_person("gfs"), db.session()
    consent(person, "gfs")
    with scope(None, person.id, session):
        actions.withdraw_consent(session, "gfs", person.id)
    with database.connect() as connection:
        connection.execute("UPDATE memberships SET suspended_at = NULL")
    consent(person, "gfs")
    assert replay_ledger(session) == (0, 0, 0, 0)
    assert limited(database, person)[2] == []


def test_of_two_notes_that_cross_the_later_moment_stays(app: Flask) -> None:
    book = ledger()
    first, second, marked = uuid4(), uuid4(), list[datetime]()
    announced, done = Event(), Event()

    def wait(_latest: datetime | None) -> datetime:
        moment = mark(None)
        announced.set()
        assert done.wait(10)
        return moment

    def mark(_latest: datetime | None) -> datetime:
        marked.append(datetime.now(UTC))
        return marked[-1]

    slow = Thread(target=replace(book, advance=wait).note, args=(first,))
    slow.start()
    assert announced.wait(10)
    replace(book, advance=mark).note(second)
    done.set()
    slow.join()
    assert marked[0] < marked[1]
    assert book.latest() == marked[1]
    assert {name for one in (first, second) for name in book.names(one)} <= set(book.read())


def test_the_latest_moment_never_steps_back_whoever_notes(app: Flask) -> None:
    book = replace(ledger(), advance=lambda _latest: datetime.now(UTC))
    seen, going = list[datetime](), Event()

    def watch() -> None:
        while not going.is_set():
            latest = book.latest()
            if latest is not None:
                seen.append(latest)

    def note() -> None:
        for _turn in range(40):
            book.note(uuid4())

    watcher, writers = Thread(target=watch), [Thread(target=note) for _ in range(4)]
    for thread in (watcher, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    going.set()
    watcher.join()
    assert len(seen) > 10
    assert seen == sorted(seen)
    assert book.latest() == max(book.read().values())


def test_moments_that_are_past_do_not_pile_up(app: Flask, settings: Settings) -> None:
    book = replace(ledger(), advance=lambda _latest: datetime.now(UTC))
    folder = settings.var / "files" / "ledger" / "moments"
    for _turn in range(5):
        book.note(uuid4())
    for file in folder.iterdir():
        os.utime(file, (0, 0))
    latest = book.latest()
    assert len(list(folder.iterdir())) == 5
    book.note(uuid4())
    now = book.latest()
    assert latest is not None
    assert now is not None
    assert (len(list(folder.iterdir())), now > latest) == (2, True)


def test_whoever_joins_again_after_leaving_stays(app: Flask) -> None:
    person = make_person("gfs")
    ledger().note(person.id, "gfs")
    leave(db.session(), "gfs", person.id)
    db.session.commit()
    join(person, "gfs")
    assert replay_ledger(db.session()) == (0, 0, 0, 0)


def test_a_value_entered_again_after_its_removal_stays(app: Flask, database: WorkerDatabase) -> None:
    person = make_person()
    for position in (None, "Gardener"):
        with scope("upguide", person.id, db.session()):
            db.session.get_one(Person, person.id).position = position
            db.session.commit()
    assert replay_ledger(db.session()) == (0, 0, 0, 0)
    assert values_of(database, person)[0] == "Gardener"


def test_a_removal_that_was_rolled_back_is_not_noted(app: Flask) -> None:
    person, before = make_person(), ledger().read()
    with scope("upguide", person.id, db.session()):
        db.session.get_one(Person, person.id).position = None
        db.session.flush()
        db.session.rollback()
        db.session.commit()
    assert ledger().read() == before


def test_a_restored_copy_serves_nobody_and_does_no_jobs_before(app: Flask, settings: Settings) -> None:
    fresh = create_app(settings)
    ledger().note(make_person().id)
    with app.app_context():
        db.session.execute(delete(LedgerMark))
        db.session.commit()
    with closing(fresh) as restored:
        client = restored.test_client()
        for path, status in (("/healthz", 200), ("/readyz", 503), ("/login", 503), ("/privacy", 503)):
            assert (path, client.get(path, base_url="http://upguide.localhost").status_code) == (path, status)
        app.extensions.pop(CHECKED, None)
        result = FlaskCliRunner(app).invoke(args=["jobs", "worker", "--once"])
        assert "run `flask --app wsgi privacy replay` before it serves" in result.output
        assert FlaskCliRunner(restored).invoke(args=["privacy", "replay"]).exit_code == 0
        assert client.get("/login", base_url="http://upguide.localhost").status_code == 200


def values_of(database: WorkerDatabase, person: Made) -> tuple[object, ...]:
    """Position, surname and number of phones, as the database has them."""
    phones = "(SELECT count(*) FROM phones WHERE person_id = p.id)"
    with database.connect() as connection:
        row = connection.execute(f"SELECT position, surname, {phones} FROM persons p WHERE id = %s", [person.id])
        return row.fetchone() or ()


def known(database: WorkerDatabase) -> set[UUID]:
    with database.connect() as connection:
        return {row[0] for row in connection.execute("SELECT id FROM persons")}


def tool(name: str, database: WorkerDatabase, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs on the worker's database, as the superuser."""
    address = database.server.url(database.name, "postgres").replace("+psycopg", "")
    program = Path(str(database.server.place.programs)) / name
    done = run([str(program), f"--dbname={address}", *arguments], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
