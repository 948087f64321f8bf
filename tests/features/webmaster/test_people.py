"""Looking somebody up needs a reason, opens everything for half an hour, and is told and journalled (W9)."""

from collections.abc import Callable
from uuid import UUID

import pytest

from tests.features.accounts.people import make_codes, set_app, set_passkey
from tests.features.webmaster.work import REASON, acts_on, everything_of, look_up, mails_to, rows
from tests.support.client import Client
from tests.support.database import WorkerDatabase
from tests.support.factories import (
    Made,
    add_phone,
    end_signatures,
    hide,
    make_officer,
    make_person,
    make_webmaster,
    open_look,
    sign,
    start_session,
)
from tests.support.statements import counting
from upguide.policy.agreements import CURRENT
from upguide.policy.items import Item
from upguide.policy.permissions import AgreementKind
from upguide.security.throttle import HOUR, RULES, Action, By

Browse = Callable[..., Client]
pytestmark = pytest.mark.clause("W9")


def test_address_opens_everything_hidden_items_too(browse: Browse, webmaster: Made) -> None:
    person = make_person()
    hide(person, Item.BIRTH_PLACE)
    desk = browse(webmaster, second_factor=True, allow=everything_of(person))
    page = desk.get(look_up(desk, person.mail_address)).text
    for value in (person.first_names, person.surname, person.birth_place, person.mail_address, person.number, REASON):
        assert str(value) in page


def test_number_is_taken_as_people_type_it(browse: Browse, webmaster: Made) -> None:
    person = make_person()
    desk = browse(webmaster, second_factor=True, allow=everything_of(person))
    path = look_up(desk, f" {str(person.number).lower()} ")
    assert str(person.surname) in desk.get(path).text


def test_look_is_journalled_with_reason_session_and_items_at_each_page(
    browse: Browse, webmaster: Made, database: WorkerDatabase
) -> None:
    person = make_person()
    desk = browse(webmaster, second_factor=True, allow=everything_of(person))
    path = look_up(desk, person.mail_address)
    assert rows(database, "SELECT id FROM journal WHERE person_id = %s", person.id) == []
    desk.get(path)
    desk.get(path)
    found = rows(
        database,
        "SELECT viewer_id, reason, session_id IS NOT NULL, 'webmaster' = ANY(relations), 'birth_place' = ANY(items)"
        " FROM journal WHERE person_id = %s",
        person.id,
    )
    assert found == [(webmaster.id, REASON, True, True, True)] * 2


def test_person_is_told_once_a_look_by_mail_without_the_reason(
    browse: Browse, webmaster: Made, database: WorkerDatabase
) -> None:
    person = make_person()
    desk = browse(webmaster, second_factor=True, allow=everything_of(person))
    desk.get(look_up(desk, person.mail_address))
    assert mails_to(database, person.id) == [("looked_at", "upguide")]
    assert acts_on(database, person.id) == [("look", REASON)]


def test_somebody_of_another_portal_is_found_and_told_from_there(
    browse: Browse, webmaster: Made, database: WorkerDatabase
) -> None:
    person = make_person("gfs")
    desk = browse(webmaster, second_factor=True, allow=everything_of(person))
    assert str(person.birth_place) in desk.get(look_up(desk, person.mail_address)).text
    assert mails_to(database, person.id) == [("looked_at", "gfs")]


@pytest.mark.parametrize("reason", ["", "because", "         x"])
def test_without_a_reason_nobody_is_opened(desk: Client, database: WorkerDatabase, reason: str) -> None:
    person = make_person()
    response = desk.post("/webmaster/people", {"who": person.mail_address, "reason": reason})
    assert (response.status_code, "at least 10 characters" in response.text) == (422, True)
    assert (acts_on(database, person.id), mails_to(database, person.id)) == ([], [])


def test_nobody_known_is_told_as_such_and_oneself_is_nobody(desk: Client, webmaster: Made) -> None:
    for who in ("nobody@example.org", "UG-23456789", webmaster.mail_address):
        response = desk.post("/webmaster/people", {"who": who, "reason": REASON})
        assert response.status_code == 422


def test_name_gives_a_choice_of_names_and_tells_nobody_yet(
    browse: Browse, webmaster: Made, database: WorkerDatabase
) -> None:
    one, other = make_person(surname="Zoekbaar"), make_person(surname="Zoekbaar")
    desk = browse(webmaster, second_factor=True, allow=[*everything_of(one), *everything_of(other)])
    page = desk.post("/webmaster/people", {"who": "zoekbaar", "reason": REASON})
    assert (page.status_code, page.text.count("Zoekbaar")) == (200, 4)
    assert (mails_to(database, one.id), rows(database, "SELECT id FROM journal")) == ([], [])
    chosen = desk.post("/webmaster/people/choose", {"handle": one.handle, "reason": REASON})
    assert str(one.birth_place) in desk.get(str(chosen.location)).text
    assert (mails_to(database, one.id), mails_to(database, other.id)) == ([("looked_at", "upguide")], [])


