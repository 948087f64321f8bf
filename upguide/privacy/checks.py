"""Whether what the statement rests on holds at this moment, asked of the database and the portal themselves (A2)."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

import structlog
from flask import current_app
from sqlalchemy import text
from sqlalchemy.orm import Session

from upguide.config import Settings
from upguide.extensions import Base
from upguide.i18n.catalogues import LOCALES
from upguide.policy.oversight import FEWEST_WEBMASTERS, RETENTION_EVERY
from upguide.policy.statement import VERSIONS
from upguide.tenancy.scope import tenant_owned_tables

from .ledger import ledger
from .requests import open_requests
from .statement import text_hash

log = structlog.get_logger()
_LONGEST_WAIT = timedelta(minutes=15)


class Check(Enum):
    """What is looked at."""

    ROW_SECURITY = "row_security"
    ROLE = "role"
    STATEMENT = "statement"
    QUEUE = "queue"
    MAILS = "mails"
    REQUESTS = "requests"
    RETENTION = "retention"
    LEDGER = "ledger"
    WEBMASTERS = "webmasters"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a check came out; `detail` is a figure or a moment that goes with it."""

    check: Check
    holds: bool
    detail: int | datetime | None = None


_DATABASE = text(
    """
    SELECT ARRAY(SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
                 AND c.relname = ANY(:protected) AND NOT (c.relrowsecurity AND c.relforcerowsecurity)) AS bare,
        (SELECT r.rolsuper OR r.rolbypassrls FROM pg_roles r WHERE r.rolname = current_user) AS free,
        (SELECT count(*) FROM procrastinate_jobs j WHERE j.status = 'todo'
             AND coalesce(j.scheduled_at, (SELECT min(e.at) FROM procrastinate_events e WHERE e.job_id = j.id))
                 < now() - CAST(:wait AS interval)) AS waiting,
        (SELECT count(*) FROM procrastinate_jobs j WHERE j.status = 'failed') AS failed
    """
)
# What the gate tells a bound officer alone.
_TOLD = text(
    "SELECT failed, waiting, (SELECT count(*) FROM gate.bound_webmasters()) AS webmasters FROM gate.mail_troubles()"
)
_RETENTION = text("SELECT max(began_at) FROM retention_runs WHERE milliseconds IS NOT NULL")


def live_checks(session: Session) -> list[Outcome]:
    """Look whether all holds, in few statements; the officer alone is told of mails, requests and webmasters."""
    database = session.execute(_DATABASE, {"protected": protected_tables(), "wait": _LONGEST_WAIT}).one()
    told: Any = session.execute(_TOLD).one()
    return [
        Outcome(Check.ROW_SECURITY, not database.bare, len(database.bare)),
        Outcome(Check.ROLE, not database.free),
        Outcome(Check.STATEMENT, _statement_is_pinned()),
        Outcome(Check.QUEUE, not (database.waiting or database.failed), database.waiting + database.failed),
        Outcome(Check.MAILS, not (told.failed or told.waiting), told.failed + told.waiting),
        _requests(session),
        _retention(session),
        Outcome(Check.LEDGER, _answers(_ledger_can_be_written)),
        # One alone could refuse every access, and the officer would be silenced (W8).
        Outcome(Check.WEBMASTERS, told.webmasters >= FEWEST_WEBMASTERS, told.webmasters),
    ]


def protected_tables() -> list[str]:
    """Return the tables that must have row-level security: those with somebody's data, or of one portal."""
    owned = {table.name for table in tenant_owned_tables()}
    personal = {
        table.name
        for table in Base.metadata.tables.values()
        if any(column.info.get("items") or column.name == "person_id" for column in table.columns)
    }
    return sorted(owned | personal)


def _statement_is_pinned() -> bool:
    return {locale: text_hash(locale) for locale in LOCALES} == dict(VERSIONS[-1].hashes)


def _requests(session: Session) -> Outcome:
    # The most urgent come first: whatever is late stands on the first page.
    late = sum(one.late for one in open_requests(session).rows)
    return Outcome(Check.REQUESTS, not late, late)


def _retention(session: Session) -> Outcome:
    last = session.scalar(_RETENTION)
    return Outcome(Check.RETENTION, last is not None and datetime.now(UTC) - last < RETENTION_EVERY, last)


def _answers(ask: Callable[[], bool]) -> bool:
    """Return what `ask` says; one that cannot be asked does not hold, and the page is shown all the same."""
    try:
        return ask()
    except Exception:
        log.exception("check_failed")
        return False


def _ledger_can_be_written() -> bool:
    settings: Settings = current_app.config["UPGUIDE"]
    ledger().latest()
    folder = settings.var / "files"
    return settings.files_url is not None or os.access(folder if folder.exists() else folder.parent, os.W_OK)


__all__ = ["Check", "Outcome", "live_checks", "protected_tables"]
