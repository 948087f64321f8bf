"""The worker: runs jobs in an application context and in the scope of their portal."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from flask import Flask, g
from procrastinate import JobContext, PsycopgConnector
from procrastinate.worker import Worker

from upguide.extensions import db
from upguide.i18n import locale_for, use_locale
from upguide.tenancy import all_tenants
from upguide.tenancy.scope import scope

from . import upkeep
from .queue import app as queue

_AT_ONCE = 4
_POLL_SECONDS = 5


def run_worker(app: Flask, *, wait: bool = True) -> None:
    """Run jobs until SIGTERM or SIGINT; with `wait` false, until none is due.

    It ends by itself when the database goes away: whoever starts it, starts it again. A job that was running
    then is taken up by the next worker within two minutes.
    """
    asyncio.run(_work(app, wait=wait))


async def _work(app: Flask, *, wait: bool) -> None:
    with queue.replace_connector(_connector(app)):
        async with queue.open_async():
            await queue.run_worker_async(
                wait=wait,
                concurrency=_AT_ONCE,
                # PgBouncer in transaction mode swallows LISTEN: a job then starts after one poll.
                listen_notify=True,
                fetch_job_polling_interval=_POLL_SECONDS,
                delete_jobs="successful",
                task_middleware=[_inside(app)],
            )


def _connector(app: Flask) -> PsycopgConnector:
    with app.app_context():
        address = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    # Prepared statements do not survive PgBouncer in transaction mode.
    return PsycopgConnector(
        conninfo=address,
        min_size=1,
        max_size=_AT_ONCE,
        kwargs={"prepare_threshold": None, "application_name": "upguide-worker"},
    )


def _inside(app: Flask) -> Callable[[Callable[[], Any], JobContext, Worker], None]:
    def run(call_next: Callable[[], Any], context: JobContext, worker: Worker) -> None:  # noqa: ARG001
        slug = context.job.task_kwargs["tenant"]
        with app.app_context(), ExitStack() as place:
            place.enter_context(scope(str(slug) if slug else None, None))
            if slug:
                g.tenant = tenant = all_tenants()[str(slug)]
                place.enter_context(use_locale(locale_for(tenant.languages[0], tenant)))
            call_next()

    return run


__all__ = ["run_worker", "upkeep"]
