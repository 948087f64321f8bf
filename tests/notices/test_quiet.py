"""Quiet hours and the moments of daily and weekly mail, on the reader's own clock, whatever that clock does."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from upguide.notices.quiet import Clock, time_zones
from upguide.policy.notices import Frequency

pytestmark = pytest.mark.clause("U2")

# Clocks that jump by an hour, by half of one, at midnight, backwards across a day, or never.
ZONES = st.sampled_from(
    ["Europe/Amsterdam", "Australia/Lord_Howe", "America/Havana", "Pacific/Apia", "Asia/Kathmandu", "UTC"]
)
MINUTES = st.integers(0, 24 * 60 - 1)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - as it asks
CLOCKS = st.builds(Clock, ZONES, MINUTES, MINUTES).filter(lambda clock: clock.quiet_from != clock.quiet_until)
SPRING, AUTUMN = datetime(2026, 3, 29, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
NIGHT = Clock("Europe/Amsterdam", 22 * 60, 7 * 60)


def at(hour: int, minute: int = 0, *, day: int = 10, month: int = 6, fold: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, fold=fold, tzinfo=ZoneInfo("Europe/Amsterdam"))


def shown(clock: Clock, moment: datetime) -> int:
    local = moment.astimezone(ZoneInfo(clock.zone))
    return local.hour * 60 + local.minute


def within(clock: Clock, minute: int) -> bool:
    """Whether a minute of the day is a quiet one, found by walking from the first to the last."""
    assert clock.quiet_from is not None
    walked = clock.quiet_from
    while walked != clock.quiet_until:
        if walked == minute:
            return True
        walked = (walked + 1) % (24 * 60)
    return False


@given(CLOCKS, MOMENTS)
@example(Clock("Europe/Amsterdam", 150, 160), SPRING)
@example(Clock("Europe/Amsterdam", 150, 160), AUTUMN)
def test_it_is_quiet_when_the_clock_on_the_wall_shows_a_quiet_minute(clock: Clock, moment: datetime) -> None:
    assert clock.is_quiet(moment) == within(clock, shown(clock, moment))


@given(CLOCKS, MOMENTS)
@example(Clock("Europe/Amsterdam", 60, 150), SPRING)
@example(Clock("Europe/Amsterdam", 60, 150), AUTUMN)
@example(Clock("Europe/Amsterdam", 0, 1439), AUTUMN)
def test_what_waits_goes_at_the_first_moment_that_is_not_quiet(clock: Clock, moment: datetime) -> None:
    after = clock.after_quiet(moment)
    assert after >= moment
    assert not clock.is_quiet(after)
    assert after - moment <= timedelta(hours=25)
    if after > moment:
        assert clock.is_quiet(after - timedelta(microseconds=1))
        step = (after - moment) / 7
        assert all(clock.is_quiet(moment + n * step) for n in range(7))


@given(ZONES, MOMENTS)
def test_without_quiet_hours_it_never_is(zone: str, moment: datetime) -> None:
    clock = Clock(zone)
    assert (clock.is_quiet(moment), clock.after_quiet(moment)) == (False, moment)


@given(CLOCKS, MOMENTS, st.sampled_from([Frequency.DAILY, Frequency.WEEKLY]))
def test_a_digest_was_due_lately_when_it_was_not_quiet_and_each_only_once(
    clock: Clock, now: datetime, frequency: Frequency
) -> None:
    due = clock.last_digest(frequency, now)
    longest = timedelta(days=2 if frequency is Frequency.DAILY else 8, hours=3)
    assert now - longest <= due <= now
    assert not clock.is_quiet(due)
    # Between one due moment and the next, each hour finds the same one: no mail goes twice.
    assert clock.last_digest(frequency, due) == due
    between = due + (now - due) / 2
    assert clock.last_digest(frequency, between) == due


@pytest.mark.parametrize(
    ("moment", "quiet", "after"),
    [
        (at(21, 59), False, at(21, 59)),
        (at(22), True, at(7, day=11)),
        (at(6, 59), True, at(7)),
        (at(7), False, at(7)),
        # The night in which clocks go forward has 8 quiet hours, that in which they go back has 10.
        (at(22, day=28, month=3), True, at(7, day=29, month=3)),
        (at(22, day=24, month=10), True, at(7, day=25, month=10)),
    ],
)
def test_a_quiet_night_lasts_from_ten_to_seven(moment: datetime, quiet: bool, after: datetime) -> None:
    assert (NIGHT.is_quiet(moment), NIGHT.after_quiet(moment)) == (quiet, after)


def test_an_hour_that_comes_twice_is_quiet_twice_and_one_that_does_not_come_is_not_waited_for() -> None:
    clock = Clock("Europe/Amsterdam", 2 * 60, 2 * 60 + 30)
    twice = [clock.is_quiet(at(2, 15, day=25, month=10, fold=fold)) for fold in (0, 1)]
    assert twice == [True, True]
    before = at(1, 59, day=29, month=3)
    assert clock.after_quiet(before + timedelta(minutes=1)) == at(3, day=29, month=3)


@pytest.mark.parametrize(
    ("frequency", "now", "due"),
    [
        (Frequency.DAILY, at(6, 59), at(7, day=9)),
        (Frequency.DAILY, at(7), at(7)),
        # 10 June 2026 is a Wednesday, the 8th its Monday.
        (Frequency.WEEKLY, at(12), at(7, day=8)),
        (Frequency.WEEKLY, at(6, day=8), at(7, day=1)),
    ],
)
def test_daily_mail_is_due_at_seven_weekly_mail_on_monday(frequency: Frequency, now: datetime, due: datetime) -> None:
    assert Clock().last_digest(frequency, now) == due


def test_digest_waits_until_a_morning_is_not_quiet_any_more() -> None:
    late = Clock("Europe/Amsterdam", 23 * 60, 9 * 60 + 30)
    found = [late.last_digest(Frequency.DAILY, now) for now in (at(9, 29), at(9, 30))]
    assert found == [at(9, 30, day=9), at(9, 30)]


def test_zones_that_one_may_choose_are_places_that_the_database_of_zones_knows() -> None:
    zones = time_zones()
    assert {"Europe/Amsterdam", "America/Paramaribo", "UTC"} <= set(zones)
    assert [zone for zone in zones if len(zone) > 40 or zone.startswith(("Etc/", "posix"))] == []
    assert [ZoneInfo(zone).key for zone in zones] == list(zones)
