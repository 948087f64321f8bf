"""Recovery codes: as many as are said, not to be guessed, forgiving to who types one over."""

import re
from uuid import UUID

import pytest

from upguide.security.number import ALPHABET
from upguide.security.recovery import MANY, hash_code, new_codes
from upguide.security.sealing import PersonKey

KEY, OTHER = PersonKey(b"k" * 32, UUID(int=1)), PersonKey(b"o" * 32, UUID(int=2))


def test_ten_codes_come_at_once_all_different_and_readable() -> None:
    codes = new_codes()
    assert len(set(codes)) == MANY == 10
    assert all(re.fullmatch(rf"[{ALPHABET}]{{4}}(-[{ALPHABET}]{{4}}){{2}}", code) for code in codes)


@pytest.mark.parametrize(
    "typed", ["7KXT-M2RC-94WH", "7kxt-m2rc-94wh", " 7KXTM2RC94WH ", "7KXT M2RC 94WH", "7kxt–m2rc–94wh"]
)
def test_writing_does_not_matter(typed: str) -> None:
    assert hash_code(KEY, typed) == hash_code(KEY, "7KXT-M2RC-94WH")


def test_a_hash_says_nothing_without_the_person_s_key() -> None:
    assert hash_code(KEY, "7KXT-M2RC-94WH") != hash_code(OTHER, "7KXT-M2RC-94WH")
    assert hash_code(KEY, "7KXT-M2RC-94WH") != hash_code(KEY, "7KXT-M2RC-94WJ")


@pytest.mark.parametrize("typed", ["", "-", "\0", "\ud800", "x" * 5000])
def test_any_text_can_be_held_against_the_codes(typed: str) -> None:
    assert len(hash_code(KEY, typed)) == 64
