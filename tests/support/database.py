"""One PostgreSQL for all test runs on this machine, one database for each worker of each run.

It is the embedded one, or what TEST_SERVER names: docs/operations.md says how. The tables are made once, in a template
that is copied; a change of the migrations makes another template.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import psycopg
from flask import Flask
from psycopg import sql
from sqlalchemy import URL, make_url

from upguide.config import ROOT, Settings
from upguide.database import app_url, embedded, install, upgrade
from upguide.extensions import db

FOLDER = ROOT / "var" / "test"
SECRET_KEY = "the-key-of-the-tests-which-is-long-enough"
MADE_FROM = ("upguide/migrations", "upguide/database", "upguide/jobs")


class Server(Protocol):
    """Where databases are made."""

    def url(self, database: str, role: str = embedded.OWNER) -> str: ...
    def connect(self, database: str = ..., role: str = ...) -> psycopg.Connection: ...
    def release(self) -> None: ...


@dataclass(frozen=True)
class GivenServer:
    """A server that somebody else started, which lets a superuser in as any role without a password."""

    address: URL

    def url(self, database: str, role: str = embedded.OWNER) -> str:
        """Return the address of `database` for `role`."""
        return self.address.set(database=database, username=role).render_as_string(hide_password=False)

    def connect(self, database: str = embedded.SUPERUSER, role: str = embedded.SUPERUSER) -> psycopg.Connection:
        """Open a connection of its own, in autocommit."""
        url = make_url(self.url(database, role)).set(drivername="postgresql")
        return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)

    def release(self) -> None:
        """Leave it as it is."""


def start_server() -> Server:
    """Return the server that TEST_SERVER names, with the owner's role, or else the embedded one."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    given = os.environ.get("TEST_SERVER")
    if given is None:
        return embedded.start(FOLDER, embedded.FAST)
    server = GivenServer(make_url(given).set(drivername="postgresql+psycopg"))
    with server.connect() as connection, suppress(psycopg.errors.DuplicateObject):
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEROLE").format(sql.Identifier(embedded.OWNER)))
    return server


@dataclass(frozen=True)
class WorkerDatabase:
    """A database of its own for one worker."""

    server: Server
    name: str
    _kept: list[psycopg.Connection] = field(default_factory=list)

    @property
    def owner_url(self) -> str:
        """Return the address for the owner role, which the application never uses."""
        return self.server.url(self.name)

    def connect(self, role: str = embedded.SUPERUSER) -> psycopg.Connection:
        """Open a connection in autocommit; as the superuser, whom row-level security does not bind."""
        return self.server.connect(self.name, role)

    def kept(self) -> psycopg.Connection:
        """Return one such connection that stays open, for what each test and each request asks."""
        if not self._kept or self._kept[0].closed:
            # Tests change tables: a statement that was prepared before would fail.
            self._kept[:] = [self.connect()]
            self._kept[0].prepare_threshold = None
        return self._kept[0]

    def close(self) -> None:
        """Close the connection that stays open."""
        while self._kept:
            self._kept.pop().close()

    def empty(self) -> None:
        """Remove all rows that tests committed; what migrations filled stays away too."""
        self.kept().execute(EMPTY)


# Deleting from the few tables that have rows is quicker than truncating all.
EMPTY = """
DO $$
DECLARE name text; filled boolean;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
                WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', name) INTO filled;
        IF filled THEN EXECUTE format('DELETE FROM %s', name); END IF;
    END LOOP;
END $$
"""


def settings_for_tests(database_url: str | None, var: Path) -> Settings:
    """Return settings for tests: development, a fixed key, files under `var`."""
    return Settings(development=True, secret_keys=(SECRET_KEY,), database_url=database_url, var=var)


@contextmanager
def worker_database(worker: str, var: Path) -> Iterator[WorkerDatabase]:
    """Give `worker` (xdist's name for it) a fresh copy of the template, and drop it afterwards."""
    server = start_server()
    name = f"test_{os.getpid()}_{worker}"
    with server.connect() as connection:
        with alone():
            drop_left_behind(connection)
            template = ensure_template(server, connection, var)
            copy(connection, template, name)
        made = WorkerDatabase(server, name)
        try:
            yield made
        finally:
            made.close()
            drop(connection, name)
    server.release()


@contextmanager
def alone() -> Iterator[None]:
    """Hold back the other workers and runs: templates are made once, and copied one at a time."""
    with (FOLDER / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def ensure_template(server: Server, connection: psycopg.Connection, var: Path) -> str:
    """Return the name of a database with the tables of the present migrations, made when it is not there."""
    name = f"template_{fingerprint()}"
    if name in databases(connection):
        return name
    drop(connection, f"{name}_draft")
    copy(connection, "template1", f"{name}_draft")
    make_tables(settings_for_tests(server.url(f"{name}_draft"), var))
    connection.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(f"{name}_draft"), sql.Identifier(name))
    )
    return name


def make_tables(settings: Settings) -> None:
    """Run the migrations, for which an application without pages is enough."""
    app = Flask("migrations")
    app.config.from_mapping(UPGUIDE=settings, SQLALCHEMY_DATABASE_URI=app_url(settings))
    db.init_app(app)
    install(app)
    with app.app_context():
        upgrade()


def fingerprint() -> str:
    """Return a hash over all that the tables are made from."""
    digest = hashlib.sha256(SECRET_KEY.encode())
    for folder in MADE_FROM:
        for file in sorted((ROOT / folder).rglob("*")):
            if file.suffix in {".py", ".sql"}:
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def databases(connection: psycopg.Connection) -> set[str]:
    """Return the names of all databases."""
    return {row[0] for row in connection.execute("SELECT datname FROM pg_database")}


def copy(connection: psycopg.Connection, template: str, name: str) -> None:
    """Make a database as a copy of `template`."""
    statement = "CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY file_copy"
    names = [sql.Identifier(part) for part in (name, template, embedded.OWNER)]
    connection.execute(sql.SQL(statement).format(*names))


def drop(connection: psycopg.Connection, name: str) -> None:
    """Drop a database, whoever is connected to it."""
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def drop_left_behind(connection: psycopg.Connection) -> None:
    """Drop the databases of killed runs, and templates of former migrations."""
    for name in databases(connection):
        kind, _, rest = name.partition("_")
        if (kind == "test" and not runs(int(rest.split("_")[0]))) or (
            kind == "template" and not rest.startswith(fingerprint())
        ):
            drop(connection, name)


def runs(process: int) -> bool:
    """Tell whether a process is there."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
