"""72 hours are hours that pass: over the changes of the clock too (B2)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upguide.features.breaches.clock import WITHIN, Clock, clock
from upguide.features.breaches.forms import moment

pytestmark = pytest.mark.clause("B2")
DUTCH = ZoneInfo("Europe/Amsterdam")


def test_clock_tells_what_is_left() -> None:
    aware = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    now = clock(aware, None, decided=False, now=aware + timedelta(hours=40, minutes=15))
    deadline = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert now == Clock(deadline=deadline, running=True, late=False, hours=31, minutes=45, passed=40)


def test_clock_tells_how_long_it_is_over() -> None:
    aware = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    now = clock(aware, None, decided=False, now=aware + timedelta(hours=75, minutes=1))
    assert (now.running, now.late, now.hours, now.minutes, now.passed) == (True, True, 3, 1, 72)


@pytest.mark.parametrize(
    ("day", "deadline"),
    [
        # In March a Dutch clock loses an hour, in October it gains one: what passes is 72 hours all the same.
        ("2027-03-26 12:00", "2027-03-29 13:00"),
        ("2027-10-29 12:00", "2027-11-01 11:00"),
    ],
)
def test_clock_does_not_heed_summer_time(day: str, deadline: str) -> None:
    aware = moment(datetime.fromisoformat(day))
    assert aware is not None
    found = clock(aware, None, decided=False, now=aware).deadline
    assert found == datetime.fromisoformat(deadline).replace(tzinfo=DUTCH)
    assert found - aware == timedelta(hours=72)


def test_hour_that_comes_twice_is_taken_for_the_first_one() -> None:
    assert moment(datetime.fromisoformat("2027-10-31 02:30")) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_clock_stops_when_it_is_reported_or_decided() -> None:
    aware = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    later = aware + timedelta(days=9)
    reported = clock(aware, aware + timedelta(hours=30), decided=False, now=later)
    assert (reported.running, reported.late, reported.hours) == (False, False, 42)
    assert clock(aware, None, decided=True, now=later).running is False


@given(
    began=st.datetimes(max_value=datetime.fromisoformat("2100-01-01"), timezones=st.just(UTC)),
    minutes=st.integers(0, 10_000),
)
def test_what_passed_and_what_is_left_are_72_hours(began: datetime, minutes: int) -> None:
    now = clock(began, None, decided=False, now=began + timedelta(minutes=minutes))
    left = timedelta(hours=now.hours, minutes=now.minutes)
    assert timedelta(minutes=minutes) + (-left if now.late else left) == WITHIN
