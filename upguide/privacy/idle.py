"""What the clock of seven years says about one account: pure, so that eight years pass in a test in no time (U5).

Each warning is one step, and leaves at least its number of days before the account goes. So whatever happened to the
worker, to the mails or to the clock: nobody goes who was not warned three times, the first time 60 days before.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum

from upguide.i18n.formats import ZONE
from upguide.policy.retention import (
    HELD,
    HELD_AGAIN_YEARS,
    REFUSED_YEARS,
    TRY_AGAIN,
    WARNED_BEFORE,
    last_day_before,
    years_after,
)

_TOMORROW = timedelta(days=1)


class Heard(Enum):
    """What is known of a warning; the value stands in `retention_warnings.heard`."""

    WAITING = "waiting"
    TOLD = "told"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Warned:
    """The last warning: how many days before, when, what it said, and from which moment the years were counted.

    `days_before` is HELD, and `goes_on` the day on which the time was up, where the account was said to stay.
    """

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
class Hold:
    """The time is up, and the account stays: its data is restricted. `tell`: the person is told so, now."""

    tell: bool


@dataclass(frozen=True, slots=True)
class Forget:
    """The person signed in: the years begin anew."""


@dataclass(frozen=True, slots=True)
class Go:
    """The account goes, today."""


Decision = Wait | Warn | Hold | Forget | Go


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


def decide(away_since: datetime, warned: Warned | None, today: date, *, restricted: bool = False) -> Decision:
    """Tell what is to be done about an account that nobody signed in to since `away_since`.

    `restricted`: the person wants the data stored and nothing else done with it, erasing included (GDPR Art. 18(2)).
    """
    due = due_on(away_since)
    began_anew = warned is not None and warned.counted_from != away_since
    # Where a restriction ended, three warnings follow, as for everybody.
    if began_anew or (warned is not None and warned.days_before == HELD and not restricted):
        return Forget()
    if restricted:
        return _held(due, warned, today)
    if warned is None:
        first = WARNED_BEFORE[0]
        begins = due - timedelta(days=first)
        return Warn(first, _at_least(due, today, first)) if today >= begins else Wait(begins)
    if warned.heard is Heard.WAITING:
        return Wait(today + _TOMORROW)
    if warned.heard is not Heard.TOLD and not _given_up(due, warned, today):
        return _again(warned, today)
    return _after(warned, today)


def _held(due: date, warned: Warned | None, today: date) -> Decision:
    """Never an end, and no warning of one: told once a year, and again where the letter did not arrive."""
    if today < due:
        return Wait(due)
    if warned is None or warned.days_before != HELD:
        return Hold(tell=True)
    lost = warned.heard is Heard.FAILED and today >= warned.warned_on + TRY_AGAIN
    return Hold(tell=lost or today >= years_after(warned.warned_on, HELD_AGAIN_YEARS))


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
