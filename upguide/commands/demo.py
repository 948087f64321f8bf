"""`flask --app wsgi demo …`: an invented world to look at, its sign-ins, and many synthetic members for load."""

from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import make_url

from upguide import database
from upguide.commands._demo import cast, synthetic, world
from upguide.config import SettingError, Settings
from upguide.database.roles import connect_as_owner
from upguide.extensions import db
from upguide.privacy.vault import sealer
from upguide.security.totp import code_at
from upguide.tenancy import all_tenants

EVERY = 25

demo = AppGroup("demo", help="An invented world, for development only.")


@demo.command("world")
def make_world() -> None:
    """Fill the portals with invented people; who is there already stays as they are."""
    settings = development()
    database.start(settings)
    made = world.make_world(db.session(), all_tenants(), tell_now_and_then)
    if made:
        click.echo(f"Made {made} invented people.")


@demo.command("sign-ins")
def sign_ins() -> None:
    """Print who can sign in, and with which password."""
    development()
    click.echo(f"Sign in with one of these, password {cast.PASSWORD}:\n")
    for one in cast.SIGN_INS:
        only = f" (on {', '.join(one.portals)} alone)" if one.portals else ""
        step = " (+ code)" if one.second_factor else ""
        click.echo(f"  {one.mail_address:<42} {one.says}{only}{step}")
    now = code_at(cast.APP_SECRET, datetime.now(UTC))
    click.echo(f"\n  (+ code) asks for a code of an authenticator app with the secret {cast.APP_SECRET}; now: {now}\n")


@demo.command("people")
@click.option("--count", required=True, type=click.IntRange(1, 5_000_000), help="How many to make.")
@click.option("--tenant", help="The slug of their portal; the first one unless given.")
def people(count: int, tenant: str | None) -> None:
    """Make COUNT synthetic members who cannot sign in."""
    settings = development()
    database.start(settings)
    database.upgrade()
    slugs = [portal.slug for portal in all_tenants()]
    slug = tenant or ("upguide" if "upguide" in slugs else slugs[0])
    if slug not in slugs:
        raise click.BadParameter(f"give one of {', '.join(slugs)}", param_hint="--tenant")
    with connect_as_owner(make_url(database.owner_url(settings))) as connection:
        connection.autocommit = True
        synthetic.make_people(connection, slug, count, sealer().new_wrapped_key, lambda n: tell(n, count))
        synthetic.refresh_statistics(connection)
    click.echo(f"Made {count:,} synthetic members of {slug}.")


def tell(made: int, count: int) -> None:
    """Say how far it is."""
    click.echo(f"  {made:,} of {count:,}")


def tell_now_and_then(made: int) -> None:
    """Say that something goes on."""
    if made % EVERY == 0:
        click.echo(f"  {made} invented people")


def development() -> Settings:
    """Return the settings of a development run. Raises SettingError elsewhere."""
    settings: Settings = current_app.config["UPGUIDE"]
    if not settings.development:
        raise SettingError("demo data is for development alone (UPGUIDE_DEVELOPMENT=1)")
    return settings
