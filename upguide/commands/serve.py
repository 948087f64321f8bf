"""`flask --app wsgi serve`: everything that a development run needs, in one go. `make run` calls it."""

import os
import signal
import socket
import sys
import time
from contextlib import closing
from http.client import HTTPConnection
from types import FrameType
from typing import NoReturn

import click
from flask import current_app

from upguide import database
from upguide.commands._children import Child, Children
from upguide.config import SettingError, Settings
from upguide.tenancy import all_tenants

PATIENCE = 60.0  # seconds until the first answer
PORT_PATIENCE = 5.0  # seconds for a former run to let go of the port


@click.command("serve")
@click.option("--port", envvar="PORT", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.pass_context
def serve(ctx: click.Context, port: int) -> None:
    """Start database, portals and worker; stop them all at Ctrl-C."""
    settings: Settings = current_app.config["UPGUIDE"]
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    addresses = free_addresses(port)
    database.start(settings)
    with Children() as children:
        # The server loads while the tables are looked after, the worker while the portals are announced.
        children.start(Child("server", server_command(addresses), environment(settings)))
        database.upgrade()
        demo(ctx, "world")
        wait_for_answer(children, port)
        children.start(Child("worker", worker_command(), environment(settings), again=True))
        announce(settings, port)
        demo(ctx, "sign-ins")
        children.watch()


def stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    """End at a signal; what was started is stopped on the way out."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(0)


def free_addresses(port: int) -> list[str]:
    """Return the loopback addresses to listen on, in both versions of IP where the machine has them.

    A former run that was killed may still be letting go of the port: it gets a moment. Raises SettingError
    where the port stays taken.
    """
    until = time.monotonic() + PORT_PATIENCE
    while True:
        try:
            return [f"{shown}:{port}" for family, host, shown in LOOPBACK if can_listen(family, host, port)]
        except OSError:
            if time.monotonic() > until:
                raise SettingError(f"port {port} is taken: stop what uses it, or give another as PORT") from None
            time.sleep(0.2)


LOOPBACK = ((socket.AF_INET, "127.0.0.1", "127.0.0.1"), (socket.AF_INET6, "::1", "[::1]"))


def can_listen(family: int, host: str, port: int) -> bool:
    """Tell whether the machine has this loopback address. Raises OSError where the port is taken."""
    try:
        listener = socket.socket(family, socket.SOCK_STREAM)
    except OSError:
        return False
    with closing(listener):
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, 0))
        except OSError:
            return False
    with closing(socket.socket(family, socket.SOCK_STREAM)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    return True


def environment(settings: Settings) -> dict[str, str]:
    """Return what the children are told: where the database is, so that none looks after the server."""
    return {**os.environ, "UPGUIDE_DATABASE_URL": database.owner_url(settings)}


def server_command(addresses: list[str]) -> list[str]:
    """Return how the portals are served."""
    command = [sys.executable, "-m", "gunicorn", "--config", "python:upguide.gunicorn"]
    for address in addresses:
        command += ["--bind", address]
    return [*command, "wsgi:app"]


def worker_command() -> list[str]:
    """Return how what was put off is done."""
    return [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "worker"]


def wait_for_answer(children: Children, port: int) -> None:
    """Wait until the server answers. Raises SettingError where it does not, or ends."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        children.check()
        probe = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            probe.request("GET", "/healthz")
            probe.getresponse()
        except OSError:
            time.sleep(0.05)
        else:
            return
        finally:
            probe.close()
    raise SettingError(f"no answer on port {port} within {PATIENCE:.0f} seconds")


def announce(settings: Settings, port: int) -> None:
    """Print where each portal is, and where the data."""
    click.echo("\nUpGuide runs. Open a portal, or stop everything with Ctrl-C:\n")
    for tenant in all_tenants():
        click.echo(f"  {tenant.name:<24} http://{tenant.development_hosts[0]}:{port}/")
    click.echo(f"\n  {'Database':<24} {database.home(settings)}\n")


def demo(ctx: click.Context, step: str) -> None:
    """Run a step of the `demo` commands."""
    group = current_app.cli.get_command(ctx, "demo")
    command = group.get_command(ctx, step) if isinstance(group, click.Group) else None
    if command is not None:
        ctx.invoke(command)
