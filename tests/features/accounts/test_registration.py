from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from typing import Any

import pytest
from flask import Flask

from tests.features.accounts.letters import kinds, letters
from tests.support.client import Client
from tests.support.conventions import parse
from tests.support.database import WorkerDatabase
from tests.support.factories import make_person
from upguide.i18n import use_locale
from upguide.privacy import statement

Browse = Callable[..., Client]
WISH = {
    "mail_address": "Newcomer@Example.org ",
    "password": "a heron at the lake",
    "of_age": "y",
    "consent": "y",
}


def rows(database: WorkerDatabase, statement: str, *values: object) -> list[tuple[Any, ...]]:
    with database.connect() as connection:
        return connection.execute(statement, values).fetchall()


def count(database: WorkerDatabase, table: str) -> int:
    return int(rows(database, f"SELECT count(*) FROM {table}")[0][0])


def ask(browser: Client, **changes: str) -> str:
    """Register and return the path of the link that was mailed."""
    browser.post("/register", WISH | changes)
    return letters(browser.app, browser.database)[-1].path("/register/")


@pytest.mark.clause("P2")
def test_registering_asks_for_a_mail_address_a_password_and_two_yeses_alone(browse: Browse) -> None:
    inputs = {e.get("name") for e in parse(browse().get("/register").text).iter("input")}
    assert inputs == {"csrf_token", "mail_address", "password", "of_age", "consent"}


@pytest.mark.clause("P3")
def test_no_box_is_ticked_beforehand(browse: Browse) -> None:
    boxes = [e for e in parse(browse().get("/register").text).iter("input") if e.get("type") == "checkbox"]
    assert [(box.get("name"), box.get("checked")) for box in boxes] == [("of_age", None), ("consent", None)]


@pytest.mark.clause("P3")
def test_a_person_is_made_when_the_link_is_clicked_and_not_before(browse: Browse, database: WorkerDatabase) -> None:
    browser = browse()
    link = ask(browser)
    assert (count(database, "persons"), count(database, "registrations")) == (0, 1)
    for _mail_scanner in range(2):
        assert "Your password" in browse().get(link).text
    assert "One click" in browser.get(link).text
    assert count(database, "persons") == 0
    answer = browser.post(link)
    assert (answer.status_code, answer.location) == (303, "/home")
    assert "Your account is made" in browser.follow(answer).text
    assert rows(database, "SELECT mail_address, language FROM persons") == [("newcomer@example.org", "en")]
    assert rows(database, "SELECT tenant_id FROM memberships") == [("upguide",)]
    assert count(database, "registrations") == 0


@pytest.mark.clause("P3")
def test_the_yes_is_recorded_with_version_text_language_and_moment(
    browse: Browse, database: WorkerDatabase, app: Flask
) -> None:
    browser = browse(tenant="gfs")
    browser.post("/language/nl")
    link = ask(browser)
    agreed_at = rows(database, "SELECT agreed_at FROM registrations")[0][0]
    browser.post(link)
    with use_locale("nl"):
        expected = ("gfs", statement.current_version(), "nl", statement.text_hash(), agreed_at)
    found = rows(database, "SELECT tenant_id, version, language, text_hash, given_at FROM consents")
    assert found == [expected]


@pytest.mark.clause("P3")
@pytest.mark.parametrize(
    ("left_out", "told"),
    [
        ("consent", "We may keep nothing about you before you agree"),
        ("of_age", "You must be 16 or older"),
        ("mail_address", "Enter your mail address."),
        ("password", "Enter a password."),
    ],
)
def test_without_a_yes_or_a_value_nothing_is_kept(
    browse: Browse, database: WorkerDatabase, left_out: str, told: str
) -> None:
    answer = browse().post("/register", {key: value for key, value in WISH.items() if key != left_out})
    assert (answer.status_code, told in answer.text) == (422, True)
    assert (count(database, "registrations"), count(database, "mails")) == (0, 0)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("password", "short", "Use at least 10 characters"),
        ("password", "newcomer1", "Use at least 10 characters"),
        ("password", "newcomer@example", "too much like your name"),
        ("password", "passwordpassword", "simple pattern"),
        ("mail_address", "no address", "not a complete mail address"),
        ("mail_address", "a\0b@example.org", "a character in this that cannot be used"),
    ],
)
def test_a_weak_password_or_wrong_address_is_refused_in_words(
    browse: Browse, field: str, value: str, told: str
) -> None:
    answer = browse().post("/register", WISH | {field: value})
    assert (answer.status_code, told in answer.text) == (422, True)


