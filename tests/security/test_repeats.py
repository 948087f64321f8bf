"""Repeats: the same question of one person on one day is counted, in little memory, and forgotten with the day."""

from datetime import date
from uuid import uuid4

from upguide.security.repeats import KEPT, Repeats


class Day:
    """A day that stays until it is moved."""

    def __init__(self) -> None:
        self.now = date(2026, 11, 22)

    def __call__(self) -> date:
        return self.now


def test_each_third_of_the_same_is_told() -> None:
    repeats, person = Repeats(3, Day()), uuid4()
    assert [repeats.again("upguide", person, word) for word in "abaacaaa"] == [
        *(False, False, False, True, False, False, False, True),
    ]


def test_others_and_other_portals_count_apart() -> None:
    repeats, one, other = Repeats(2, Day()), uuid4(), uuid4()
    asked = [("upguide", one), ("upguide", other), ("gfs", one), ("upguide", one)]
    assert [repeats.again(tenant, who, "x") for tenant, who in asked] == [False, False, False, True]


def test_next_day_begins_anew() -> None:
    day = Day()
    repeats, person = Repeats(2, day), uuid4()
    repeats.again("upguide", person, "x")
    day.now = date(2026, 11, 23)
    assert [repeats.again("upguide", person, "x") for _ in range(2)] == [False, True]


def test_memory_is_bounded_and_forgets_the_longest_ago() -> None:
    repeats, person = Repeats(2, Day()), uuid4()
    for number in range(KEPT + 1):
        repeats.again("upguide", person, number)
    assert (len(repeats._asked), repeats.again("upguide", person, 0)) == (KEPT, False)
    assert repeats.again("upguide", person, KEPT)
