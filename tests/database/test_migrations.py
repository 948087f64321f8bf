"""Migrations make what the models say, from an empty database, and belong to the owner."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import text

from tests.support.database import WorkerDatabase, copy, drop, settings_for_tests
from upguide.config import ROOT, Settings
from upguide.database import app_url, embedded, install
from upguide.extensions import Base, db


@contextmanager
def application(settings: Settings) -> Iterator[Flask]:
    """An application with migrations and nothing else, in its context."""
    app = Flask("migrations")
    app.config.from_mapping(UPGUIDE=settings, SQLALCHEMY_DATABASE_URI=app_url(settings))
    db.init_app(app)
    install(app)
    with app.app_context():
        yield app
        db.engine.dispose()


def tables(database: WorkerDatabase) -> set[str]:
    """Return the names of all tables in it."""
    with database.connect() as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {row[0] for row in rows}


def test_models_and_migrations_show_no_drift(settings):
    with application(settings):
        check()  # ends the run with the differences, when there are any


def test_every_model_has_its_table(database):
    assert set(Base.metadata.tables) - tables(database) == set()


# All that a migration makes and could leave behind, one line each: who may do what, by which rule, in which body.
CATALOGUE = """
SELECT concat_ws(' ', 'table', relname, relkind, relrowsecurity, relforcerowsecurity) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'S')
UNION ALL
SELECT concat_ws(' ', 'column', a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                 pg_get_expr(d.adbin, d.adrelid))
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relnamespace = 'public'::regnamespace
     AND c.relkind = 'r' LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'right ' || table_name || ' ' || grantee || ' ' || privilege_type FROM information_schema.role_table_grants
WHERE table_schema = 'public'
UNION ALL
SELECT 'right ' || table_name || '.' || column_name || ' ' || grantee || ' ' || privilege_type
FROM information_schema.column_privileges WHERE table_schema = 'public'
UNION ALL
SELECT concat_ws(' ', 'rule', tablename, policyname, permissive, roles, cmd, qual, with_check)
FROM pg_policies
UNION ALL
SELECT concat_ws(' ', 'function', p.oid::regprocedure, pg_get_userbyid(p.proowner), pg_get_functiondef(p.oid),
                 array(SELECT a::text FROM unnest(p.proacl) AS a ORDER BY 1))
FROM pg_proc p WHERE p.pronamespace IN ('public'::regnamespace, to_regnamespace('gate'))
      AND p.prokind = 'f'
UNION ALL
SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT 'extension ' || extname FROM pg_extension
"""


def catalogue(database: WorkerDatabase) -> set[str]:
    """Return all that stands in a database but its rows."""
    with database.connect() as connection:
        return {row[0] for row in connection.execute(CATALOGUE)}


@contextmanager
def empty(database: WorkerDatabase, var: Path) -> Iterator[WorkerDatabase]:
    """A database with nothing in it, and an application that may migrate it."""
    made = WorkerDatabase(database.server, f"{database.name}_empty")
    with made.server.connect() as connection:
        copy(connection, "template1", made.name)
    try:
        with application(settings_for_tests(made.owner_url, var)):
            yield made
    finally:
        with made.server.connect() as connection:
            drop(connection, made.name)


def test_each_migration_takes_back_all_that_it_made_and_makes_it_again(database, tmp_path):
    scripts = ScriptDirectory(str(ROOT / "upguide" / "migrations"))
    revisions = [script.revision for script in reversed(list(scripts.walk_revisions()))]
    with empty(database, tmp_path) as made:
        stages = {}
        for revision in revisions:
            upgrade(revision=revision)
            stages[revision] = catalogue(made)
        left = {}
        for before, revision in reversed(list(pairwise(revisions))):
            downgrade(revision=before)
            found = catalogue(made)
            left[revision] = {"left": sorted(found - stages[before]), "lost": sorted(stages[before] - found)}
        downgrade(revision="base")
        assert {revision: what for revision, what in left.items() if what["left"] or what["lost"]} == {}
        assert tables(made) == {"alembic_version"}
        upgrade()
        assert catalogue(made) == stages[revisions[-1]]


def test_application_reads_the_version_and_cannot_change_it(settings):
    with application(settings), db.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1
        may = [
            connection.scalar(text("SELECT has_table_privilege('alembic_version', :right)"), {"right": right})
            for right in ("SELECT", "INSERT", "UPDATE", "DELETE")
        ]
    assert may == [True, False, False, False]


def test_application_connects_as_its_own_role_which_owns_nothing(settings):
    with application(settings), db.engine.connect() as connection:
        assert connection.scalar(text("SELECT current_user")) == "upguide_app"
        owned = "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = current_user"
        assert connection.scalar(text(owned)) == 0


@pytest.mark.parametrize("kind", ["r", "S", "v"])
def test_owner_owns_all_tables_sequences_and_views(database, kind):
    with database.connect() as connection:
        owners = connection.execute(
            "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class "
            "WHERE relnamespace = 'public'::regnamespace AND relkind = %s",
            [kind],
        ).fetchall()
    assert set(owners) <= {(embedded.OWNER,)}


def test_who_was_told_of_a_breach_is_so_after_a_step_forward_and_back(database, tmp_path):
    with empty(database, tmp_path) as made:
        upgrade(revision="0015")
        with made.connect() as connection:
            # Nobody need stand there for what is asked here.
            connection.execute("SET session_replication_role = replica")
            for exercise in (False, True):
                connection.execute(
                    "WITH b AS (INSERT INTO breaches (id, exercise, harmless, aware_at, wrapped_key, summary, items,"
                    " authority, persons, version) VALUES (gen_random_uuid(), %s, false, now(), '', '', '{}', 'open',"
                    " 'tell', 1) RETURNING id) INSERT INTO breach_concerned (id, breach_id, person_id, items, source,"
                    " removed, told_at) SELECT gen_random_uuid(), b.id, gen_random_uuid(), '{}', 'added', false, told"
                    " FROM b, (VALUES (NULL), (timestamptz '2026-05-01 12:00+00')) AS t (told)",
                    [exercise],
                )
        before = told(made)
        upgrade(revision="0016")
        after = told(made)
        downgrade(revision="0015")
        assert (sum(moment is not None for moment in before.values()), set(after.values())) == (2, {None})
        assert told(made) == before


def told(database: WorkerDatabase) -> dict[object, object]:
    """Return when each on a list of a breach was told."""
    with database.connect() as connection:
        return dict(connection.execute("SELECT id, told_at FROM breach_concerned").fetchall())
