"""Who the database says a session belongs to: one statement, and nobody where anything is amiss."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from tests.support.database import WorkerDatabase
from tests.support.factories import Made, join, make_person, make_professional, make_webmaster, sign, start_session
from tests.support.statements import counting
from upguide.access.viewer import Viewer, load_viewer
from upguide.extensions import db
from upguide.models import Credential
from upguide.policy.agreements import CURRENT
from upguide.policy.permissions import AgreementKind, Role
from upguide.tenancy.scope import current_scope, scope, set_scope


def load(tenant: str, secret: str | None) -> Viewer:
    """What a new request on `tenant` with this secret finds."""
    db.session.rollback()
    set_scope(tenant, None)
    return load_viewer(tenant, secret)


def test_session_gives_the_viewer_and_tells_the_database(core: Flask) -> None:
    person = make_person(language="nl")
    viewer = load("upguide", start_session(person))
    assert (viewer.person_id, viewer.tenant, viewer.language, viewer.member) == (person.id, "upguide", "nl", True)
    assert (viewer.roles, viewer.signed, viewer.pin_needed, viewer.has_pin) == (frozenset(), frozenset(), False, False)
    assert (viewer.signed_in, current_scope().viewer) == (True, person.id)
    assert db.session.connection().exec_driver_sql("SELECT current_setting('app.viewer')").scalar() == str(person.id)


def test_viewer_costs_one_statement_beside_the_settings(core: Flask) -> None:
    secret = start_session(make_webmaster())
    with counting() as statements:
        load("upguide", secret)
    assert len(statements) == 2


@pytest.mark.clause("W10")
@pytest.mark.parametrize("secret", [None, "", "unknown", "\ud800", "\x00", "x" * 5_000])
def test_unknown_secret_gives_nobody(core: Flask, secret: str | None) -> None:
    make_person()
    assert load("upguide", secret) == Viewer("upguide")
    assert current_scope().viewer is None


def test_session_of_one_portal_is_nothing_on_another_even_for_its_member(core: Flask) -> None:
    person = make_person("gfs")
    join(person, "upguide")
    secret = start_session(person)
    assert load("upguide", secret) == Viewer("upguide")
    assert load("gfs", secret).person_id == person.id


def test_session_of_somebody_without_a_membership_is_no_member(core: Flask) -> None:
    person = make_person("gfs")
    viewer = load("upguide", start_session(Made(person.id, "upguide", "")))
    assert (viewer.person_id, viewer.member) == (person.id, False)


def started(database: WorkerDatabase, person: Made, ago: timedelta) -> str:
    secret = start_session(person)
    with database.connect() as connection:
        connection.execute("UPDATE sessions SET started_at = %s", [datetime.now(UTC) - ago])
    return secret


def test_session_ends_after_thirty_days(core: Flask, database: WorkerDatabase) -> None:
    person = make_person()
    assert load("upguide", started(database, person, timedelta(days=29, hours=23))).person_id == person.id
    assert load("upguide", started(database, person, timedelta(days=30, minutes=1))) == Viewer("upguide")


def test_viewer_who_owes_the_pin_is_noted_as_such(core: Flask) -> None:
    person = make_person()
    with scope("upguide", person.id, db.session()):
        credential = db.session.get(Credential, person.id)
        assert credential is not None
        credential.pin_hash = "x"
        db.session.commit()
    viewer = load("upguide", start_session(person, pin_needed=True))
    assert (viewer.pin_needed, viewer.has_pin) == (True, True)


@pytest.mark.clause("W4", "W9")
def test_only_current_versions_count_as_signed(core: Flask, database: WorkerDatabase) -> None:
    person = make_professional(signed=False)
    sign(person, AgreementKind.PROCESSOR)
    sign(person, AgreementKind.STATEMENT, CURRENT[AgreementKind.STATEMENT] - 1)
    sign(person, AgreementKind.CONFIDENTIALITY)
    with database.connect() as connection:
        # The database lets nobody sign what is not written yet.
        connection.execute("UPDATE signatures SET version = version + 1 WHERE agreement = 'confidentiality'")
    assert load("upguide", start_session(person)).signed == {AgreementKind.PROCESSOR}


@pytest.mark.clause("W9")
def test_webmaster_has_role_and_agreement(core: Flask) -> None:
    viewer = load("upguide", start_session(make_webmaster()))
    assert (viewer.roles, viewer.signed) == ({Role.WEBMASTER}, {AgreementKind.CONFIDENTIALITY})
    assert viewer.reason is None


@pytest.mark.clause("P7")
@pytest.mark.parametrize(
    ("column", "restricted", "blocked"),
    [("restricted_at", True, False), ("blocked_at", False, True), ("made_at", False, False)],
)
def test_viewer_tells_who_is_restricted_or_blocked(
    core: Flask, database: WorkerDatabase, column: str, *, restricted: bool, blocked: bool
) -> None:
    person = make_person()
    with database.connect() as connection:
        connection.execute(f"UPDATE persons SET {column} = now()")
    viewer = load("upguide", start_session(person))
    assert (viewer.restricted, viewer.blocked, viewer.member) == (restricted, blocked, True)
