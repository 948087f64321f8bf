"""What the clock of seven years says, day after day for more than eight years (U5)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upguide.policy.retention import HELD, WARNED_BEFORE, last_day_before, years_after
from upguide.privacy.idle import Forget, Go, Heard, Hold, Wait, Warn, Warned, away_before, day_of, decide, due_on

pytestmark = pytest.mark.clause("U5")

DAY = timedelta(days=1)


def at(year: int, month: int, day: int, hour: int = 12) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


def step(away_since: datetime, warned: Warned | None, today: date) -> Warned | date | None:
    """Live through one day, in which every letter arrives: the state afterwards, or the day on which it all went."""
    decision = decide(away_since, warned, today)
    if isinstance(decision, Warn):
        return Warned(away_since, decision.days_before, today, decision.goes_on, Heard.TOLD)
    if isinstance(decision, Go):
        return today
    return None if isinstance(decision, Forget) else warned


def live(away_since: datetime, days: list[date]) -> tuple[list[tuple[int, date]], date | None]:
    """Return the warnings and the end, where there is one, of somebody whom the job looks at on these days."""
    warned: Warned | None = None
    letters: list[tuple[int, date]] = []
    for today in days:
        after = step(away_since, warned, today)
        if isinstance(after, date):
            return letters, after
        if after is not None and after is not warned:
            letters.append((after.days_before, today))
        warned = after
    return letters, None


def days_from(first: date, count: int) -> list[date]:
    return [first + timedelta(days=number) for number in range(count)]


@pytest.mark.parametrize(
    ("signed_in", "goes"),
    [
        (date(2019, 11, 22), date(2026, 11, 22)),
        (date(2020, 2, 28), date(2027, 2, 28)),
        # There is no 29 February seven years after one: the person has the day longer.
        (date(2020, 2, 29), date(2027, 3, 1)),
        (date(2020, 3, 1), date(2027, 3, 1)),
        (date(2021, 2, 28), date(2028, 2, 28)),
        (date(2021, 3, 1), date(2028, 3, 1)),
        (date(2020, 12, 31), date(2027, 12, 31)),
    ],
)
def test_seven_years_are_calendar_years_and_leap_days_are_the_person_s(signed_in: date, goes: date) -> None:
    assert years_after(signed_in) == goes


def test_the_day_is_counted_where_people_live() -> None:
    assert due_on(datetime(2020, 6, 30, 22, 30, tzinfo=UTC)) == date(2027, 7, 1)
    assert due_on(datetime(2020, 12, 31, 22, 30, tzinfo=UTC)) == date(2027, 12, 31)


def test_day_by_day_for_more_than_eight_years_three_warnings_and_then_the_end() -> None:
    letters, end = live(at(2020, 2, 29), days_from(date(2020, 2, 29), 8 * 366))
    assert letters == [(60, date(2026, 12, 31)), (30, date(2027, 1, 30)), (7, date(2027, 2, 22))]
    assert end == date(2027, 3, 1)


@pytest.mark.parametrize("first", [date(2020, 2, 27), date(2020, 2, 29), date(2021, 2, 28), date(2023, 12, 31)])
def test_nobody_is_passed_over_by_the_search_nor_found_too_soon(first: date) -> None:
    # Found on exactly the day of the first warning.
    since = datetime(first.year, first.month, first.day, 12, tzinfo=UTC)
    begins = due_on(since) - timedelta(days=60)
    assert since < away_before(begins)
    assert since >= away_before(begins - DAY)


@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)))
def test_the_last_day_before_is_the_last_one(day: date) -> None:
    last = last_day_before(day)
    assert years_after(last) <= day < years_after(last + DAY)


def test_a_sign_in_makes_the_warnings_forgotten() -> None:
    warned = Warned(at(2020, 1, 1), 7, date(2026, 12, 25), date(2027, 1, 1), Heard.TOLD)
    assert decide(at(2026, 12, 31), warned, date(2027, 1, 1)) == Forget()
    assert decide(at(2026, 12, 31), None, date(2027, 1, 1)) == Wait(date(2033, 11, 1))


def test_a_clock_set_back_neither_warns_again_nor_erases_sooner() -> None:
    warned = Warned(at(2020, 1, 1), 60, date(2026, 11, 2), date(2027, 1, 1), Heard.TOLD)
    for today in (date(2026, 11, 1), date(2020, 1, 1), date(2013, 6, 1)):
        assert decide(at(2020, 1, 1), warned, today) == Wait(date(2026, 12, 2))
    last = replace(warned, days_before=7, warned_on=date(2026, 12, 25))
    assert decide(at(2020, 1, 1), last, date(2026, 12, 31)) == Wait(date(2027, 1, 1))


def test_a_clock_set_forward_erases_nobody_who_was_not_warned() -> None:
    assert decide(at(2026, 1, 1), None, date(2090, 1, 1)) == Warn(60, date(2090, 3, 2))


def test_a_worker_that_was_down_for_months_begins_with_the_first_warning() -> None:
    # The account was due already when the worker came back.
    letters, end = live(at(2019, 1, 1), days_from(date(2026, 5, 1), 70))
    assert letters == [(60, date(2026, 5, 1)), (30, date(2026, 5, 31)), (7, date(2026, 6, 23))]
    assert end == date(2026, 6, 30)


def test_a_worker_that_was_down_between_warnings_leaves_the_days_that_the_next_one_promises() -> None:
    days = [date(2026, 11, 2), *days_from(date(2026, 12, 28), 60)]
    letters, end = live(at(2020, 1, 1), days)
    assert letters == [(60, date(2026, 11, 2)), (30, date(2026, 12, 28)), (7, date(2027, 1, 20))]
    assert end == date(2027, 1, 27)


def test_nothing_happens_while_a_letter_is_under_way() -> None:
    warned = Warned(at(2020, 1, 1), 7, date(2026, 12, 25), date(2027, 1, 1), Heard.WAITING)
    assert decide(at(2020, 1, 1), warned, date(2027, 1, 1)) == Wait(date(2027, 1, 2))


@pytest.mark.parametrize("heard", [Heard.FAILED, Heard.REFUSED])
def test_a_letter_that_did_not_arrive_is_sent_again_after_a_week_and_leaves_its_days(heard: Heard) -> None:
    warned = Warned(at(2020, 1, 1), 60, date(2026, 11, 2), date(2027, 1, 1), heard)
    assert decide(at(2020, 1, 1), warned, date(2026, 11, 8)) == Wait(date(2026, 11, 9))
    assert decide(at(2020, 1, 1), warned, date(2026, 11, 9)) == Warn(60, date(2027, 1, 8), again=True)


def test_a_mailbox_that_refuses_for_a_year_more_does_not_keep_an_account_for_ever() -> None:
    warned = Warned(at(2020, 1, 1), 60, date(2027, 12, 28), date(2028, 2, 26), Heard.REFUSED)
    assert decide(at(2020, 1, 1), warned, date(2027, 12, 31)) == Wait(date(2028, 1, 4))
    assert decide(at(2020, 1, 1), warned, date(2028, 1, 27)) == Warn(30, date(2028, 2, 26))
    # What did not even reach the other mail server never counts as said.
    never_left = replace(warned, heard=Heard.FAILED)
    assert decide(at(2020, 1, 1), never_left, date(2040, 1, 1)) == Warn(60, date(2040, 3, 1), again=True)


@settings(max_examples=200, deadline=None)
@given(
    st.datetimes(datetime(2018, 1, 1), datetime(2022, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    st.lists(st.integers(-40, 90), min_size=1, max_size=400),
)
def test_whatever_the_worker_and_the_clock_do_three_warnings_come_first(since: datetime, leaps: list[int]) -> None:
    # Each look is some days after the one before, or before it: the clock was set back.
    today, days = due_on(since) - timedelta(days=100), []
    for leap in leaps:
        today += timedelta(days=leap)
        days.append(today)
    letters, end = live(since, days)
    assert [days_before for days_before, _on in letters] == list(WARNED_BEFORE)[: len(letters)]
    if end is not None:
        assert end >= due_on(since)
        assert [end - on >= timedelta(days=before) for before, on in letters] == [True] * 3


def test_moments_around_midnight_have_their_dutch_day() -> None:
    assert day_of(datetime(2026, 3, 29, 23, 30, tzinfo=UTC)) == date(2026, 3, 30)


SINCE, DUE = at(2020, 2, 29), date(2027, 3, 1)


@pytest.mark.parametrize(
    ("warned", "today", "decision"),
    [
        (None, DUE - 60 * DAY, Wait(DUE)),
        (None, DUE - DAY, Wait(DUE)),
        (None, DUE, Hold(tell=True)),
        # Warned, and then restricted: by somebody who did not sign in for it, as after a restored backup.
        (Warned(SINCE, 7, DUE - 7 * DAY, DUE, Heard.TOLD), DUE, Hold(tell=True)),
        (Warned(SINCE, HELD, DUE, DUE, Heard.WAITING), DUE + 8 * DAY, Hold(tell=False)),
        (Warned(SINCE, HELD, DUE, DUE, Heard.TOLD), DUE + 364 * DAY, Hold(tell=False)),
        (Warned(SINCE, HELD, DUE, DUE, Heard.TOLD), years_after(DUE, 1), Hold(tell=True)),
        (Warned(SINCE, HELD, DUE, DUE, Heard.FAILED), DUE + 6 * DAY, Hold(tell=False)),
        (Warned(SINCE, HELD, DUE, DUE, Heard.FAILED), DUE + 7 * DAY, Hold(tell=True)),
        (Warned(SINCE, HELD, DUE, DUE, Heard.REFUSED), DUE + 300 * DAY, Hold(tell=False)),
        (Warned(at(2019, 1, 1), HELD, DUE, DUE, Heard.TOLD), DUE, Forget()),
    ],
)
def test_a_restricted_account_is_held_and_its_owner_told_each_year(
    warned: Warned | None, today: date, decision: object
) -> None:
    assert decide(SINCE, warned, today, restricted=True) == decision


def test_after_a_restriction_the_three_warnings_come_first() -> None:
    told = Warned(SINCE, HELD, DUE, DUE, Heard.TOLD)
    assert decide(SINCE, told, DUE + DAY) == Forget()
    assert decide(SINCE, None, DUE + DAY) == Warn(60, DUE + 61 * DAY)


@given(day=st.integers(-400, 4000), days_before=st.sampled_from([*WARNED_BEFORE, HELD]), heard=st.sampled_from(Heard))
def test_a_restricted_account_never_goes(day: int, days_before: int, heard: Heard) -> None:
    warned = Warned(SINCE, days_before, DUE, DUE, heard)
    assert isinstance(decide(SINCE, warned, DUE + day * DAY, restricted=True), (Wait, Hold))