def test_looking_people_up_has_a_pace(desk: Client, webmaster: Made, database: WorkerDatabase) -> None:
    person, other = make_person(), make_person()
    most = next(rule.tries for rule in RULES[Action.LOOK_UP] if (rule.seconds, rule.by) == (HOUR, (By.PERSON,)))
    tries = ["nobody@example.org", "a name", *[person.mail_address] * (most - 2)]
    answers = [desk.post("/webmaster/people", {"who": who, "reason": REASON}).status_code for who in tries]
    assert answers == [422, 422] + [303] * (most - 2)
    refused = desk.post("/webmaster/people", {"who": other.mail_address, "reason": REASON})
    assert (refused.status_code, 0 < int(refused.headers["Retry-After"]) <= HOUR) == (429, True)
    assert "That was too often" in refused.text
    assert desk.post("/webmaster/people/choose", {"handle": other.handle, "reason": REASON}).status_code == 429
    assert (acts_on(database, other.id), mails_to(database, other.id)) == ([], [])


def test_what_was_not_asked_for_uses_up_no_look(desk: Client) -> None:
    most = next(rule.tries for rule in RULES[Action.LOOK_UP] if (rule.seconds, rule.by) == (HOUR, (By.PERSON,)))
    answers = {desk.post("/webmaster/people", {"who": "x", "reason": ""}).status_code for _ in range(most + 1)}
    assert (answers, desk.get("/webmaster/people").status_code) == ({422}, 200)


def test_look_closes_after_half_an_hour(desk: Client, webmaster: Made, database: WorkerDatabase) -> None:
    person = make_person()
    path = look_up(desk, person.mail_address)
    with database.connect() as connection:
        connection.execute("UPDATE acts SET closes_at = now() - interval '1 second' WHERE act = 'look'")
    assert (desk.get(path).status_code, desk.get(f"{path}/photo").status_code) == (410, 404)
    assert rows(database, "SELECT id FROM journal WHERE person_id = %s", person.id) == []


def test_look_of_one_webmaster_opens_nothing_to_another(browse: Browse, webmaster: Made) -> None:
    person, other = make_person(), make_webmaster()
    look_id = open_look(webmaster, person)
    response = browse(other, second_factor=True).get(f"/webmaster/people/{look_id}")
    assert response.status_code == 410


@pytest.mark.clause("D3")
@pytest.mark.parametrize("how", ["ended", "former version", "dismissed", "blocked", "no second factor"])
def test_whoever_is_not_bound_any_more_gets_in_nowhere(browse: Browse, database: WorkerDatabase, how: str) -> None:
    webmaster, person = make_webmaster(bound=how != "former version"), make_person()
    if how == "former version":
        sign(webmaster, AgreementKind.CONFIDENTIALITY, CURRENT[AgreementKind.CONFIDENTIALITY] - 1)
    if how == "ended":
        end_signatures(database, webmaster)
    with database.connect() as connection:
        if how == "dismissed":
            connection.execute("DELETE FROM role_grants WHERE person_id = %s", [webmaster.id])
        if how == "blocked":
            connection.execute("UPDATE persons SET blocked_at = now() WHERE id = %s", [webmaster.id])
    desk = browse(webmaster, second_factor=how != "no second factor")
    answers = [desk.get(path) for path in ("/webmaster", "/webmaster/people", "/webmaster/roles", "/webmaster/mails")]
    answers.append(desk.post("/webmaster/people", {"who": person.mail_address, "reason": REASON}))
    assert {answer.status_code for answer in answers} <= {303, 403}
    assert acts_on(database, person.id) == []


