"""The database itself keeps the portals apart: no row of another one is read, written or given away, whatever is asked.

Raw SQL runs as the application's role, over a connection of its own that knows nothing of our guards.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import select, text

from tests.models.full import make_full_person
from tests.privacy.filled import any_access, any_breach
from tests.support.database import WorkerDatabase
from tests.support.factories import (
    Made,
    add_phone,
    join,
    make_person,
)
from upguide.extensions import Base, db
from upguide.models import (
    Membership,
    Person,
    Phone,
)
from upguide.tenancy.scope import scope, set_scope

pytestmark = pytest.mark.clause("P5")

OF_PERSONS = sorted(name for name, table in Base.metadata.tables.items() if "person_id" in table.columns)
# A person's bookkeeping: read by that person alone, not by fellow members.
OWN_ALONE = (
    "made_accounts",
    *("access_persons", "acts", "agreement_reminders", "breach_concerned", "consent_withdrawals", "consents"),
    *("credentials", "erasures", "exports", "journal", "limits", "passkeys", "photo_drafts"),
    *("notice_choices", "notices", "quiet_hours"),
    *("recovery_codes", "repeated_searches", "requests", "retention_warnings", "role_grants", "sessions"),
    *("signatures", "statement_notices", "tokens", "totps"),
)
# Belongs to its portal, which sends it, and to whoever it is for.
TENANT_TOO = ("mails",)


@contextmanager
def as_app(database: WorkerDatabase, tenant: str, viewer: UUID | None) -> Iterator[psycopg.Connection]:
    """A transaction of the application's role in a scope, taken back at the end."""
    with database.connect("upguide_app") as connection, connection.transaction(force_rollback=True):
        connection.execute(
            "SELECT set_config('app.tenant', %s, true), set_config('app.viewer', %s, true)",
            [tenant, str(viewer or "")],
        )
        yield connection


def count(connection: psycopg.Connection, table: str, person: UUID) -> int:
    column = "id" if table == "persons" else "person_id"
    row = connection.execute(f"SELECT count(*) FROM {table} WHERE {column} = %s", [person]).fetchone()
    assert row is not None
    return int(row[0])


def give_mail(database: WorkerDatabase, person: Made) -> None:
    """What only a portal, or whoever handles breaches, can give somebody."""
    with database.connect() as connection:
        connection.execute(
            "INSERT INTO mails (tenant_id, id, person_id, kind, language, wrapped_key, recipient, message, message_id,"
            " state, attempts) VALUES (%s, gen_random_uuid(), %s, 'x', 'en', '', '', '', '', 'queued', 0)",
            [person.tenant, person.id],
        )
        connection.execute(
            "INSERT INTO breach_concerned"
            " (person_id, id, breach_id, items, source, removed, exercise, breach_number, aware_at)"
            " VALUES (%s, gen_random_uuid(), %s, '{}', 'added', false, true, 1, now())",
            [person.id, any_breach(database)],
        )
        connection.execute(
            "INSERT INTO notices (tenant_id, id, person_id, kind) VALUES (%s, gen_random_uuid(), %s, 'message')",
            [person.tenant, person.id],
        )
        connection.execute(
            "INSERT INTO repeated_searches (person_id, id, tenant_id, day, times)"
            " VALUES (%s, gen_random_uuid(), %s, current_date, 30)",
            [person.id, person.tenant],
        )
        connection.execute(
            "INSERT INTO access_persons (access_id, person_id, place) VALUES (%s, %s, 1)",
            [any_access(database), person.id],
        )


def test_a_member_of_another_portal_has_no_row_here_for_anybody(core: Flask, database: WorkerDatabase) -> None:
    other, viewer = make_full_person("gfs"), make_person("upguide")
    give_mail(database, other)
    with database.connect() as connection:
        # The test is worth something only where there are rows that could leak.
        assert [table for table in OF_PERSONS if count(connection, table, other.id) == 0] == []
    for someone in (viewer.id, None):
        with as_app(database, "upguide", someone) as connection:
            seen = [table for table in (*OF_PERSONS, "persons") if count(connection, table, other.id)]
        assert seen == []


def test_a_fellow_member_is_read_but_not_their_own_bookkeeping(core: Flask, database: WorkerDatabase) -> None:
    fellow, viewer = make_full_person("upguide"), make_person("upguide")
    give_mail(database, fellow)
    with as_app(database, "upguide", viewer.id) as connection:
        hidden = [table for table in OF_PERSONS if count(connection, table, fellow.id) == 0]
    assert hidden == sorted(OWN_ALONE)


