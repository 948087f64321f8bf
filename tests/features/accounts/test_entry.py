import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from tests.features.accounts.letters import kinds, letters
from tests.features.accounts.people import set_pin
from tests.support.client import Client
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, make_person, start_session

Browse = Callable[..., Client]
NEW_PASSWORD = "a heron at the lake"
PIN = "280591"


def credentials(person: Made, password: str | None = None) -> dict[str, str | None]:
    return {"mail_address": person.mail_address, "password": password or person.password}


def without_what_differs(page: str, *typed: str | None) -> str:
    """Leave out what is new in each answer, and what the visitor typed."""
    for text in filter(None, typed):
        page = page.replace(text, "")
    return re.sub(r'(nonce|value)="[^"]*"', "", page)


def rows(database: WorkerDatabase, statement: str, *values: object) -> list[tuple[object, ...]]:
    with database.connect() as connection:
        return connection.execute(statement, values).fetchall()


def test_mail_address_and_password_sign_in(browse: Browse, database: WorkerDatabase) -> None:
    person, browser = make_person(), browse()
    answer = browser.post("/login", credentials(person))
    assert (answer.status_code, answer.location) == (303, "/home")
    assert browser.get("/home").status_code == 200
    (signed_in_at,) = rows(database, "SELECT signed_in_at FROM persons")[0]
    assert isinstance(signed_in_at, datetime)


def test_the_mail_address_may_be_typed_in_capitals(browse: Browse) -> None:
    person = make_person()
    typed = credentials(person) | {"mail_address": f"  {str(person.mail_address).upper()} "}
    assert browse().post("/login", typed).location == "/home"


def test_wrong_password_and_unknown_address_get_one_answer(browse: Browse) -> None:
    person = make_person()
    wrong = browse().post("/login", credentials(person, "not the password"))
    unknown = browse().post("/login", {"mail_address": "nobody@example.org", "password": "not the password"})
    assert wrong.status_code == unknown.status_code == 422
    assert without_what_differs(wrong.text, person.mail_address) == without_what_differs(
        unknown.text, "nobody@example.org"
    )
    assert "do not belong together" in wrong.text


@pytest.mark.parametrize(
    "typed", [{}, {"mail_address": " ", "password": " "}, {"mail_address": "x\0", "password": "\0"}]
)
def test_half_filled_forms_are_refused(browse: Browse, typed: dict[str, str]) -> None:
    assert browse().post("/login", typed).status_code == 422


def test_signing_in_drops_the_session_that_was_there(browse: Browse, database: WorkerDatabase) -> None:
    person = make_person()
    browser = browse(person)
    planted = browser.session()
    browser.post("/login", credentials(person))
    carried = browser.session()
    assert carried["secret"] != planted["secret"]
    assert rows(database, "SELECT count(*) FROM sessions") == [(1,)]
    assert browse_with(browse, planted["secret"]).get("/security").location == "/login?next=/security"


def browse_with(browse: Browse, secret: str) -> Client:
    browser = browse()
    browser._session(lambda session: session.update(secret=secret))
    return browser


def test_a_session_counts_on_its_own_portal_alone(browse: Browse) -> None:
    person = make_person("upguide")
    secret = start_session(person)
    browser = browse(tenant="gfs")
    browser._session(lambda session: session.update(secret=secret))
    assert browser.get("/security").location == "/login?next=/security"


def test_signing_out_ends_the_session_itself(browse: Browse, database: WorkerDatabase) -> None:
    browser = browse(make_person())
    secret = browser.session()["secret"]
    answer = browser.post("/logout")
    assert (answer.status_code, answer.location) == (303, "/")
    assert "You are signed out." in browser.follow(answer).text
    assert rows(database, "SELECT count(*) FROM sessions") == [(0,)]
    assert browse_with(browse, secret).get("/security").location == "/login?next=/security"


def test_signing_out_takes_a_post(browse: Browse) -> None:
    browser = browse(make_person())
    assert browser.get("/logout").status_code == 405
    assert browser.post("/logout", csrf=False).status_code == 400
    assert browser.get("/security").status_code == 200


