"""Does an answer's time tell whether a mail address has an account? Known against unknown, as ratios of medians.

`python -m bench.timing [rounds]`: both kinds of address take turns in one process; 1.00 means that nobody can tell.
"""

import logging
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import uuid4

from flask import Flask

from tests.support.app import closing
from tests.support.database import WorkerDatabase, settings_for_tests, worker_database
from tests.support.factories import make_person
from upguide import create_app
from upguide.extensions import db
from upguide.tenancy import all_tenants

ROUNDS = 100
WARM_UP = 5
MOST = 0.10  # how far a ratio may be from 1
TRIES = 3  # a machine that is busy with something else is asked again
KNOWN = "known-address-for-the-bench@example.org"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
FORMS = {
    "sign-in": ("/login", {"password": "not the password"}),
    "register": ("/register", {"password": "a heron at the lake", "of_age": "y", "consent": "y"}),
    "forgotten password": ("/forgotten-password", {}),
}


@dataclass(frozen=True)
class Timing:
    """Median milliseconds of one form, for addresses with and without an account."""

    name: str
    known: float
    unknown: float

    @property
    def ratio(self) -> float:
        return self.known / self.unknown

    @property
    def equal(self) -> bool:
        return abs(self.ratio - 1) <= MOST


def measure(rounds: int = ROUNDS) -> list[Timing]:
    """Return the timings of all three forms, on an application and database of their own."""
    with _running() as (app, database):
        return [_settled(app, database, name, rounds) for name in FORMS]


def _settled(app: Flask, database: WorkerDatabase, name: str, rounds: int) -> Timing:
    timing = _compare(app, database, name, rounds)
    for _again in range(TRIES - 1):
        if timing.equal:
            break
        timing = _compare(app, database, name, rounds)
    return timing


def _compare(app: Flask, database: WorkerDatabase, name: str, rounds: int) -> Timing:
    path, values = FORMS[name]
    took: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(WARM_UP + rounds):
        # Who goes first takes turns too, and each post is somebody's first: what is counted is emptied.
        for known in (True, False) if turn % 2 else (False, True):
            # As long as the known one, so that length alone makes no difference.
            address = KNOWN if known else f"{uuid4().hex[:27]}@example.org"
            with database.connect() as connection:
                connection.execute("TRUNCATE throttle_hits, mails, registrations, tokens, procrastinate_jobs CASCADE")
            seconds = Context().run(_post, app, path, values | {"mail_address": address})
            if turn >= WARM_UP:
                took[known].append(seconds * 1000)
    return Timing(name, median(took[True]), median(took[False]))


def _post(app: Flask, path: str, values: dict[str, str]) -> float:
    with app.app_context():
        base_url = f"http://{all_tenants()['upguide'].development_hosts[0]}"
    browser = app.test_client()
    token = TOKEN.search(browser.get(path, base_url=base_url).text)
    assert token is not None
    start = perf_counter()
    answer = browser.post(path, base_url=base_url, data=values | {"csrf_token": token[1]})
    seconds = perf_counter() - start
    assert answer.status_code in (303, 422), answer.status
    return seconds


@contextmanager
def _running() -> Iterator[tuple[Flask, WorkerDatabase]]:
    with (
        tempfile.TemporaryDirectory() as folder,
        worker_database("timing", Path(folder)) as database,
        closing(create_app(settings_for_tests(database.owner_url, Path(folder)))) as app,
    ):
        Context().run(_populate, app)
        yield app, database


def _populate(app: Flask) -> None:
    with app.app_context():
        make_person("upguide", mail_address=KNOWN)
        db.session.remove()


def main(rounds: int = ROUNDS, write: Callable[[str], object] = print) -> bool:
    """Print each form's ratio; return whether all are within a tenth of 1."""
    timings = measure(rounds)
    for timing in timings:
        figures = f"known {timing.known:6.1f} ms   unknown {timing.unknown:6.1f} ms"
        write(f"{timing.name:20} {figures}   ratio {timing.ratio:.3f}")
    return all(timing.equal for timing in timings)


if __name__ == "__main__":
    logging.disable(logging.INFO)
    sys.exit(0 if main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS) else 1)
