import html
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask

from tests.features.accounts.letters import kinds, letters
from tests.features.accounts.people import app_code, make_codes, set_app, set_passkey, set_pin
from tests.features.accounts.test_entry import PIN, credentials, rows
from tests.security.authenticator import Authenticator
from tests.support.client import Client
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, join, make_person, make_webmaster
from upguide.access import requires
from upguide.policy.permissions import Permission

Browse = Callable[..., Client]
CODE = re.compile(r"<code>((?:\w{4}-){2}\w{4})</code>")
SHOWN = re.compile(r"<code>([A-Z2-7 ]{39})</code>")
LONG_AGO = timedelta(minutes=11)


def with_app(browse: Browse, **more: object) -> tuple[Made, Client]:
    """Return somebody with an app, and a browser in which only the password was given."""
    person = make_person(language="en")
    set_app(person)
    return person, browse(person, **more)


def set_up(browser: Client) -> tuple[str, tuple[str, ...]]:
    """Set an app up in the browser; return its secret and the recovery codes that were shown."""
    assert browser.post("/security/app/begin").location == "/security/app"
    found = SHOWN.search(browser.get("/security/app").text)
    assert found is not None
    secret = found[1].replace(" ", "")
    shown = browser.post("/security/app", {"code": app_code(secret=secret)})
    assert shown.status_code == 200
    return secret, tuple(CODE.findall(shown.text))


def test_an_app_is_set_up_with_its_first_code_and_brings_recovery_codes(
    browse: Browse, app: Flask, database: WorkerDatabase
) -> None:
    person = make_person()
    browser = browse(person)
    assert "Not set" in browser.get("/security").text
    secret, codes = set_up(browser)
    assert len(set(codes)) == 10
    page = browser.get("/security").text
    assert "10 codes left" in page
    assert kinds(app, database) == ["second_factor_changed"]
    elsewhere = browse()
    assert elsewhere.post("/login", credentials(person)).location == "/second-step"
    assert elsewhere.post("/second-step", {"code": app_code(1, secret)}).location == "/home"


def test_nothing_is_asked_before_the_first_code_was_right(browse: Browse) -> None:
    person = make_person()
    browser = browse(person)
    browser.post("/security/app/begin")
    answer = browser.post("/security/app", {"code": "000000"})
    assert (answer.status_code, "not the code of now" in answer.text) == (422, True)
    assert browser.post("/security/app", {}).status_code == 422
    assert browse().post("/login", credentials(person)).location == "/home"


def test_the_picture_is_there_as_long_as_the_app_is_being_set_up(browse: Browse) -> None:
    browser = browse(make_person())
    assert browser.get("/security/app/code.svg").status_code == 404
    browser.post("/security/app/begin")
    picture = browser.get("/security/app/code.svg")
    assert (picture.mimetype, picture.headers["Cache-Control"]) == ("image/svg+xml", "no-store")
    first = SHOWN.findall(browser.get("/security/app").text)
    browser.post("/security/app/begin")
    assert SHOWN.findall(browser.get("/security/app").text) != first
    set_up(browser)
    assert browser.get("/security/app/code.svg").status_code == 404
    assert browser.get("/security/app").location == "/security"


def test_the_picture_asked_for_twice_at_one_moment_is_one(browse: Browse, database: WorkerDatabase) -> None:
    person = make_person()
    browsers = [browse(person) for _ in range(4)]
    tokens = [browser.token() for browser in browsers]

    def begin(at: int) -> int:
        sent = Context().run(
            browsers[at].browser.post,
            "/security/app/begin",
            base_url=browsers[at].base_url,
            data={"csrf_token": tokens[at]},
        )
        return sent.status_code

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(begin, range(4))) == [303] * 4
    assert rows(database, "SELECT count(*) FROM totps WHERE set_at IS NULL") == [(1,)]


def test_a_set_app_is_not_replaced_by_beginning_anew(browse: Browse, database: WorkerDatabase) -> None:
    _person, browser = with_app(browse, second_factor=True)
    kept = rows(database, "SELECT app_secret, set_at FROM totps")
    browser.post("/security/app/begin")
    assert rows(database, "SELECT app_secret, set_at FROM totps") == kept


def test_the_secret_and_the_codes_are_unreadable_in_the_database(browse: Browse, database: WorkerDatabase) -> None:
    secret, codes = set_up(browse(make_person()))
    ((sealed,),) = rows(database, "SELECT app_secret FROM totps")
    hashes = rows(database, "SELECT code_hash FROM recovery_codes")
    assert secret.encode() not in bytes(sealed)
    assert len(hashes) == 10
    assert not [code for code in codes if code.replace("-", "") in str(hashes)]


