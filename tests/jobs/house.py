"""An application without pages, and workers for it: in this process, or in one that a test may kill."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask

from tests.support.database import settings_for_tests
from upguide import mail, models, tenancy
from upguide.config import ROOT, Settings
from upguide.database import app_url
from upguide.extensions import db
from upguide.jobs import run_worker
from upguide.jobs.queue import app as queue
from upguide.tenancy import scope

USED = (mail, models)


def make_app(settings: Settings) -> Flask:
    """Return what a job needs: the database as the application's role, portals and scope."""
    app = Flask("worker")
    app.config.from_mapping(
        UPGUIDE=settings,
        SQLALCHEMY_DATABASE_URI=app_url(settings),
        SQLALCHEMY_ENGINE_OPTIONS={"pool_size": 8},
    )
    db.init_app(app)
    tenancy.install(app)
    scope.install(db)
    return app


@contextmanager
def house(settings: Settings) -> Iterator[Flask]:
    """Give an application whose connections are closed after the block."""
    app = make_app(settings)
    try:
        yield app
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@contextmanager
def worker_process(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker in a process of its own; end it, if it still runs, after the block."""
    given = json.dumps([settings.database_url, str(settings.var), settings.smtp_url])
    process = subprocess.Popen([sys.executable, "-c", "from tests.jobs.house import main; main()", given], cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def main() -> None:
    """What that process does."""
    database_url, var, smtp_url = json.loads(sys.argv[1])
    from tests.jobs import tasks  # noqa: F401, PLC0415 - known to the worker by being read

    settings = replace(settings_for_tests(database_url, Path(var)), smtp_url=smtp_url)
    run_worker(make_app(settings))


def until(true: Callable[[], object], seconds: float = 20) -> None:
    """Wait until something is so; fail when it takes too long."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def jobs(database: Any, *columns: str) -> list[tuple[Any, ...]]:
    """Return columns of the jobs that tasks of ours wait in, oldest first; of those that the clock queues nothing."""
    by_the_clock = [name for name, _id in queue.periodic_registry.periodic_tasks]
    with database.connect() as connection:
        statement = f"SELECT {', '.join(columns)} FROM procrastinate_jobs WHERE task_name <> ALL(%s) ORDER BY id"
        return list(connection.execute(statement, [by_the_clock]))


def silence_workers(database: Any) -> None:
    """Let it be long ago that any worker was heard of."""
    with database.connect() as connection:
        connection.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '10 minutes'")


def run_upkeep(database: Any, app: Flask, name: str) -> None:
    """Queue one of the queue's own tasks, and run what is due."""
    with database.connect() as connection:
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('default', %s, '{\"timestamp\": 0}')",
            [name],
        )
    run_worker(app, wait=False)
