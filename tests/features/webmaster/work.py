"""What the tests about webmasters do again and again."""

from typing import Any
from uuid import UUID

from tests.support.client import Client
from tests.support.database import WorkerDatabase
from tests.support.factories import Made
from upguide.policy.items import Item

REASON = "Asked us by phone to help with a lost second step."


def look_up(desk: Client, who: str | None, reason: str = REASON) -> str:
    """Look somebody up; return the path of the page with everything."""
    response = desk.post("/webmaster/people", {"who": who, "reason": reason})
    assert response.status_code == 303, response.text
    return str(response.location)


def everything_of(person: Made) -> list[tuple[Made, Item]]:
    """What a webmaster with a reason may be shown (W9), for the test client that watches for leaks."""
    return [(person, item) for item in Item]


def rows(database: WorkerDatabase, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Return what the superuser reads."""
    with database.connect() as connection:
        return connection.execute(statement, values).fetchall()


def mails_to(database: WorkerDatabase, person_id: UUID) -> list[tuple[str, str]]:
    """Return kind and portal of the messages to somebody, the oldest first."""
    statement = "SELECT kind, tenant_id FROM mails WHERE person_id = %s ORDER BY made_at"
    return rows(database, statement, person_id)


def acts_on(database: WorkerDatabase, person_id: UUID) -> list[tuple[str, str]]:
    """Return act and reason of what was done to somebody, the oldest first."""
    return rows(database, "SELECT act, reason FROM acts WHERE person_id = %s ORDER BY done_at", person_id)
