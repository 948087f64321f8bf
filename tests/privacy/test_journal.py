"""Who was shown what of whom: one row for each look that W4 to W9 allow, kept or the page is not sent."""

from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.factories import make_person
from tests.support.statements import counting
from upguide.access.viewer import Viewer
from upguide.extensions import db
from upguide.models import JournalEntry, Person
from upguide.policy.items import Item
from upguide.policy.sees import Relation, Setting
from upguide.privacy import journal
from upguide.tenancy.scope import set_scope

pytestmark = pytest.mark.clause("W9")


def looks(*ids: object) -> list[journal.Look]:
    return [
        journal.Look(
            person_id,  # type: ignore[arg-type]
            frozenset({Relation.WEBMASTER, Relation.MEMBER}),
            Setting.PAGE,
            frozenset({Item.SURNAME, Item.ALIAS}),
        )
        for person_id in ids
    ]


def test_all_looks_of_a_request_are_one_statement_and_are_kept(core: Flask) -> None:
    viewer_made, seen = make_person(), [make_person() for _ in range(3)]
    viewer = Viewer("upguide", viewer_made.id, session_id=uuid4(), reason="helping")
    db.session.rollback()
    set_scope("upguide", viewer_made.id)
    with counting() as statements:
        journal.record(db.session(), viewer, looks(*(person.id for person in seen)))
        assert statements == []
        journal.keep(db.session())
    assert [statement.split()[0] for statement in statements] == ["BEGIN", "INSERT"]
    db.session.rollback()
    rows = db.session.execute(
        select(JournalEntry.person_id, JournalEntry.relations, JournalEntry.items, JournalEntry.reason)
    ).all()
    assert {tuple(map(str, row)) for row in rows} == {
        (str(person.id), "['member', 'webmaster']", "['alias', 'surname']", "helping") for person in seen
    }


def test_no_look_no_statement(core: Flask) -> None:
    with counting() as statements:
        journal.record(db.session(), Viewer("upguide"), [])
        journal.keep(db.session())
    assert statements == []


def test_keeping_a_look_keeps_nothing_else(core: Flask) -> None:
    viewer, seen = make_person(), make_person()
    set_scope("upguide", viewer.id)
    db.session.rollback()
    journal.record(db.session(), Viewer("upguide", viewer.id), looks(seen.id))
    db.session.get_one(Person, viewer.id).position = "half done"
    db.session.flush()
    journal.keep(db.session())
    assert db.session.scalars(select(JournalEntry.person_id)).all() == [seen.id]
    assert db.session.get_one(Person, viewer.id).position == viewer.position


def test_forgotten_look_is_not_kept(core: Flask) -> None:
    viewer, seen = make_person(), make_person()
    set_scope("upguide", viewer.id)
    db.session.rollback()
    journal.record(db.session(), Viewer("upguide", viewer.id), looks(seen.id))
    journal.forget(db.session())
    journal.keep(db.session())
    assert db.session.scalars(select(JournalEntry.id)).all() == []


def test_keeping_commits_nothing_where_nothing_was_recorded(core: Flask) -> None:
    person = make_person()
    set_scope("upguide", person.id)
    db.session.rollback()
    db.session.execute(select(JournalEntry.id))
    journal.keep(db.session())
    assert db.session().in_transaction()


def test_person_reads_who_looked_and_the_viewer_what_was_looked_at(core: Flask) -> None:
    viewer, seen, stranger = make_person(), make_person(), make_person()
    db.session.rollback()
    set_scope("upguide", viewer.id)
    journal.record(db.session(), Viewer("upguide", viewer.id), looks(seen.id))
    journal.keep(db.session())
    counts = []
    for person in (viewer, seen, stranger):
        db.session.rollback()
        set_scope("upguide", person.id)
        counts.append(len(db.session.execute(select(JournalEntry.id)).all()))
    assert counts == [1, 1, 0]
