"""Dates, times, numbers and lists as the reader writes them. Moments are told in Dutch time."""

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale, dates, lists, numbers

from .locales import current_language

ZONE = ZoneInfo("Europe/Amsterdam")

#: English as it is written in Europe: the day before the month.
_LOCALES = {"en": Locale("en", "GB"), "nl": Locale("nl", "NL")}


def format_date(value: date, width: Literal["full", "long", "medium", "short"] = "long") -> str:
    """Return "22 November 2026"; raise `ValueError` for a moment that does not know its zone."""
    day = _local(value).date() if isinstance(value, datetime) else value
    return dates.format_date(day, width, locale=_locale())


def format_time(value: time | datetime) -> str:
    """Return "14:05"; raise `ValueError` for a moment that does not know its zone."""
    clock = _local(value).time() if isinstance(value, datetime) else value
    return dates.format_time(clock, "short", locale=_locale())


def format_datetime(value: datetime) -> str:
    """Return "22 November 2026, 14:05"; raise `ValueError` for a moment that does not know its zone."""
    return f"{format_date(value)}, {format_time(value)}"


def format_number(value: float | Decimal) -> str:
    """Return "12,345.6" in English, "12.345,6" in Dutch."""
    return numbers.format_decimal(value, locale=_locale())


def format_percent(value: float | Decimal) -> str:
    """Return a part of one as a percentage: 0.25 is "25%"."""
    return numbers.format_percent(value, locale=_locale())


def format_list(items: Iterable[object]) -> str:
    """Return "one, two and three"."""
    return lists.format_list([str(item) for item in items], locale=_locale())


def _local(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} does not know its time zone")
    return moment.astimezone(ZONE)


def _locale() -> Locale:
    return _LOCALES[current_language()]
