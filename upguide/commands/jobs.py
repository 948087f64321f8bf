"""`flask --app wsgi jobs …`: the worker that does what waits until after an answer, such as mail."""

import click
from flask import current_app
from flask.cli import AppGroup

from upguide import database
from upguide.config import SettingError, Settings

group = AppGroup("jobs", help="Work that happens after the answer.")


@group.command("worker")
@click.option("--once", is_flag=True, help="Do what is due, then stop.")
def worker(*, once: bool) -> None:
    """Run jobs until SIGTERM or SIGINT."""
    from upguide.jobs import run_worker  # noqa: PLC0415 - loads an event loop that no other command needs
    from upguide.privacy import restored  # noqa: PLC0415 - see above

    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the documented way
    settings: Settings = app.config["UPGUIDE"]
    refuse_unfit_mail_server(settings.smtp_url)
    database.start(settings)
    restored.refuse(app)
    run_worker(app, wait=not once)


def refuse_unfit_mail_server(smtp_url: str | None) -> None:
    """Stop before the first message fails. Raises SettingError at an address that no message could go to."""
    from upguide.mail.smtp import Server  # noqa: PLC0415 - see above

    if smtp_url is None:
        return
    try:
        Server.from_url(smtp_url)
    except ValueError as error:
        raise SettingError(f"UPGUIDE_SMTP_URL: {error}") from None
