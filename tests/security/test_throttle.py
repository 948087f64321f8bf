"""Throttling: exact among processes, fair to owners, and silent about who tried."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import UUID

import pytest
from flask import Flask, Response, g, request
from flask.testing import FlaskClient
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from tests.security.hammer import hammer
from tests.security.portal import HOST, OTHER_HOST, make_app
from upguide.extensions import db
from upguide.forms import normal_mail_address
from upguide.security.counters import Counters
from upguide.security.throttle import (
    DAY,
    HOUR,
    KNOWN_DEVICE_RULES,
    RULES,
    Action,
    By,
    Rule,
    Throttled,
    attempt,
    normal,
    remember_device,
    throttle,
)
from upguide.tenancy import all_tenants

ANNA, BEN = "anna@example.org", "ben@example.org"
KEY = "the key of this test"
SUBJECTS: Mapping[By, str] = {By.ACCOUNT: ANNA, By.ADDRESS: "192.0.2.1", By.TENANT: "upguide"}


def one_rule(tries: int, *by: By, seconds: int = HOUR) -> Rule:
    return Rule(tries, seconds, by)


def passes(counters: Counters, rules: list[Rule], subjects: Mapping[By, str] = SUBJECTS) -> bool:
    try:
        attempt(counters, KEY, Action.SIGN_IN, rules, subjects)
    except Throttled:
        return False
    return True


def rows(engine: Engine) -> list[tuple[str, int]]:
    with engine.connect() as connection:
        return [(row.key, row.hits) for row in connection.execute(text("SELECT * FROM throttle_hits ORDER BY key"))]


# --- the rules and their counting ---


def test_as_many_tries_pass_as_the_rule_says(counters: Counters) -> None:
    rules = [one_rule(3, By.ACCOUNT)]
    assert [passes(counters, rules) for _ in range(5)] == [True, True, True, False, False]


def test_each_value_of_what_a_rule_counts_by_has_its_own_tries(counters: Counters) -> None:
    rules = [one_rule(1, By.ACCOUNT, By.ADDRESS)]
    others = [{By.ACCOUNT: BEN}, {By.ADDRESS: "192.0.2.2"}, {By.TENANT: "gfs"}, {}]
    assert [passes(counters, rules, {**SUBJECTS, **other}) for other in others] == [True, True, True, False]


def test_refused_try_counts_nowhere(counters: Counters, counters_engine: Engine) -> None:
    rules = [one_rule(5, By.ADDRESS), one_rule(1, By.ACCOUNT), one_rule(5, By.TENANT)]
    passes(counters, rules)
    before = rows(counters_engine)
    assert [passes(counters, rules) for _ in range(4)] == [False] * 4
    assert rows(counters_engine) == before
    assert [hits for _, hits in before] == [1, 1, 1]


def test_try_that_succeeded_is_given_back_under_every_rule(counters: Counters, counters_engine: Engine) -> None:
    rules = [one_rule(1, By.ACCOUNT), one_rule(2, By.ADDRESS)]
    for _ in range(5):
        attempt(counters, KEY, Action.SIGN_IN, rules, SUBJECTS).succeeded()
    assert [hits for _, hits in rows(counters_engine)] == [0, 0]


def test_refusal_says_when_the_last_full_window_ends(counters: Counters) -> None:
    rules = [
        one_rule(1, By.ACCOUNT, seconds=60),
        one_rule(1, By.ADDRESS, seconds=600),
        one_rule(9, By.TENANT),
    ]
    passes(counters, rules)
    with pytest.raises(Throttled) as refusal:
        attempt(counters, KEY, Action.SIGN_IN, rules, SUBJECTS)
    assert 590 < refusal.value.retry_after <= 600


def test_a_crowd_that_fills_what_all_share_shuts_out_no_newcomer(counters: Counters) -> None:
    rules = [one_rule(10, By.ADDRESS), Rule(20, HOUR, (By.TENANT,), spares=2)]
    crowd = [passes(counters, rules, {**SUBJECTS, By.ADDRESS: f"198.51.100.{n % 4}"}) for n in range(40)]
    assert crowd.count(True) == 20
    newcomer = {**SUBJECTS, By.ADDRESS: "192.0.2.2"}
    assert [passes(counters, rules, newcomer) for _ in range(4)] == [True, True, False, False]


def test_every_bound_that_a_portal_s_visitors_share_spares_newcomers() -> None:
    shared = [rule for rules in RULES.values() for rule in rules if rule.by == (By.TENANT,)]
    assert [rule for rule in shared if rule.spares < 3] == []


@pytest.mark.clause("F4")
def test_table_names_nobody(counters: Counters, counters_engine: Engine) -> None:
    for action, rules in RULES.items():
        everybody = {by: f"canary-{by.value}" for by in By}
        attempt(counters, KEY, action, rules, everybody)
    kept = rows(counters_engine)
    assert [key for key, _ in kept if "canary" in key] == []
    assert len(kept) == sum(len(rules) for rules in RULES.values())


def test_another_secret_key_makes_other_names(counters: Counters, counters_engine: Engine) -> None:
    for key in ("one key", "another key"):
        attempt(counters, key, Action.SIGN_IN, [one_rule(5, By.ACCOUNT)], SUBJECTS)
    assert [hits for _, hits in rows(counters_engine)] == [1, 1]


def test_no_two_rules_of_an_action_share_a_counter() -> None:
    tables = [*RULES.values(), *KNOWN_DEVICE_RULES.values()]
    doubled = [
        double
        for rules in tables
        for double, count in Counter((rule.by, rule.seconds) for rule in rules).items()
        if count > 1
    ]
    assert doubled == []


def test_every_action_is_bound_by_address_and_every_message_by_mailbox_or_account() -> None:
    assert set(RULES) == set(Action)
    assert [action for action, rules in RULES.items() if not any(rule.by == (By.ADDRESS,) for rule in rules)] == []
    writing = (Action.REGISTER, Action.FORGOTTEN_PASSWORD, Action.MAIL_CHANGE, Action.MAKE_ACCOUNT)
    assert [a for a in writing if not any(set(rule.by) & {By.MAILBOX, By.ACCOUNT} for rule in RULES[a])] == []


def test_a_pin_of_six_digits_outlasts_years_of_guessing() -> None:
    """At the tries of a day, half of all PINs take more than 90 years."""
    a_day = min(rule.tries for rule in RULES[Action.PIN] if rule.by == (By.ACCOUNT,) and rule.seconds == DAY)
    assert 500_000 / a_day / 365 > 90


# --- several processes ---


def test_several_processes_together_pass_as_many_tries_as_one(counters: Counters, counters_url: str) -> None:
    found = hammer(counters_url, 3, 12, [one_rule(40, By.ACCOUNT), one_rule(500, By.TENANT)], [SUBJECTS])
    assert Counter(found) == {True: 40, False: 3 * 3 * 12 - 40}


def test_processes_that_meet_on_several_counters_do_not_wait_in_a_circle(
    counters: Counters, counters_url: str, counters_engine: Engine
) -> None:
    rules = [one_rule(900, By.TENANT), one_rule(900, By.ADDRESS), one_rule(900, By.ACCOUNT)]
    crowd = [
        {**SUBJECTS, By.ACCOUNT: account, By.ADDRESS: address}
        for account in ("succeeds", "fails", "succeeds")
        for address in ("192.0.2.1", "192.0.2.2")
    ]
    found = hammer(counters_url, 3, 30, rules, crowd)
    assert Counter(found) == {True: 3 * 3 * 30}
    tenant = [hits for key, hits in rows(counters_engine) if "/tenant/" in key]
    assert tenant == [3 * 3 * 10]


# --- through requests ---


@pytest.fixture
def app(counters: Counters, counters_url: str) -> Iterator[Flask]:
    """Sign-in reduced to its throttling: `ok=1` stands for the right password."""
    app = make_app()
    app.config["SQLALCHEMY_DATABASE_URI"] = counters_url
    db.init_app(app)
    app.register_error_handler(Throttled, lambda refusal: (str(refusal.retry_after), 429))
    app.add_url_rule("/try/<action>", view_func=try_once)
    yield app
    with app.app_context():
        db.engine.dispose()


def try_once(action: str) -> Response:
    account, ok = request.args["account"], request.args.get("ok")
    passed = throttle(action, account=account)
    response = Response("passed")
    if ok:
        passed.succeeded()
        remember_device(response, account)
    return response


def sign_in(
    client: FlaskClient,
    account: str = ANNA,
    address: str = "192.0.2.1",
    *,
    ok: bool = False,
    host: str = HOST,
) -> int:
    query = {"account": account} | ({"ok": "1"} if ok else {})
    return client.get(
        "/try/sign-in",
        query_string=query,
        base_url=f"https://{host}",
        environ_overrides={"REMOTE_ADDR": address},
    ).status_code


def attack(app: Flask, account: str = ANNA) -> None:
    """Fail on `account` from many addresses until it is closed to unknown devices."""
    stranger = app.test_client()
    answers = [sign_in(stranger, account, f"198.51.100.{number}") for number in range(25)]
    assert answers == [200] * 20 + [429] * 5


def test_failures_on_one_account_from_one_address_end_after_five(app: Flask) -> None:
    client = app.test_client()
    assert [sign_in(client) for _ in range(6)] == [200] * 5 + [429]
    assert [sign_in(client, BEN), sign_in(client, address="192.0.2.2")] == [200, 200]


def test_failures_from_one_address_end_after_thirty(app: Flask) -> None:
    client = app.test_client()
    answers = [sign_in(client, f"person{number}@example.org") for number in range(31)]
    assert answers == [200] * 30 + [429]
    assert sign_in(client, address="192.0.2.2") == 200


def test_one_household_counts_as_one_address(app: Flask) -> None:
    client = app.test_client()
    answers = [sign_in(client, address=f"2001:db8:1:2::{number:x}") for number in range(6)]
    assert answers == [200] * 5 + [429]
    assert sign_in(client, address="2001:db8:1:3::1") == 200


def test_portals_together_give_no_more_tries_than_one(app: Flask) -> None:
    client = app.test_client()
    assert [sign_in(client, host=host) for host in (HOST, OTHER_HOST) for _ in range(3)] == [200] * 5 + [429]


def test_spellings_of_one_mail_address_give_no_more_tries(app: Flask) -> None:
    client = app.test_client()
    spellings = (
        "anna@example.org",
        "ANNA@EXAMPLE.ORG",
        " anna@example.org ",
        "Anna@Example.org",
        "ａnna@example.org",
    )
    assert [sign_in(client, spelling) for spelling in (*spellings, ANNA)] == [200] * 5 + [429]


INVISIBLE = "\u034f\u115f\u180b\u3164\ufe00\ufe0f\U000e0100"
SPELLINGS = st.lists(st.sampled_from([*"annA@exmple.org-12.。．ß", *INVISIBLE, "xn--", "é"]), max_size=24).map("".join)


@given(SPELLINGS)
@example("anna@exam\ufe00ple.org")
@example("anna@example。org")
@example("anna@XN--mnchen-3ya.de")
def test_every_spelling_that_reaches_an_account_is_counted_as_that_account(spelling: str) -> None:
    for typed in (spelling, f"anna@{spelling}.org"):
        reached = normal_mail_address(typed)
        assert reached is None or normal(typed) == normal(reached)


def test_owner_who_signs_in_often_is_never_slowed(app: Flask) -> None:
    client = app.test_client()
    assert {sign_in(client, ok=True) for _ in range(60)} == {200}


def test_owner_on_a_known_device_gets_in_while_the_account_is_attacked(app: Flask) -> None:
    owner = app.test_client()
    sign_in(owner, ok=True)
    attack(app)
    newcomer = app.test_client()
    assert [sign_in(owner, ok=True), sign_in(newcomer)] == [200, 429]


def test_owner_on_a_known_device_gets_in_from_an_address_that_is_closed(app: Flask) -> None:
    owner, neighbour = app.test_client(), app.test_client()
    sign_in(owner, ok=True)
    assert [sign_in(neighbour, f"person{number}@example.org") for number in range(31)][-1] == 429
    assert sign_in(owner, ok=True) == 200


def test_known_device_has_ten_tries_of_its_own(app: Flask) -> None:
    device = app.test_client()
    sign_in(device, ok=True)
    assert [sign_in(device) for _ in range(11)] == [200] * 10 + [429]
    assert sign_in(app.test_client()) == 200


def test_device_of_one_account_gives_no_tries_on_another(app: Flask) -> None:
    attacker = app.test_client()
    sign_in(attacker, BEN, ok=True)
    assert [sign_in(attacker, ANNA) for _ in range(6)] == [200] * 5 + [429]


def test_device_known_on_one_portal_is_unknown_on_another(app: Flask) -> None:
    owner = app.test_client()
    sign_in(owner, ok=True)
    attack(app)
    assert sign_in(owner, host=OTHER_HOST) == 429


def test_known_device_is_sent_a_new_password_although_others_asked_too_often(app: Flask) -> None:
    owner, stranger = app.test_client(), app.test_client()
    sign_in(owner, ok=True)
    asked = [ask_new_password(client) for client in (stranger, stranger, stranger, stranger, owner)]
    assert asked == [200, 200, 200, 429, 200]


def ask_new_password(client: FlaskClient) -> int:
    path = f"/try/{Action.FORGOTTEN_PASSWORD.value}"
    return client.get(path, query_string={"account": ANNA}, base_url=f"https://{HOST}").status_code


def test_anything_typed_as_an_account_is_counted(app: Flask) -> None:
    client = app.test_client()
    assert [sign_in(client, account) for account in ("", " ", "\0", "x" * 5000, "@")] == [200] * 5


@contextmanager
def request_on_portal(app: Flask) -> Iterator[None]:
    with app.test_request_context("/", base_url=f"https://{HOST}"):
        g.tenant = all_tenants()["upguide"]
        yield


def test_misspelt_action_and_missing_subject_are_errors_of_ours(app: Flask) -> None:
    with request_on_portal(app):
        with pytest.raises(ValueError, match="sing-in"):
            throttle("sing-in", account=ANNA)
        with pytest.raises(KeyError):
            throttle(Action.SIGN_IN)
        with pytest.raises(KeyError):
            throttle(Action.REGISTER)


def test_two_sessions_confirm_apart(app: Flask) -> None:
    def confirm(session: int) -> bool:
        try:
            throttle(Action.CONFIRM, session=UUID(int=session))
        except Throttled:
            return False
        return True

    with request_on_portal(app):
        assert [confirm(1) for _ in range(6)] == [True] * 5 + [False]
        assert confirm(2)