@pytest.mark.parametrize(
    ("wish", "leads_to"),
    [
        ("/people?q=van%2Bder", "/people?q=van+der"),
        ("https://evil.example/", "/home"),
        ("//evil.example/", "/home"),
        ("/%5Cevil.example", "/home"),
        ("/%09/evil.example", "/home"),
        ("javascript:alert(1)", "/home"),
        ("%00", "/home"),
    ],
)
def test_signing_in_goes_on_within_the_portal_alone(browse: Browse, wish: str, leads_to: str) -> None:
    assert browse().post(f"/login?next={wish}", credentials(make_person())).location == leads_to


def test_an_ended_term_signs_out(browse: Browse, database: WorkerDatabase) -> None:
    browser = browse(make_person())
    rows(database, "UPDATE sessions SET started_at = now() - interval '31 days' RETURNING 1")
    assert browser.get("/security").location == "/login?next=/security"


def test_a_pin_is_asked_after_the_password(browse: Browse) -> None:
    person, browser = make_person(), browse()
    set_pin(person, PIN)
    answer = browser.post("/login?next=/profile", credentials(person))
    assert answer.location == "/pin?next=/profile"
    for closed in ("/home", "/security", "/profile", "/people"):
        assert browser.get(closed).location == f"/pin?next={closed}"
    wrong = browser.post("/pin?next=/profile", {"secret": "000000"})
    assert (wrong.status_code, "This is not your PIN." in wrong.text) == (422, True)
    right = browser.post("/pin?next=/profile", {"secret": PIN})
    assert (right.status_code, right.location) == (303, "/profile")
    assert browser.get("/security").status_code == 200


def test_a_sixth_wrong_pin_is_not_even_tried(browse: Browse) -> None:
    person = make_person()
    set_pin(person, PIN)
    browser = browse(person, pin_needed=True)
    tries = [browser.post("/pin", {"secret": f"10203{n}"}).status_code for n in range(5)]
    assert tries == [422] * 5
    assert browser.post("/pin", {"secret": PIN}).status_code == 429


def test_a_sixth_wrong_password_is_not_even_tried_yet_a_known_device_gets_in(browse: Browse) -> None:
    person, own = make_person(), browse()
    own.post("/login", credentials(person))
    own.post("/logout")
    stranger = browse()
    tries = [stranger.post("/login", credentials(person, "wrong-wrong")).status_code for _ in range(6)]
    assert tries == [422] * 5 + [429]
    assert own.post("/login", credentials(person)).location == "/home"


@pytest.mark.parametrize(
    "path", ["/security/password", "/security/pin", "/security/pin/remove", "/security/mail-address"]
)
def test_sensitive_pages_ask_the_password_once_more(browse: Browse, path: str) -> None:
    long_ago = datetime.now(UTC) - timedelta(minutes=11)
    person = make_person()
    browser = browse(person, confirmed_at=long_ago)
    asked = browser.get(path)
    assert (asked.status_code, asked.location) == (303, f"/confirm?next={path}")
    wrong = browser.post(asked.location, {"secret": "not the password"})
    assert (wrong.status_code, "This is not right." in wrong.text) == (422, True)
    assert browser.get(path).status_code == 303
    assert browser.post(asked.location, {"secret": person.password}).location == path
    assert browser.get(path).status_code == 200


def test_with_a_pin_it_is_the_pin_that_is_asked_once_more(browse: Browse) -> None:
    person = make_person()
    set_pin(person, PIN)
    browser = browse(person, confirmed_at=datetime.now(UTC) - timedelta(minutes=11))
    assert browser.post("/confirm?next=/security/pin", {"secret": person.password}).status_code == 422
    assert browser.post("/confirm?next=/security/pin", {"secret": PIN}).location == "/security/pin"


def test_a_forgotten_password_gets_one_answer_and_a_mail_of_its_own(
    browse: Browse, app: Flask, database: WorkerDatabase
) -> None:
    person = make_person()
    addresses = (person.mail_address, "nobody@example.org")
    answers = [browse().post("/forgotten-password", {"mail_address": address}) for address in addresses]
    assert [(a.status_code, a.location) for a in answers] == [(303, "/forgotten-password/sent")] * 2
    assert answers[0].data == answers[1].data
    told = [(letter.kind, letter.to) for letter in letters(app, database)]
    assert told == [("reset_password", addresses[0]), ("reset_password_unknown", addresses[1])]


