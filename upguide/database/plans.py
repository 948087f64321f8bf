"""Keeps PostgreSQL's plans from one page to the next: most pages only read, and end their transaction with a rollback.

At a rollback psycopg forgets all that it prepared, as tables may have been made in it. Ours make none, and PostgreSQL
itself keeps prepared statements, so that planning, half of a page's share of the database, would be done for nothing.
"""

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, event


def install(engine: Engine) -> None:
    """Let prepared statements outlive the rollbacks of `engine`'s transactions."""
    event.listen(engine, "rollback", roll_back)


def roll_back(connection: Connection) -> None:
    """Roll back past psycopg, which then finds nothing left to do. After an error it does so itself, and forgets."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    if driver.info.transaction_status is TransactionStatus.INTRANS:
        driver.pgconn.exec_(b"ROLLBACK")
