"""Messages to test with, and what became of them."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Flask

from tests.support.database import WorkerDatabase
from upguide.config import Settings
from upguide.extensions import db
from upguide.mail import send
from upguide.tenancy import all_tenants
from upguide.tenancy.scope import scope

TO = "jan@kanarieqx.example.org"
LINK = "https://gfs.nucoaching.nl/confirm/secretqx7531"


def write(
    app: Flask,
    kind: str = "confirm_registration",
    tenant: str = "gfs",
    *,
    to: str = TO,
    locale: str = "en",
    **given: Any,
) -> UUID:
    """Send one message on a portal; commit."""
    values: dict[str, Any] = ({"link": LINK, "valid_hours": 48} if kind == "confirm_registration" else {}) | given
    with app.app_context(), scope(tenant, None):
        mail_id = send(db.session, kind, to, all_tenants()[tenant], locale, **values)
        db.session.commit()
    return mail_id


def states(database: WorkerDatabase) -> list[tuple[str, int]]:
    """Return how far each message is, and how often it was claimed, oldest first."""
    with database.connect() as connection:
        return list(connection.execute("SELECT state, attempts FROM mails ORDER BY made_at"))


def with_server(settings: Settings, url: str) -> Settings:
    """Return settings under which messages are sent to this server."""
    return replace(settings, smtp_url=url)


def due_now(database: WorkerDatabase) -> None:
    """Let the wait before the next attempt be over."""
    with database.connect() as connection:
        connection.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")


def made_ago(database: WorkerDatabase, interval: str) -> None:
    """Let all messages be that much older, and those that were sent be sent that much earlier."""
    with database.connect() as connection:
        connection.execute(
            "UPDATE mails SET made_at = made_at - %(ago)s::interval, sent_at = sent_at - %(ago)s::interval",
            {"ago": interval},
        )
