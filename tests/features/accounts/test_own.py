from collections.abc import Callable

import pytest
from flask import Flask

from tests.features.accounts.letters import kinds, letters
from tests.features.accounts.people import set_pin
from tests.features.accounts.test_entry import NEW_PASSWORD, PIN, credentials, rows
from tests.support.client import Client
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, join, make_person, start_session

Browse = Callable[..., Client]
NEW_ADDRESS = "elsewhere@example.org"


def test_the_security_page_shows_the_owner_what_protects_the_account(browse: Browse) -> None:
    person = make_person()
    join(person, "gfs")
    page = browse(person).get("/security").text
    for told in (person.mail_address, "Not set", "This session", "Portals that you joined", "Only you see this page."):
        assert str(told) in page
    assert page.count("UpGuide") >= 2
    assert "NU coaching" in page


def test_the_security_page_opens_without_membership(browse: Browse) -> None:
    assert browse(make_person("upguide"), tenant="gfs").get("/security").status_code == 200


def test_a_changed_password_ends_all_other_sessions(browse: Browse, app: Flask, database: WorkerDatabase) -> None:
    person = make_person()
    here, elsewhere = browse(person), browse(person)
    assert here.post("/security/password", {"password": NEW_PASSWORD}).location == "/security"
    assert here.get("/security").status_code == 200
    assert elsewhere.get("/security").location == "/login?next=/security"
    assert kinds(app, database) == ["password_changed"]
    assert browse().post("/login", credentials(person)).status_code == 422
    assert browse().post("/login", credentials(person, NEW_PASSWORD)).location == "/home"


def test_a_new_password_that_is_sent_twice_is_told_once(browse: Browse, app: Flask, database: WorkerDatabase) -> None:
    browser = browse(make_person())
    answers = [browser.post("/security/password", {"password": NEW_PASSWORD}) for _ in range(2)]
    assert [(a.status_code, a.location) for a in answers] == [(303, "/security")] * 2
    assert kinds(app, database) == ["password_changed"]


def test_a_password_made_of_ones_own_name_is_refused(browse: Browse) -> None:
    person = make_person(surname="Wijngaarden")
    answer = browse(person).post("/security/password", {"password": "wijngaarden26"})
    assert (answer.status_code, "too much like your name" in answer.text) == (422, True)


def test_a_pin_is_set_changed_and_removed_and_told(browse: Browse, app: Flask, database: WorkerDatabase) -> None:
    person = make_person()
    browser = browse(person)
    for pin in (PIN, "730162"):
        assert browser.post("/security/pin", {"pin": pin, "again": pin}).location == "/security"
    visitor = browse()
    assert visitor.post("/login", credentials(person)).location == "/pin"
    assert visitor.post("/pin", {"secret": "730162"}).location == "/home"
    assert browser.post("/security/pin/remove").location == "/security"
    assert browse().post("/login", credentials(person)).location == "/home"
    assert kinds(app, database).count("pin_changed") == 3


@pytest.mark.parametrize(
    ("pin", "again", "told"),
    [
        ("12345", "12345", "A PIN has 6 to 12 digits"),
        ("123456", "123456", "among the first that are guessed"),
        ("28059a", "28059a", "A PIN has 6 to 12 digits"),
        (PIN, "280592", "not the PIN that you entered first"),
    ],
)
def test_a_weak_or_mistyped_pin_is_refused_in_words(browse: Browse, pin: str, again: str, told: str) -> None:
    answer = browse(make_person()).post("/security/pin", {"pin": pin, "again": again})
    assert (answer.status_code, told in answer.text) == (422, True)


def ask_change(browser: Client, wish: str = NEW_ADDRESS) -> dict[str, str]:
    """Ask for another mail address; return the paths of both links, by side."""
    assert browser.post("/security/mail-address", {"mail_address": wish}).location == "/security"
    told = {letter.kind: letter for letter in letters(browser.app, browser.database)}
    return {
        side: told[f"mail_change_confirm_{side}"].path(f"/mail-address/{side}/")
        for side in ("old", "new")
        if f"mail_change_confirm_{side}" in told
    }


def addresses(database: WorkerDatabase) -> list[tuple[object, ...]]:
    return rows(database, "SELECT mail_address FROM persons ORDER BY made_at")


@pytest.mark.parametrize("order", [("old", "new"), ("new", "old")])
def test_a_mail_address_changes_when_both_said_yes(
    browse: Browse, app: Flask, database: WorkerDatabase, order: tuple[str, str]
) -> None:
    person = make_person()
    links = ask_change(browse(person))
    assert browse().get(links["old"]).status_code == 200
    assert "One yes is in" in browse().post(links[order[0]]).text
    assert addresses(database) == [(person.mail_address,)]
    assert "Your mail address is changed" in browse().post(links[order[1]]).text
    assert addresses(database) == [(NEW_ADDRESS,)]
    told = [letter.to for letter in letters(app, database) if letter.kind == "mail_changed"]
    assert sorted(told) == sorted([str(person.mail_address), NEW_ADDRESS])
    assert [browse().post(link).status_code for link in links.values()] == [410, 410]
    assert browse().post("/login", credentials(person)).status_code == 422


