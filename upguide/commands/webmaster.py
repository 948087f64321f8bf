"""`flask --app wsgi webmaster …`: the owner of the system makes the first webmaster, and can undo what went wrong."""

from uuid import UUID

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import text

from upguide import database
from upguide.config import SettingError, Settings
from upguide.database.appoint import Blocked, TwoRoles, appoint, dismiss
from upguide.extensions import db
from upguide.features.webmaster.actions import Place, tell_of_owner
from upguide.forms import normal_mail_address
from upguide.policy.permissions import Role
from upguide.tenancy import all_tenants

group = AppGroup("webmaster", help="Who is webmaster or data-protection officer, from outside the site.")
_PERSON = text("SELECT person_id FROM gate.sign_in_record(:address)")
_ROLE = click.option(
    "--role", type=click.Choice([role.value for role in Role]), default=Role.WEBMASTER.value, show_default=True
)


@group.command("appoint")
@click.argument("mail_address")
@_ROLE
def appoint_one(mail_address: str, role: str) -> None:
    """Appoint who has an account with MAIL_ADDRESS. Before they see anything they sign for confidentiality."""
    _change(mail_address, role, "is already", appointing=True)


@group.command("dismiss")
@click.argument("mail_address")
@_ROLE
def dismiss_one(mail_address: str, role: str) -> None:
    """End the role of who has an account with MAIL_ADDRESS, the last webmaster's too."""
    _change(mail_address, role, "is no", appointing=False)


def _change(mail_address: str, role: str, unchanged: str, *, appointing: bool) -> None:
    settings: Settings = current_app.config["UPGUIDE"]
    database.start(settings)
    person_id = db.session.scalar(_PERSON, {"address": normal_mail_address(mail_address) or ""})
    if person_id is None:
        raise SettingError("nobody has an account with this mail address: they register first")
    changed = _change_and_tell(settings, person_id, role, "appoint" if appointing else "dismiss")
    done = f"Appointed: {role}." if appointing else f"Dismissed: {role} no more."
    click.echo(done if changed else f"Nothing to do: this person {unchanged} {role}.")
    if changed and appointing:
        click.echo("Next: they set up a second step under Security, then read and sign at /agreements.")


def _change_and_tell(settings: Settings, person_id: UUID, role: str, change: str) -> bool:
    """Change the role, and tell the person, the webmasters and the officers (W8).

    The letters are written first and committed just before the change, which another role of the database makes: that
    something changed unheard of cannot be.
    """
    session, tenants = db.session(), all_tenants()
    place = Place(next(iter(tenants)), tenants, None, lambda tenant, path: f"https://{tenant.hosts[0]}{path}")
    tell_of_owner(session, place, person_id, change)
    try:
        changed = (appoint if change == "appoint" else dismiss)(settings, person_id, role, session.commit)
    except (Blocked, TwoRoles) as error:
        raise SettingError(str(error)) from None
    if changed:
        click.echo("Told by mail: the person, the webmasters and the data-protection officers.")
    session.rollback()
    return changed