def test_a_visitor_reads_nobody_s_bookkeeping(core: Flask, database: WorkerDatabase) -> None:
    person = make_full_person("upguide")
    with as_app(database, "upguide", None) as connection:
        assert [table for table in OWN_ALONE if count(connection, table, person.id)] == []


def test_a_person_reads_all_rows_of_their_own_on_every_portal(core: Flask, database: WorkerDatabase) -> None:
    person = make_full_person("gfs")
    join(person, "upguide")
    give_mail(database, person)
    with as_app(database, "upguide", person.id) as connection:
        hidden = [table for table in OF_PERSONS if count(connection, table, person.id) == 0]
        assert hidden == []
        assert count(connection, "memberships", person.id) == 2


def test_a_person_who_belongs_to_two_portals_is_seen_on_both_and_not_on_a_third(
    core: Flask, database: WorkerDatabase
) -> None:
    person = make_person("gfs")
    join(person, "upguide")
    seen = []
    for portal in ("gfs", "upguide", "executive"):
        with as_app(database, portal, None) as connection:
            seen.append(count(connection, "persons", person.id))
    assert seen == [1, 1, 0]


def test_memberships_of_another_portal_are_not_read(core: Flask, database: WorkerDatabase) -> None:
    person = make_person("gfs")
    join(person, "upguide")
    with as_app(database, "upguide", None) as connection:
        rows = connection.execute("SELECT tenant_id FROM memberships").fetchall()
    assert rows == [("upguide",)]


@pytest.mark.parametrize("table", [*OF_PERSONS, "persons"])
@pytest.mark.parametrize("tenant", ["gfs", "upguide"])
def test_rows_of_somebody_else_are_not_changed_or_removed(
    core: Flask, database: WorkerDatabase, table: str, tenant: str
) -> None:
    other, viewer = make_full_person("gfs"), make_person(tenant)
    give_mail(database, other)
    column = "id" if table == "persons" else "person_id"
    with as_app(database, tenant, viewer.id) as connection:
        done = [
            rows_touched(connection, f"UPDATE {table} SET {column} = {column} WHERE {column} = %s", other.id),
            rows_touched(connection, f"DELETE FROM {table} WHERE {column} = %s", other.id),
        ]
    # Letters belong to their portal, whose worker sends and removes them.
    assert done == ([1, 1] if table in TENANT_TOO and tenant == "gfs" else [0, 0])


def rows_touched(connection: psycopg.Connection, statement: str, person: UUID) -> int:
    try:
        with connection.transaction(force_rollback=True):
            return connection.execute(statement, [person]).rowcount
    except InsufficientPrivilege:
        return 0


