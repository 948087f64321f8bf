"""How Alembic runs: as the owner role, after the application's role has been made, one run at a time."""

from alembic import context
from flask import current_app
from sqlalchemy import create_engine, pool, text

from upguide import database, models
from upguide.config import SettingError, Settings
from upguide.extensions import db

# The queue's tables are procrastinate's, made from its own statements (`upguide.jobs.schema`).
NOT_OURS = "procrastinate_"
LOCK = "SELECT pg_advisory_lock(hashtext('upguide migrations'))"
APP_ROLE_READS_VERSION = """
DO $$ BEGIN
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM %I', current_user || '_app');
END $$
"""


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Tell whether a comparison of models and database looks at a table."""
    return kind != "table" or not (name or "").startswith(NOT_OURS)


def migrate(settings: Settings) -> None:
    """Run the migrations that were asked for."""
    database.start(settings)
    database.ensure_app_role(settings)
    engine = create_engine(database.owner_url(settings), poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text(LOCK))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            include_name=is_ours,
            compare_type=True,
            compare_server_default=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        if connection.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL")):
            connection.execute(text(APP_ROLE_READS_VERSION))
        connection.commit()


assert models.Person.metadata is db.metadata  # all tables are known
if context.is_offline_mode():
    raise SettingError("migrations run against a database: --sql is not supported")
migrate(current_app.config["UPGUIDE"])
