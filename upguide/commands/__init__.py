"""`flask --app wsgi <group> <command>`: one module a group, loaded when it is called: servers stay small."""

from importlib import import_module
from pkgutil import iter_modules

import click
from flask import Flask
from flask.cli import AppGroup


class Commands(AppGroup):
    """The application's commands: what was added to it, and the modules in this folder.

    Each module has one that bears the module's name.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, without loading them."""
        return sorted({*super().list_commands(ctx), *modules()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command; None where there is none of that name."""
        if cmd_name not in modules():
            return super().get_command(ctx, cmd_name)
        values = vars(import_module(f"{__name__}.{cmd_name}")).values()
        return next(value for value in values if isinstance(value, click.Command) and value.name == cmd_name)


def modules() -> frozenset[str]:
    """Return the names of the modules here that are commands; a leading underscore makes a helper of one."""
    return frozenset(module.name for module in iter_modules(__path__) if not module.name.startswith("_"))


def register(app: Flask) -> None:
    """Give `app` its commands."""
    commands = Commands()
    commands.commands.update(app.cli.commands)
    app.cli = commands
