"""A restored copy of the database brings back who went: it may not serve before `flask privacy replay` (P4c)."""

import structlog
from flask import Flask, current_app, request
from sqlalchemy import select
from werkzeug.exceptions import ServiceUnavailable

from upguide.access.requires import access_of
from upguide.config import SettingError
from upguide.extensions import db
from upguide.models import LedgerMark

from .ledger import CHECKED, ledger

log = structlog.get_logger()


def install(app: Flask) -> None:
    """Look once in each process, before the first page that needs the database, and again once one was seen."""
    app.before_request(_check)


def lags_behind() -> bool:
    """Tell whether the ledger is ahead of this database, which is told of each entry first.

    Where it is, this process looks again before each page, though it found nothing when it began.
    """
    latest = ledger().latest()
    if latest is None:
        return False
    with db.engine.connect() as connection:
        known = connection.scalar(select(LedgerMark.noted_at))
    lags = known is None or known < latest
    if lags:
        current_app.extensions.pop(CHECKED, None)
    return lags


def refuse(app: Flask) -> None:
    """Raise SettingError where the database is a restored copy that has not forgotten again what went."""
    if app.extensions.get(CHECKED):
        return
    if lags_behind():
        raise SettingError("the database is a restored copy: run `flask --app wsgi privacy replay` before it serves")
    app.extensions[CHECKED] = True


def _check() -> None:
    if request.endpoint is None or access_of(current_app, request.endpoint).stateless:
        return
    try:
        refuse(current_app)
    except SettingError:
        # The probe /readyz says it as well, and `privacy replay` is told of in docs/operations.md.
        log.critical("database.restored_copy")
        raise ServiceUnavailable from None
