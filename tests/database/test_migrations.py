"""Migrations make what the models say, from an empty database, and belong to the owner."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import text

from tests.support.database import WorkerDatabase, copy, drop, settings_for_tests
from upguide.config import Settings
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


def test_migrations_go_up_from_empty_down_to_empty_and_up_again(database, tmp_path):
    made = WorkerDatabase(database.server, f"{database.name}_empty")
    with made.server.connect() as connection:
        copy(connection, "template1", made.name)
    try:
        with application(settings_for_tests(made.owner_url, tmp_path)):
            upgrade()
            full = tables(made)
            downgrade(revision="base")
            assert tables(made) == {"alembic_version"}
            upgrade()
            assert tables(made) == full
    finally:
        with made.server.connect() as connection:
            drop(connection, made.name)


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