def test_a_refused_password_is_not_sent_back(browse: Browse) -> None:
    answer = browse().post("/register", WISH | {"password": "weak-one"})
    assert "weak-one" not in answer.text


def test_a_known_address_gets_the_same_answer_and_another_mail(
    browse: Browse, app: Flask, database: WorkerDatabase
) -> None:
    known = make_person()
    answers = [
        browse().post("/register", WISH | {"mail_address": address})
        for address in (known.mail_address, "new@example.org")
    ]
    assert [(a.status_code, a.location) for a in answers] == [(303, "/register/sent")] * 2
    assert answers[0].data == answers[1].data
    assert kinds(app, database) == ["already_registered", "confirm_registration"]
    assert rows(database, "SELECT mail_address FROM registrations") == [("new@example.org",)]


CHOSEN = {"password": WISH["password"]}


def test_in_another_browser_the_link_asks_for_the_password_that_was_chosen(
    browse: Browse, database: WorkerDatabase
) -> None:
    link, other = ask(browse()), browse()
    inputs = {e.get("name") for e in parse(other.get(link).text).iter("input")}
    assert inputs == {"csrf_token", "password"}
    answers = [other.post(link, {"password": typed}) for typed in ("", "a heron at the bank", WISH["password"])]
    assert [(answer.status_code, answer.location) for answer in answers] == [(422, None), (422, None), (303, "/home")]
    assert "not the password that was chosen" in answers[1].text
    assert count(database, "persons") == 1


def test_the_password_of_a_stranger_opens_no_account_of_whose_address_it_is(
    browse: Browse, app: Flask, database: WorkerDatabase
) -> None:
    owner, stranger = browse(), browse()
    planted, own = ask(stranger, password="a stranger at the lake"), ask(owner)
    # The owner follows the first message, which the stranger had sent.
    assert [owner.post(planted, values).status_code for values in ({}, CHOSEN)] == [422, 422]
    assert count(database, "persons") == 0
    assert owner.post(own).location == "/home"
    sign_in = {"mail_address": WISH["mail_address"], "password": "a stranger at the lake"}
    assert (stranger.post("/login", sign_in).status_code, stranger.post(planted).status_code) == (422, 410)
    assert count(database, "persons") == 1


def test_guessing_the_chosen_password_ends_after_five(browse: Browse) -> None:
    link = ask(browse())
    answers = [browse().post(link, {"password": f"a heron at lake {n}"}).status_code for n in range(6)]
    assert (answers, browse().post(link, CHOSEN).status_code) == ([422] * 5 + [429], 429)


def test_what_a_browser_remembers_of_registering_is_no_link_and_tells_nothing(browse: Browse) -> None:
    kept = []
    for address in (str(make_person().mail_address), "new@example.org"):
        browser = browse()
        link = ask(browser, mail_address=address) if address == "new@example.org" else ""
        link or browser.post("/register", WISH | {"mail_address": address})
        kept.append(browser.session()["registered"])
    assert [[len(mark) for mark in marks] for marks in kept] == [[20], [20]]
    assert kept[1][0] not in link


def test_a_browser_confirms_the_latest_three_of_its_registrations(browse: Browse) -> None:
    browser = browse()
    links = [ask(browser, mail_address=f"new{n}@example.org") for n in range(4)]
    assert ["One click" in browser.get(link).text for link in links] == [False, True, True, True]


def test_a_link_works_once(browse: Browse, database: WorkerDatabase) -> None:
    link = ask(browse())
    browse().post(link, CHOSEN)
    again = browse().post(link, CHOSEN)
    assert (again.status_code, "does not work any more" in again.text) == (410, True)
    assert browse().get(link).status_code == 410
    assert count(database, "persons") == 1


def test_clicking_twice_ends_on_the_same_page(browse: Browse) -> None:
    browser = browse()
    link = ask(browser)
    first = browser.post(link)
    second = browser.post(link)
    assert (first.status_code, first.location) == (second.status_code, second.location) == (303, "/home")


def test_two_clicks_at_one_moment_make_one_person(browse: Browse, database: WorkerDatabase) -> None:
    link = ask(browse())
    browsers = [browse() for _ in range(4)]
    tokens = [browser.token() for browser in browsers]

    def click(number: int) -> int:
        return browsers[number].post(link, CHOSEN | {"csrf_token": tokens[number]}, csrf=False).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(lambda number: Context().run(click, number), range(4)))
    assert answers == [303, 410, 410, 410]
    assert count(database, "persons") == 1


