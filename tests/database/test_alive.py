"""Connections that the server closed are noticed without asking it."""

from sqlalchemy import create_engine, text

from tests.support.database import WorkerDatabase
from upguide.database import alive

WHICH = text("SELECT pg_backend_pid()")


def test_connection_that_the_server_closed_is_replaced(database: WorkerDatabase) -> None:
    engine = create_engine(database.owner_url, pool_size=1)
    alive.install(engine)
    with engine.connect() as connection:
        first = connection.scalar(WHICH)
    with database.connect() as superuser:
        superuser.execute("SELECT pg_terminate_backend(%s, 5000)", [first])
    with engine.connect() as connection:
        second = connection.scalar(WHICH)
    with engine.connect() as connection:
        third = connection.scalar(WHICH)
    engine.dispose()
    assert (second != first, third == second) == (True, True)
