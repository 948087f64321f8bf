"""Known and unknown mail addresses cost the same; `bench/timing.py` measures what this counts."""

from collections.abc import Callable

from flask import Flask

from tests.support.client import Client
from tests.support.factories import make_person
from tests.support.statements import counting

Browse = Callable[..., Client]


def cost(browser: Client, path: str, values: dict[str, str]) -> list[str]:
    token = browser.token()
    with counting() as statements:
        browser.post(path, values | {"csrf_token": token}, csrf=False)
    return [" ".join(one.split()) for one in statements]


def both(browse: Browse, path: str, values: dict[str, str]) -> tuple[list[str], list[str]]:
    known = str(make_person().mail_address)
    return tuple(  # type: ignore[return-value]
        cost(browse(), path, values | {"mail_address": address}) for address in (known, "nobody@example.org")
    )


def test_signing_in_runs_the_same_statements(browse: Browse, app: Flask) -> None:
    known, unknown = both(browse, "/login", {"password": "not the password"})
    assert known == unknown


def test_a_forgotten_password_runs_the_same_statements(browse: Browse, app: Flask) -> None:
    known, unknown = both(browse, "/forgotten-password", {})
    assert known == unknown


def test_registering_runs_the_same_statements(browse: Browse, app: Flask) -> None:
    values = {"password": "a heron at the lake", "of_age": "y", "consent": "y"}
    known, unknown = both(browse, "/register", values)
    assert known == unknown
