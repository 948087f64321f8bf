"""When an answer is due, and what is told of an objection before it is made."""

from datetime import UTC, date, datetime

import pytest

from upguide.policy.purposes import Purpose
from upguide.policy.requests import ANSWERERS, KINDS, OBJECTIONS, Answerer, Effect, RequestKind, due_on, today

pytestmark = pytest.mark.clause("P7")


@pytest.mark.parametrize(
    ("asked", "due", "extended"),
    [
        (date(2026, 11, 22), date(2026, 12, 22), date(2027, 2, 22)),
        (date(2027, 1, 31), date(2027, 2, 28), date(2027, 4, 30)),
        (date(2028, 1, 31), date(2028, 2, 29), date(2028, 4, 30)),
        (date(2026, 12, 31), date(2027, 1, 31), date(2027, 3, 31)),
        (date(2027, 11, 30), date(2027, 12, 30), date(2028, 2, 29)),
        (date(2027, 10, 31), date(2027, 11, 30), date(2028, 1, 31)),
    ],
)
def test_an_answer_is_due_a_month_on_and_three_months_on_where_it_is_extended(
    asked: date, due: date, extended: date
) -> None:
    assert (due_on(asked), due_on(asked, extended=True)) == (due, extended)


def test_the_day_counts_where_the_controller_is() -> None:
    assert today(datetime(2026, 11, 22, 23, 30, tzinfo=UTC)) == date(2026, 11, 23)
    assert today(datetime(2027, 6, 30, 22, 30, tzinfo=UTC)) == date(2027, 7, 1)


def test_every_kind_answerer_and_purpose_has_words() -> None:
    assert (set(KINDS), set(ANSWERERS), set(OBJECTIONS)) == (set(RequestKind), set(Answerer), set(Purpose))


def test_what_rests_on_law_or_the_account_itself_leaves_no_room_to_object() -> None:
    assert {purpose: objection.effect for purpose, objection in OBJECTIONS.items()} == {
        Purpose.DEVELOPMENT: Effect.STOPS,
        Purpose.MESSAGES: Effect.STOPS,
        Purpose.ADMINISTRATION: Effect.ASKS,
        Purpose.ACCOUNT: Effect.NONE,
        Purpose.ACCOUNTABILITY: Effect.NONE,
    }