def forget(browser: Client, person: Made) -> str:
    browser.post("/forgotten-password", {"mail_address": person.mail_address})
    return letters(browser.app, browser.database)[-1].path("/reset-password/")


def test_the_link_sets_a_new_password_once_and_ends_all_sessions(
    browse: Browse, app: Flask, database: WorkerDatabase
) -> None:
    person, elsewhere = make_person(), browse()
    elsewhere.post("/login", credentials(person))
    browser = browse()
    link, other_link = forget(browser, person), forget(browser, person)
    assert browser.get(link).status_code == 200
    answer = browser.post(link, {"password": NEW_PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/login")
    assert elsewhere.get("/security").location == "/login?next=/security"
    assert browse().post("/login", credentials(person)).status_code == 422
    assert browse().post("/login", credentials(person, NEW_PASSWORD)).location == "/home"
    assert [browse().get(used).status_code for used in (link, other_link)] == [410, 410]
    assert kinds(app, database)[:3] == ["reset_password", "reset_password", "password_changed"]


def test_a_weak_new_password_leaves_the_link_as_it_was(browse: Browse) -> None:
    person, browser = make_person(), browse()
    link = forget(browser, person)
    assert browser.post(link, {"password": f"{person.surname}2026"}).status_code == 422
    assert browser.post(link, {"password": NEW_PASSWORD}).status_code == 303


def test_an_old_link_sets_no_password(browse: Browse, database: WorkerDatabase) -> None:
    person, browser = make_person(), browse()
    link = forget(browser, person)
    rows(database, "UPDATE tokens SET expires_at = now() RETURNING 1")
    assert browser.post(link, {"password": NEW_PASSWORD}).status_code == 410
    assert browse().post("/login", credentials(person)).location == "/home"


def test_a_new_password_by_mail_does_not_open_the_second_lock(browse: Browse) -> None:
    person, browser = make_person(), browse()
    set_pin(person, PIN)
    browser.post(forget(browser, person), {"password": NEW_PASSWORD})
    assert browser.post("/login", credentials(person, NEW_PASSWORD)).location == "/pin"


def test_a_new_device_is_told_by_mail_and_a_known_one_is_not(
    browse: Browse, app: Flask, database: WorkerDatabase
) -> None:
    person, own, other = make_person(language="en"), browse(), browse()
    for browser in (own, own, other):
        browser.post("/login", credentials(person), headers={"User-Agent": "Firefox/140.0 (Windows)"})
        browser.post("/logout")
    told = letters(app, database)
    assert [letter.kind for letter in told] == ["new_sign_in"]
    assert "Firefox on Windows" in told[0].text


def test_a_forgotten_pin_is_removed_by_link_after_the_password(
    browse: Browse, app: Flask, database: WorkerDatabase
) -> None:
    person = make_person()
    set_pin(person, PIN)
    browser = browse(person, pin_needed=True)
    assert browser.post("/pin/forgotten").location == "/pin"
    link = letters(app, database)[-1].path("/pin/remove/")
    assert browse().get(link).location == f"/login?next={link}"
    assert browse(make_person()).post(link).status_code == 410
    assert browser.get(link).status_code == 200
    assert browser.post(link).location == "/login"
    assert kinds(app, database) == ["remove_pin", "pin_changed"]
    assert browser.post("/login", credentials(person)).location == "/home"


def test_the_mail_about_a_new_device_is_in_its_reader_s_language_alone(
    browse: Browse, app: Flask, database: WorkerDatabase
) -> None:
    person = make_person(language="nl")
    sign_in = {"mail_address": person.mail_address, "password": person.password}
    for _time in range(2):
        browse().post("/login", sign_in, headers={"User-Agent": "unheard of", "Accept-Language": "en"})
    (letter,) = letters(app, database)
    assert ("browser that we do not know" in letter.text.replace("\r\n", " "), letter.kind) == (False, "new_sign_in")
