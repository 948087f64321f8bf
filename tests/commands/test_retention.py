"""`flask privacy retention`: what a pass did or would do, in figures alone (U5)."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from tests.support.canaries import found_in
from tests.support.database import WorkerDatabase
from tests.support.factories import make_person

pytestmark = pytest.mark.clause("U5")

FIGURES = """\
Warned 60 days before: 1
Warned 30 days before: 0
Warned 7 days before: 0
Warned again, because a letter did not arrive: 0
Erased: 0
Kept though their time is up, because their data is restricted: 0
Left for the next pass, because something went wrong: 0
"""


def away(database: WorkerDatabase) -> str:
    person = make_person()
    with database.connect() as connection:
        connection.execute("UPDATE persons SET signed_in_at = %s", [datetime(2015, 6, 1, tzinfo=UTC)])
    return str(person.number)


def left(database: WorkerDatabase) -> tuple[int, int]:
    with database.connect() as connection:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM mails), (SELECT count(*) FROM retention_runs)"
        ).fetchone()
    assert row is not None
    return row[0], row[1]


def test_a_dry_run_says_what_would_be_and_changes_nothing(app: Flask, database: WorkerDatabase) -> None:
    number = away(database)
    said = app.test_cli_runner().invoke(args=["privacy", "retention", "--dry-run"]).output
    assert said.startswith("Nothing is done: this is what a pass would do now.\n" + FIGURES)
    assert "  forget_expired: registrations, sessions, throttle_hits, tokens\n" in said
    assert (found_in(said), number in said) == ([], False)
    assert left(database) == (0, 0)


def test_without_the_flag_the_pass_is_done(app: Flask, database: WorkerDatabase) -> None:
    away(database)
    said = app.test_cli_runner().invoke(args=["privacy", "retention"]).output
    assert said.startswith("A pass is done.\n" + FIGURES)
    assert left(database) == (1, 1)
