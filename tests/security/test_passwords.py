"""Passwords: hashed so that a stolen table helps little, refused when guessed first, no other rules."""

import pytest
from argon2 import extract_parameters
from hypothesis import given
from hypothesis import strategies as st

from upguide.i18n import _l
from upguide.security import hashing
from upguide.security.hashing import CHEAPEST, NORMAL, Cost
from upguide.security.passwords import (
    LONGEST,
    hash_password,
    needs_rehash,
    verify_password,
    weak_password_reason,
)

GOOD = "paraplu lamp oester"
COMMON = _l("This password is among the first that are guessed. Choose another one.")
PATTERN = _l("This password is a simple pattern, which is guessed quickly. Choose another one.")
PERSONAL = _l("This password is too much like your name, your mail address or this site. Choose another one.")
SHORT = _l("Use at least 10 characters. Three or four words in a row are easy to remember.")
LONG = _l("Use at most 256 characters.")


def test_password_is_verified_by_its_own_hash_alone() -> None:
    stored = hash_password(GOOD, CHEAPEST)
    assert [verify_password(stored, guess, CHEAPEST) for guess in (GOOD, GOOD.upper(), GOOD + " ", "")] == [
        True,
        False,
        False,
        False,
    ]


def test_hash_is_argon2id_at_the_cost_that_was_decided() -> None:
    parameters = extract_parameters(hash_password(GOOD))
    assert (parameters.type.name, parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (
        "ID",
        19 * 1024,
        3,
        1,
    )


def test_equal_passwords_have_different_hashes() -> None:
    assert hash_password(GOOD, CHEAPEST) != hash_password(GOOD, CHEAPEST)


def test_unknown_account_costs_a_hash_of_the_same_parameters_and_is_never_right() -> None:
    assert not verify_password(None, "the password of nobody", CHEAPEST)
    assert not verify_password("", "the password of nobody", CHEAPEST)
    nobody, known = extract_parameters(hashing._nobody(NORMAL)), extract_parameters(hash_password(GOOD))
    assert nobody == known


def test_stored_value_that_is_no_hash_is_not_right_and_no_error() -> None:
    assert not verify_password("not a hash", GOOD, CHEAPEST)


def test_hash_of_another_cost_is_made_anew() -> None:
    stored = hash_password(GOOD, CHEAPEST)
    dearer = Cost(memory=16, passes=1)
    assert (needs_rehash(stored, CHEAPEST), needs_rehash(stored, dearer)) == (False, True)


def test_password_typed_on_another_keyboard_is_the_same() -> None:
    stored = hash_password("café – Ångström ﬁn", CHEAPEST)
    assert verify_password(stored, "cafe\u0301 – A\u030angstro\u0308m fin", CHEAPEST)


def test_password_beyond_the_longest_is_never_right_and_cannot_be_stored() -> None:
    stored = hash_password("x" * LONGEST, CHEAPEST)
    assert verify_password(stored, "x" * LONGEST, CHEAPEST)
    assert not verify_password(stored, "x" * (LONGEST + 1), CHEAPEST)
    with pytest.raises(ValueError, match="too long"):
        hash_password("x" * (LONGEST + 1), CHEAPEST)


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "aaneengeschreven",
        "kaas-tulp-molen-fiets",
        "qjz7!xkv0#wp",
        "    spaces    count    ",
        "пароль из четырёх слов",
        "🦊🌲🚲🎻🧀🪁📚🧭🎈🪴",
        "x9x9x9x9Yb-47-mno",
    ],
)
def test_password_of_some_length_will_do_without_capitals_digits_or_signs(password: str) -> None:
    assert weak_password_reason(password, ["anna.jansen@example.org", "Anna", "Jansen", "UpGuide"]) is None


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", SHORT),
        ("k7#Qz!v9p", SHORT),
        ("x" * (LONGEST + 1), LONG),
        ("\ufdfa" * 15, LONG),
        ("aaaaaaaaaaaa", PATTERN),
        ("ababababababab", PATTERN),
        ("h7kqh7kqh7kq", PATTERN),
        ("h7kqh7kqh7kqh7", PATTERN),
        ("abcdefghijkl", PATTERN),
        ("zyxwvutsrqpo", PATTERN),
        ("qwertyuiop", COMMON),
        ("1q2w3e4r5t6y", COMMON),
        ("Password1234", COMMON),
        ("P@ssw0rd2026!", COMMON),
        ("Welkom2026!!", COMMON),
        ("!!Zomer2026!", COMMON),
        ("wachtwoord123", COMMON),
        ("Ｐａｓｓｗｏｒｄ１２３", COMMON),
        ("Jansen-2026!", PERSONAL),
        ("annajansen1988", PERSONAL),
        ("Terpstra19870512", PERSONAL),
        ("Vakantie19870512", COMMON),
        ("gfs.nucoaching", PERSONAL),
        ("jansenjansenanna", PERSONAL),
    ],
)
def test_password_that_is_guessed_first_is_refused(password: str, reason: object) -> None:
    words = ["anna.jansen@example.org", "Anna", "Jansen-Terpstra", "NU coaching · GFS"]
    assert weak_password_reason(password, words) == reason


def test_personal_words_in_a_password_with_enough_of_its_own_will_do() -> None:
    assert weak_password_reason("anna eats seven oysters", ["Anna", "Jansen"]) is None


def test_short_personal_words_count_for_nothing() -> None:
    assert weak_password_reason("de lamp is op", ["de", "op", "is"]) is None


@given(st.text(max_size=600), st.lists(st.text(max_size=40), max_size=4))
def test_any_text_is_judged_and_what_is_accepted_can_be_kept(password: str, words: list[str]) -> None:
    if weak_password_reason(password, words) is None:
        assert verify_password(hash_password(password, CHEAPEST), password, CHEAPEST)
    assert not verify_password(None, password, CHEAPEST)
