"""Many invented members at once, for load: copied in as the owner, past the row-level security that binds all others.

The search words are made by the same functions as everybody's. Nobody of them can sign in.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from psycopg import Connection, sql

from upguide.privacy.names import sort_key, words_in_order
from upguide.security.handle import HANDLE_LENGTH, random_alias
from upguide.security.number import ALPHABET, LENGTH, PREFIX, check_character

from .names import invent

HOST = "people.upguide.example"
CHUNK = 20_000
TABLES = {
    "persons": ("id", "number", "mail_address", "first_names", "infix", "surname", "alias", "language"),
    "person_keys": ("person_id", "wrapped"),
    "memberships": ("tenant_id", "person_id", "handle", "name_key"),
    "name_words": ("tenant_id", "word", "person_id", "name_key", "earlier"),
}
# Making this index anew is far quicker than keeping it up row by row.
SLOW_INDEX = "ix_name_words_similar"


class Rows(NamedTuple):
    """What one person is in the tables, in the order of TABLES."""

    person: tuple[Any, ...]
    key: tuple[Any, ...]
    membership: tuple[Any, ...]
    words: list[tuple[Any, ...]]


def make_people(
    connection: Connection, tenant: str, count: int, new_key: Callable[[UUID], bytes], tell: Callable[[int], None]
) -> None:
    """Make `count` members of `tenant` in one transaction of `connection`, which must be the owner's.

    `new_key` wraps a new key for a person; `tell` is called with how many are made so far.
    """
    random, taken = Random(), {row[0] for row in _numbers(connection)}  # noqa: S311 - no secret is made here
    with connection.transaction(), _open_to_owner(connection), _without_slow_index(connection):
        for start in range(0, count, CHUNK):
            size = min(CHUNK, count - start)
            _copy(connection, [_somebody(random, tenant, taken, new_key) for _ in range(size)])
            tell(start + size)


def refresh_statistics(connection: Connection) -> None:
    """Tell the planner what the tables now hold, and which pages everybody may see. Needs autocommit."""
    for table in TABLES:
        connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(table)))


@contextmanager
def _open_to_owner(connection: Connection) -> Iterator[None]:
    """Let the owner past row-level security for the length of the transaction; a failure takes this back too."""
    _each_table(connection, "NO FORCE")
    yield
    _each_table(connection, "FORCE")


def _each_table(connection: Connection, word: str) -> None:
    statement = sql.SQL("ALTER TABLE {table} " + word + " ROW LEVEL SECURITY")
    for table in TABLES:
        connection.execute(statement.format(table=sql.Identifier(table)))


@contextmanager
def _without_slow_index(connection: Connection) -> Iterator[None]:
    row = connection.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [SLOW_INDEX]).fetchone()
    if row is None:
        yield
        return
    connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(SLOW_INDEX)))
    yield
    connection.execute(row[0])


def _numbers(connection: Connection) -> list[tuple[str]]:
    with connection.transaction(force_rollback=True), _open_to_owner(connection):
        return connection.execute("SELECT number FROM persons").fetchall()


def _somebody(random: Random, tenant: str, taken: set[str], new_key: Callable[[UUID], bytes]) -> Rows:
    person_id, (names, _gender) = uuid4(), invent(random)
    key = sort_key(names)
    return Rows(
        (person_id, _number(random, taken), f"{person_id.hex}@{HOST}", *names, random_alias(), "nl"),
        (person_id, new_key(person_id)),
        (tenant, person_id, _letters(random, HANDLE_LENGTH).lower(), key),
        [(tenant, word, person_id, key, earlier) for word, earlier in words_in_order(names)],
    )


def _number(random: Random, taken: set[str]) -> str:
    """Return a new UpGuide number. Among millions some come out double, and are drawn again."""
    while True:
        body = _letters(random, LENGTH - 1)
        number = PREFIX + body + check_character(body)
        if number not in taken:
            taken.add(number)
            return number


def _letters(random: Random, length: int) -> str:
    return "".join(random.choices(ALPHABET, k=length))


def _copy(connection: Connection, people: list[Rows]) -> None:
    rows: dict[str, Iterator[tuple[Any, ...]]] = {
        "persons": (one.person for one in people),
        "person_keys": (one.key for one in people),
        "memberships": (one.membership for one in people),
        "name_words": (row for one in people for row in one.words),
    }
    statement = sql.SQL("COPY {} ({}) FROM STDIN")
    for table, columns in TABLES.items():
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        with connection.cursor().copy(statement.format(sql.Identifier(table), names)) as copy:
            for row in rows[table]:
                copy.write_row(row)
