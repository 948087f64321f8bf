"""Drafts in the order of the law, in plain words, changed, frozen and printed (B2, B3)."""

import pytest
from flask import Flask

from tests.features.breaches.handling import (
    Browse,
    add_concerned,
    boxes,
    fates,
    freeze_letters,
    handler_browser,
    mails,
    open_breach,
    view_of,
)
from tests.support.database import WorkerDatabase
from tests.support.factories import make_officer, make_person
from upguide.extensions import db
from upguide.features.breaches.actions import register
from upguide.features.breaches.drafts import draft
from upguide.features.breaches.queries import BreachView
from upguide.tenancy import all_tenants
from upguide.tenancy.scope import scope

pytestmark = pytest.mark.clause("B2")


def described(*, exercise: bool = False, **more: object) -> BreachView:
    """A breach of which all is known."""
    officer = make_officer()
    number = open_breach(officer, exercise=exercise)
    values = {
        "facts": "THE FACTS.",
        "cause": "THE CAUSE.",
        "effects": "THE EFFECTS.",
        "measures": "THE MEASURES.",
        "items": ["surname", "phone"],
        "persons_count": 1200,
        "records_count": 2400,
        **more,
    }
    of = view_of(officer, number)
    with scope("upguide", officer.id, db.session()):
        register.describe(db.session(), "officer", of, 1, values)
    return view_of(officer, number)


def drafted(kind: str, language: str, of: BreachView) -> str:
    return draft(kind, language, of, all_tenants()["upguide"], 3, [])


def test_the_report_follows_the_order_of_the_law(app: Flask) -> None:
    words = drafted("authority", "en", described(delay="THE DELAY."))
    parts = [
        "(a)",
        "THE FACTS.",
        "THE CAUSE.",
        "Surname and Phone number",
        "1,200",
        "2,400",
        "(b)",
        "helpdesk@upguide.me",
    ]
    parts += [
        "(c)",
        "THE EFFECTS.",
        "(d)",
        "THE MEASURES.",
        "Article 33(4)",
        "first report",
        "Article 33(1)",
        "THE DELAY.",
    ]
    places = [words.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)


def test_what_is_not_known_stands_there_as_a_gap(app: Flask) -> None:
    officer = make_officer()
    words = drafted("authority", "en", view_of(officer, open_breach(officer)))
    assert words.count("[not known yet]") == 5
    # Persons are counted by the list where nobody wrote a number.
    assert "Persons concerned, by approximation: 3" in words


def test_the_letter_tells_what_the_law_wants_in_plain_words(app: Flask) -> None:
    words = drafted("letter", "en", described())
    parts = [
        "What happened",
        "THE FACTS.",
        "What it may mean for you",
        "THE EFFECTS.",
        "what you can do",
        "THE MEASURES.",
    ]
    parts += ["helpdesk@upguide.me", "Autoriteit Persoonsgegevens"]
    assert [part for part in parts if part not in words] == []
    assert "Article 3" not in words


@pytest.mark.parametrize("kind", ["authority", "letter", "organisations"])
def test_an_exercise_says_so_in_its_first_word(app: Flask, kind: str) -> None:
    assert drafted(kind, "en", described(exercise=True)).startswith("EXERCISE.")
    assert "EXERCISE" not in drafted(kind, "en", described())


def test_a_draft_is_changed_kept_and_written_anew(app: Flask, browse: Browse) -> None:
    officer = make_officer()
    client, path = handler_browser(browse, officer), f"/breaches/{open_breach(officer)}/texts/letter/en"
    assert "something went wrong with personal data" in client.get(path).text
    client.post(path, {"words": "My own words.\n\nTwo paragraphs.", "do": "keep"})
    page = client.get(path).text
    assert ("<p>My own words.</p>" in page, "something went wrong" in page) == (True, False)
    assert "something went wrong" in client.get(f"{path}?anew=1").text
    assert client.get(path.replace("/en", "/de")).status_code == 404
    assert client.get(path.replace("letter", "authority")).status_code == 404


def test_reports_come_in_phases_each_frozen_with_text_and_time(app: Flask, browse: Browse) -> None:
    officer = make_officer()
    number = open_breach(officer, hours=2)
    client, path = handler_browser(browse, officer), f"/breaches/{number}/texts/authority/nl"
    for phase in ("final", "follow_up"):
        assert client.post(path, {"words": "No.", "do": "freeze", "phase": phase}).status_code == 422
    client.post(path, {"words": "What we know.", "do": "freeze", "phase": "first"})
    assert view_of(officer, number).reported_at is not None
    assert "Reported on" in client.get(f"/breaches/{number}").text
    for phase, words in (("follow_up", "More."), ("follow_up", "Yet more."), ("final", "All.")):
        assert client.post(path, {"words": words, "do": "freeze", "phase": phase}).status_code == 303
    assert client.post(path, {"words": "After all.", "do": "freeze", "phase": "final"}).status_code == 422
    page = client.get(f"/breaches/{number}/texts").text
    links = [part for part in page.split('"') if part.startswith(f"/breaches/{number}/texts/") and len(part) > 50]
    assert [
        words in client.get(link).text for link, words in zip(links, ("What", "More", "Yet", "All"), strict=True)
    ] == [True] * 4


@pytest.mark.clause("B3")
def test_letters_wait_for_decision_list_and_both_languages(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    officer = make_officer()
    number = open_breach(officer)
    client = handler_browser(browse, officer)
    assert client.get(f"/breaches/{number}/letters").location == f"/breaches/{number}/texts"
    add_concerned(officer, number, make_person())
    freeze_letters(officer, number)
    page = client.get(f"/breaches/{number}/letters").text
    assert "1 person who was not written to yet" in page
    assert client.post(f"/breaches/{number}/letters").status_code == 422
    assert client.post(f"/breaches/{number}/letters", {"groups": boxes(page)}).location == f"/breaches/{number}/texts"
    assert set(fates(database).values()) == {("asked", False)}
    assert mails(app, database, "breach_letter") == []
