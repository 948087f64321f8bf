"""The database that is measured: an embedded server of the benchmarks' own, kept between runs.

One database for each number of members, such as `bench_100000`.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import flask_migrate
import psycopg
from flask import Flask
from psycopg import sql
from sqlalchemy import make_url

from upguide.commands._demo import synthetic
from upguide.config import ROOT, Settings
from upguide.database import embedded
from upguide.database.roles import connect_as_owner
from upguide.security.sealing import Sealer

VAR = ROOT / "var" / "bench"
SECRET_KEY = "the-key-of-the-benchmarks-which-is-long-enough"  # noqa: S105 - it opens invented data
TENANT, HOST = "upguide", "upguide.me"
# Members: of a portal that is small, and of one whose pages are measured.
SMALL, USUAL = 10_000, 100_000
# More than a laptop's share, so that it is the statements that are measured, and not the disk.
OPTIONS = {**embedded.DURABLE, "shared_buffers": "512MB", "fsync": "off", "max_connections": "60"}


@dataclass(frozen=True)
class World:
    """A migrated database with synthetic members."""

    server: embedded.EmbeddedServer
    name: str

    @property
    def settings(self) -> Settings:
        return Settings(secret_keys=(SECRET_KEY,), database_url=self.owner_url, smtp_url=SMTP, var=VAR)

    @property
    def owner_url(self) -> str:
        return self.server.url(self.name)

    @property
    def environment(self) -> Mapping[str, str]:
        """What a production server of this database is told."""
        names = {"DEVELOPMENT": "0", "SECRET_KEY": SECRET_KEY, "DATABASE_URL": self.owner_url}
        return {f"UPGUIDE_{name}": value for name, value in {**names, "SMTP_URL": SMTP, "VAR": str(VAR)}.items()}

    def connect(self, role: str) -> psycopg.Connection:
        """Connect, in autocommit; as the superuser nothing of row-level security counts."""
        return self.server.connect(self.name, role)


SMTP = "smtp://127.0.0.1:1025"  # nothing is sent


@contextmanager
def running() -> Iterator[embedded.EmbeddedServer]:
    """Give the benchmarks' database server."""
    VAR.mkdir(parents=True, exist_ok=True)
    server = embedded.start(VAR, OPTIONS)
    try:
        yield server
    finally:
        server.release()


def name(members: int) -> str:
    """Return the name of the database with so many members."""
    return f"bench_{members}"


def build(server: embedded.EmbeddedServer, members: int) -> World:
    """Return a database with so many members; one of a former run is used again, with migrations that came since."""
    world = World(server, name(members))
    with server.connect() as connection:
        if _outdated(connection, world.name):
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(world.name)))
            parts = [sql.Identifier(part) for part in (world.name, embedded.OWNER)]
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*parts))
            # To what was erased in another database, a new one would seem to be an old copy, and answer nobody.
            shutil.rmtree(VAR / "files" / "ledger", ignore_errors=True)
        _migrate(world)
        note = sql.Literal(json.dumps(_migrations()))
        connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(world.name), note))
    with world.connect(embedded.SUPERUSER) as connection:
        (there,) = connection.execute("SELECT count(*) FROM memberships").fetchone() or (0,)
    if there < members:
        _fill(world, members - there)
    return world


def _outdated(connection: psycopg.Connection, database: str) -> bool:
    """Tell whether the database is missing, or was made by migrations that read otherwise today."""
    statement = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
    row = connection.execute(statement, [database]).fetchone()
    if row is None or row[0] is None:
        return True
    made_by: dict[str, str] = json.loads(row[0])
    return not made_by.items() <= _migrations().items()


def _migrations() -> dict[str, str]:
    """Return each migration with a hash of its text, and of what all of them are made with."""
    folder = ROOT / "upguide" / "migrations"
    files = [*sorted((folder / "versions").glob("*.py")), folder / "rls.py"]
    return {file.stem: hashlib.sha256(file.read_bytes()).hexdigest()[:8] for file in files}


def _fill(world: World, count: int) -> None:
    print(f"making {count:,} members in {world.name}, once", flush=True)
    with connect_as_owner(make_url(world.owner_url)) as connection:
        connection.autocommit = True
        synthetic.make_people(connection, TENANT, count, Sealer((SECRET_KEY,)).new_wrapped_key, _tell)
        synthetic.refresh_statistics(connection)


def _tell(made: int) -> None:
    print(f"  {made:,}", flush=True)


def _migrate(world: World) -> None:
    app = application(world)
    with app.app_context():
        flask_migrate.upgrade()


def application(world: World) -> Flask:
    """Return our application on this database, in this process."""
    from upguide import create_app  # noqa: PLC0415

    os.environ.pop("UPGUIDE_DEVELOPMENT", None)
    return create_app(world.settings)


def logs(name: str) -> Path:
    """Return where a server's log goes."""
    return VAR / f"{name}.log"
