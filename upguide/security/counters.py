"""Counters in PostgreSQL: exact with any number of processes, and kept when the request is rolled back.

Each call is one statement in a transaction of its own, on a connection of its own, and leaves nothing behind
on that connection: safe behind PgBouncer in transaction mode.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, TextClause, text

# The first try in a window makes or restarts the row. Two processes that meet at one row wait for each other:
# no try is lost, none counts twice. Rows are taken in the order of their keys, so nobody waits in a circle.
_COUNT = text("""
    INSERT INTO throttle_hits AS kept (key, hits, expires_at)
    SELECT key, greatest(:tries, 0), now() + make_interval(secs => seconds)
    FROM unnest(CAST(:keys AS text[]), CAST(:seconds AS int[])) AS tried (key, seconds)
    ORDER BY key
    ON CONFLICT (key) DO UPDATE SET
        hits = CASE WHEN kept.expires_at <= now() THEN excluded.hits ELSE greatest(kept.hits + :tries, 0) END,
        expires_at = CASE WHEN kept.expires_at <= now() THEN excluded.expires_at ELSE kept.expires_at END
    RETURNING key, hits, extract(epoch FROM expires_at - now())::float8 AS seconds_left
""")
_READ = text("""
    SELECT key, hits, extract(epoch FROM expires_at - now())::float8 AS seconds_left
    FROM throttle_hits WHERE key = ANY(CAST(:keys AS text[])) AND expires_at > now()
""")
_FORGET = text("""
    DELETE FROM throttle_hits WHERE key IN (
        SELECT key FROM throttle_hits WHERE expires_at <= now() LIMIT :most FOR UPDATE SKIP LOCKED
    )
""")


@dataclass(frozen=True, slots=True)
class Window:
    """How many tries a window holds, and in how many seconds it ends."""

    hits: int
    seconds_left: float


class Counters:
    """Fixed windows, each starting with its first try. `engine` connects as the application's role."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")

    def read(self, keys: Iterable[str]) -> dict[str, Window]:
        """Return the open windows among `keys`, without counting."""
        return self._windows(_READ, keys=list(keys))

    def count(self, windows: Mapping[str, int]) -> dict[str, Window]:
        """Count one try in each of `windows` (key → length in seconds); return them with it."""
        return self._windows(_COUNT, keys=list(windows), seconds=list(windows.values()), tries=1)

    def give_back(self, windows: Mapping[str, int]) -> None:
        """Take one try of each of `windows` back."""
        self._windows(_COUNT, keys=list(windows), seconds=list(windows.values()), tries=-1)

    def forget_expired(self, most: int = 10_000) -> int:
        """Delete up to `most` rows whose window has ended; return how many those were."""
        with self._engine.connect() as connection:
            return connection.execute(_FORGET, {"most": most}).rowcount

    def _windows(self, statement: TextClause, **values: Any) -> dict[str, Window]:
        with self._engine.connect() as connection:
            return {row.key: Window(row.hits, row.seconds_left) for row in connection.execute(statement, values)}
