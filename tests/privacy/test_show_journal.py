"""Which looks through `show` leave a row in the journal, and what it says."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.privacy.whole import Whole, make_whole, signed_in
from tests.support.factories import Made, make_person, make_professional, make_webmaster, open_look
from upguide.extensions import db
from upguide.models import JournalEntry
from upguide.policy.sees import Relation, Setting
from upguide.privacy import journal, show, show_page
from upguide.privacy.show import show_as
from upguide.tenancy.scope import set_scope


def journal_of(person: Made | Whole) -> list[tuple[Any, ...]]:
    """What the person reads in their journal."""
    journal.keep(db.session())
    set_scope("upguide", person.id)
    db.session.rollback()
    columns = (
        JournalEntry.viewer_id,
        JournalEntry.setting,
        JournalEntry.relations,
        JournalEntry.items,
        JournalEntry.reason,
        JournalEntry.session_id,
        JournalEntry.tenant_id,
    )
    rows = db.session.execute(select(*columns).order_by(JournalEntry.id)).all()
    return [tuple(row) for row in rows]


@pytest.mark.clause("W9")
def test_webmaster_s_look_is_journalled_with_its_reason(core: Flask) -> None:
    whole = make_whole()
    webmaster = make_webmaster()
    open_look(webmaster, whole.made)
    viewer = replace(signed_in(webmaster, second_factor=True), reason="helping with a lost account")
    view = show_page(whole.id, viewer)
    assert view is not None
    assert journal_of(whole) == [
        (
            viewer.person_id,
            "page",
            ["member", "professional_card", "webmaster"],
            sorted(item.value for item in view.items),
            "helping with a lost account",
            viewer.session_id,
            "upguide",
        )
    ]


@pytest.mark.clause("W3")
def test_member_s_look_at_a_page_is_journalled_and_a_search_is_not(core: Flask) -> None:
    person, viewer = make_person(), signed_in(make_person())
    show([person.id], viewer, Setting.SEARCH)
    show([person.id], viewer, Setting.CONTENT)
    show([person.id], viewer, Setting.PAGE)
    show_page(person.id, viewer)
    assert [row[:4] for row in journal_of(person)] == [
        (viewer.person_id, "page", ["member"], ["first_names", "surname"])
    ]


@pytest.mark.clause("W4")
def test_list_of_cards_is_journalled_in_one_statement(core: Flask) -> None:
    cards = [make_professional() for _ in range(3)]
    viewer = signed_in(make_person())
    show([card.id for card in cards], viewer, Setting.PAGE, details=True)
    assert [len(journal_of(card)) for card in cards] == [1, 1, 1]


def test_look_at_oneself_is_not_journalled(core: Flask) -> None:
    person = make_person()
    viewer = signed_in(person)
    show_page(person.id, viewer)
    show_as(person.id, viewer, {Relation.WEBMASTER}, Setting.PAGE)
    assert journal_of(person) == []
