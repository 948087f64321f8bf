"""When it is quiet for somebody, and when their daily or weekly mail is written, on their own clock.

What counts is what the clock on the wall shows, also on the two days a year on which it jumps.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from upguide.policy.notices import DIGEST_HOUR, TIME_ZONE, Frequency

_MINUTE = timedelta(minutes=1)
_MINUTES_OF_A_DAY = 24 * 60
_MONDAY = 0


@dataclass(frozen=True, slots=True)
class Clock:
    """Somebody's time zone, and the minutes of the day from and until which it is quiet; None where it never is."""

    zone: str = TIME_ZONE
    quiet_from: int | None = None
    quiet_until: int | None = None

    def local(self, moment: datetime) -> datetime:
        """Return a moment as the clock on the wall shows it."""
        return moment.astimezone(ZoneInfo(self.zone))

    def is_quiet(self, moment: datetime) -> bool:
        """Tell whether it is quiet at a moment. The first minute is, the last named one is not any more."""
        if self.quiet_from is None or self.quiet_until is None:
            return False
        shown = self.local(moment)
        since_quiet = (shown.hour * 60 + shown.minute - self.quiet_from) % _MINUTES_OF_A_DAY
        return since_quiet < (self.quiet_until - self.quiet_from) % _MINUTES_OF_A_DAY

    def after_quiet(self, moment: datetime) -> datetime:
        """Return the first moment from this one on at which it is not quiet, in UTC."""
        found = moment.astimezone(UTC)
        if not self.is_quiet(found):
            return found
        found = found.replace(second=0, microsecond=0)
        # Minute by minute, at most a day and an hour of them: so it is right on the days when clocks jump, too.
        while self.is_quiet(found):
            found += _MINUTE
        return found

    def last_digest(self, frequency: Frequency, now: datetime) -> datetime:
        """Return when the last daily or weekly mail was due: at seven, weekly on Monday, or when it is not quiet then.

        Raises KeyError for a frequency that has no such mail.
        """
        step = _STEPS[frequency]
        day = self.local(now).date()
        if frequency is Frequency.WEEKLY:
            day -= timedelta(days=(day.weekday() - _MONDAY) % 7)
        while (due := self._digest_of(day)) > now:
            day -= step
        return due

    def _digest_of(self, day: date) -> datetime:
        return self.after_quiet(datetime.combine(day, time(DIGEST_HOUR), ZoneInfo(self.zone)))


_STEPS = {Frequency.DAILY: timedelta(days=1), Frequency.WEEKLY: timedelta(days=7)}


@cache
def time_zones() -> tuple[str, ...]:
    """Return the zones that somebody may choose: those of places, and UTC, in the order of their names."""
    areas = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
    return tuple(sorted(zone for zone in available_timezones() if zone.split("/")[0] in areas or zone == "UTC"))