def test_password_pin_and_code_are_asked_in_this_order(browse: Browse) -> None:
    person = make_person()
    set_pin(person, PIN)
    set_app(person)
    browser = browse()
    assert browser.post("/login?next=/profile", credentials(person)).location == "/pin?next=/profile"
    assert browser.get("/second-step").location == "/pin?next=/second-step"
    assert browser.post("/pin?next=/profile", {"secret": PIN}).location == "/second-step?next=/profile"
    assert browser.get("/profile").location == "/second-step?next=/profile"
    assert browser.post("/second-step?next=/profile", {"code": app_code()}).location == "/profile"
    assert browser.get("/profile").status_code == 200
    assert browser.get("/second-step").location == "/home"


@pytest.mark.clause("P5")
@pytest.mark.parametrize("closed", ["/home", "/security", "/profile", "/people", "/join", "/confirm", "/security/app"])
def test_nothing_opens_while_the_second_step_is_owed(browse: Browse, closed: str) -> None:
    _person, browser = with_app(browse)
    assert browser.get(closed).location == f"/second-step?next={closed}"


def test_a_code_counts_once(browse: Browse) -> None:
    person, browser = with_app(browse)
    code = app_code()
    assert browser.post("/second-step", {"code": code}).location == "/home"
    again = browse(person).post("/second-step", {"code": code})
    assert (again.status_code, "used it already" in again.text) == (422, True)
    assert browse(person).post("/second-step", {"code": app_code(1)}).location == "/home"
    assert browse(person).post("/second-step", {"code": app_code()}).status_code == 422


@pytest.mark.parametrize(("steps", "status"), [(-3, 422), (-1, 303), (0, 303), (1, 303), (3, 422)])
def test_a_phone_s_clock_may_be_half_a_minute_off(browse: Browse, steps: int, status: int) -> None:
    _person, browser = with_app(browse)
    assert browser.post("/second-step", {"code": app_code(steps)}).status_code == status


def test_of_two_posts_of_one_code_at_one_moment_one_is_right(browse: Browse) -> None:
    person, _browser = with_app(browse)
    browsers, code = [browse(person) for _ in range(4)], app_code()
    tokens = [browser.token() for browser in browsers]

    def send(at: int) -> int:
        data = {"csrf_token": tokens[at], "code": code}
        sent = Context().run(browsers[at].browser.post, "/second-step", base_url=browsers[at].base_url, data=data)
        return sent.status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(send, range(4))) == [303, 422, 422, 422]


def test_a_sixth_wrong_code_is_not_even_tried(browse: Browse) -> None:
    _person, browser = with_app(browse)
    tries = [browser.post("/second-step", {"code": f"00000{n}"}).status_code for n in range(5)]
    assert tries == [422] * 5
    assert browser.post("/second-step", {"code": app_code()}).status_code == 429
    assert browser.post("/second-step/recovery-code", {"code": "7KXT-M2RC-94WH"}).status_code == 429


@pytest.mark.parametrize("typed", [{}, {"code": " "}, {"code": "\0"}, {"credential": "{"}, {"credential": "[" * 4000}])
def test_what_is_no_factor_is_refused(browse: Browse, typed: dict[str, str]) -> None:
    _person, browser = with_app(browse)
    assert browser.post("/second-step", typed).status_code == 422


def test_a_new_device_is_told_by_mail_after_the_second_step(
    browse: Browse, app: Flask, database: WorkerDatabase
) -> None:
    person = make_person()
    browse().post("/login", credentials(person))
    set_app(person)
    browser = browse()
    browser.post("/login", credentials(person))
    assert kinds(app, database) == []
    browser.post("/second-step", {"code": app_code()})
    assert kinds(app, database) == ["new_sign_in"]


def test_a_recovery_code_opens_once_and_is_told_by_mail(browse: Browse, app: Flask, database: WorkerDatabase) -> None:
    person, browser = with_app(browse)
    codes = make_codes(person)
    assert browser.get("/second-step/recovery-code?next=/profile").status_code == 200
    answer = browser.post("/second-step/recovery-code?next=/profile", {"code": codes[3].lower()})
    assert answer.location == "/profile"
    told = letters(app, database)[0]
    assert (told.kind, "You have 9 codes left." in told.text) == ("recovery_code_used", True)
    assert browser.get("/second-step/recovery-code").location == "/home"
    again = browse(person).post("/second-step/recovery-code", {"code": codes[3]})
    assert (again.status_code, "used it already" in again.text) == (422, True)


def test_recovery_codes_of_somebody_else_open_nothing(browse: Browse) -> None:
    _person, browser = with_app(browse)
    other = make_person()
    set_app(other)
    assert browser.post("/second-step/recovery-code", {"code": make_codes(other)[0]}).status_code == 422


