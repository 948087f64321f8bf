"""Known devices: bound to one account on one portal, telling nobody which."""

import pytest
from flask import Flask, Response
from hypothesis import given
from hypothesis import strategies as st

from tests.security.portal import HOST, KEY, OLDER_KEY, shared_app
from upguide.security.devices import MOST, known_device, remember_device

ANNA, BEN = "anna@example.org", "ben@example.org"
BASE = f"https://{HOST}"


def remember(cookie: str, *accounts: str, keys: tuple[str, ...] = (KEY,), tenant: str = "upguide") -> str:
    """Sign in as each of `accounts` in a browser that has `cookie`; return its cookie afterwards."""
    for account in accounts:
        with shared_app().test_request_context("/", base_url=BASE, headers={"Cookie": cookie}):
            response = Response()
            remember_device(response, keys, tenant, account)
            cookie = response.headers.get("Set-Cookie", cookie).partition(";")[0]
    return cookie


def is_known(
    cookie: str, account: str, keys: tuple[str, ...] = (KEY,), tenant: str = "upguide", base_url: str = BASE
) -> bool:
    with shared_app().test_request_context("/", base_url=base_url, headers={"Cookie": cookie}):
        return known_device(keys, tenant, account) is not None


def test_device_is_known_for_its_account_on_its_portal_alone() -> None:
    cookie = remember("", ANNA)
    assert [
        is_known(cookie, ANNA),
        is_known(cookie, BEN),
        is_known(cookie, ANNA, tenant="gfs"),
        is_known("", ANNA),
    ] == [
        True,
        False,
        False,
        False,
    ]


@pytest.mark.clause("K1")
def test_device_cookie_lives_a_year_and_is_as_closed_as_the_session() -> None:
    app: Flask = shared_app()
    with app.test_request_context("/", base_url=BASE):
        response = Response()
        remember_device(response, (KEY,), "upguide", ANNA)
        name, _, attributes = response.headers["Set-Cookie"].partition("=")
    parts = [part for part in attributes.split("; ")[1:] if not part.startswith("Expires")]
    assert (name, parts) == (
        "__Host-device",
        ["Max-Age=31536000", "Secure", "HttpOnly", "Path=/", "SameSite=Lax"],
    )


@pytest.mark.clause("F4")
def test_device_cookie_does_not_tell_the_account() -> None:
    one, other = remember("", ANNA), remember("", ANNA)
    assert "anna" not in one
    assert one.partition(".")[2] != other.partition(".")[2]


def test_device_that_is_known_already_keeps_its_number() -> None:
    cookie = remember("", ANNA)
    assert remember(cookie, ANNA) == cookie


def test_former_key_is_replaced_at_the_next_sign_in() -> None:
    cookie = remember(remember("", ANNA, keys=(OLDER_KEY,)), ANNA, keys=(KEY, OLDER_KEY))
    assert is_known(cookie, ANNA, (KEY,))
    assert "~" not in cookie


def test_who_signed_in_longest_ago_gives_way() -> None:
    people = [f"person{number}@example.org" for number in range(MOST)]
    cookie = remember(remember("", *people), people[0], ANNA)
    assert [is_known(cookie, person) for person in (*people, ANNA)] == [True, False, True, True, True]


def test_people_who_share_a_browser_are_all_known_up_to_four() -> None:
    people = [f"person{number}@example.org" for number in range(MOST + 1)]
    cookie = remember("", *people)
    assert [is_known(cookie, person) for person in people] == [False] + [True] * MOST


def test_device_stays_known_after_a_key_rotation_until_the_key_is_dropped() -> None:
    cookie = remember("", ANNA, keys=(OLDER_KEY,))
    assert [is_known(cookie, ANNA, keys) for keys in ((KEY, OLDER_KEY), (KEY,))] == [True, False]


def test_device_cookie_of_a_plain_connection_does_not_count_over_tls() -> None:
    cookie = remember("", ANNA)
    assert not is_known(cookie, ANNA, base_url=f"http://{HOST}")
    assert not is_known(cookie.replace("__Host-", ""), ANNA)


def test_changed_device_cookie_is_not_known() -> None:
    cookie = remember("", ANNA)
    number = cookie.partition("=")[2].partition(".")[0]
    assert not is_known(cookie.replace(number, number[::-1]), ANNA)
    assert not is_known(cookie[:-1], ANNA)


@given(st.binary(max_size=200))
def test_any_cookie_is_judged(value: bytes) -> None:
    cookie = value.replace(b"\r", b"").replace(b"\n", b"").replace(b"\0", b"").decode("latin-1")
    assert not is_known(f"__Host-device={cookie}", ANNA)
