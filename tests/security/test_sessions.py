"""The session cookie: there when needed, worth something on one portal alone, never the cause of an error."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer

from tests.security.portal import HOST, KEY, OLDER_KEY, OTHER_HOST, make_app, shared_app
from upguide.security.sessions import LARGEST, CookieOverflowError

PLAIN, SECURE = f"http://{HOST}", f"https://{HOST}"


def cookies_of(client: FlaskClient, path: str, base_url: str = PLAIN) -> list[str]:
    return client.get(path, base_url=base_url).headers.getlist("Set-Cookie")


def cookie_from(client: FlaskClient, value: str, base_url: str = PLAIN) -> str:
    """Let the application write `value`, and return the cookie as `name=value`."""
    return cookies_of(client, f"/write/{value}", base_url)[0].partition(";")[0]


def session_with(cookie: str, base_url: str = PLAIN, app_keys: tuple[str, ...] = (KEY,)) -> object:
    """What the application reads when exactly `cookie` is sent."""
    client = shared_app(app_keys).test_client(use_cookies=False)
    response = client.get("/read", base_url=base_url, headers={"Cookie": cookie})
    assert response.status_code == 200
    return response.json


@pytest.mark.clause("K1")
@pytest.mark.parametrize("path", ["/nothing", "/read", "/clear", "/flashed", "/teapot"])
def test_visitor_who_does_nothing_gets_no_cookie(path: str) -> None:
    client = make_app().test_client()
    assert cookies_of(client, path) == cookies_of(client, path, SECURE) == []


def test_cookie_is_for_this_host_out_of_reach_of_scripts_and_ends_with_the_browser() -> None:
    name, _, attributes = cookies_of(make_app().test_client(), "/write/a")[0].partition("=")
    assert name == "session"
    assert attributes.split("; ")[1:] == ["HttpOnly", "Path=/", "SameSite=Lax"]


def test_cookie_over_tls_is_secure_and_named_so() -> None:
    name, _, attributes = cookies_of(make_app().test_client(), "/write/a", SECURE)[0].partition("=")
    assert name == "__Host-session"
    assert attributes.split("; ")[1:] == ["Secure", "HttpOnly", "Path=/", "SameSite=Lax"]


def test_cookie_is_sent_only_when_something_changed() -> None:
    client = make_app().test_client()
    assert [len(cookies_of(client, path)) for path in ("/write/a", "/read", "/nothing", "/write/b")] == [
        1,
        0,
        0,
        1,
    ]
    assert client.get("/read", base_url=PLAIN).json == {"secret": "b"}


def test_answer_varies_with_the_cookie_only_where_the_session_was_read() -> None:
    client = make_app().test_client()
    answers = [client.get(path, base_url=PLAIN).headers.get("Vary") for path in ("/nothing", "/read", "/write/a")]
    assert answers == [None, "Cookie", "Cookie"]


def test_emptied_session_takes_its_cookie_back() -> None:
    for base_url, name in ((PLAIN, "session"), (SECURE, "__Host-session")):
        client = make_app().test_client()
        client.get("/write/a", base_url=base_url)
        taken_back = cookies_of(client, "/clear", base_url)[0]
        assert taken_back.startswith(f"{name}=; Expires=Thu, 01 Jan 1970")
        assert ("Secure" in taken_back) == (base_url == SECURE)
        assert client.get("/read", base_url=base_url).json == {}


def test_cookie_of_one_portal_is_worthless_on_another() -> None:
    cookie = cookie_from(make_app().test_client(), "a")
    assert session_with(cookie) == {"secret": "a"}
    assert session_with(cookie, f"http://{OTHER_HOST}") == {}


def test_cookie_of_a_plain_connection_does_not_count_over_tls() -> None:
    app = make_app()
    plain, secure = cookie_from(app.test_client(), "a"), cookie_from(app.test_client(), "b", SECURE)
    assert session_with(plain, SECURE) == session_with(secure, PLAIN) == {}
    assert session_with(f"{plain}; {secure}", SECURE) == {"secret": "b"}


def test_cookie_signed_with_a_former_key_counts_and_with_a_dropped_one_does_not() -> None:
    former = cookie_from(make_app((OLDER_KEY,)).test_client(), "a")
    assert session_with(former, app_keys=(KEY, OLDER_KEY)) == {"secret": "a"}
    assert session_with(former, app_keys=(KEY,)) == {}


def test_new_cookies_are_signed_with_the_first_key() -> None:
    cookie = cookie_from(make_app((KEY, OLDER_KEY)).test_client(), "a")
    assert session_with(cookie, app_keys=(KEY,)) == {"secret": "a"}
    assert session_with(cookie, app_keys=(OLDER_KEY,)) == {}


def test_cookie_older_than_its_life_is_an_empty_session(monkeypatch: pytest.MonkeyPatch) -> None:
    cookie = cookie_from(make_app().test_client(), "a")
    monkeypatch.setattr("upguide.security.sessions.LIFE", timedelta(seconds=-1))
    assert session_with(cookie) == {}


def test_changed_cookie_is_an_empty_session() -> None:
    cookie = cookie_from(make_app().test_client(), "a")
    assert [
        session_with(cookie[:-1]),
        session_with(cookie + "A"),
        session_with("session=x" + cookie[9:]),
    ] == [{}] * 3


def test_content_that_is_no_session_is_an_empty_session() -> None:
    signer = URLSafeTimedSerializer(KEY, salt="session on upguide", signer_kwargs={"key_derivation": "hmac"})
    assert session_with(f"session={signer.dumps(['a', 'list'])}") == {}


def test_oversized_cookie_is_an_empty_session() -> None:
    assert session_with("session=" + "A" * 60_000) == {}


@given(st.binary(max_size=300))
def test_any_cookie_is_a_session_or_none(value: bytes) -> None:
    cookie = value.replace(b"\r", b"").replace(b"\n", b"").replace(b"\0", b"").decode("latin-1")
    assert session_with(f"session={cookie}") == {}


def test_oldest_flash_messages_give_way_where_there_are_too_many() -> None:
    client = make_app().test_client()
    cookie = cookies_of(client, "/flash/100")[0]
    assert len(cookie.partition("=")[2].partition(";")[0]) <= LARGEST
    shown = client.get("/flashed", base_url=PLAIN).json
    assert isinstance(shown, list)
    assert shown[-1] == "message 99"
    assert 0 < len(shown) < 100


def test_session_that_cannot_be_made_smaller_is_an_error_of_ours() -> None:
    app = make_app()
    app.testing = True
    incompressible = "".join(chr(33 + (number * number) % 89) + f"{number:x}" for number in range(1500))
    app.add_url_rule("/too-much", view_func=lambda: write_too_much(incompressible))
    with pytest.raises(CookieOverflowError, match="secret"):
        app.test_client().get("/too-much", base_url=PLAIN)


def write_too_much(value: str) -> str:
    from flask import session  # noqa: PLC0415  (a session exists only inside a request)

    session["secret"] = value
    return "written"


def test_probe_without_a_portal_has_an_empty_session() -> None:
    app = make_app()
    app.add_url_rule("/healthz", view_func=lambda: "alive")
    assert cookies_of(app.test_client(), "/healthz") == []
