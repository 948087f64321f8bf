"""The queue in the database is the one that the installed procrastinate expects."""

from importlib import resources

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import create_engine

from tests.support.database import WorkerDatabase, drop
from upguide.jobs.schema import FROZEN, PINNED, drop_queue, schema_sql

SNAPSHOT = """
SELECT 'function', p.proname, pg_get_functiondef(p.oid) FROM pg_proc p WHERE p.proname LIKE 'procrastinate%'
UNION ALL
SELECT 'column', attrelid::regclass::text, attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull
FROM pg_attribute WHERE attrelid::regclass::text LIKE 'procrastinate%' AND attnum > 0 AND NOT attisdropped
UNION ALL
SELECT 'index', indexname, indexdef FROM pg_indexes WHERE indexname LIKE '%procrastinate%'
UNION ALL
SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname LIKE 'procrastinate%'
UNION ALL
SELECT 'label', enumlabel, '' FROM pg_enum
ORDER BY 1, 2, 3
"""


def installed_schema() -> str:
    return (resources.files("procrastinate") / "sql" / "schema.sql").read_text(encoding="utf-8")


def test_the_pinned_schema_is_the_installed_one() -> None:
    assert schema_sql(PINNED).endswith(installed_schema()), (
        "procrastinate brings another schema: follow the docstring of upguide/jobs/schema.py"
    )


def test_the_first_migration_stays_what_it_was() -> None:
    assert FROZEN == "3.10.0"


def test_migrations_make_the_installed_schema(database: WorkerDatabase) -> None:
    fresh = f"{database.name}_fresh"
    with database.connect() as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template1").format(sql.Identifier(fresh)))
        try:
            with database.server.connect(fresh) as bare:
                bare.execute(installed_schema().encode())
                expected = bare.execute(SNAPSHOT).fetchall()
        finally:
            drop(connection, fresh)
        assert connection.execute(SNAPSHOT).fetchall() == expected
    assert len(expected) > 60


def test_the_way_back_leaves_nothing(database: WorkerDatabase) -> None:
    engine = create_engine(database.owner_url)
    with engine.connect() as connection:
        drop_queue(connection)
        assert connection.exec_driver_sql(SNAPSHOT.replace("%", "%%")).all() == []
        assert connection.exec_driver_sql("SELECT count(*) FROM pg_type WHERE typname LIKE 'procras%%'").scalar() == 0
        connection.rollback()
    engine.dispose()


def test_the_application_uses_the_queue_and_cannot_change_it(database: WorkerDatabase) -> None:
    with database.connect("upguide_app") as connection:
        connection.execute("INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('default', 'nothing')")
        assert connection.execute("SELECT procrastinate_register_worker_v1()").fetchone() is not None
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DROP TABLE procrastinate_jobs")
    database.empty()
