"""`flask --app wsgi translations`: keeps the catalogues in step with code and templates."""

import sys

import click
from flask.cli import AppGroup

from upguide.i18n import checks, extraction

translations = AppGroup("translations", help="Keep the message catalogues in step with code and templates.")


@translations.command(with_appcontext=False)
def update() -> None:
    """Extract all messages and merge them into the catalogues; new ones wait there for their translation."""
    for path, text in extraction.files(extraction.extract()).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    click.echo("Updated translations/. `translations check` names what is still to be translated.")


@translations.command(with_appcontext=False)
def check() -> None:
    """Name every fault of the catalogues, and fail if there is one."""
    faults = list(checks.faults())
    for fault in faults:
        click.echo(fault, err=True)
    sys.exit(f"{len(faults)} faults in translations." if faults else 0)
