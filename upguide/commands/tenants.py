"""`flask --app wsgi tenants …`: judge the portals' folders, and start a new one."""

import shutil

import click
from flask import current_app
from flask.cli import AppGroup

from upguide.config import Settings
from upguide.tenancy.branding import Tenant, Tenants, read_tenants
from upguide.tenancy.faults import BrandingError
from upguide.tenancy.shapes import SLUG, SLUG_MEANING, ShapeError, public_host, text
from upguide.tenancy.starter import NewPortal, write_portal

tenants = AppGroup("tenants", help="Portals: check their folders, start a new one.")


@tenants.command("check")
def check() -> None:
    """Name every fault in the portals' folders: file, key, reason. Fails when there is one."""
    for tenant in checked():
        click.echo(summary(tenant))


@tenants.command("new")
@click.argument("slug")
@click.option("--name", help="What visitors read. Made from the slug unless given.")
@click.option("--host", help="Where the world finds it. SLUG.example unless given.")
def new(slug: str, name: str | None, host: str | None) -> None:
    """Start a portal: tenants/SLUG, which runs as it is and waits for your copy, colours and drawings."""
    if not SLUG.fullmatch(slug):
        raise click.BadParameter(f"give {SLUG_MEANING}", param_hint="SLUG")
    try:
        portal = NewPortal(
            slug,
            text(name if name is not None else slug.replace("-", " ").title()),
            public_host(host if host is not None else f"{slug}.example"),
        )
    except ShapeError as error:
        raise click.UsageError(str(error)) from None
    checked()  # so that a fault found below is of the new folder
    tenant = started(portal)
    click.echo(summary(tenant))
    click.echo(f"Start the site again, then open http://{tenant.development_hosts[0]}:8000 (or your PORT).")


def started(portal: NewPortal) -> Tenant:
    """Write the portal's folder and read it back; a folder that does not pass is taken away again."""
    settings: Settings = current_app.config["UPGUIDE"]
    folder = settings.tenants_folder / portal.slug
    try:
        write_portal(folder, portal)
    except FileExistsError:
        raise click.ClickException(f"{folder.parent.name}/{folder.name} is there already") from None
    try:
        return read_tenants(settings.tenants_folder)[portal.slug]
    except BrandingError as error:
        shutil.rmtree(folder)
        raise click.ClickException(str(error)) from None


def checked() -> Tenants:
    """All portals, or every fault as the command's error."""
    settings: Settings = current_app.config["UPGUIDE"]
    try:
        return read_tenants(settings.tenants_folder)
    except BrandingError as error:
        raise click.ClickException(str(error)) from None


def summary(tenant: Tenant) -> str:
    """One line on a portal."""
    hosts = ", ".join(tenant.hosts + tenant.development_hosts)
    return f"{tenant.slug}: {tenant.name}, in {', '.join(tenant.languages)}, at {hosts}"
