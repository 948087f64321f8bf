"""Applications for tests: the real one, and the core alone, which has no pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from shutil import rmtree

from flask import Flask

from tests.support.database import WorkerDatabase
from upguide.config import Settings
from upguide.database import app_url
from upguide.extensions import db
from upguide.privacy import entries
from upguide.security.hashing import CHEAPEST
from upguide.tenancy import scope


def core_app(settings: Settings) -> Flask:
    """Return the ground under all pages: database as the application's role, scope, provenance."""
    app = Flask("core")
    app.config.from_mapping(UPGUIDE=settings, SQLALCHEMY_DATABASE_URI=app_url(settings), PASSWORD_COST=CHEAPEST)
    db.init_app(app)
    scope.install(db)
    entries.install(db)
    return app


@contextmanager
def in_use(app: Flask, database: WorkerDatabase) -> Iterator[Flask]:
    """Give `app` with its context pushed, so that factories work; remove afterwards what was committed."""
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            scope.set_scope(None, None)
            database.empty()
            # An empty database that comes after a ledger would be taken for a restored copy.
            rmtree(app.config["UPGUIDE"].var / "files" / "ledger", ignore_errors=True)


@contextmanager
def closing(app: Flask) -> Iterator[Flask]:
    """Close the connections of `app` after the block."""
    try:
        yield app
    finally:
        copy_context().run(_dispose, app)


def _dispose(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
