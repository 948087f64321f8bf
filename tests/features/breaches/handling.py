"""What the tests about breaches do again and again: who handles them, what is in the register, what was mailed."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from flask import Flask

from tests.features.accounts.letters import Letter, letters
from tests.support.client import Client
from tests.support.database import WorkerDatabase
from tests.support.factories import Made
from upguide.extensions import db
from upguide.features.breaches import on_list, queries
from upguide.features.breaches.actions import concerned, register, texts
from upguide.features.breaches.queries import BreachView
from upguide.tenancy.scope import scope

Browse = Callable[..., Client]
STORY = "A mail with a list of numbers went to the wrong address."


def hours_ago(hours: float) -> datetime:
    """Return a moment in the past."""
    return datetime.now(UTC) - timedelta(hours=hours)


def handler_browser(browse: Browse, handler: Made) -> Client:
    """Open the browser of somebody who handles breaches, second factor given, in English."""
    client = browse(handler, second_factor=True)
    client.browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def speak_english(database: WorkerDatabase, person: Made) -> None:
    """Let the letters to somebody be in English, as the sentences in these tests are."""
    with database.connect() as connection:
        connection.execute("UPDATE persons SET language = 'en' WHERE id = %s", [person.id])


def report(client: Client, **given: str) -> str:
    """Send a report; return its reference."""
    answer = client.post("/report-a-breach", {"story": STORY, **given})
    assert answer.status_code == 303, answer.text
    return str(answer.location).rpartition("/")[2]


def open_breach(handler: Made, *, hours: float = 1, exercise: bool = False, harmless: bool = False) -> int:
    """Put a breach in the register in a handler's name; return its number."""
    opening = register.Opening(
        summary="Mail to a wrong address",
        facts=STORY,
        aware_at=hours_ago(hours),
        exercise=exercise,
        harmless=harmless,
        reasons="Nobody opened it." if harmless else "",
    )
    with as_handler(handler):
        return register.open_breach(db.session(), "officer", opening)


@contextmanager
def as_handler(handler: Made) -> Iterator[None]:
    """Run a block in a handler's name, as a request of theirs does."""
    with scope(handler.tenant, handler.id, db.session()):
        yield
        db.session.rollback()


def view_of(handler: Made, number: int) -> BreachView:
    """Return a breach as it stands now."""
    with as_handler(handler):
        found = queries.breach(db.session(), number)
    assert found is not None
    return found


def seen(  # noqa: PLR0913 - one row of the journal
    database: WorkerDatabase,
    person: Made,
    viewer: Made | None,
    *,
    items: Sequence[str] = ("surname",),
    relation: str = "administrator",
    at: datetime | None = None,
    session: UUID | None = None,
) -> None:
    """Note in the journal that `viewer` was shown `person`."""
    with database.connect() as connection:
        connection.execute(
            "INSERT INTO journal (tenant_id, person_id, viewer_id, session_id, relations, setting, items, seen_at)"
            " VALUES (%s, %s, %s, %s, %s, 'page', %s, %s)",
            [
                person.tenant,
                person.id,
                viewer and viewer.id,
                session or uuid4(),
                [relation],
                list(items),
                at or datetime.now(UTC),
            ],
        )


def add_concerned(handler: Made, number: int, *people: Made) -> None:
    """Put people on the list of a breach, by their numbers."""
    of = view_of(handler, number)
    with as_handler(handler):
        for person in people:
            concerned.add_number(db.session(), "officer", of, str(person.number), ["surname"], "They told us.")


def freeze_letters(handler: Made, number: int, words: str = "Something went wrong.") -> None:
    """Decide to tell the persons, and freeze the letter in both languages."""
    of = view_of(handler, number)
    with as_handler(handler):
        register.describe(db.session(), "officer", of, of.version, {"persons": "tell", "persons_reasons": "High risk."})
    for language in ("nl", "en"):
        of = view_of(handler, number)
        with as_handler(handler):
            place = texts.Place("letter", language)
            texts.freeze(db.session(), "officer", of, place, f"{words} ({language})", "sent")


def ask_letters(handler: Made, number: int) -> int:
    """Ask to send the letters to everybody to whom that may be asked; return how many they are. Runs no job."""
    of = view_of(handler, number)
    with as_handler(handler):
        groups = on_list.due(db.session(), of.id)
        concerned.ask_letters(db.session(), "officer", of, groups)
    return sum(one.count for one in groups)


def ready_letters(handler: Made, number: int, words: str = "Something went wrong.") -> None:
    """Freeze the letters and ask to send them to all; runs no job."""
    freeze_letters(handler, number, words)
    ask_letters(handler, number)


def mails(app: Flask, database: WorkerDatabase, kind: str) -> list[Letter]:
    """Return the messages of one kind, the oldest first."""
    return [letter for letter in letters(app, database) if letter.kind == kind]


def listed(database: WorkerDatabase) -> dict[UUID, tuple[list[str], str, bool, bool]]:
    """Return who stands on a list: items, source, whether removed, whether told."""
    with database.connect() as connection:
        rows = connection.execute(
            "SELECT person_id, items, source, removed, told_at IS NOT NULL FROM breach_concerned"
        ).fetchall()
    return {row[0]: (sorted(row[1]), row[2], row[3], row[4]) for row in rows}


def fates(database: WorkerDatabase) -> dict[UUID, tuple[str | None, bool]]:
    """Return what became of the last letter to each, and whether a mail server ever took one."""
    with database.connect() as connection:
        rows = connection.execute("SELECT person_id, letter, told_at IS NOT NULL FROM breach_concerned").fetchall()
    return {row[0]: (row[1], row[2]) for row in rows}


def boxes(page: str) -> list[str]:
    """Return the values of the boxes that are ticked."""
    return [part.split('value="')[1].split('"')[0] for part in page.split("<input") if 'name="groups"' in part]
