"""Connections that the server closed are noticed without asking it."""

from flask import Flask
from sqlalchemy import text

from tests.support.database import WorkerDatabase
from upguide.extensions import db


def test_connection_that_the_server_closed_is_replaced(app: Flask, database: WorkerDatabase) -> None:
    first = db.session.scalar(text("SELECT pg_backend_pid()"))
    db.session.remove()
    with database.connect() as connection:
        connection.execute("SELECT pg_terminate_backend(%s, 5000)", [first])
    second = db.session.scalar(text("SELECT pg_backend_pid()"))
    db.session.remove()
    assert second != first
    assert db.session.scalar(text("SELECT pg_backend_pid()")) == second
