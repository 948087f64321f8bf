"""UpGuide numbers: a slip in writing one down is always noticed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upguide.security.number import ALPHABET, check_character, is_valid_number, new_number

BODIES = st.text(alphabet=ALPHABET, min_size=7, max_size=7)


def number(body: str) -> str:
    return f"UG-{body}{check_character(body)}"


def test_number_is_written_as_the_design_says() -> None:
    made = new_number()
    assert re.fullmatch(r"UG-[2-9CDFHJKMNPRTVWXY]{8}", made)
    assert is_valid_number(made)


def test_numbers_do_not_follow_each_other() -> None:
    assert len({new_number() for _ in range(1000)}) == 1000


def test_alphabet_has_no_look_alikes_and_no_words() -> None:
    assert set(ALPHABET) & set("01OILUVGQAESZB") == {"V"}
    assert len(set(ALPHABET)) == len(ALPHABET) == 23


@given(BODIES, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(body: str, place: int, wrong: str) -> None:
    right = number(body)
    place += 3
    changed = right[:place] + wrong + right[place + 1 :]
    assert is_valid_number(changed) == (changed == right)


@given(BODIES, st.integers(0, 7), st.integers(0, 7))
def test_two_swapped_characters_are_noticed(body: str, one: int, other: int) -> None:
    right = number(body)
    swapped = list(right)
    swapped[one + 3], swapped[other + 3] = swapped[other + 3], swapped[one + 3]
    assert is_valid_number("".join(swapped)) == ("".join(swapped) == right)


@pytest.mark.parametrize("text", ["", "UG-", "UG", number("2345678").lower(), number("2345678") + "2", "UG-23456780"])
def test_what_is_no_number_is_not_valid(text: str) -> None:
    assert not is_valid_number(text)


@given(st.text(max_size=20))
def test_any_text_is_judged(text: str) -> None:
    assert is_valid_number(text) in (True, False)
