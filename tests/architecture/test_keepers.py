"""What is declared to end has somebody who ends it: each term and each table has its keeper, a job that runs (U5)."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from psycopg import sql
from sqlalchemy import DateTime, ForeignKey, Text, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped

from tests.privacy.filled import fill
from tests.support.database import WorkerDatabase
from tests.support.factories import make_person
from upguide.config import Settings
from upguide.extensions import Base
from upguide.jobs.queue import TASKS
from upguide.jobs.queue import app as queue
from upguide.models import Apart, Erase, KeepUntil, Sever, personal, technical
from upguide.models.base import dispositions_of
from upguide.policy.items import CATALOGUE, Item
from upguide.policy.purposes import Term
from upguide.policy.retention import KEEPERS, KEPT_FOR_EVER, TABLE_KEEPERS
from upguide.privacy.dispositions import Model, models_of

pytestmark = pytest.mark.clause("U5")

# Terms that are over before the person goes.
SHORT = set(Term) - {Term.ACCOUNT, Term.PROOF}


def run_by_themselves() -> set[str]:
    return {name for name, _id in queue.periodic_registry.periodic_tasks}


def faults(models: tuple[Model, ...]) -> Iterator[str]:
    """Yield each table that nobody keeps, that two keep, or that has another keeper than its items say."""
    for model in models:
        table = model.__table__
        keeper, declared = TABLE_KEEPERS.get(table.name), dispositions_of(model)
        terms = {CATALOGUE[item].term for column in table.columns for item in column.info.get("items", ())}
        goes_with_its_person = any(isinstance(one, Erase) for one in declared)
        if table.name in KEPT_FOR_EVER:
            if keeper or terms or declared:
                yield f"{table.name}: stands in KEPT_FOR_EVER, and is about somebody or has a keeper"
        elif keeper is None and not goes_with_its_person:
            yield f"{table.name}: nobody removes its rows: name its keeper in TABLE_KEEPERS of policy/retention.py"
        elif keeper is None and terms & SHORT:
            yield f"{table.name}: its items go before the person does: name its keeper in TABLE_KEEPERS"


def test_each_term_has_one_keeper_that_runs_by_itself(app: Flask) -> None:
    assert set(KEEPERS) == set(Term)
    assert set(KEEPERS.values()) | set(TABLE_KEEPERS.values()) <= run_by_themselves()


def test_each_table_has_a_keeper_or_goes_with_its_person_or_is_about_nobody() -> None:
    assert list(faults(models_of(Base))) == []


def test_the_lists_are_not_stale() -> None:
    assert (set(TABLE_KEEPERS) | set(KEPT_FOR_EVER)) - set(Base.metadata.tables) == set()


@pytest.mark.parametrize(
    ("disposition", "item", "found"),
    [
        (Erase(), Item.SURNAME, None),
        (Erase(), Item.MAILS, "its items go before the person does"),
        (Sever("person_id"), Item.SURNAME, "nobody removes its rows"),
        (KeepUntil(Term.BREACH, ()), Item.SURNAME, "nobody removes its rows"),
        (Apart(Term.BREACH), Item.BREACHES, "nobody removes its rows"),
    ],
)
def test_a_planted_table_without_a_keeper_is_found(disposition: object, item: Item, found: str | None) -> None:
    class Own(DeclarativeBase):
        pass

    class Planted(Own):
        __tablename__ = "planted"
        __disposition__ = disposition

        id: Mapped[Any] = technical("row identity", Uuid, primary_key=True)
        person_id: Mapped[Any] = technical("whose it is", Uuid, ForeignKey("persons.id"), nullable=True)
        words: Mapped[str] = personal(item, Text)

    said = list(faults((Planted,)))
    assert [(found or "") in fault for fault in said] == ([True] if found else [])


KEPT = ("exports", "mails", "photo_drafts", "registrations", "sessions", "tokens")


def rows(database: WorkerDatabase) -> dict[str, int]:
    with database.connect() as connection:
        counts = {}
        for table in KEPT:
            row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
            counts[table] = row[0] if row else 0
        return counts


def make_old(database: WorkerDatabase) -> None:
    """Let all of it have happened nine years ago."""
    with database.connect() as connection:
        for table in KEPT:
            moments = [c.name for c in Base.metadata.tables[table].columns if isinstance(c.type, DateTime)]
            for name in moments:
                old = sql.SQL("UPDATE {} SET {} = {} - interval '9 years'")
                column = sql.Identifier(name)
                connection.execute(old.format(sql.Identifier(table), column, column))


def test_what_is_past_its_term_goes_and_nothing_else(app: Flask, database: WorkerDatabase, settings: Settings) -> None:
    person, other = make_person(), make_person()
    fill(database, person, other, only=KEPT)
    app.config["UPGUIDE"] = replace(settings, smtp_url="smtp://127.0.0.1:1")
    keepers = sorted({TABLE_KEEPERS[table] for table in KEPT})
    try:
        before = rows(database)
        for keeper in keepers:
            TASKS[keeper]()
        assert rows(database) == before
        assert 0 not in before.values()
        make_old(database)
        for keeper in keepers:
            TASKS[keeper]()
    finally:
        app.config["UPGUIDE"] = settings
    assert rows(database) == dict.fromkeys(KEPT, 0)
    with database.connect() as connection:
        told = dict(connection.execute("SELECT kind, removed FROM retention_tallies").fetchall())
    assert told == before