def test_one_side_alone_changes_nothing_however_often(browse: Browse, database: WorkerDatabase) -> None:
    person = make_person()
    links = ask_change(browse(person))
    assert [browse().post(links["new"]).status_code for _ in range(2)] == [200, 410]
    assert addresses(database) == [(person.mail_address,)]


def test_a_wish_that_is_sent_twice_is_one_wish(browse: Browse, app: Flask, database: WorkerDatabase) -> None:
    browser = browse(make_person())
    links = ask_change(browser)
    assert ask_change(browser) == links
    assert sorted(kinds(app, database)) == ["mail_change_confirm_new", "mail_change_confirm_old"]


def test_a_withdrawn_wish_changes_nothing(browse: Browse, database: WorkerDatabase) -> None:
    person = make_person()
    browser = browse(person)
    links = ask_change(browser)
    assert NEW_ADDRESS in browser.get("/security").text
    assert browser.post("/security/mail-address/withdraw").location == "/security"
    assert NEW_ADDRESS not in browser.get("/security").text
    assert [browse().post(link).status_code for link in links.values()] == [410, 410]
    assert addresses(database) == [(person.mail_address,)]


def test_an_address_of_somebody_else_gets_the_same_answer_and_is_never_taken(
    browse: Browse, app: Flask, database: WorkerDatabase
) -> None:
    person, other = make_person(), make_person()
    links = ask_change(browse(person), str(other.mail_address))
    assert list(links) == ["old"]
    assert "One yes is in" in browse().post(links["old"]).text
    assert kinds(app, database) == ["mail_change_confirm_old", "mail_change_taken"]
    assert addresses(database) == [(person.mail_address,), (other.mail_address,)]


def test_an_address_that_was_taken_meanwhile_is_not_taken_again(browse: Browse, database: WorkerDatabase) -> None:
    person = make_person()
    links = ask_change(browse(person))
    make_person(mail_address=NEW_ADDRESS)
    assert [browse().post(links[side]).status_code for side in ("old", "new")] == [200, 410]
    assert addresses(database) == [(person.mail_address,), (NEW_ADDRESS,)]


def test_a_link_to_the_former_address_stops_working_with_the_address(
    browse: Browse, app: Flask, database: WorkerDatabase
) -> None:
    person = make_person()
    browse().post("/forgotten-password", {"mail_address": person.mail_address})
    reset = letters(app, database)[-1].path("/reset-password/")
    for link in ask_change(browse(person)).values():
        browse().post(link)
    assert browse().get(reset).status_code == 410


def test_the_present_address_is_no_change(browse: Browse) -> None:
    person = make_person()
    answer = browse(person).post("/security/mail-address", {"mail_address": person.mail_address})
    assert (answer.status_code, "This is your mail address already." in answer.text) == (422, True)


def session_ids(database: WorkerDatabase, person: Made) -> list[object]:
    found = rows(database, "SELECT id FROM sessions WHERE person_id = %s ORDER BY started_at", person.id)
    return [row[0] for row in found]


def test_one_session_is_ended_and_the_others_go_on(browse: Browse, database: WorkerDatabase) -> None:
    person = make_person()
    first, second, third = browse(person), browse(person), browse(person)
    ended = session_ids(database, person)[1]
    for _doubled in range(2):
        assert first.post(f"/security/sessions/{ended}/end").location == "/security"
    assert second.get("/security").location == "/login?next=/security"
    assert (first.get("/security").status_code, third.get("/security").status_code) == (200, 200)


def test_all_other_sessions_end_on_every_portal(browse: Browse, database: WorkerDatabase) -> None:
    person = make_person()
    here = browse(person)
    start_session(join(person, "gfs"))
    assert here.post("/security/sessions/end-others").location == "/security"
    assert len(session_ids(database, person)) == 1
    assert here.get("/security").status_code == 200


def test_somebody_elses_session_cannot_be_ended(browse: Browse, database: WorkerDatabase) -> None:
    person, other = make_person(), make_person()
    start_session(other)
    target = session_ids(database, other)[0]
    assert browse(person).post(f"/security/sessions/{target}/end").location == "/security"
    assert session_ids(database, other) == [target]


def test_what_is_over_is_forgotten(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    from upguide.features.accounts.jobs import forget_expired  # noqa: PLC0415  (a task is made once the app is)

    person = make_person()
    set_pin(person, PIN)
    browse(person)
    ask_change(browse(person))
    browse().post(
        "/register", {"mail_address": "n@example.org", "password": NEW_PASSWORD, "of_age": "y", "consent": "y"}
    )
    rows(database, "UPDATE sessions SET started_at = started_at - interval '31 days' RETURNING 1")
    rows(database, "UPDATE tokens SET expires_at = expires_at - interval '3 days' RETURNING 1")
    rows(database, "UPDATE registrations SET expires_at = expires_at - interval '3 days' RETURNING 1")
    rows(database, "UPDATE throttle_hits SET expires_at = expires_at - interval '3 days' RETURNING 1")
    forget_expired()
    tables = ("sessions", "tokens", "registrations", "throttle_hits")
    assert [rows(database, f"SELECT count(*) FROM {table}") for table in tables] == [[(0,)]] * 4


def test_setting_a_pin_says_what_it_does_not_protect_from(browse: Browse) -> None:
    page = browse(make_person()).get("/security/pin").text
    assert "It does not protect you from who can read your mail as well" in page
