"""Accesses and looks as officer and webmaster both read them."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from upguide.features.oversight.queries import Access, Seen
from upguide.i18n import format_date, format_datetime

from .common import STATES, labels


@dataclass(frozen=True, slots=True)
class AccessRow:
    """An access in a list."""

    url: str
    made: str
    state: str
    data: str
    persons: int
    until: str


@dataclass(frozen=True, slots=True)
class LogLine:
    """A look in the log: never a value."""

    id: int
    whom: str
    data: str
    seen: str
    untold_until: str


def state_rows(accesses: Sequence[Access], endpoint: str) -> list[AccessRow]:
    """Return accesses as rows of a list that lead to `endpoint`."""
    return [
        AccessRow(
            url_for(endpoint, access_id=one.id),
            format_datetime(one.made_at),
            str(STATES[one.state]),
            labels(one.items),
            len(one.numbers),
            format_datetime(one.expires_at),
        )
        for one in accesses
    ]


def log_lines(looks: Sequence[Seen]) -> list[LogLine]:
    """Return looks in words."""
    return [
        LogLine(
            one.id,
            one.number,
            labels(one.items),
            format_datetime(one.seen_at),
            format_date(one.hidden_until) if one.hidden_until else "",
        )
        for one in looks
    ]
