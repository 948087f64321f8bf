"""`flask --app wsgi jobs …`: the worker that does what waits until after an answer, such as mail."""

import click
from flask import current_app
from flask.cli import AppGroup

from upguide import database

group = AppGroup("jobs", help="Work that happens after the answer.")


@group.command("worker")
@click.option("--once", is_flag=True, help="Do what is due, then stop.")
def worker(*, once: bool) -> None:
    """Run jobs until SIGTERM or SIGINT."""
    from upguide.jobs import run_worker  # noqa: PLC0415 - loads an event loop that no other command needs

    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the documented way
    database.start(app.config["UPGUIDE"])
    run_worker(app, wait=not once)