def test_registering_twice_gives_two_links_and_one_account(browse: Browse, database: WorkerDatabase) -> None:
    first, second = ask(browse()), ask(browse())
    assert browse().post(second, CHOSEN).status_code == 303
    assert browse().post(first, CHOSEN).status_code == 410
    assert (count(database, "persons"), count(database, "registrations")) == (1, 0)


def test_a_link_of_another_portal_makes_nothing_when_the_address_has_an_account(
    browse: Browse, database: WorkerDatabase
) -> None:
    here, there = ask(browse()), ask(browse(tenant="gfs"))
    assert browse().post(here, CHOSEN).status_code == 303
    assert browse(tenant="gfs").post(there, CHOSEN).status_code == 410
    assert count(database, "persons") == 1


def test_a_link_works_on_its_own_portal_alone(browse: Browse, database: WorkerDatabase) -> None:
    link = ask(browse())
    assert browse(tenant="gfs").post(link, CHOSEN).status_code == 410
    assert count(database, "persons") == 0


def test_an_old_link_makes_nothing(browse: Browse, database: WorkerDatabase) -> None:
    link = ask(browse())
    rows_changed = "UPDATE registrations SET expires_at = now() - interval '1 second' RETURNING 1"
    assert rows(database, rows_changed) == [(1,)]
    assert browse().post(link, CHOSEN).status_code == 410
    assert count(database, "persons") == 0


def test_the_language_of_registering_is_the_language_of_the_person(
    browse: Browse, app: Flask, database: WorkerDatabase
) -> None:
    browser = browse()
    browser.post("/language/nl")
    browser.post(ask(browser))
    assert rows(database, "SELECT language FROM persons") == [("nl",)]


def test_an_account_opens_another_portal_and_membership_needs_a_yes(browse: Browse, database: WorkerDatabase) -> None:
    person = make_person("upguide")
    browser = browse(tenant="gfs")
    sign_in = {"mail_address": person.mail_address, "password": person.password}
    asked = browser.follow(browser.post("/login?next=/profile", sign_in))
    assert browser.follow(browser.get("/home")).request.path == "/join"
    assert asked.status_code == 200
    assert browser.post("/join", {}).status_code == 422
    assert rows(database, "SELECT tenant_id FROM memberships") == [("upguide",)]
    joined = browser.post("/join?next=/people", {"consent": "y"})
    assert (joined.status_code, joined.location) == (303, "/people")
    assert rows(database, "SELECT tenant_id FROM memberships ORDER BY 1") == [("gfs",), ("upguide",)]
    version = statement.current_version()
    assert rows(database, "SELECT tenant_id, version FROM consents ORDER BY 1") == [
        ("gfs", version),
        ("upguide", version),
    ]


def test_a_no_signs_out_and_leaves_nothing(browse: Browse, database: WorkerDatabase) -> None:
    person = make_person("upguide")
    browser = browse(person, tenant="gfs")
    assert "Rather not?" in browser.get("/join").text
    browser.post("/logout")
    assert rows(database, "SELECT tenant_id FROM memberships") == [("upguide",)]
    assert count(database, "sessions") == 0


def test_joining_twice_is_joining_once(browse: Browse, database: WorkerDatabase) -> None:
    person = make_person("upguide")
    browsers = [browse(person, tenant="gfs") for _ in range(3)]
    tokens = [browser.token() for browser in browsers]

    def click(number: int) -> int:
        data = {"consent": "y", "csrf_token": tokens[number]}
        return browsers[number].post("/join", data, csrf=False).status_code

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda number: Context().run(click, number), range(3)))
    assert answers == [303, 303, 303]
    assert rows(database, "SELECT count(*) FROM memberships WHERE tenant_id = 'gfs'") == [(1,)]
    assert rows(database, "SELECT count(*) FROM consents WHERE tenant_id = 'gfs'") == [(1,)]


def test_a_mailbox_is_not_flooded_known_or_not(browse: Browse) -> None:
    for address in (str(make_person().mail_address), "new@example.org"):
        answers = [browse().post("/register", WISH | {"mail_address": address}).status_code for _ in range(4)]
        assert answers == [303, 303, 303, 429]
