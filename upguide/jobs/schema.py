"""The queue's tables and functions, as a migration installs them.

A migration must make the same database for ever, so the first one installs the frozen file below, never what
the installed procrastinate happens to ship. When procrastinate brings another schema,
`tests/jobs/test_schema.py` fails: put the files of its `sql/migrations/` that are newer than PINNED into a
new Alembic migration (both its `pre` and its `post` files; stop the workers between the two), add the new
`schema.sql` here, and set PINNED.
"""

from pathlib import Path

import sqlalchemy
from sqlalchemy import Connection, text

FROZEN = "3.10.0"
PINNED = "3.10.0"

_GRANTS = """
GRANT SELECT, INSERT, UPDATE, DELETE ON
    procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers, procrastinate_events TO {role};
GRANT USAGE ON SEQUENCE
    procrastinate_jobs_id_seq, procrastinate_periodic_defers_id_seq, procrastinate_events_id_seq,
    procrastinate_workers_id_seq TO {role};
"""


def schema_sql(version: str = FROZEN) -> str:
    """Return procrastinate's schema as it was in `version`, frozen in this folder."""
    return (Path(__file__).parent / f"procrastinate-{version}.sql").read_text(encoding="utf-8")


def create_queue(connection: Connection, role: str) -> None:
    """Make the queue in the transaction of `connection`, and let the database role `role` use it.

    For the first migration: `create_queue(op.get_bind(), role)`.
    """
    quoted = connection.dialect.identifier_preparer.quote(role)
    _run_script(connection, schema_sql() + _GRANTS.format(role=quoted))


def drop_queue(connection: Connection) -> None:
    """Take the queue away again, with every job in it: the way back of the first migration."""
    tables = ("events", "periodic_defers", "jobs", "workers")
    kinds = ("job_to_defer_v1", "job_event_type", "job_status")
    functions = connection.scalars(
        text("SELECT oid::regprocedure::text FROM pg_proc WHERE proname LIKE 'procrastinate\\_%'")
    ).all()
    statements = [f"DROP TABLE procrastinate_{table} CASCADE" for table in tables]
    statements += [f"DROP FUNCTION IF EXISTS {function} CASCADE" for function in functions]
    statements += [f"DROP TYPE IF EXISTS procrastinate_{kind} CASCADE" for kind in kinds]
    _run_script(connection, ";".join(statements))


def _run_script(connection: sqlalchemy.Connection, script: str) -> None:
    # Several statements at once, with percent signs of their own: only the driver takes them as they are.
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(script)
