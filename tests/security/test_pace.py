"""Pace: different questions are counted for each person, in windows that end, in little memory."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest

from upguide.security.pace import KEPT, LATEST, Limit, Pace
from upguide.security.throttle import Throttled


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def refused(pace: Pace, person_id: UUID, question: object, tenant: str = "upguide") -> int | None:
    """Ask; return after how many seconds one may ask again, or None where the question passed."""
    try:
        pace.ask(tenant, person_id, question)
    except Throttled as error:
        return error.retry_after
    return None


def test_only_different_questions_count() -> None:
    pace, person = Pace([Limit(2, 300)], Clock()), uuid4()
    assert [refused(pace, person, letter) for letter in "abaac"] == [None, None, None, None, 300]


def test_same_question_on_another_portal_is_another() -> None:
    pace, person = Pace([Limit(1, 300)], Clock()), uuid4()
    assert [refused(pace, person, "a", tenant) for tenant in ("upguide", "upguide", "gfs")] == [None, None, 300]


def test_everybody_has_a_pace_of_their_own() -> None:
    pace, person, other = Pace([Limit(1, 300)], Clock()), uuid4(), uuid4()
    assert [refused(pace, who, question) for who, question in [(person, 1), (other, 2), (person, 2)]] == [
        None,
        None,
        300,
    ]


def test_refusal_says_when_the_last_full_window_ends() -> None:
    clock = Clock()
    pace, person = Pace([Limit(2, 300), Limit(3, 3600)], clock), uuid4()
    answers = []
    for question, later in [(1, 100), (2, 50.5), (3, 150), (3, 0), (4, 0), (5, 0)]:
        answers.append(refused(pace, person, question))
        clock.now += later
    # The third comes after 150.5 s, in vain; the window of 300 s has ended when it comes again.
    assert answers == [None, None, 150, None, 3300, 3300]


def test_window_that_has_ended_counts_anew() -> None:
    clock = Clock()
    pace, person = Pace([Limit(1, 300)], clock), uuid4()
    answers = []
    for question in range(3):
        answers.append(refused(pace, person, question))
        clock.now += 299 if question == 0 else 1
    assert answers == [None, 1, None]


def test_what_is_refused_counts_nowhere() -> None:
    clock = Clock()
    pace, person = Pace([Limit(1, 300), Limit(2, 3600)], clock), uuid4()
    first = [refused(pace, person, question) for question in range(20)]
    clock.now += 300
    assert (first, refused(pace, person, "later")) == ([None, *[300] * 19], None)


def test_only_the_latest_questions_are_remembered() -> None:
    pace, person = Pace([Limit(LATEST + 1, 300)], Clock()), uuid4()
    asked = [refused(pace, person, question) for question in range(LATEST + 1)]
    assert asked == [None] * (LATEST + 1)
    assert [refused(pace, person, question) for question in (1, 0)] == [None, 300]


def test_only_those_who_asked_last_are_remembered() -> None:
    pace, first, second = Pace([Limit(1, 300)], Clock()), uuid4(), uuid4()
    for person in (first, second, *(uuid4() for _ in range(KEPT - 2))):
        pace.ask("upguide", person, "a")
    assert refused(pace, first, "b") == 300  # which makes the second the longest silent
    pace.ask("upguide", uuid4(), "a")
    assert [refused(pace, person, "b") for person in (first, second)] == [300, None]


@pytest.mark.parametrize("question", ["", "x", ("jan", None), ("jan", "k7p2m9w4x5ab")])
def test_question_is_anything_that_can_be_told_apart(question: object) -> None:
    pace, person = Pace([Limit(1, 300)], Clock()), uuid4()
    assert [refused(pace, person, one) for one in (question, question, "another")] == [None, None, 300]
