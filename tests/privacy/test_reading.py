"""What somebody takes along is read by a person: each value says what it is, in that person's language."""

import pytest
from flask import Flask

from upguide.i18n import use_locale
from upguide.models.base import Disposition, Erase, Part, Sever
from upguide.policy.items import Item
from upguide.privacy.reading import chapters
from upguide.privacy.walk import Record

pytestmark = pytest.mark.clause("P7")
NOON = "2026-11-22T12:00:00+00:00"


def read(
    table: str, item: Item, values: dict[str, str], disposition: Disposition | None = None
) -> list[tuple[str, str, str]]:
    """Return the lines of one row in English: label, text, note."""
    record = Record(table, "1", Part.ABOUT_ME, {item: values}, disposition or Erase())
    with use_locale("en"):
        return [(line.label, line.text, line.note) for line in chapters([(record, ())])[0].rows[0].cells]


def test_each_of_several_values_says_what_it_is(app: Flask) -> None:
    values = {"tenant_id": "gfs", "device": "Firefox", "started_at": NOON, "confirmed_at": NOON}
    [(label, text, note)] = read("sessions", Item.SESSIONS, values)
    assert (label, note) == ("Sessions", "")
    assert text.splitlines() == [
        "Portal: NU coaching · GFS",
        "Device: Firefox",
        "Began on: 22 November 2026, 13:00",
        "Password or PIN last asked on: 22 November 2026, 13:00",
    ]


@pytest.mark.parametrize(
    ("table", "item", "values", "text"),
    [
        ("persons", Item.BIRTH_DATE, {"birth_date": "1988-02-14"}, "14 February 1988"),
        ("persons", Item.BIRTH_DATE, {"birth_date": "in spring"}, "in spring"),
        ("exports", Item.LANGUAGE, {"language": "nl"}, "nl"),
        ("access_asks", Item.JOURNAL, {"agreed": "false"}, "Agreed: No"),
        ("retention_warnings", Item.LAST_SIGN_IN, {"warned_on": "2026-11-22"}, "Warned on: 22 November 2026"),
        (
            "journal",
            Item.JOURNAL,
            {"relations": "member, webmaster"},
            "Who looked: A member, A webmaster",
        ),
        ("photos", Item.PHOTO, {"file_key": "ab" * 16, "placed_at": NOON}, "Placed on: 22 November 2026, 13:00"),
        ("entries", Item.ENTERED_ON, {"entered_by": "me"}, "Entered by: you"),
    ],
)
def test_codes_days_and_yes_or_no_are_in_words(
    app: Flask, table: str, item: Item, values: dict[str, str], text: str
) -> None:
    assert [line[1] for line in read(table, item, values)] == [text]


def test_what_is_for_programs_alone_is_no_line(app: Flask) -> None:
    kept = Record("journal", "1", Part.BY_ME, {Item.JOURNAL: {"text_hash": "ab"}}, Sever("viewer_id"))
    with use_locale("en"):
        assert chapters([(kept, ())]) == ()
