"""The first webmaster is made at the command line, and nobody gets two roles there either (W9)."""

from typing import Any

import pytest
from flask import Flask

from tests.support.database import WorkerDatabase
from tests.support.factories import Made, make_officer, make_person

pytestmark = pytest.mark.clause("W9")


def call(app: Flask, *arguments: str | None) -> tuple[str, BaseException | None]:
    """Run a command of the group; return what it says, and how it failed."""
    ended = app.test_cli_runner().invoke(args=["webmaster", *map(str, arguments)])
    return ended.output, ended.exception


def roles_of(database: WorkerDatabase, person: Made) -> list[tuple[Any, ...]]:
    with database.connect() as connection:
        return connection.execute("SELECT role FROM role_grants WHERE person_id = %s", [person.id]).fetchall()


def test_first_webmaster_is_appointed_and_dismissed(app: Flask, database: WorkerDatabase) -> None:
    person = make_person()
    said, failed = call(app, "appoint", person.mail_address)
    assert (failed, "Appointed: webmaster." in said, "/agreements" in said) == (None, True, True)
    assert roles_of(database, person) == [("webmaster",)]
    assert "Nothing to do: this person is already webmaster." in call(app, "appoint", person.mail_address)[0]
    assert "Dismissed: webmaster no more." in call(app, "dismiss", person.mail_address)[0]
    assert roles_of(database, person) == []
    assert "Nothing to do: this person is no webmaster." in call(app, "dismiss", person.mail_address)[0]


def test_officer_is_appointed_too(app: Flask, database: WorkerDatabase) -> None:
    person = make_person()
    assert "Appointed: officer." in call(app, "appoint", person.mail_address, "--role", "officer")[0]
    assert roles_of(database, person) == [("officer",)]


@pytest.mark.clause("W8")
def test_nobody_gets_two_roles_and_nobody_unknown_gets_one(app: Flask, database: WorkerDatabase) -> None:
    officer = make_officer()
    for address, reason in (
        (officer.mail_address, "nobody is webmaster and officer"),
        ("a@b.nl", "nobody has an account"),
    ):
        said, failed = call(app, "appoint", address)
        assert (isinstance(failed, SystemExit), reason in " ".join(said.split())) == (True, True)
    assert roles_of(database, officer) == [("officer",)]
