"""Commands are found by the names of their modules, and loaded when they are called."""

import subprocess
import sys

import click

from upguide import commands
from upguide.config import ROOT


def test_every_module_is_a_command_of_its_own_name(app):
    context = click.Context(app.cli)
    found = {name: app.cli.get_command(context, name) for name in commands.modules()}
    assert {name: command.name for name, command in found.items() if command} == {name: name for name in found}
    assert set(found) <= set(app.cli.list_commands(context))


def test_every_command_says_what_it_does(app):
    context = click.Context(app.cli)
    silent = [name for name in commands.modules() if not app.cli.get_command(context, name).get_short_help_str()]
    assert silent == []


def test_groups_that_the_documents_name_are_there(app):
    named = {"db", "demo", "jobs", "privacy", "tenants", "translations"}
    assert named - set(app.cli.list_commands(click.Context(app.cli))) == set()


def test_unknown_command_is_refused(app):
    ended = app.test_cli_runner().invoke(args=["nonsense"])
    assert (ended.exit_code, "No such command 'nonsense'" in ended.output) == (2, True)


def test_server_loads_no_command_and_no_migration_tool(tmp_path):
    program = (
        "import sys, wsgi\n"
        "heavy = ('alembic', 'flask_migrate', 'pytest', 'upguide.commands.serve', 'upguide.commands.demo')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"UPGUIDE_DEVELOPMENT": "1", "UPGUIDE_VAR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout == "[]\n"
