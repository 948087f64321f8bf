"""Passkeys: only a right, fresh answer to a question of this very session and portal is a proof, and only once."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.security.authenticator import Authenticator
from upguide.security.passkeys import (
    CHALLENGE_LIFE,
    Known,
    Owner,
    PasskeyRefused,
    Place,
    check,
    credential_of,
    question,
    register,
    registration_options,
)

KEYS = ("the-first-key-which-is-long-enough-for-it", "the-key-before-it-which-is-still-accepted")
PLACE = Place("gfs.localhost", "http://gfs.localhost:8000", UUID(int=1))
OWNER = Owner(UUID(int=7), "ada@example.org")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def asked_to_make(place: Place = PLACE, now: datetime = NOW) -> str:
    return registration_options(KEYS, place, "NU coaching", OWNER, (), now)


def made() -> tuple[Authenticator, Known]:
    """Return a passkey and what is kept of it."""
    device = Authenticator(PLACE.origin, PLACE.host)
    kept = register(KEYS, PLACE, device.make(asked_to_make()), NOW + SECOND)
    return device, Known(kept.credential_id, kept.public_key, kept.sign_count, NOW + SECOND)


def asked(known: Known, place: Place = PLACE, now: datetime = NOW + 2 * SECOND) -> str:
    return question(KEYS, place, [known.credential_id], now)


def test_a_passkey_is_made_and_proves() -> None:
    device, known = made()
    assert check(KEYS, PLACE, device.answer(asked(known)), known, NOW + 3 * SECOND) == 1
    assert check(KEYS, PLACE, device.answer(asked(known)), known, NOW + 3 * SECOND) == 2


def test_what_the_browser_is_asked_tells_nothing_but_the_account() -> None:
    options = json.loads(registration_options(KEYS, PLACE, "NU coaching", OWNER, ["c2V2ZW4"], NOW))
    assert options["rp"] == {"id": "gfs.localhost", "name": "NU coaching"}
    assert options["user"]["name"] == "ada@example.org"
    assert OWNER.id.hex not in json.dumps(options)
    assert options["excludeCredentials"] == [{"type": "public-key", "id": "c2V2ZW4"}]
    assert options["attestation"] == "none"


def test_a_question_of_the_former_key_still_counts() -> None:
    device, known = made()
    answer = device.answer(question(KEYS[1:], PLACE, [known.credential_id], NOW + 2 * SECOND))
    assert check(KEYS, PLACE, answer, known, NOW + 3 * SECOND) == 1


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(PLACE, session_id=UUID(int=2)),
        replace(PLACE, origin="http://upguide.localhost:8000"),
    ],
)
def test_an_answer_to_another_session_or_portal_is_refused(elsewhere: Place) -> None:
    device, known = made()
    with pytest.raises(PasskeyRefused):
        check(KEYS, PLACE, device.answer(asked(known, elsewhere)), known, NOW + 3 * SECOND)
    with pytest.raises(PasskeyRefused):
        register(KEYS, PLACE, device.make(asked_to_make(elsewhere)), NOW + SECOND)


@pytest.mark.parametrize(("origin", "host"), [("http://evil.example", PLACE.host), (PLACE.origin, "evil.example")])
def test_an_answer_given_on_another_site_is_refused(origin: str, host: str) -> None:
    device, known = made()
    device.origin, device.host = origin, host
    with pytest.raises(PasskeyRefused):
        check(KEYS, PLACE, device.answer(asked(known)), known, NOW + 3 * SECOND)
    with pytest.raises(PasskeyRefused):
        register(KEYS, PLACE, Authenticator(origin, host).make(asked_to_make()), NOW + SECOND)


def test_a_question_is_answered_once() -> None:
    device, known = made()
    answer = device.answer(asked(known))
    used = replace(known, sign_count=check(KEYS, PLACE, answer, known, NOW + 3 * SECOND), used_at=NOW + 3 * SECOND)
    with pytest.raises(PasskeyRefused, match="answered before"):
        check(KEYS, PLACE, answer, used, NOW + 4 * SECOND)


@pytest.mark.parametrize("late", [CHALLENGE_LIFE + SECOND, -SECOND])
def test_an_answer_that_comes_too_late_or_from_the_future_is_refused(late: timedelta) -> None:
    device, known = made()
    asked_at = NOW + 2 * SECOND
    with pytest.raises(PasskeyRefused, match="too late"):
        check(KEYS, PLACE, device.answer(asked(known, now=asked_at)), known, asked_at + late)


def test_a_question_for_making_is_not_one_for_proving() -> None:
    device, known = made()
    with pytest.raises(PasskeyRefused):
        check(KEYS, PLACE, device.answer(asked_to_make(now=NOW + 2 * SECOND)), known, NOW + 3 * SECOND)


def test_another_passkey_does_not_answer_for_this_one() -> None:
    _device, known = made()
    other = Authenticator(PLACE.origin, PLACE.host)
    with pytest.raises(PasskeyRefused):
        check(KEYS, PLACE, other.answer(asked(known)), known, NOW + 3 * SECOND)


def test_a_copied_passkey_is_noticed() -> None:
    device, known = made()
    with pytest.raises(PasskeyRefused):
        check(KEYS, PLACE, device.answer(asked(known)), replace(known, sign_count=5), NOW + 3 * SECOND)


json_like = st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x))


@given(
    st.one_of(
        st.text(),
        json_like.map(json.dumps),
        st.fixed_dictionaries({"id": json_like, "response": json_like}).map(json.dumps),
        st.text().map(lambda told: json.dumps({"id": told, "response": {"clientDataJSON": told}})),
    )
)
def test_what_is_no_answer_is_refused_and_nothing_worse(answer: str) -> None:
    known = Known("aaaa", "", 0, NOW)
    credential_of(answer)
    with pytest.raises(PasskeyRefused):
        check(KEYS, PLACE, answer, known, NOW)
    with pytest.raises(PasskeyRefused):
        register(KEYS, PLACE, answer, NOW)


@given(st.data())
def test_an_answer_that_was_tampered_with_is_refused_and_nothing_worse(data: st.DataObject) -> None:
    device, known = made()
    whole = json.loads(data.draw(st.sampled_from([device.make(asked_to_make()), device.answer(asked(known))])))
    part = data.draw(st.sampled_from(sorted(set(whole["response"]) - {"clientDataJSON"})))
    whole["response"][part] = data.draw(st.text(alphabet="abcXYZ-_09", max_size=60))
    with pytest.raises(PasskeyRefused):
        check(KEYS, PLACE, json.dumps(whole), known, NOW + 3 * SECOND)
    with pytest.raises(PasskeyRefused):
        register(KEYS, PLACE, json.dumps(whole), NOW + SECOND)
