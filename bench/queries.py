"""Statements against the database: the search under row-level security against the same without, and relations."""

import time
from collections.abc import Callable, Sequence
from random import Random
from statistics import median, quantiles
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import Select
from sqlalchemy.dialects import postgresql

from upguide.database.embedded import OWNER, SUPERUSER
from upguide.database.roles import SUFFIX
from upguide.features.people import queries
from upguide.policy.sees import Setting
from upguide.privacy.load import basics_statement
from upguide.privacy.names import fold

from .report import Result
from .world import TENANT, World

APP = OWNER + SUFFIX
LEAST, MOST = 3, 6  # letters of a name that somebody types
# The function's own words, as anybody would write them who sees all rows.
FUZZY_PLAIN = """
    SELECT near.person_id FROM (
        SELECT w.person_id, w.name_key, asked.word AS asked, max(similarity(w.word, asked.word)) AS nearness
        FROM unnest(%(words)s::text[]) AS asked(word)
        JOIN name_words w ON w.tenant_id = %(tenant_id)s AND w.word %% asked.word
        GROUP BY w.person_id, w.name_key, asked.word) AS near
    GROUP BY near.person_id, near.name_key HAVING count(*) = cardinality(%(words)s::text[])
    ORDER BY sum(near.nearness) DESC, near.name_key, near.person_id LIMIT 5
"""
FUZZY = "SELECT * FROM gate.similar_members(%(tenant_id)s, %(words)s, 5)"
Run = tuple[str, dict[str, Any]]


def measure(small: World, large: World, searches: int) -> list[Result]:
    """Measure search, fuzzy search and relations, each so many times."""
    random = Random(1)
    with large.connect(SUPERUSER) as plain, large.connect(APP) as bound, small.connect(APP) as few:
        viewer, names = _sample(plain, random, searches)
        asked = [_search(_typed(random, name)) for name in names]
        without, under = _in_turns(asked, asked, plain, bound, viewer)
        wrong = [_misspelt(random, name) for name in names[: max(10, searches // 10)]]
        fuzzy_without, fuzzy_under = _in_turns(
            [(FUZZY_PLAIN, one) for one in wrong], [(FUZZY, one) for one in wrong], plain, bound, viewer
        )
        relations = [_relations(connection, searches) for connection in (few, bound)]
        members = plain.execute("SELECT count(*) FROM memberships").fetchone()
    share = "search under row-level security, of plain"
    how_many = f"{members[0] if members else 0:,} members"
    medians = {"search": median(under), "fuzzy": median(fuzzy_under)}
    return [
        Result(
            f"{share}: median", medians["search"] / median(without), "×", 1.5, note=_ms(medians["search"], how_many)
        ),
        Result(f"{share}: 99th percentile", _p99(under) / _p99(without), "×", 3, note=_ms(_p99(under))),
        Result(
            "fuzzy search, of plain: median",
            medians["fuzzy"] / median(fuzzy_without),
            "×",
            2,
            note=_ms(medians["fuzzy"]),
        ),
        Result(
            "relations of 100 persons, of those in a small portal",
            relations[1] / relations[0],
            "×",
            1.3,
            note=_ms(relations[1]),
        ),
    ]


def _sample(connection: psycopg.Connection, random: Random, count: int) -> tuple[UUID, list[str]]:
    rows = connection.execute(
        "SELECT id, concat_ws(' ', first_names, infix, surname) FROM persons WHERE surname IS NOT NULL"
        " ORDER BY id LIMIT 20000"
    ).fetchall()
    return rows[0][0], [random.choice(rows)[1] for _ in range(count)]


def _typed(random: Random, name: str) -> str:
    """Return what somebody types who looks for this name: mostly the beginning of the last word."""
    parts = fold(name).split()
    last = parts[-1][: random.randint(LEAST, MOST)]
    return f"{parts[0]} {last}" if random.randrange(5) == 0 else last


def _misspelt(random: Random, name: str) -> dict[str, Any]:
    word = max(fold(name).split(), key=len)
    at = random.randrange(1, max(2, len(word) - 1))
    return {"tenant_id": TENANT, "words": [word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]]}


def _search(question: str) -> Run:
    return _run(*queries.search(TENANT, queries.search_words(question), None))


def _run(statement: Select[Any], values: dict[str, Any]) -> Run:
    compiled = statement.compile(dialect=postgresql.psycopg.dialect())  # type: ignore[no-untyped-call]
    return str(compiled), {**compiled.params, **values}


def _in_turns(
    one: Sequence[Run], other: Sequence[Run], plain: psycopg.Connection, bound: psycopg.Connection, viewer: UUID
) -> tuple[list[float], list[float]]:
    """Run each question without and under row-level security; return the seconds of each."""
    without: list[float] = []
    under: list[float] = []
    for _warm in range(2):
        without, under = [], []
        for mine, theirs in zip(one, other, strict=True):
            without.append(_timed(plain, mine, viewer))
            under.append(_timed(bound, theirs, viewer))
    return without, under


def _timed(connection: psycopg.Connection, run: Run, viewer: UUID) -> float:
    """Run a statement as a request would: in a transaction that knows portal and viewer."""
    with connection.transaction(force_rollback=True):
        connection.execute(
            "SELECT set_config('app.tenant', %s, true), set_config('app.viewer', %s, true)", [TENANT, str(viewer)]
        )
        started = time.perf_counter()
        connection.execute(*run).fetchall()
        return time.perf_counter() - started


def _relations(connection: psycopg.Connection, times: int) -> float:
    """Return the median seconds of the one statement that reads 100 members with their relations."""
    scope: Callable[[], object] = lambda: connection.execute("SELECT set_config('app.tenant', %s, true)", [TENANT])  # noqa: E731
    with connection.transaction(force_rollback=True):
        scope()
        rows = connection.execute("SELECT person_id FROM memberships LIMIT 10000").fetchall()
    random, seconds = Random(2), []
    statement = basics_statement(Setting.PAGE)
    for _ in range(max(20, times // 5)):
        ids = [row[0] for row in random.sample(rows, 100)]
        values = {"ids": ids, "tenant_id": TENANT, "viewer_id": ids[0]}
        seconds.append(_timed(connection, _run(statement, values), ids[0]))
    return median(seconds)


def _p99(seconds: list[float]) -> float:
    return quantiles(seconds, n=100)[98]


def _ms(seconds: float, more: str = "") -> str:
    return ", ".join(filter(None, (f"{1000 * seconds:.2f} ms", more)))
