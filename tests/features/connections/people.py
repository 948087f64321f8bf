"""What the tests of connections share: members who meet, days that pass, links in letters."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

from psycopg.sql import SQL, Identifier

from tests.support.database import WorkerDatabase
from tests.support.factories import Made, make_person
from upguide.extensions import db
from upguide.privacy import connections
from upguide.privacy.connections import Standing
from upguide.tenancy.scope import scope


def member(tenant: str = "upguide", **given: Any) -> Made:
    """Make a member who reads English."""
    return make_person(tenant, language="en", **given)


def connect(one: Made, other: Made) -> None:
    """Connect two members, as if one had asked and the other had said yes."""
    with scope(one.tenant, one.id, db.session()):
        connections.ask(db.session(), one.id, other.id)
        db.session.commit()
    with scope(one.tenant, other.id, db.session()):
        assert connections.accept(db.session(), other.id, one.id)
        db.session.commit()


def ask(one: Made, other: Made) -> None:
    """Let one member ask another."""
    with scope(one.tenant, one.id, db.session()):
        connections.ask(db.session(), one.id, other.id)
        db.session.commit()


def block(one: Made, other: Made) -> None:
    """Let one member block another."""
    with scope(one.tenant, one.id, db.session()):
        connections.block(db.session(), one.id, other.id)
        db.session.commit()


def standing(one: Made, other: Made) -> Standing:
    """How things stand, as `one` may know it."""
    with scope(one.tenant, one.id, db.session()):
        found = connections.standing(db.session(), one.id, other.id)
        db.session.rollback()
    return found


def days_pass(database: WorkerDatabase, days: float) -> None:
    """Let everything about connections have happened so many days earlier."""
    moments = {
        "connections": ("asked_at", "answered_at"),
        "made_accounts": ("made_at", "told_at", "reminded_at"),
        "tokens": ("made_at", "expires_at"),
        "persons": ("made_at",),
    }
    with database.connect() as connection:
        for table, columns in moments.items():
            for column in columns:
                back = SQL("UPDATE {} SET {} = {} - %s").format(Identifier(table), *[Identifier(column)] * 2)
                connection.execute(back, [timedelta(days=days)])


def links_in(text: str) -> dict[str, str]:
    """Return the paths of a letter's links to an account, by what they are for."""
    return {found[1]: found[0] for found in re.finditer(r"/connections/(take-over|delete-account)/[\w-]{43}", text)}


def count(database: WorkerDatabase, table: str, person_id: UUID | None = None) -> int:
    """Return how many rows a table has, or how many of one person."""
    where = SQL(" WHERE person_id = %s") if person_id else SQL("")
    with database.connect() as connection:
        row = connection.execute(
            SQL("SELECT count(*) FROM {}").format(Identifier(table)) + where, [person_id] if person_id else []
        ).fetchone()
    assert row is not None
    return int(row[0])
