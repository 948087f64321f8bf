"""The first webmaster is made at the command line, and nobody gets two roles there either (W9)."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, current_app

from tests.features.rights.work import letters
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, make_officer, make_person, make_webmaster
from upguide.database.appoint import appoint, dismiss

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


@pytest.mark.clause("W8")
@pytest.mark.parametrize("role", ["webmaster", "officer"])
def test_person_webmasters_and_officers_are_told_who_did_it_and_not_of_whom(
    app: Flask, database: WorkerDatabase, role: str
) -> None:
    person, webmaster, officer = make_person(language="en"), make_webmaster(language="en"), make_officer(language="en")
    elsewhere = make_officer("gfs", language="nl")
    for change in ("appoint", "appoint", "dismiss", "dismiss"):
        call(app, change, person.mail_address, "--role", role)
    sent = letters(database, app)
    assert sorted((kind, to) for kind, to, _text in sent) == sorted(
        [
            ("appointed", person.mail_address),
            ("dismissed", person.mail_address),
            *[("roles_changed", webmaster.mail_address)] * 2,
            *[("roles_overseen", one.mail_address) for one in (officer, elsewhere)] * 2,
        ]
    )
    texts = [" ".join(text.split()) for _kind, to, text in sent if to != elsewhere.mail_address]
    assert [text for text in texts if "the owner of" not in text] == []
    others = [text for _kind, to, text in sent if to != person.mail_address]
    named = (person.surname, person.mail_address, person.number)
    assert [name for name in named for text in others if str(name) in text] == []


@pytest.mark.parametrize("role", ["webmaster", "officer"])
def test_somebody_who_is_blocked_is_not_appointed(app: Flask, database: WorkerDatabase, role: str) -> None:
    person = make_person()
    make_officer()
    with database.connect() as connection:
        connection.execute("UPDATE persons SET blocked_at = now() WHERE id = %s", [person.id])
    said, failed = call(app, "appoint", person.mail_address, "--role", role)
    assert (isinstance(failed, SystemExit), "this account is blocked" in " ".join(said.split())) == (True, True)
    assert (roles_of(database, person), letters(database, app)) == ([], [])


def test_somebody_who_is_blocked_can_be_dismissed(app: Flask, database: WorkerDatabase) -> None:
    person = make_webmaster()
    with database.connect() as connection:
        connection.execute("UPDATE persons SET blocked_at = now() WHERE id = %s", [person.id])
    assert "Dismissed: webmaster no more." in call(app, "dismiss", person.mail_address)[0]
    assert roles_of(database, person) == []


@pytest.mark.clause("W8")
@pytest.mark.parametrize("act", [appoint, dismiss])
def test_role_does_not_change_before_the_letters_about_it_stand(
    app: Flask, database: WorkerDatabase, act: Callable[..., bool]
) -> None:
    """Killed between the two, people heard of what did not happen, and never the other way round."""
    person = make_webmaster() if act is dismiss else make_person()
    before, seen = roles_of(database, person), []

    def killed() -> None:
        seen.append(roles_of(database, person))
        raise KeyboardInterrupt

    settings = current_app.config["UPGUIDE"]
    with pytest.raises(KeyboardInterrupt):
        act(settings, person.id, "webmaster", killed)
    assert (seen, roles_of(database, person)) == ([before], before)
    assert act(settings, person.id, "webmaster", lambda: None) is True
    assert act(settings, person.id, "webmaster", killed) is False
