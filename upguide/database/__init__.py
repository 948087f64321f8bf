"""The database: an embedded server, or the one that UPGUIDE_DATABASE_URL names, by the same code."""

from typing import Any

from flask import Flask
from sqlalchemy import event, make_url

from upguide.config import MIGRATIONS, Settings
from upguide.extensions import db

from . import alive, embedded, places, plans, roles


def owner_url(settings: Settings) -> str:
    """Return the address for the owner role: for migrations alone."""
    return settings.database_url or embedded.address(places.find(settings.var))


def app_url(settings: Settings) -> str:
    """Return the address for the application's role: for everything else."""
    return roles.app_url(owner_url(settings), settings)


def home(settings: Settings) -> str:
    """Return where the data is, for people: a folder of this machine, or the address without its password."""
    if settings.database_url is not None:
        return str(make_url(settings.database_url))
    return str(places.find(settings.var).data)


def start(settings: Settings) -> None:
    """See to it that the embedded server runs; with UPGUIDE_DATABASE_URL there is nothing to do."""
    if settings.database_url is None:
        embedded.start(settings.var)


def ensure_app_role(settings: Settings) -> None:
    """Make the application's role, or give it its present password."""
    roles.ensure_app_role(owner_url(settings), settings)


def upgrade() -> None:
    """Bring the tables of the current application up to date."""
    import flask_migrate  # noqa: PLC0415 - see Migrations

    flask_migrate.upgrade()


class Migrations:
    """Stands in for Flask-Migrate until a command needs it: Alembic would cost each server process 10 MB."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __getattr__(self, name: str) -> Any:
        from flask_migrate import Migrate  # noqa: PLC0415 - see above

        Migrate(self._app, db, directory=MIGRATIONS)  # takes this object's place
        return getattr(self._app.extensions["migrate"], name)


def install(app: Flask) -> None:
    """Let `flask db` find our migrations, and the first connection start the embedded server.

    Commands that need no database stay quick.
    """
    app.extensions["migrate"] = Migrations(app)
    settings: Settings = app.config["UPGUIDE"]
    with app.app_context():
        alive.install(db.engine)
        plans.install(db.engine)
    if settings.database_url is not None:
        return

    def start_first(*_connection: Any) -> None:
        start(settings)

    with app.app_context():
        event.listen(db.engine, "do_connect", start_first)


__all__ = ["app_url", "ensure_app_role", "home", "install", "owner_url", "start", "upgrade"]