def test_new_recovery_codes_replace_the_old_ones(browse: Browse) -> None:
    person, browser = with_app(browse, second_factor=True)
    old = make_codes(person)
    assert "You have 10 codes left" in browser.get("/security/recovery-codes").text
    new = CODE.findall(browser.post("/security/recovery-codes").text)
    assert len(new) == 10
    half = browse(person)
    assert half.post("/second-step/recovery-code", {"code": old[0]}).status_code == 422
    assert half.post("/second-step/recovery-code", {"code": new[0]}).location == "/home"


def test_new_recovery_codes_are_told_by_mail(browse: Browse, app: Flask, database: WorkerDatabase) -> None:
    _person, browser = with_app(browse, second_factor=True)
    browser.post("/security/recovery-codes")
    assert kinds(app, database) == ["second_factor_changed"]


def test_without_a_factor_there_are_no_recovery_codes(browse: Browse, database: WorkerDatabase) -> None:
    browser = browse(make_person())
    assert browser.get("/security/recovery-codes").location == "/security"
    assert browser.post("/security/recovery-codes").location == "/security"
    assert rows(database, "SELECT count(*) FROM recovery_codes") == [(0,)]


def test_other_sessions_owe_the_second_step_once_it_is_set(browse: Browse) -> None:
    person = join(make_person(), "gfs")
    here, elsewhere, other_portal = browse(person, tenant="upguide"), browse(person), browse(person, tenant="gfs")
    set_up(here)
    assert here.get("/security").status_code == 200
    assert elsewhere.get("/security").location == "/second-step?next=/security"
    assert other_portal.get("/security").location == "/second-step?next=/security"


def test_a_removed_app_is_asked_for_nothing_and_takes_the_codes_along(
    browse: Browse, app: Flask, database: WorkerDatabase
) -> None:
    person, browser = with_app(browse, second_factor=True)
    make_codes(person)
    assert browser.get("/security/app/remove").status_code == 200
    for _doubled in range(2):
        assert browser.post("/security/app/remove").location == "/security"
    assert kinds(app, database) == ["second_factor_changed"]
    assert browse().post("/login", credentials(person)).location == "/home"
    assert rows(database, "SELECT count(*) FROM recovery_codes") == [(0,)]
    assert rows(database, "SELECT count(*) FROM sessions WHERE second_factor_at IS NOT NULL") == [(0,)]


@pytest.mark.parametrize(
    "path", ["/security/app", "/security/app/remove", "/security/passkeys/new", "/security/recovery-codes"]
)
def test_factors_are_changed_only_by_who_was_there_just_now(browse: Browse, path: str) -> None:
    _person, browser = with_app(browse, second_factor=True, confirmed_at=datetime.now(UTC) - LONG_AGO)
    assert browser.get(path).location == f"/confirm?next={path}"


def test_a_code_will_do_before_a_sensitive_change_too(browse: Browse) -> None:
    _person, browser = with_app(browse, second_factor=True, confirmed_at=datetime.now(UTC) - LONG_AGO)
    assert "/confirm/second-step?next=/security/password" in browser.get("/confirm?next=/security/password").text
    wrong = browser.post("/confirm/second-step?next=/security/password", {"code": "000000"})
    assert wrong.status_code == 422
    right = browser.post("/confirm/second-step?next=/security/password", {"code": app_code()})
    assert right.location == "/security/password"
    assert browser.get("/security/password").status_code == 200


def test_who_has_no_factor_confirms_with_the_password(browse: Browse) -> None:
    browser = browse(make_person())
    assert "/confirm/second-step" not in browser.get("/confirm").text
    assert browser.get("/confirm/second-step?next=/security").location == "/confirm?next=/security"


def test_a_reset_password_does_not_open_the_second_step(browse: Browse, app: Flask, database: WorkerDatabase) -> None:
    person, _browser = with_app(browse)
    browser = browse()
    browser.post("/forgotten-password", {"mail_address": person.mail_address})
    link = letters(app, database)[-1].path("/reset-password/")
    browser.post(link, {"password": "a heron at the lake"})
    assert browser.post("/login", credentials(person, "a heron at the lake")).location == "/second-step"


@pytest.mark.clause("P5")
def test_a_mailbox_brings_no_new_guesses_at_the_second_step(
    browse: Browse, app: Flask, database: WorkerDatabase
) -> None:
    person, browser = with_app(browse)
    guesses = []
    for turn in range(7):
        browser.post("/forgotten-password", {"mail_address": person.mail_address})
        link, password = letters(app, database)[-1].path("/reset-password/"), f"a heron at the lake {turn}"
        browser = browse()
        browser.post(link, {"password": password})
        assert browser.post("/login", credentials(person, password)).location == "/second-step"
        guesses += [browser.post("/second-step", {"code": f"00000{n}"}).status_code for n in range(5)]
    assert guesses == [422] * 30 + [429] * 5


