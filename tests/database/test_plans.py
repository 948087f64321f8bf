"""Prepared statements outlive the rollback that ends a page; an error still makes psycopg forget them."""

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DataError

from tests.support.database import WorkerDatabase
from upguide.database import plans

PREPARED = text("SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT 42'")
USES = 10  # psycopg prepares what it has seen five times


def ask(connection: Connection) -> int:
    for _time in range(USES):
        connection.execute(text("SELECT 42"))
        connection.rollback()
    return connection.scalar(PREPARED) or 0


def test_prepared_statements_outlive_a_rollback(database: WorkerDatabase) -> None:
    engine = create_engine(database.owner_url)
    plans.install(engine)
    with engine.connect() as connection:
        assert ask(connection) == 1
        connection.execute(text("CREATE TABLE left_behind ()"))
        connection.rollback()
        assert connection.scalar(text("SELECT to_regclass('left_behind')")) is None
        with pytest.raises(DataError):
            connection.execute(text("SELECT 1 / 0"))
        connection.rollback()
        assert connection.scalar(PREPARED) == 0
    engine.dispose()
