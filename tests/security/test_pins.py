"""The PIN: six digits or more, and none of those that everybody tries first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upguide.i18n import _l
from upguide.security.hashing import CHEAPEST
from upguide.security.pins import hash_pin, verify_pin, weak_pin_reason

FORM = _l("A PIN has 6 to 12 digits and nothing else.")
GUESSED = _l("This PIN is among the first that are guessed. Choose another one.")


@pytest.mark.parametrize("pin", ["583027", "9041736", "270918364550"])
def test_pin_of_six_to_twelve_digits_will_do(pin: str) -> None:
    assert weak_pin_reason(pin) is None


@pytest.mark.parametrize("pin", ["", "12345", "5830271664093", "58302a", "58 302 7", "-583027", "٥٨٣٠٢٧", "583027\n"])
def test_what_is_no_pin_is_refused(pin: str) -> None:
    assert weak_pin_reason(pin) == FORM
    with pytest.raises(ValueError, match="6 to 12 digits"):
        hash_pin(pin, CHEAPEST)


@pytest.mark.parametrize(
    "pin",
    [
        *("000000", "111111", "99999999", "112211", "010101", "121212", "123123", "1234512345"),
        *("123456", "654321", "012345", "890123", "321098", "1234567890", "0987654321", "135791"),
        *("112233", "159753", "147258", "789456"),
    ],
)
def test_pin_that_is_guessed_first_is_refused(pin: str) -> None:
    assert weak_pin_reason(pin) == GUESSED


def test_pin_is_verified_by_its_own_hash_alone() -> None:
    stored = hash_pin("583027", CHEAPEST)
    guesses = ("583027", "583028", "0583027", "5830270", "", "x" * 1000)
    assert [verify_pin(stored, pin, CHEAPEST) for pin in guesses] == [True, False, False, False, False, False]


def test_person_without_pin_is_never_right() -> None:
    assert not verify_pin(None, "583027", CHEAPEST)


@given(st.text(max_size=20))
def test_any_text_is_judged(pin: str) -> None:
    if weak_pin_reason(pin) is None:
        assert verify_pin(hash_pin(pin, CHEAPEST), pin, CHEAPEST)
