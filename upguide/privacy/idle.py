"""What the clock of seven years says about one account: pure, so that eight years pass in a test in no time (U5).

Each warning is one step, and leaves at least its number of days before the account goes. So whatever happened to the
worker, to the mails or to the clock: nobody goes who was not warned three times, the first time 60 days before.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum

from upguide.i18n.formats import ZONE
from upguide.policy.retention import REFUSED_YEARS, TRY_AGAIN, WARNED_BEFORE, last_day_before, years_after

_TOMORROW = timedelta(days=1)


class Heard(Enum):
    """What is known of a warning; the value stands in `retention_warnings.heard`."""

    WAITING = "waiting"
    TOLD = "told"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Warned:
    """The last warning: how many days before, when, what it said, and from which moment the years were counted."""

    counted_from: datetime
    days_before: int
    warned_on: date
    goes_on: date
    heard: Heard


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do before that day."""

    until: date


@dataclass(frozen=True, slots=True)
class Warn:
    """A warning is due. `again`: the last one did not arrive."""

    days_before: int
    goes_on: date
    again: bool = False


@dataclass(frozen=True, slots=True)
class Forget:
    """The person signed in: the years begin anew."""


@dataclass(frozen=True, slots=True)
class Go:
    """The account goes, today."""


Decision = Wait | Warn | Forget | Go


def day_of(moment: datetime) -> date:
    """Return the day of a moment where our people live."""
    return moment.astimezone(ZONE).date()


def due_on(away_since: datetime) -> date:
    """Return the day on which an account goes: seven calendar years after the last sign-in, or after it was made."""
    return years_after(day_of(away_since))


def away_before(today: date) -> datetime:
    """Return the moment before which everybody signed in last whose first warning is due by `today`."""
    last = last_day_before(today + timedelta(days=WARNED_BEFORE[0]))
    return datetime.combine(last + _TOMORROW, time(), ZONE)


def decide(away_since: datetime, warned: Warned | None, today: date) -> Decision:
    """Tell what is to be done about an account that nobody signed in to since `away_since`."""
    due = due_on(away_since)
    if warned is None:
        first = WARNED_BEFORE[0]
        begins = due - timedelta(days=first)
        return Warn(first, _at_least(due, today, first)) if today >= begins else Wait(begins)
    if warned.counted_from != away_since:
        return Forget()
    if warned.heard is Heard.WAITING:
        return Wait(today + _TOMORROW)
    if warned.heard is not Heard.TOLD and not _given_up(due, warned, today):
        return _again(warned, today)
    return _after(warned, today)


def _after(warned: Warned, today: date) -> Decision:
    """The last warning was heard: the next one, or the end, when its day has come."""
    following = next((days for days in WARNED_BEFORE if days < warned.days_before), None)
    day = warned.goes_on - timedelta(days=following or 0)
    if today < day:
        return Wait(day)
    return Go() if following is None else Warn(following, _at_least(warned.goes_on, today, following))


def _again(warned: Warned, today: date) -> Decision:
    day = warned.warned_on + TRY_AGAIN
    if today < day:
        return Wait(day)
    return Warn(warned.days_before, _at_least(warned.goes_on, today, warned.days_before), again=True)


def _given_up(due: date, warned: Warned, today: date) -> bool:
    """A mailbox that refused for a year will go on doing so, and the law wants that the account goes."""
    return warned.heard is Heard.REFUSED and today >= years_after(due, REFUSED_YEARS)


def _at_least(goes_on: date, today: date, days: int) -> date:
    return max(goes_on, today + timedelta(days=days))
