from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upguide.tenancy.contrast import PAIRS, FailingPair, failing_pairs, luminance, ratio
from upguide.tenancy.starter import palettes

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#767676", "#ffffff", 4.54),  # the lightest grey that WCAG's own understanding page passes
        ("#777777", "#ffffff", 4.48),
        ("#0000ff", "#ffffff", 8.59),
        ("#ff0000", "#ffffff", 4.0),
    ],
)
def test_ratio_is_that_of_wcag(one: str, other: str, expected: float) -> None:
    assert round(ratio(one, other), 2) == expected


@given(COLOURS, COLOURS)
def test_ratio_has_no_direction_and_keeps_its_bounds(one: str, other: str) -> None:
    assert ratio(one, other) == ratio(other, one)
    assert 1 <= ratio(one, other) <= 21.000001


@given(COLOURS)
def test_luminance_lies_between_black_and_white(colour: str) -> None:
    assert 0 <= luminance(colour) <= 1


def test_pairs_hold_every_text_and_control_on_every_ground() -> None:
    grounds = {"paper", "sheet", "wash"}
    text = {(name, ground, 4.5) for name in ("ink", "quiet", "accent", "error", "success") for ground in grounds}
    fills = {("on_accent", "accent", 4.5), ("on_error", "error", 4.5)}
    shapes = {(name, ground, 3.0) for name in ("edge", "focus") for ground in grounds}
    assert set(PAIRS) == text | fills | shapes


def test_failing_pairs_name_pair_ratio_and_need() -> None:
    sound = asdict(palettes(200)[0])
    found = list(failing_pairs({**sound, "on_accent": sound["accent"]}))
    assert found == [FailingPair("on_accent", "accent", 1.0, 4.5)]
    assert str(found[0]) == "on_accent on accent has a contrast of 1.00, and needs 4.5"


def test_failing_pair_is_never_shown_as_if_it_passed() -> None:
    assert str(FailingPair("quiet", "wash", 4.4999, 4.5)) == "quiet on wash has a contrast of 4.49, and needs 4.5"


def test_failing_pairs_begin_right_below_the_need() -> None:
    white = {**asdict(palettes(200)[0]), **dict.fromkeys(("paper", "sheet", "wash"), "#ffffff")}
    assert list(failing_pairs({**white, "quiet": "#767676"})) == []
    assert [pair.foreground for pair in failing_pairs({**white, "quiet": "#777777"})] == ["quiet"] * 3


@pytest.mark.parametrize("hue", range(0, 360, 5))
def test_colours_of_a_new_portal_can_be_read_whatever_the_hue(hue: int) -> None:
    assert [str(pair) for theme in palettes(hue) for pair in failing_pairs(asdict(theme))] == []
