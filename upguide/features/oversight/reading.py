"""What the officer reads about all looks and passes: figures, and nobody's name (A2, W8)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from upguide.policy import oversight


@dataclass(frozen=True, slots=True)
class LookDay:
    """How much was looked at on one day in one relation."""

    day: date
    relation: str
    looks: int
    persons: int
    viewers: int


@dataclass(frozen=True, slots=True)
class Unusual:
    """Something that stands out. `viewer` is a number that holds for this one answer; `day` is the last of it.

    `looks` of the pattern "same_name" are searches, of which nobody knows whom they were for: `persons` is 0.
    """

    pattern: str
    day: date
    viewer: int
    relations: tuple[str, ...]
    looks: int
    persons: int


_DAYS = text("SELECT * FROM gate.look_days(:days)")
_UNUSUAL = text(
    "SELECT * FROM gate.unusual_looks(:days, :many_persons, :night_begins, :night_ends, :night_looks, :same_person,"
    " :same_name)"
)


def look_days(session: Session) -> list[LookDay]:
    """Return the figures of the last days, the latest first."""
    rows = session.execute(_DAYS, {"days": oversight.STATISTICS_DAYS})
    return [LookDay(row.day, row.relation, row.looks, row.persons, row.viewers) for row in rows]


def unusual(session: Session) -> list[Unusual]:
    """Return what passed one of the thresholds of `policy.oversight` in the last days, the most looks first."""
    values = {
        "days": oversight.STATISTICS_DAYS,
        "many_persons": oversight.MANY_PERSONS_A_DAY,
        "night_begins": oversight.NIGHT_BEGINS,
        "night_ends": oversight.NIGHT_ENDS,
        "night_looks": oversight.LOOKS_AT_NIGHT,
        "same_person": oversight.LOOKS_AT_ONE_PERSON,
        "same_name": oversight.SEARCHES_FOR_ONE_NAME,
    }
    rows = session.execute(_UNUSUAL, values)
    return [Unusual(r.pattern, r.day, r.viewer, tuple(r.relations), r.looks, r.persons) for r in rows]
