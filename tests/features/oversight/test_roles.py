"""The officer hears of every change of a role, and reads who has which, since when and from whom (W8, W9)."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask

from tests.features.rights.work import letters
from tests.support.client import Client
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, make_officer, make_person, make_webmaster
from tests.support.statements import counting
from upguide.extensions import db
from upguide.features.oversight.queries import CHANGES_A_PAGE
from upguide.policy.statement import HELP_DESK
from upguide.privacy.farewell import see_off
from upguide.tenancy import all_tenants
from upguide.tenancy.scope import scope

Browse = Callable[..., Client]
pytestmark = pytest.mark.clause("W8", "W9")
REASON = "Takes over from a colleague who leaves."
PAGE = "/oversight/roles"


@pytest.fixture
def officer(app: Flask) -> Made:
    return make_officer(language="en")


@pytest.fixture
def desk(browse: Browse, officer: Made) -> Client:
    return browse(officer, second_factor=True)


def change(booth: Client, how: str, who: Made, role: str) -> None:
    form = {"mail_address": who.mail_address, "role": role, "reason": REASON}
    assert booth.post(f"/webmaster/roles/{how}", form).status_code == 303


def long_since(database: WorkerDatabase) -> None:
    with database.connect() as connection:
        connection.execute("UPDATE role_grants SET granted_at = now() - interval '8 days'")


def told(database: WorkerDatabase, app: Flask, who: Made) -> list[str]:
    return [kind for kind, to, _text in letters(database, app) if to == who.mail_address]


def test_officer_is_mailed_of_each_change_and_the_mail_names_nobody(
    app: Flask, browse: Browse, officer: Made, database: WorkerDatabase
) -> None:
    webmaster, other, person = make_webmaster(), make_officer(), make_person()
    booth = browse(webmaster, second_factor=True)
    change(booth, "appoint", person, "webmaster")
    change(booth, "dismiss", person, "webmaster")
    change(booth, "dismiss", other, "officer")
    assert told(database, app, officer) == ["roles_overseen"] * 3
    assert told(database, app, person) == ["appointed", "dismissed"]
    assert told(database, app, other) == ["roles_overseen", "roles_overseen", "dismissal_asked"]
    texts = [text for kind, _to, text in letters(database, app) if kind == "roles_overseen"]
    named = [str(one) for one in (person.surname, person.mail_address, person.number, webmaster.surname, REASON)]
    assert [name for name in named for text in texts if name in text] == []
    assert all("/oversight/roles" in text for text in texts)


def test_page_says_who_since_when_and_each_change_by_whom_where_and_why(
    desk: Client, browse: Browse, officer: Made, database: WorkerDatabase
) -> None:
    webmaster, here, elsewhere = make_webmaster(), make_person(), make_person("gfs")
    booth = browse(webmaster, second_factor=True)
    change(booth, "appoint", here, "webmaster")
    change(booth, "appoint", elsewhere, "webmaster")
    change(booth, "dismiss", here, "webmaster")
    page = desk.get(PAGE).text
    holders, changes = page.split('id="changes"')
    assert [name in holders for name in (str(webmaster.surname), str(elsewhere.number), "You")] == [True] * 3
    assert (str(here.surname) in holders, str(elsewhere.surname) in page) == (False, False)
    rows = changes.split('<tr role="row">')[2:]
    first, second, third, *_made_at_the_command_line = rows
    assert [words in first for words in ("Role ended", str(here.surname), str(webmaster.surname), REASON)] == [True] * 4
    assert [words in second for words in ("Role given", str(elsewhere.number), "Webmaster")] == [True] * 3
    assert [words in third for words in ("Role given", str(here.surname), "on UpGuide")] == [True] * 3


def test_owner_is_told_apart_from_a_webmaster_who_is_gone(
    desk: Client, browse: Browse, database: WorkerDatabase
) -> None:
    webmaster, person = make_webmaster(), make_person()
    change(browse(webmaster, second_factor=True), "appoint", person, "webmaster")
    with database.connect() as connection:
        connection.execute("DELETE FROM persons WHERE id = %s", [webmaster.id])
    # Whoever was appointed and is gone stays in the list as somebody.
    rows = desk.get(PAGE).text.split('id="changes"')[1].split('<tr role="row">')[2:]
    assert ["A webmaster who is gone, on UpGuide" in row for row in rows] == [True, False, False]
    assert ["The owner, at the command line" in row for row in rows] == [False, True, True]


def test_change_stays_when_whoever_it_was_about_erases_the_account(
    app: Flask, desk: Client, browse: Browse, database: WorkerDatabase
) -> None:
    """Else a webmaster gave a role to an account of their own, looked around with it, and took all traces along."""
    webmaster, puppet = make_webmaster(), make_person()
    change(browse(webmaster, second_factor=True), "appoint", puppet, "webmaster")
    gone(puppet)
    rows = desk.get(PAGE).text.split('id="changes"')[1].split('<tr role="row">')[2:]
    assert len(rows) == 4  # the two of the fixtures, the appointment, and the end
    ended, given = rows[:2]
    assert ["Ended with the account" in ended, "Somebody who is gone" in ended] == [True, True]
    told_of = ("Role given", "Somebody who is gone", "Webmaster", str(webmaster.surname), "on UpGuide")
    assert [words in given for words in told_of] == [True] * 5
    assert [str(value) in "".join(rows) for value in (puppet.surname, puppet.number, REASON)] == [False] * 3


def gone(person: Made) -> None:
    """Let somebody's account be erased, as the job does it."""
    with scope(None, person.id, db.session()):
        see_off(db.session(), person.id, all_tenants()[person.tenant], "en")
        db.session.commit()


