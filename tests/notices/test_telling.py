"""Who may tell whom that something happened, and that it stands there once."""

from threading import Barrier, Thread
from uuid import uuid4

import pytest
from flask import Flask, current_app
from psycopg.errors import InsufficientPrivilege

from tests.jobs.house import jobs
from tests.models.test_row_security import as_app
from tests.notices.world import happen, rows
from tests.support.database import WorkerDatabase
from tests.support.factories import join, make_person
from upguide.extensions import db
from upguide.notices import Kind, NobodyTells, notify
from upguide.notices.places import path_of
from upguide.policy.notices import NOTICES
from upguide.tenancy.scope import scope

pytestmark = pytest.mark.clause("U2")


def test_a_member_is_told_of_kind_and_subject_and_a_mail_is_queued(app: Flask, database: WorkerDatabase) -> None:
    actor, person, subject = make_person(), make_person(), uuid4()
    happen(actor, person, Kind.QUESTION_ANSWERED, subject)
    [(notice_id, *row)] = rows(database, "id", "tenant_id", "person_id", "kind", "subject_id", "read_at", "mailed_at")
    assert row == ["upguide", person.id, "question_answered", subject, None, None]
    assert jobs(database, "task_name", "args") == [("mail_notice", {"tenant": "upguide", "notice_id": str(notice_id)})]


def test_nothing_is_told_when_what_happened_is_taken_back(app: Flask, database: WorkerDatabase) -> None:
    actor, person = make_person(), make_person()
    with scope("upguide", actor.id, db.session()):
        notify(db.session(), person.id, Kind.MESSAGE, uuid4())
        db.session.rollback()
    assert (rows(database, "id"), jobs(database, "id")) == ([], [])


def test_what_is_not_read_yet_is_not_told_twice(app: Flask, database: WorkerDatabase) -> None:
    actor, person, subject = make_person(), make_person(), uuid4()
    for _again in range(2):
        happen(actor, person, Kind.MESSAGE, subject)
        with scope("upguide", actor.id, db.session()):
            notify(db.session(), person.id, Kind.CONNECTION_ASKED)
            db.session.commit()
    assert set(rows(database, "subject_id")) == {(subject,), (None,)}
    assert len(jobs(database, "id")) == 2
    with database.connect() as connection:
        connection.execute("UPDATE notices SET read_at = now()")
    happen(actor, person, Kind.MESSAGE, subject)
    assert len(rows(database, "id")) == 3


def test_what_was_mailed_and_not_read_is_told_again_an_hour_later(app: Flask, database: WorkerDatabase) -> None:
    """Whoever follows the mail, and never opens the list, must hear of the next one."""
    actor, person, subject = make_person(), make_person(), uuid4()
    happen(actor, person, Kind.MESSAGE, subject)
    queued = []
    for minutes in (5, 61):
        with database.connect() as connection:
            connection.execute("UPDATE notices SET mailed_at = now() - make_interval(mins => %s)", [minutes])
        happen(actor, person, Kind.MESSAGE, subject)
        queued.append(len(jobs(database, "id")))
    assert queued == [1, 2]
    assert [mailed for (mailed,) in rows(database, "mailed_at")] == [None]


def test_two_who_tell_of_the_same_at_once_make_one(app: Flask, database: WorkerDatabase) -> None:
    actors, person, subject = [make_person(), make_person()], make_person(), uuid4()
    both, own = Barrier(2), current_app._get_current_object()  # type: ignore[attr-defined]

    def tell(number: int) -> None:
        with own.app_context():
            both.wait()
            happen(actors[number], person, Kind.QUESTION_ANSWERED, subject)
            db.session.remove()

    threads = [Thread(target=tell, args=[number]) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rows(database, "subject_id") == [(subject,)]


def test_nobody_is_told_of_what_they_did_themselves(app: Flask, database: WorkerDatabase) -> None:
    person = make_person()
    happen(person, person)
    assert rows(database, "id") == []


def test_only_members_of_one_portal_tell_each_other(app: Flask, database: WorkerDatabase) -> None:
    here, elsewhere, both = make_person("upguide"), make_person("gfs"), make_person("gfs")
    join(both, "upguide")
    with scope("upguide", elsewhere.id, db.session()):
        notify(db.session(), here.id, Kind.MESSAGE, uuid4())
        notify(db.session(), both.id, Kind.MESSAGE, uuid4())
        db.session.commit()
    happen(here, elsewhere)
    assert rows(database, "id") == []
    happen(here, both)
    assert rows(database, "tenant_id", "person_id") == [("upguide", both.id)]


@pytest.mark.clause("P7")
@pytest.mark.parametrize(
    ("who", "how"),
    [
        ("actor", "UPDATE persons SET blocked_at = now() WHERE id = %s"),
        ("actor", "UPDATE memberships SET suspended_at = now() WHERE person_id = %s"),
        ("person", "UPDATE memberships SET suspended_at = now() WHERE person_id = %s"),
        ("person", "UPDATE persons SET restricted_at = now() WHERE id = %s"),
        ("person", "UPDATE persons SET blocked_at = now() WHERE id = %s"),
    ],
)
def test_who_is_blocked_withdrew_or_restricted_neither_tells_nor_is_told(
    app: Flask, database: WorkerDatabase, who: str, how: str
) -> None:
    people = {"actor": make_person(), "person": make_person()}
    with database.connect() as connection:
        connection.execute(how, [people[who].id])
    happen(people["actor"], people["person"])
    assert rows(database, "id") == []


def test_nothing_is_told_in_nobody_s_name_or_outside_a_portal(app: Flask) -> None:
    person = make_person()
    for tenant, viewer in (("upguide", None), (None, person.id)):
        with scope(tenant, viewer), pytest.raises(NobodyTells):
            notify(db.session(), person.id, Kind.MESSAGE, uuid4())


@pytest.mark.parametrize("kind", [kind for kind, told in NOTICES.items() if told.parameter])
def test_what_leads_to_a_page_of_its_subject_needs_one(app: Flask, kind: Kind) -> None:
    actor, person = make_person(), make_person()
    with scope("upguide", actor.id), pytest.raises(ValueError, match="subject"):
        notify(db.session(), person.id, kind)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_leads_to_a_page_that_is_there(app: Flask, kind: Kind) -> None:
    """Name the endpoint of the page in policy/notices.py, and what it calls its subject there."""
    assert path_of(kind, uuid4()).startswith("/")


def test_a_caller_makes_no_row_past_the_gate_and_reads_none_of_another(app: Flask, database: WorkerDatabase) -> None:
    actor, person = make_person(), make_person()
    happen(actor, person)
    with as_app(database, "upguide", actor.id) as connection:
        assert connection.execute("SELECT count(*) FROM notices").fetchone() == (0,)
        assert connection.execute("UPDATE notices SET read_at = now()").rowcount == 0
        with pytest.raises(InsufficientPrivilege):
            connection.execute(
                "INSERT INTO notices (tenant_id, id, person_id, kind) SELECT '', id, id, '' FROM persons"
            )
    with as_app(database, "upguide", person.id) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute("UPDATE notices SET kind = 'helped'")


def test_who_leaves_a_portal_leaves_no_notification_there(app: Flask, database: WorkerDatabase) -> None:
    actor, person = make_person(), make_person()
    happen(actor, person)
    with database.connect() as connection:
        connection.execute("DELETE FROM memberships WHERE person_id = %s", [person.id])
    assert rows(database, "id") == []
