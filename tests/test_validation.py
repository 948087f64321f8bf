"""Checks of what people type: a citizen service number never passes, a foreign address or phone always does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.nl import bsn

from upguide.validation import PhoneNumber, Refused, holds_bsn, read_phone, tidy_postcode

NUMBERS = st.integers(min_value=1, max_value=999_999_999).map("{:09d}".format)
GAPS = st.sampled_from(["", " ", ".", "-", " - ", "\u00a0", "–", "/"])
WORDS = st.text(st.characters(exclude_categories=["Nd", "Cs"]), max_size=30)


@pytest.mark.clause("P2")
@given(
    number=NUMBERS.filter(bsn.is_valid),
    gaps=st.lists(GAPS, min_size=8, max_size=8),
    before=WORDS,
    after=WORDS,
)
def test_citizen_service_number_is_found_however_it_is_written(
    number: str, gaps: list[str], before: str, after: str
) -> None:
    written = "".join(digit + gap for digit, gap in zip(number, [*gaps, ""], strict=True))
    assert holds_bsn(f"{before} {written} {after}")


@given(number=NUMBERS.filter(lambda number: not bsn.is_valid(number)), before=WORDS, after=WORDS)
def test_other_nine_digits_pass(number: str, before: str, after: str) -> None:
    assert not holds_bsn(f"{before} {number} {after}")


@pytest.mark.parametrize(
    "text", ["1234567820", "12345678", "14-02-1988", "123\n456782", "+31 6 12345678", "call +32 470 12 34 56", ""]
)
def test_what_is_no_citizen_service_number_passes(text: str) -> None:
    assert not holds_bsn(text)


@pytest.mark.parametrize(
    "text", ["¹²³⁴⁵⁶⁷⁸²", "①②③④⑤⑥⑦⑧②", "123\u00ad456\u00ad782", "123\ufeff456782", "123--456--782", "123    456    782"]
)
def test_raised_digits_unseen_characters_and_wide_gaps_hide_no_number(text: str) -> None:
    assert holds_bsn(text)


@pytest.mark.parametrize("text", ["१२३४५६७८२", "\uff11\uff12\uff13456782", "house 5 123456782", "NL123456782B01"])
def test_digits_of_any_script_and_beside_other_signs_count(text: str) -> None:
    assert holds_bsn(text)


@pytest.mark.parametrize(
    ("typed", "international", "mobile"),
    [
        ("0612345678", "+31 6 12345678", True),
        ("06-1234 5678", "+31 6 12345678", True),
        ("+31 (0)6 12345678", "+31 6 12345678", True),
        ("0031612345678", "+31 6 12345678", True),
        ("(020) 624 11 11", "+31 20 624 1111", False),
        ("+32 470 12 34 56", "+32 470 12 34 56", True),
        ("+1 650 253 0000", "+1 650-253-0000", True),
        ("+999 123456", "+999123456", True),
    ],
)
def test_phone_is_put_in_international_form(typed: str, international: str, mobile: bool) -> None:
    assert read_phone(typed) == PhoneNumber(international, mobile=mobile)


@pytest.mark.parametrize(
    "typed", ["", "abc", "0612", "112", "+", "+12", "+1234567890123456789", "612345678", "a" * 5_000]
)
def test_phone_that_cannot_be_is_refused_with_help(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        read_phone(typed)
    assert "start" in str(refused.value) or "country code" in str(refused.value)


@pytest.mark.clause("P2")
@pytest.mark.parametrize(
    "typed",
    [
        "123456782",
        "1234.56.782",
        "0612345678 ext. 123456782",
        "+111222333",
        "00111222333",
        "00 111 222 333",
        "+123456782",
        "+999 111222333",
    ],
)
def test_citizen_service_number_is_no_phone_number(typed: str) -> None:
    with pytest.raises(Refused, match="citizen service number"):
        read_phone(typed)


def test_number_that_exists_abroad_is_kept_though_it_passes_the_check_of_a_bsn() -> None:
    assert bsn.is_valid("352202002")
    assert read_phone("+352202002").international == "+352 20 20 02"


@given(st.text(max_size=60))
def test_phone_of_any_text_is_read_or_refused(typed: str) -> None:
    try:
        international = read_phone(typed).international
    except Refused:
        return
    assert international.startswith("+")


@pytest.mark.parametrize(("typed", "tidy"), [("1234ab", "1234 AB"), (" 1234  AB ", "1234 AB"), ("", "")])
def test_dutch_postcode_is_put_in_order(typed: str, tidy: str) -> None:
    assert tidy_postcode(typed, "NL") == tidy


@pytest.mark.parametrize("typed", ["1234", "0123 AB", "1234 SS", "SW1A 1AA"])
def test_dutch_postcode_that_cannot_be_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="1234 AB"):
        tidy_postcode(typed, "NL")


@given(typed=st.text(max_size=12), country=st.sampled_from(["BE", "GB", "SR", "XK"]))
def test_foreign_postcode_is_never_refused(typed: str, country: str) -> None:
    assert tidy_postcode(typed, country) == " ".join(typed.split())