@pytest.mark.clause("W8")
def test_role_that_ends_with_its_account_is_told_to_all_who_have_one(app: Flask, database: WorkerDatabase) -> None:
    officer, left, second, third = make_officer(language="en"), *(make_webmaster(language="en") for _ in range(3))
    gone(left)
    assert told_of_end(database, app) == {("roles_ended_overseen", officer.mail_address)} | {
        ("roles_ended", one.mail_address) for one in (second, third)
    }
    texts = [" ".join(text.split()) for kind, _to, text in letters(database, app) if kind.startswith("roles_")]
    assert ["erased" in text for text in texts] == [True] * 3
    assert [text for text in texts for name in (left.surname, left.mail_address) if str(name) in text] == []
    gone(third)
    assert ("roles_too_few", HELP_DESK) in told_of_end(database, app)


@pytest.mark.clause("W8")
def test_owner_hears_when_the_last_officer_is_gone(app: Flask, database: WorkerDatabase) -> None:
    first, last = make_officer(), make_officer()
    gone(first)
    before = told_of_end(database, app)
    gone(last)
    assert (before, told_of_end(database, app) - before) == (
        {("roles_ended_overseen", last.mail_address)},
        {("roles_too_few", HELP_DESK)},
    )


def test_nobody_hears_of_a_farewell_without_a_role(app: Flask, database: WorkerDatabase) -> None:
    make_officer()
    gone(make_person())
    assert told_of_end(database, app) == set()


def told_of_end(database: WorkerDatabase, app: Flask) -> set[tuple[str, str]]:
    return {(kind, to) for kind, to, _text in letters(database, app) if kind.startswith("roles_")}


@pytest.mark.parametrize(("days", "young"), [(6, True), (8, False)])
def test_page_says_from_when_a_new_webmaster_counts(
    desk: Client, browse: Browse, database: WorkerDatabase, days: int, young: bool
) -> None:
    webmaster = make_webmaster(language="en")
    with database.connect() as connection:
        connection.execute("UPDATE role_grants SET granted_at = now() - make_interval(days => %s)", [days])
    assert ("less than seven days ago" in desk.get(PAGE).text) is True
    pages = [desk.get(PAGE).text, browse(webmaster, second_factor=True).get("/webmaster/roles").text]
    said = ["counts for ending an officer" in page for page in pages]
    assert said == [young, young]


def test_end_of_a_role_is_explained_where_it_is_asked(browse: Browse, officer: Made, database: WorkerDatabase) -> None:
    booth = browse(make_webmaster(language="en"), second_factor=True)
    assert "less than seven days ago does not count" in booth.get("/webmaster/roles/dismiss").text
    long_since(database)
    form = {"mail_address": officer.mail_address, "role": "officer", "reason": REASON}
    answer = booth.follow(booth.post("/webmaster/roles/dismiss", form))
    assert "Only webmasters of seven days or longer count." in answer.text


def test_page_is_the_officer_s_alone(browse: Browse) -> None:
    answers = [browse(one, second_factor=True).get(PAGE).status_code for one in (make_webmaster(), make_person())]
    assert answers == [403, 403]


def test_blocked_holder_is_seen_as_such(desk: Client, database: WorkerDatabase) -> None:
    webmaster = make_webmaster()
    with database.connect() as connection:
        connection.execute("UPDATE persons SET blocked_at = now() WHERE id = %s", [webmaster.id])
    assert "sees nothing: the account is blocked" in desk.get(PAGE).text


def test_changes_are_read_page_by_page_in_as_many_statements(desk: Client, database: WorkerDatabase) -> None:
    counts, asked = [], 0
    for more in (1, 24, 75):
        with database.connect() as connection:
            for _ in range(more):
                asked += 1
                connection.execute(
                    "WITH noted AS (INSERT INTO acts (id, person_id, tenant_id, act, role, reason, done_at) VALUES"
                    " (%s, %s, 'gfs', 'appoint', 'webmaster', %s, now() + make_interval(secs => %s)) RETURNING *)"
                    " INSERT INTO role_history (id, holder_id, tenant_id, act, role, done_at)"
                    " SELECT id, person_id, tenant_id, act, role, done_at FROM noted",
                    [uuid4(), make_person().id, f"reason number {asked:03}", asked],
                )
        desk.get(PAGE)
        with counting() as statements:
            page = desk.get(PAGE).text
        counts.append(len(statements))
        assert (f"reason number {asked:03}" in page, "reason number 001" in page) == (True, asked <= CHANGES_A_PAGE)
    assert (len(set(counts)), counts[0] <= 8) == (1, True), counts
    assert "reason number 001" in desk.get(f"{PAGE}?page=4").text + desk.get(f"{PAGE}?page=3").text
    assert desk.get(f"{PAGE}?page=99").status_code == 200