ROWS: dict[str, str] = {
    "agreement_reminders": "(person_id, agreement, ends_at, days) VALUES (%s, 'x', now(), 7)",
    "access_persons": "(access_id, person_id, place) VALUES (gen_random_uuid(), %s, 1)",
    "addresses": "(person_id, id, kind, lines, country) VALUES (%s, gen_random_uuid(), 'permanent', '', '')",
    "consent_withdrawals": "(person_id, id, tenant_id) VALUES (%s, gen_random_uuid(), 'upguide')",
    "consents": "(person_id, id, tenant_id, version, language, text_hash)"
    " VALUES (%s, gen_random_uuid(), 'upguide', 1, 'en', '')",
    "credentials": "(person_id, password_hash) VALUES (%s, '')",
    "employers": "(person_id, id, employer_name) VALUES (%s, gen_random_uuid(), '')",
    "entries": "(person_id, item, row_id, removed) VALUES (%s, '', gen_random_uuid(), false)",
    "erasures": "(person_id, tenant_id, language, blank_words, due_at) VALUES (%s, 'upguide', 'en', false, now())",
    "exports": "(person_id, id, tenant_id, language, state, attempt, progress, pieces, expires_at)"
    " VALUES (%s, gen_random_uuid(), 'upguide', 'en', 'asked', 0, 0, '{}', now())",
    "hidden_items": "(person_id, item, row_id) VALUES (%s, '', gen_random_uuid())",
    "made_accounts": "(person_id, tenant_id, handle) VALUES (%s, 'upguide', 'guessed')",
    "limits": "(person_id, id, kind) VALUES (%s, gen_random_uuid(), 'restriction')",
    "memberships": "(person_id, tenant_id, handle) VALUES (%s, 'upguide', 'guessed')",
    "name_words": "(person_id, tenant_id, word, name_key) VALUES (%s, 'upguide', '', '')",
    "notice_choices": "(person_id, kind, frequency) VALUES (%s, 'message', 'daily')",
    "passkeys": "(person_id, id, tenant_id, credential_id, public_key, sign_count, device)"
    " VALUES (%s, gen_random_uuid(), 'upguide', '', '', 0, '')",
    "person_keys": "(person_id, wrapped) VALUES (%s, '')",
    "phones": "(person_id, id, kind, phone_number) VALUES (%s, gen_random_uuid(), 'mobile', '')",
    "photo_drafts": "(person_id, id, file_key) VALUES (%s, gen_random_uuid(), '')",
    "photos": "(person_id, file_key) VALUES (%s, '')",
    "professionals": "(person_id, listed) VALUES (%s, false)",
    "quiet_hours": "(person_id, time_zone) VALUES (%s, 'UTC')",
    "recovery_codes": "(person_id, id, code_hash) VALUES (%s, gen_random_uuid(), '')",
    "repeated_searches": "(person_id, id, tenant_id, day, times)"
    " VALUES (%s, gen_random_uuid(), 'upguide', current_date, 30)",
    "requests": "(person_id, id, tenant_id, language, kind, words, asked_on, due_on)"
    " VALUES (%s, gen_random_uuid(), 'upguide', 'en', 'question', '', current_date, current_date)",
    "retention_warnings": "(person_id, counted_from, days_before, warned_on, goes_on, mail_id, heard, next_on)"
    " VALUES (%s, now(), 60, current_date, current_date, gen_random_uuid(), 'told', current_date)",
    "sessions": "(person_id, id, secret_hash, tenant_id, device, pin_needed)"
    " VALUES (%s, gen_random_uuid(), '', 'upguide', '', false)",
    "signatures": "(person_id, id, agreement, version, language, text_hash)"
    " VALUES (%s, gen_random_uuid(), '', 1, '', '')",
    "statement_notices": "(person_id, tenant_id, version) VALUES (%s, 'upguide', 9)",
    "tokens": "(person_id, id, secret_hash, kind, expires_at) VALUES (%s, gen_random_uuid(), '', '', now())",
    "totps": "(person_id, app_secret) VALUES (%s, '')",
}


def test_every_table_about_persons_is_tried() -> None:
    # A letter or a journal row for somebody else is what these two are for; roles and acts have tests of their own.
    assert {*ROWS, "acts", "breach_concerned", "journal", "mails", "notices", "role_grants"} == set(OF_PERSONS)


@pytest.mark.parametrize("table", ROWS)
def test_no_row_is_made_for_somebody_else_and_a_guessed_id_tells_nothing(
    core: Flask, database: WorkerDatabase, table: str
) -> None:
    elsewhere, fellow, viewer = make_person("gfs"), make_person("upguide"), make_person("upguide")
    answers = set()
    for person_id in (elsewhere.id, fellow.id, uuid4()):
        with as_app(database, "upguide", viewer.id) as connection, pytest.raises(InsufficientPrivilege) as refused:
            connection.execute(f"INSERT INTO {table} {ROWS[table]}", [person_id])
        answers.add(str(refused.value).splitlines()[0])
    assert answers == {f'new row violates row-level security policy for table "{table}"'}


def test_a_membership_of_another_portal_is_not_made_from_here(core: Flask, database: WorkerDatabase) -> None:
    person = make_person("upguide")
    with as_app(database, "upguide", person.id) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(
            "INSERT INTO memberships (tenant_id, person_id, handle) VALUES ('gfs', %s, 'guessed')", [person.id]
        )


@pytest.mark.parametrize("table", ["mails", "registrations"])
def test_a_row_of_another_portal_is_not_made(core: Flask, database: WorkerDatabase, table: str) -> None:
    values = {
        "mails": "(tenant_id, id, kind, language, wrapped_key, recipient, message, message_id, state, attempts)"
        " VALUES ('gfs', gen_random_uuid(), '', '', '', '', '', '', 'queued', 0)",
        "registrations": "(tenant_id, secret_hash, mail_address, password_hash, language, statement_version,"
        " statement_hash, expires_at) VALUES ('gfs', '', '', '', '', 1, '', now())",
    }
    with as_app(database, "upguide", None) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(f"INSERT INTO {table} {values[table]}")


