"""Who is let through, who is sent elsewhere, and who is refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Blueprint, Flask, g
from werkzeug.test import TestResponse

from upguide.access.requires import FRESH_FOR, access_of, check_access, is_fresh, public, requires
from upguide.access.viewer import Viewer
from upguide.policy.permissions import AgreementKind, Permission, Role

MEMBER = Viewer("upguide", UUID(int=1), member=True, confirmed_at=datetime(2026, 1, 1, tzinfo=UTC))
WEBMASTER = replace(MEMBER, roles=frozenset({Role.WEBMASTER}), signed=frozenset({AgreementKind.CONFIDENTIALITY}))


def door(declare: Callable[[Callable[[], str]], Callable[[], str]], viewer: Viewer) -> Flask:
    """An application with one guarded page, and the pages that people are sent to."""
    app = Flask("door", static_folder=None)

    @app.before_request
    def _enter() -> None:
        g.viewer = viewer

    app.before_request(check_access)
    app.add_url_rule("/page", "page", declare(lambda: "opened"), methods=["GET", "POST"])
    accounts = Blueprint("accounts", "accounts")
    for name in ("login", "pin", "join", "confirm", "second_factor", "second_factor_required"):
        accounts.add_url_rule(f"/{name}", name, public("a way in")(lambda: "a way in"))
    app.register_blueprint(accounts)
    return app


def ask(
    declare: Callable[[Callable[[], str]], Callable[[], str]], viewer: Viewer, method: str = "GET", path: str = "/page"
) -> str:
    answer: TestResponse = door(declare, viewer).test_client().open(path, method=method)
    return f"{answer.status_code} {answer.location or answer.text[:6]}"


VISITOR = Viewer("upguide")
STRANGER = replace(MEMBER, member=False)
HALF = replace(MEMBER, pin_needed=True)
TWICE = replace(WEBMASTER, second_factor=True)


@pytest.mark.clause("W10")
@pytest.mark.parametrize(
    ("permission", "viewer", "answer"),
    [
        (Permission.BE_MEMBER, VISITOR, "303 /login?next=/page"),
        (Permission.BE_MEMBER, HALF, "303 /pin?next=/page"),
        (Permission.BE_MEMBER, STRANGER, "303 /join?next=/page"),
        (Permission.BE_MEMBER, MEMBER, "200 opened"),
        (Permission.SEARCH_PEOPLE, VISITOR, "303 /login?next=/page"),
        (Permission.SEARCH_PEOPLE, STRANGER, "303 /join?next=/page"),
        (Permission.SEARCH_PEOPLE, MEMBER, "200 opened"),
        (Permission.OWN_DATA, VISITOR, "303 /login?next=/page"),
        (Permission.OWN_DATA, HALF, "303 /pin?next=/page"),
        (Permission.OWN_DATA, STRANGER, "200 opened"),
        (Permission.JOIN, STRANGER, "200 opened"),
        (Permission.JOIN, VISITOR, "303 /login?next=/page"),
        (Permission.ENTER_PIN, VISITOR, "303 /login?next=/page"),
        (Permission.ENTER_PIN, HALF, "200 opened"),
        (Permission.LOOK_UP, MEMBER, "403 <!doct"),
        (Permission.LOOK_UP, replace(TWICE, signed=frozenset()), "403 <!doct"),
        (Permission.LOOK_UP, WEBMASTER, "303 /second_factor_required"),
        (Permission.LOOK_UP, replace(WEBMASTER, second_factor_needed=True), "303 /second_factor?next=/page"),
        (Permission.LOOK_UP, TWICE, "200 opened"),
        (Permission.OVERSEE, TWICE, "403 <!doct"),
    ],
)
def test_permission_lets_through_or_sends_to_where_it_is_got(
    permission: Permission, viewer: Viewer, answer: str
) -> None:
    assert ask(requires(permission), viewer) == answer


def test_public_page_opens_for_everybody() -> None:
    declare = public("nobody's data")
    assert [ask(declare, viewer) for viewer in (VISITOR, HALF, STRANGER, MEMBER)] == ["200 opened"] * 4


def test_way_back_holds_the_question_too_and_a_form_has_none() -> None:
    declare = requires(Permission.BE_MEMBER)
    assert ask(declare, VISITOR, path="/page?q=a%20b") == "303 /login?next=/page?q%3Da%2520b"
    assert ask(declare, VISITOR, method="POST") == "303 /login"


@pytest.mark.parametrize(
    ("age", "fresh"),
    [(timedelta(0), True), (FRESH_FOR - timedelta(seconds=5), True), (FRESH_FOR, False), (timedelta(days=1), False)],
)
def test_sensitive_page_wants_the_password_of_the_last_ten_minutes(age: timedelta, fresh: bool) -> None:
    viewer = replace(MEMBER, confirmed_at=datetime.now(UTC) - age)
    assert is_fresh(viewer) is fresh
    answer = ask(requires(Permission.OWN_DATA, fresh=True), viewer)
    assert answer == ("200 opened" if fresh else "303 /confirm?next=/page")


def test_session_that_was_never_confirmed_is_not_fresh() -> None:
    assert is_fresh(replace(MEMBER, confirmed_at=None)) is False


def test_freshness_does_not_replace_the_permission() -> None:
    viewer = replace(VISITOR, confirmed_at=datetime.now(UTC))
    assert ask(requires(Permission.OWN_DATA, fresh=True), viewer) == "303 /login?next=/page"


def test_unknown_address_is_left_to_the_error_page() -> None:
    assert ask(public("a page"), VISITOR, path="/elsewhere") == "404 <!doct"


def test_declaration_is_read_back() -> None:
    app = door(requires(Permission.OWN_DATA, fresh=True), VISITOR)
    access = access_of(app, "page")
    assert (access.permission, access.fresh, access.reason, access.stateless) == (
        Permission.OWN_DATA,
        True,
        None,
        False,
    )
    open_to_all = access_of(door(public("a theme", stateless=True), VISITOR), "page")
    assert (open_to_all.permission, open_to_all.reason, open_to_all.stateless) == (None, "a theme", True)


def test_public_page_needs_a_reason() -> None:
    with pytest.raises(ValueError, match="reason"):
        public(" ")


def test_misspelt_permission_is_an_error_at_once() -> None:
    with pytest.raises(ValueError, match="see_everything"):
        requires("see_everything")  # type: ignore[arg-type]
