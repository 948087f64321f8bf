"""Roles: never one's own, never two, never without a reason, never out of the others' sight (W8, W9)."""

from collections.abc import Callable

import pytest

from tests.features.webmaster.work import acts_on, mails_to, rows
from tests.support.client import Client
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, make_officer, make_person, make_webmaster
from upguide.policy.items import Item

Browse = Callable[..., Client]
pytestmark = pytest.mark.clause("W9")
REASON = "Takes over from a colleague who leaves."


def change(desk: Client, how: str, who: Made, role: str, reason: str = REASON) -> int:
    """Send the form; return the status of the answer."""
    form = {"mail_address": who.mail_address, "role": role, "reason": reason}
    return desk.post(f"/webmaster/roles/{how}", form).status_code


def roles_of(database: WorkerDatabase, person: Made) -> list[str]:
    found = rows(database, "SELECT role FROM role_grants WHERE person_id = %s", person.id)
    return [role for (role,) in found]


@pytest.mark.parametrize("role", ["webmaster", "officer"])
def test_appointment_is_noted_and_told_to_the_person_all_other_webmasters_and_the_officer(
    desk: Client, webmaster: Made, database: WorkerDatabase, role: str
) -> None:
    person, colleague = make_person(), make_webmaster()
    officers = [make_officer()] if role == "webmaster" else []
    assert change(desk, "appoint", person, role) == 303
    assert roles_of(database, person) == [role]
    assert acts_on(database, person.id) == [("appoint", REASON)]
    readers = (person, colleague, webmaster, *officers)
    told = [[kind for kind, _portal in mails_to(database, one.id)] for one in readers]
    assert told == [["appointed"], ["roles_changed"], [], *([["roles_overseen"]] * len(officers))]


@pytest.mark.clause("W8")
@pytest.mark.parametrize("bound", [True, False])
def test_second_officer_is_not_a_single_webmaster_s_to_appoint(
    desk: Client, database: WorkerDatabase, bound: bool
) -> None:
    """Ending an officer's role takes two: or one appointed an officer of their own, who closes what they are asked."""
    make_officer(bound=bound)
    person = make_person()
    answer = desk.post(
        "/webmaster/roles/appoint", {"mail_address": person.mail_address, "role": "officer", "reason": REASON}
    )
    assert (answer.status_code, "the owner appoints another" in answer.text) == (422, True)
    assert (roles_of(database, person), acts_on(database, person.id)) == ([], [])
    assert change(desk, "appoint", person, "webmaster") == 303


def test_appointed_one_sees_nothing_before_signing(desk: Client, browse: Browse) -> None:
    person = make_person()
    change(desk, "appoint", person, "webmaster")
    theirs = browse(person, second_factor=True)
    assert theirs.get("/webmaster").status_code == 403
    assert theirs.get("/agreements").status_code == 200


def test_nobody_changes_their_own_role_and_nobody_has_two(
    desk: Client, webmaster: Made, database: WorkerDatabase
) -> None:
    officer = make_officer()
    refused = [
        change(desk, "appoint", webmaster, "officer"),
        change(desk, "dismiss", webmaster, "webmaster"),
        change(desk, "appoint", officer, "webmaster"),
        change(desk, "dismiss", officer, "webmaster"),
        change(desk, "dismiss", make_person(), "webmaster"),
    ]
    assert refused == [422] * 5
    assert (roles_of(database, webmaster), roles_of(database, officer)) == (["webmaster"], ["officer"])


def test_webmaster_is_dismissed_by_another_and_is_out_at_once(
    desk: Client, browse: Browse, database: WorkerDatabase
) -> None:
    colleague = make_webmaster()
    theirs = browse(colleague, second_factor=True)
    assert theirs.get("/webmaster").status_code == 200
    assert change(desk, "dismiss", colleague, "webmaster") == 303
    assert (theirs.get("/webmaster").status_code, roles_of(database, colleague)) == (403, [])
    assert [kind for kind, _portal in mails_to(database, colleague.id)] == ["dismissed"]


def long_since(database: WorkerDatabase) -> None:
    """Let everybody have had their role for more than a week."""
    with database.connect() as connection:
        connection.execute("UPDATE role_grants SET granted_at = now() - interval '8 days'")


@pytest.mark.clause("W8")
def test_officer_goes_only_when_two_webmasters_say_so(
    desk: Client, browse: Browse, webmaster: Made, database: WorkerDatabase
) -> None:
    officer, colleague = make_officer(), make_webmaster()
    long_since(database)
    assert change(desk, "dismiss", officer, "officer") == 303
    assert change(desk, "dismiss", officer, "officer") == 303  # the same webmaster once more is no second one
    assert roles_of(database, officer) == ["officer"]
    told = [kind for kind, _portal in mails_to(database, officer.id)]
    assert (told, [kind for kind, _portal in mails_to(database, colleague.id)]) == (
        ["dismissal_asked"] * 2,
        ["roles_changed"] * 2,
    )
    assert change(browse(colleague, second_factor=True), "dismiss", officer, "officer") == 303
    assert roles_of(database, officer) == []
    assert [act for act, _reason in acts_on(database, officer.id)] == [
        "appoint",
        "ask_dismissal",
        "ask_dismissal",
        "dismiss",
    ]


@pytest.mark.clause("W8")
@pytest.mark.parametrize("undone", ["UPDATE acts SET done_at = now() - interval '8 days'", "DELETE FROM role_grants"])
def test_asking_for_an_officer_s_dismissal_counts_for_a_week_and_while_the_asker_is_webmaster(
    desk: Client, browse: Browse, webmaster: Made, database: WorkerDatabase, undone: str
) -> None:
    officer, colleague = make_officer(), make_webmaster()
    long_since(database)
    change(desk, "dismiss", officer, "officer")
    with database.connect() as connection:
        whose = " WHERE person_id = %s"
        connection.execute(undone + whose, [officer.id if "acts" in undone else webmaster.id])
    change(browse(colleague, second_factor=True), "dismiss", officer, "officer")
    assert roles_of(database, officer) == ["officer"]


@pytest.mark.clause("W8")
@pytest.mark.parametrize("fresh", ["asker", "other"])
def test_webmaster_of_less_than_a_week_is_no_voice_against_the_officer(
    desk: Client, browse: Browse, webmaster: Made, database: WorkerDatabase, fresh: str
) -> None:
    """Else one webmaster appointed a second account of their own, and dismissed the officer with it."""
    officer, colleague = make_officer(), make_webmaster()
    long_since(database)
    with database.connect() as connection:
        new = webmaster if fresh == "asker" else colleague
        connection.execute(
            "UPDATE role_grants SET granted_at = now() - interval '6 days' WHERE person_id = %s", [new.id]
        )
    change(desk, "dismiss", officer, "officer")
    change(browse(colleague, second_factor=True), "dismiss", officer, "officer")
    assert roles_of(database, officer) == ["officer"]


def test_page_names_who_has_which_role_and_who_is_not_bound(browse: Browse, webmaster: Made) -> None:
    officer, elsewhere = make_officer(), make_webmaster("gfs", bound=False)
    allowed = [(one, item) for one in (officer, elsewhere) for item in (Item.FIRST_NAMES, Item.SURNAME)]
    page = browse(webmaster, second_factor=True, allow=allowed).get("/webmaster/roles").text
    assert str(officer.surname) in page
    assert str(elsewhere.surname) not in page
    assert "sees nothing: the confidentiality agreement is not signed" in page
    assert "Somebody whose name is not seen on this portal" in page