@pytest.mark.clause("W9")
def test_work_that_shows_much_of_others_asks_for_a_second_step_first(
    browse: Browse, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_to_webmasters = requires(Permission.LOOK_UP)(lambda: ("", 303, {"Location": "/opened"}))
    monkeypatch.setitem(app.view_functions, "dev.components", open_to_webmasters)
    webmaster = make_webmaster()
    browser = browse(webmaster)
    assert browser.get("/dev/components").location == "/second-step/required"
    page = browser.get("/second-step/required").text
    assert "/security/app" in page
    set_up(browser)
    assert browser.get("/dev/components").location == "/opened"
    assert browse(make_person()).get("/dev/components").status_code == 403


ORIGIN = "http://upguide.localhost"
OPTIONS = re.compile(r'data-options="([^"]+)"')


def asked_of(browser: Client, path: str) -> str:
    """Return what the page asks the browser's device."""
    found = OPTIONS.search(browser.get(path).text)
    assert found is not None
    return html.unescape(found[1])


def device_on(browser: Client) -> Authenticator:
    """Make a passkey in this browser; return the device that has it."""
    device = Authenticator(ORIGIN, "upguide.localhost")
    answer = device.make(asked_of(browser, "/security/passkeys/new"))
    assert browser.post("/security/passkeys/new", {"credential": answer}).status_code in (200, 303)
    return device


def test_a_passkey_opens_the_second_step(browse: Browse) -> None:
    person = make_person()
    device, half = device_on(browse(person)), browse(person)
    assert half.get("/home").location == "/second-step?next=/home"
    answer = device.answer(asked_of(half, "/second-step"))
    assert half.post("/second-step", {"credential": answer}).location == "/home"
    assert half.get("/home").status_code == 200


def test_a_passkey_s_answer_in_another_session_is_refused(browse: Browse, database: WorkerDatabase) -> None:
    person = make_person()
    device, here, elsewhere = device_on(browse(person)), browse(person), browse(person)
    answer = device.answer(asked_of(here, "/second-step"))
    stolen = elsewhere.post("/second-step", {"credential": answer})
    assert (stolen.status_code, "could not be checked" in stolen.text) == (422, True)
    assert elsewhere.get("/home").location == "/second-step?next=/home"
    assert here.post("/second-step", {"credential": answer}).location == "/home"
    # Not even in the session that it was for, a second time.
    again = here.post("/confirm/second-step?next=/security", {"credential": answer})
    assert (again.status_code, "could not be checked" in again.text) == (422, True)
    assert rows(database, "SELECT sign_count FROM passkeys") == [(1,)]


def test_a_passkey_of_somebody_else_opens_nothing(browse: Browse) -> None:
    person, other = make_person(), make_person()
    device_on(browse(person))
    stranger, half = device_on(browse(other)), browse(person)
    answer = stranger.answer(asked_of(half, "/second-step"))
    assert half.post("/second-step", {"credential": answer}).status_code == 422


def test_a_passkey_of_somebody_else_is_not_found(browse: Browse, database: WorkerDatabase) -> None:
    person, other = make_person(), make_person()
    theirs = set_passkey(other)
    browser = browse(person)
    path = f"/security/passkeys/{theirs}/remove"
    assert [browser.get(path).status_code, browser.post(path).status_code] == [404, 404]
    assert browser.get(f"/security/passkeys/{uuid4()}/remove").status_code == 404
    assert rows(database, "SELECT id, person_id FROM passkeys") == [(theirs, other.id)]


def test_one_s_own_passkey_is_removed_and_told_by_mail(browse: Browse, app: Flask, database: WorkerDatabase) -> None:
    person = make_person()
    mine = set_passkey(person)
    browser = browse(person, second_factor=True)
    assert "Chrome" in browser.get(f"/security/passkeys/{mine}/remove").text
    assert browser.post(f"/security/passkeys/{mine}/remove").location == "/security"
    assert rows(database, "SELECT count(*) FROM passkeys") == [(0,)]
    assert kinds(app, database) == ["second_factor_changed"]


def test_a_twenty_first_passkey_is_refused_in_clear_words(browse: Browse, database: WorkerDatabase) -> None:
    person = make_person(language="en")
    for _count in range(19):
        set_passkey(person)
    browser = browse(person, second_factor=True)
    late = Authenticator(ORIGIN, "upguide.localhost")
    made = late.make(asked_of(browser, "/security/passkeys/new"))
    device_on(browser)
    assert browser.get("/security/passkeys/new").location == "/security"
    refused = browser.post("/security/passkeys/new", {"credential": made})
    assert refused.location == "/security"
    page = browser.follow(refused).text
    assert "You have 20 passkeys, and no more fit. Remove one that you do not use first." in page
    assert rows(database, "SELECT count(*) FROM passkeys") == [(20,)]
