"""What the gate tells of signatures, and what it tells to jobs alone: by raw SQL, too, nobody else is answered."""

from uuid import UUID

import psycopg
import pytest
from flask import Flask
from psycopg.errors import InsufficientPrivilege

from tests.models.test_row_security import as_app, count
from tests.privacy.filled import any_access
from tests.support.database import WorkerDatabase
from tests.support.factories import (
    Made,
    end_signatures,
    make_officer,
    make_person,
    make_professional,
    make_webmaster,
    open_look,
    sign,
)
from upguide.policy.agreements import CURRENT
from upguide.policy.permissions import AgreementKind

PROCESSOR, STATEMENT = CURRENT[AgreementKind.PROCESSOR], CURRENT[AgreementKind.STATEMENT]


def card_signed(
    connection: psycopg.Connection, person: Made, processor: int = PROCESSOR, statement: int = STATEMENT
) -> bool:
    row = connection.execute("SELECT gate.card_signed(%s, %s, %s)", [person.id, processor, statement]).fetchone()
    assert row is not None
    return bool(row[0])


@pytest.mark.clause("D3", "P5")
def test_who_signed_what_is_read_by_the_signer_and_by_a_webmaster_who_looks(
    core: Flask, database: WorkerDatabase
) -> None:
    signer, fellow, officer, webmaster = make_webmaster(), make_person(), make_officer(), make_webmaster()
    sign(signer, AgreementKind.PROCESSOR)
    read = {}
    for name, viewer in {"signer": signer, "fellow": fellow, "officer": officer, "webmaster": webmaster}.items():
        with as_app(database, "upguide", viewer.id) as connection:
            read[name] = count(connection, "signatures", signer.id)
    open_look(webmaster, signer)
    with as_app(database, "upguide", webmaster.id) as connection:
        read["webmaster who looks"] = count(connection, "signatures", signer.id)
    assert read == {"signer": 2, "fellow": 0, "officer": 0, "webmaster": 0, "webmaster who looks": 2}


@pytest.mark.clause("W4")
def test_whether_a_card_is_signed_is_told_on_the_same_portal_and_in_these_versions_alone(
    core: Flask, database: WorkerDatabase
) -> None:
    person, half, viewer = make_professional(), make_professional(signed=False), make_person()
    sign(half, AgreementKind.PROCESSOR)
    with as_app(database, "upguide", viewer.id) as connection:
        here = (
            card_signed(connection, person),
            card_signed(connection, half),
            card_signed(connection, person, processor=PROCESSOR + 1),
            card_signed(connection, person, statement=STATEMENT + 1),
        )
    with as_app(database, "gfs", viewer.id) as connection:
        elsewhere = card_signed(connection, person)
    with as_app(database, "gfs", person.id) as connection:
        own = card_signed(connection, person)
    with database.connect() as connection:
        connection.execute("UPDATE memberships SET suspended_at = now() WHERE person_id = %s", [person.id])
    with as_app(database, "upguide", viewer.id) as connection:
        suspended = card_signed(connection, person)
    assert (here, elsewhere, own, suspended) == ((True, False, False, False), False, True, False)


def handlers(database: WorkerDatabase, tenant: str, viewer: UUID | None) -> set[UUID]:
    with as_app(database, tenant, viewer) as connection:
        return {row[0] for row in connection.execute("SELECT person_id FROM gate.handlers()")}


@pytest.mark.clause("P5")
def test_where_officers_and_webmasters_are_reached_is_for_jobs_and_for_themselves(
    core: Flask, database: WorkerDatabase
) -> None:
    officer, webmaster, unbound, member = make_officer(), make_webmaster(), make_webmaster(bound=False), make_person()
    lapsed = make_officer()
    end_signatures(database, lapsed)
    everybody, nobody = {officer.id, webmaster.id, unbound.id, lapsed.id}, set[UUID]()
    told = {
        "job": handlers(database, "", None),
        "officer": handlers(database, "upguide", officer.id),
        "webmaster": handlers(database, "upguide", webmaster.id),
        "unbound": handlers(database, "upguide", unbound.id),
        "lapsed": handlers(database, "upguide", lapsed.id),
        "member": handlers(database, "upguide", member.id),
        "member without portal": handlers(database, "", member.id),
        "visitor": handlers(database, "upguide", None),
    }
    assert told == {
        **dict.fromkeys(("job", "officer", "webmaster"), everybody),
        **dict.fromkeys(("unbound", "lapsed", "member", "member without portal", "visitor"), nobody),
    }


@pytest.mark.clause("P5", "W8")
def test_what_the_officer_looked_at_is_removed_by_the_job_alone(core: Flask, database: WorkerDatabase) -> None:
    officer, webmaster, member = make_officer(), make_webmaster(), make_person()
    any_access(database)
    statement = "SELECT gate.forget_accesses_of_nobody(now() + interval '10 years')"
    for viewer in (officer.id, webmaster.id, member.id, None):
        with as_app(database, "upguide", viewer) as connection, pytest.raises(InsufficientPrivilege):
            connection.execute(statement)
    with as_app(database, "", None) as connection:
        assert connection.execute(statement).fetchone() == (1,)


@pytest.mark.clause("P5")
def test_where_somebody_belongs_is_told_to_other_functions_alone(core: Flask, database: WorkerDatabase) -> None:
    webmaster, person = make_webmaster(), make_person("gfs")
    for viewer in (webmaster.id, person.id, None):
        with as_app(database, "upguide", viewer) as connection, pytest.raises(InsufficientPrivilege):
            connection.execute("SELECT gate.home_of(%s)", [person.id])


ASKED_BY_JOBS = {
    "role_readers": "SELECT count(*) FROM gate.role_readers(%(person)s)",
    "answerers": "SELECT count(*) FROM gate.answerers(%(person)s)",
    "forget_searches": "SELECT gate.forget_searches()",
    "role_goes": "SELECT count(*) FROM gate.role_goes()",
}


@pytest.mark.clause("P5")
def test_who_hears_of_roles_and_requests_is_told_to_jobs_and_the_command_line_alone(
    core: Flask, database: WorkerDatabase
) -> None:
    officer, webmaster, member, elsewhere = make_officer(), make_webmaster(), make_person(), make_person("gfs")
    with database.connect() as connection:
        connection.execute(
            "INSERT INTO repeated_searches (person_id, id, tenant_id, day, times) SELECT %s, gen_random_uuid(),"
            " 'upguide', (now() AT TIME ZONE 'Europe/Amsterdam')::date - days, 10 FROM unnest('{0,30,31}'::int[]) days",
            [webmaster.id],
        )
    for viewer in (officer.id, webmaster.id, member.id, None):
        for statement in ASKED_BY_JOBS.values():
            with as_app(database, "upguide", viewer) as connection, pytest.raises(InsufficientPrivilege):
                connection.execute(statement, {"person": elsewhere.id})
    with as_app(database, "", None) as connection:
        told = {
            name: connection.execute(ASKED_BY_JOBS[name], {"person": elsewhere.id}).fetchone()
            for name in ("role_readers", "answerers", "forget_searches")
        }
    assert told == {"role_readers": (3,), "answerers": (1,), "forget_searches": (1,)}


@pytest.mark.clause("D3")
def test_gate_and_policy_agree_on_the_version_of_each_agreement(core: Flask, database: WorkerDatabase) -> None:
    with database.connect() as connection:
        found = {
            kind: connection.execute("SELECT gate.agreement_version(%s)", [kind.value]).fetchone()
            for kind in AgreementKind
        }
    assert found == {kind: (version,) for kind, version in CURRENT.items()}