def test_blocking_ends_sessions_and_tells_and_releasing_undoes_it(
    browse: Browse, webmaster: Made, database: WorkerDatabase
) -> None:
    person = make_person()
    start_session(person)
    desk = browse(webmaster, second_factor=True, allow=everything_of(person))
    path = look_up(desk, person.mail_address)
    reason = "Wrote insults to other members, twice."
    assert desk.get(f"{path}/block").status_code == 200
    assert desk.post(f"{path}/block", {"reason": reason}).location == path
    blocked = rows(database, "SELECT blocked_at IS NOT NULL, blocked_reason FROM persons WHERE id = %s", person.id)
    assert blocked == [(True, reason)]
    assert rows(database, "SELECT id FROM sessions WHERE person_id = %s", person.id) == []
    assert "This account is blocked since" in desk.get(path).text
    assert desk.post(f"{path}/release", {"reason": "Promised to behave."}).location == path
    assert rows(database, "SELECT blocked_at, blocked_reason FROM persons WHERE id = %s", person.id) == [(None, None)]
    kinds = [kind for kind, _portal in mails_to(database, person.id)]
    assert kinds == ["looked_at", "account_blocked", "account_released"]
    assert [act for act, _reason in acts_on(database, person.id)] == ["look", "block", "release"]


def test_lost_factors_go_all_together_with_the_sessions(
    browse: Browse, webmaster: Made, database: WorkerDatabase
) -> None:
    person = make_person()
    set_app(person)
    set_passkey(person)
    make_codes(person)
    start_session(person, second_factor=True)
    desk = browse(webmaster, second_factor=True, allow=everything_of(person))
    path = look_up(desk, person.mail_address)
    assert desk.post(f"{path}/factors", {"reason": "Called back; knew birth date."}).location == path
    left = {
        table: len(rows(database, f"SELECT 1 FROM {table} WHERE person_id = %s", person.id))
        for table in ("totps", "passkeys", "recovery_codes", "sessions")
    }
    assert left == {"totps": 0, "passkeys": 0, "recovery_codes": 0, "sessions": 0}
    assert [kind for kind, _portal in mails_to(database, person.id)] == ["looked_at", "factors_removed"]
    assert desk.post(f"{path}/factors", {"reason": "Once more, to be sure."}).location == path
    assert [act for act, _reason in acts_on(database, person.id)] == ["look", "remove_factors"]


@pytest.mark.clause("W8")
@pytest.mark.parametrize("act", ["block", "factors"])
def test_officer_is_not_silenced_by_one_webmaster(
    browse: Browse, webmaster: Made, database: WorkerDatabase, act: str
) -> None:
    officer = make_officer()
    set_app(officer)
    desk = browse(webmaster, second_factor=True, allow=everything_of(officer))
    path = look_up(desk, officer.mail_address)
    desk.post(f"{path}/{act}", {"reason": "Asks too many questions."})
    assert [act for act, _reason in acts_on(database, officer.id)] == ["appoint", "look"]
    state = rows(database, "SELECT blocked_at FROM persons WHERE id = %s", officer.id)
    assert (state, rows(database, "SELECT count(*) FROM totps")) == ([(None,)], [(1,)])


@pytest.mark.parametrize("act", ["block", "release", "factors"])
def test_acts_ask_the_password_again_and_a_reason(
    app: object, browse: Browse, webmaster: Made, database: WorkerDatabase, act: str
) -> None:
    person = make_person()
    look_id: UUID = open_look(webmaster, person)
    desk = browse(webmaster, second_factor=True)
    assert desk.post(f"/webmaster/people/{look_id}/{act}", {"reason": "x"}).status_code == 422
    with database.connect() as connection:
        connection.execute("UPDATE sessions SET confirmed_at = now() - interval '11 minutes'")
    asked = desk.get(f"/webmaster/people/{look_id}/{act}")
    assert (asked.status_code, str(asked.location).startswith("/confirm")) == (303, True)


def test_page_asks_the_same_for_few_rows_and_many(browse: Browse, webmaster: Made) -> None:
    counts = []
    for phones in (1, 25):
        person = make_person()
        for _ in range(phones):
            add_phone(person)
        desk = browse(webmaster, second_factor=True, allow=everything_of(person))
        path = look_up(desk, person.mail_address)
        desk.get(path)
        with counting() as statements:
            assert desk.get(path).status_code == 200
        counts.append(len(statements))
    assert (len(set(counts)), counts[0] <= 8) == (1, True), statements


def test_person_reads_what_was_done_and_why_also_when_blocked(browse: Browse, webmaster: Made) -> None:
    person = make_person(language="en")
    desk = browse(webmaster, second_factor=True, allow=everything_of(person))
    path = look_up(desk, person.mail_address)
    desk.post(f"{path}/block", {"reason": "Wrote insults to other members, twice."})
    page = browse(person).get("/my-data/webmasters")
    assert page.status_code == 200
    for words in (REASON, "Wrote insults to other members, twice.", "A webmaster blocked your account"):
        assert words in page.text
    assert REASON not in browse(make_person()).get("/my-data/webmasters").text
