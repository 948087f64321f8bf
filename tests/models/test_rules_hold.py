"""What the application's role and the owner cannot do to the rules themselves: get around, rewrite, appoint.

Raw SQL runs over a connection of its own that knows nothing of our guards.
"""

import pytest
from flask import Flask
from psycopg.errors import InsufficientPrivilege

from tests.models.full import make_full_person
from tests.models.test_row_security import OF_PERSONS, as_app
from tests.support.database import WorkerDatabase
from tests.support.factories import make_person, make_professional

pytestmark = pytest.mark.clause("P5")


def test_row_security_binds_the_owner_too(core: Flask, database: WorkerDatabase) -> None:
    make_full_person("gfs")
    with database.connect("upguide") as connection:
        seen = []
        for table in [*OF_PERSONS, "persons", "registrations"]:
            row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
            seen.append(row)
    assert set(seen) == {(0,)}


@pytest.mark.clause("T2", "W9")
@pytest.mark.parametrize("table", ["entries", "journal"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET person_id = person_id", "DELETE FROM {}", "TRUNCATE {}", "DROP TABLE {}"]
)
def test_what_was_entered_and_seen_is_not_rewritten(
    core: Flask, database: WorkerDatabase, table: str, statement: str
) -> None:
    person = make_person()
    with as_app(database, "upguide", person.id) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(statement.format(table))


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE persons DISABLE ROW LEVEL SECURITY",
        "DROP POLICY persons_select ON persons",
        "SET ROLE upguide",
        "SET ROLE upguide_gate",
        "CREATE TABLE loot (id int)",
        "SET session_replication_role = replica",
        "SELECT pg_read_file('/etc/hostname')",
    ],
)
def test_application_s_role_cannot_get_around_its_rules(core: Flask, database: WorkerDatabase, statement: str) -> None:
    with database.connect("upguide_app") as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(statement)


def test_switching_row_security_off_for_oneself_is_an_error_and_no_way_around(
    core: Flask, database: WorkerDatabase
) -> None:
    make_person()
    with database.connect("upguide_app") as connection:
        connection.execute("SET row_security = off")
        with pytest.raises(InsufficientPrivilege):
            connection.execute("SELECT * FROM persons")


@pytest.mark.clause("W9")
def test_the_application_cannot_appoint_anybody(core: Flask, database: WorkerDatabase) -> None:
    person = make_person()
    with as_app(database, "upguide", person.id) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute("INSERT INTO role_grants (person_id, role) VALUES (%s, 'webmaster')", [person.id])


@pytest.mark.clause("P3")
@pytest.mark.parametrize("change", ["UPDATE {} SET person_id = person_id", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["consent_withdrawals", "consents", "requests", "signatures"])
def test_what_was_agreed_to_is_not_rewritten(core: Flask, database: WorkerDatabase, table: str, change: str) -> None:
    person = make_professional()
    with as_app(database, "upguide", person.id) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(change.format(table))
