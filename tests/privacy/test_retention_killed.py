"""A pass of retention that dies at any point: whoever had to be warned or had to go is so in the end, once (U5)."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from tests.features.rights.killed import KILLS, points, run_and_kill
from tests.features.rights.test_erasure import halves
from tests.features.rights.work import letters
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, make_person
from upguide.config import Settings
from upguide.extensions import db
from upguide.policy.retention import last_day_before
from upguide.privacy.idle import day_of
from upguide.privacy.retention import keep_terms, runs

pytestmark = pytest.mark.clause("U5")


def away_people(database: WorkerDatabase, *, warned: bool) -> list[Made]:
    """Make two people who are to be warned today, or who were warned and are to go today."""
    today, people = day_of(datetime.now(UTC)), [make_person(), make_person()]
    last = last_day_before(today if warned else today + timedelta(days=60))
    with database.connect() as connection:
        for person in people:
            connection.execute(
                "UPDATE persons SET signed_in_at = %s::date + time '10:00' WHERE id = %s", [last, person.id]
            )
        if warned:
            connection.execute(
                "INSERT INTO retention_warnings SELECT id, signed_in_at, 7, current_date - 7, %s, gen_random_uuid(),"
                " 'told', %s FROM persons WHERE id = ANY(%s)",
                [today, today, [person.id for person in people]],
            )
    return people


def left(database: WorkerDatabase, people: list[Made]) -> int:
    with database.connect() as connection:
        row = connection.execute("SELECT count(*) FROM persons WHERE id = ANY(%s)", [[p.id for p in people]]).fetchone()
    assert row is not None
    return int(row[0])


@KILLS
def test_a_pass_that_is_killed_ends_right_once(
    app: Flask, database: WorkerDatabase, settings: Settings, kills: int
) -> None:
    going: list[Made] = []
    warned: list[Made] = []
    at, killed = points(90), 0
    while killed < kills:
        if not left(database, going):
            going += away_people(database, warned=True)
            warned += away_people(database, warned=False)
        killed += run_and_kill(settings, "keep_terms", next(at))
        assert halves(database) == 0
    keep_terms()
    assert (left(database, going), left(database, warned)) == (0, len(warned))
    expected = [("erasure_receipt", str(person.mail_address)) for person in going]
    expected += [("account_goes", str(person.mail_address)) for person in warned]
    assert sorted((kind, to) for kind, to, _text in letters(database, app)) == sorted(expected)
    # The reports count each of them once too, those of killed passes among them.
    found = runs(db.session(), 1000)
    assert (sum(one.erased for one in found), sum(sum(one.warned.values()) for one in found)) == (
        len(going),
        len(warned),
    )
