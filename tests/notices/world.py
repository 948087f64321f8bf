"""Things that happen between members, for tests of what they are told of it."""

from typing import Any
from uuid import UUID, uuid4

from flask import Flask

from tests.features.rights.work import letters
from tests.support.database import WorkerDatabase
from tests.support.factories import Made
from upguide.extensions import db
from upguide.notices import Kind, notify
from upguide.notices.choices import Choices, choices_of, choose
from upguide.policy.notices import Frequency
from upguide.tenancy.scope import scope

OF_NOTICES = ("something_happened", "what_happened")


def happen(actor: Made, person: Made, kind: Kind = Kind.MESSAGE, subject_id: UUID | None = None) -> None:
    """Let `actor` do something of which `person` is told, on the actor's portal: to something new, unless given."""
    subject_id = subject_id or uuid4()
    with scope(actor.tenant, actor.id, db.session()):
        notify(db.session(), person.id, kind, subject_id)
        db.session.commit()


def want(person: Made, **more: Any) -> None:
    """Let somebody choose: kinds by their values, and `clock`."""
    clock = more.pop("clock", None)
    with scope(person.tenant, person.id, db.session()):
        before = choices_of(db.session(), person.id)
        chosen = {Kind(kind): Frequency(often) for kind, often in more.items()}
        choose(db.session(), person.id, Choices({**before.chosen, **chosen}, clock or before.clock))
        db.session.commit()


def rows(database: WorkerDatabase, *columns: str) -> list[tuple[Any, ...]]:
    """Return columns of all notifications, the oldest first."""
    with database.connect() as connection:
        return connection.execute(f"SELECT {', '.join(columns)} FROM notices ORDER BY made_at, id").fetchall()


def age(database: WorkerDatabase, interval: str) -> None:
    """Let all notifications be that much older."""
    with database.connect() as connection:
        connection.execute("UPDATE notices SET made_at = made_at - %s::interval", [interval])


def mails(database: WorkerDatabase, app: Flask) -> list[tuple[str, str]]:
    """Return kind and recipient of each mail about notifications."""
    return sorted((kind, to) for kind, to, _text in letters(database, app) if kind in OF_NOTICES)
