"""Dates, numbers and lists are written as Dutch and English readers write them."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from upguide.i18n import (
    format_date,
    format_datetime,
    format_list,
    format_number,
    format_percent,
    format_time,
    use_locale,
)

MOMENT = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)  # half past midnight in the Netherlands


@pytest.mark.parametrize("locale", ["nl", "nl@formal"])
def test_dutch_formats(locale: str) -> None:
    with use_locale(locale):
        assert format_date(date(2026, 11, 22)) == "22 november 2026"
        assert format_date(date(2026, 11, 22), "short") == "22-11-2026"
        assert format_datetime(MOMENT) == "23 november 2026, 00:30"
        assert format_number(Decimal("12345.6")) == "12.345,6"
        assert format_percent(0.25) == "25%"
        assert format_list(["een", "twee", 3]) == "een, twee en 3"


def test_english_formats() -> None:
    with use_locale("en"):
        assert format_date(date(2026, 11, 22)) == "22 November 2026"
        assert format_datetime(MOMENT) == "23 November 2026, 00:30"
        assert format_time(time(9, 5)) == "09:05"
        assert format_number(1234567) == "1,234,567"
        assert format_percent(0.25) == "25%"
        assert format_list(["one", "two", 3]) == "one, two and 3"


def test_moment_without_zone_raises() -> None:
    with pytest.raises(ValueError, match="time zone"):
        format_time(datetime(2026, 11, 22, 12, 0))  # noqa: DTZ001  (that is the fault)