def test_a_look_is_not_journalled_in_another_s_name(core: Flask, database: WorkerDatabase) -> None:
    fellow, viewer = make_person(), make_person()
    with as_app(database, "upguide", viewer.id) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(
            "INSERT INTO journal (tenant_id, person_id, viewer_id, relations, setting, items)"
            " VALUES ('upguide', %s, %s, '{}', 'page', '{}')",
            [viewer.id, fellow.id],
        )


def test_objects_of_another_portal_are_not_found_and_do_not_differ_from_none(core: Flask) -> None:
    other = make_person("gfs")
    add_phone(other)
    viewer = make_person("upguide")
    db.session.rollback()
    set_scope("upguide", viewer.id)
    found: list[Any] = [
        db.session.get(Person, other.id),
        db.session.get(Person, uuid4()),
        db.session.get(Membership, {"tenant_id": "gfs", "person_id": other.id}),
        db.session.scalar(select(Phone).where(Phone.person_id == other.id)),
        db.session.scalar(select(Membership).where(Membership.handle == other.handle)),
    ]
    assert found == [None] * 5


def test_one_request_s_scope_does_not_reach_the_next_on_the_same_connection(core: Flask) -> None:
    person = make_person("gfs")
    with scope("gfs", person.id, db.session()):
        assert db.session.scalar(text("SELECT count(*) FROM persons")) == 1
        db.session.commit()
    assert db.session.scalar(text("SELECT count(*) FROM persons")) == 0


NOTE_A_LOOK = (
    "INSERT INTO journal (tenant_id, person_id, viewer_id, relations, setting, items)"
    " VALUES (%s, %s, %s, '{}', 'page', '{}')"
)


def test_a_look_is_noted_on_this_portal_alone(core: Flask, database: WorkerDatabase) -> None:
    person, viewer = make_person(), make_person()
    with as_app(database, "upguide", viewer.id) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(NOTE_A_LOOK, ["gfs", person.id, viewer.id])


def test_a_look_is_noted_under_one_s_own_name_alone(core: Flask, database: WorkerDatabase) -> None:
    person, viewer = make_person(), make_person()
    with as_app(database, "upguide", viewer.id) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(NOTE_A_LOOK, ["upguide", viewer.id, person.id])


def test_no_look_is_noted_at_somebody_of_another_portal(core: Flask, database: WorkerDatabase) -> None:
    person, viewer = make_person("gfs"), make_person()
    with as_app(database, "upguide", viewer.id) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(NOTE_A_LOOK, ["upguide", person.id, viewer.id])


WAITING = (
    "INSERT INTO registrations (tenant_id, secret_hash, mail_address, password_hash, language, statement_version,"
    " statement_hash, expires_at) VALUES (%s, %s, %s, 'hash', 'en', 1, '', now() + interval '1 day')"
)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT mail_address FROM registrations",
        "SELECT count(*) FROM registrations",
        "UPDATE registrations SET password_hash = ''",
        "DELETE FROM registrations",
    ],
)
def test_who_waits_is_not_read_or_changed_without_the_secret(
    core: Flask, database: WorkerDatabase, statement: str
) -> None:
    with as_app(database, "upguide", None) as connection:
        connection.execute(WAITING, ["upguide", b"one", "a@example.org"])
        with pytest.raises(InsufficientPrivilege):
            connection.execute(statement)


def test_a_secret_opens_its_own_registration_and_closes_all_of_its_address(
    core: Flask, database: WorkerDatabase
) -> None:
    with database.connect() as connection:
        for row in (("upguide", b"one", "a@x.nl"), ("gfs", b"two", "a@x.nl"), ("gfs", b"three", "b@x.nl")):
            connection.execute(WAITING, row)
    ask = "SELECT mail_address FROM gate.open_registration(%s, %s)"
    close = "SELECT gate.close_registrations(%s, %s)"
    with as_app(database, "upguide", None) as connection:
        found = [connection.execute(ask, [h, t]).fetchall() for h, t in ((b"one", "upguide"), (b"one", "gfs"))]
        closed = [connection.execute(close, [h, "upguide"]).fetchone() for h in (b"three", b"one", b"one")]
        left = connection.execute(ask, [b"three", "gfs"]).fetchall()
        other = connection.execute(ask, [b"two", "gfs"]).fetchall()
    assert (found, closed) == ([[("a@x.nl",)], []], [(False,), (True,), (False,)])
    assert (left, other) == ([("b@x.nl",)], [])
