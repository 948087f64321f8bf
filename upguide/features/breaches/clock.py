"""The 72 hours between awareness of a breach and its report to the authority (GDPR Article 33(1), clause B2).

They are hours that pass, whatever the clocks of the country do in between.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

WITHIN = timedelta(hours=72)
MARKS = (24, 48, 66)  # hours after awareness at which those who handle it hear of it


@dataclass(frozen=True, slots=True)
class Clock:
    """How far the clock of one breach is. `hours` and `minutes` are left, or over once it is `late`."""

    deadline: datetime
    running: bool
    late: bool
    hours: int
    minutes: int
    passed: int  # whole hours since awareness, at most 72


def clock(aware_at: datetime, stopped_at: datetime | None, *, decided: bool, now: datetime) -> Clock:
    """Return the clock at `now`; `stopped_at` is when it was reported, `decided`: no report is needed."""
    deadline = aware_at.astimezone(UTC) + WITHIN
    at = (stopped_at or now).astimezone(UTC)
    left = deadline - at
    minutes = int(abs(left) / timedelta(minutes=1))
    passed = min(int((at - aware_at.astimezone(UTC)) / timedelta(hours=1)), 72)
    return Clock(
        deadline=deadline,
        running=stopped_at is None and not decided,
        late=left < timedelta(0),
        hours=minutes // 60,
        minutes=minutes % 60,
        passed=max(passed, 0),
    )
