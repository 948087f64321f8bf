"""The database itself asks who is bound: by raw SQL, too, an unsigned webmaster is shown nothing (W9, D3)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask, current_app
from psycopg.errors import CheckViolation, InsufficientPrivilege, UniqueViolation

from tests.models.test_row_security import as_app, count, make_full_person
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, end_signatures, make_officer, make_person, make_webmaster, open_look, sign
from upguide.database.appoint import TwoRoles, appoint, dismiss
from upguide.policy.agreements import CURRENT
from upguide.policy.permissions import AgreementKind

pytestmark = pytest.mark.clause("W9", "D3")
OPENED = ("persons", "addresses", "phones", "person_keys", "memberships")
REASON = "helping with a lost account"
ASKED: dict[str, str] = {
    "open_look": "SELECT * FROM gate.open_look(NULL, NULL, %(person)s, NULL, 'helping with a lost account')",
    "look": "SELECT * FROM gate.look(%(look)s)",
    "account_of": "SELECT * FROM gate.account_of(%(look)s)",
    "act_on": "SELECT * FROM gate.act_on(%(look)s, 'block', 'helping with a lost account')",
    "change_role": "SELECT * FROM gate.change_role(%(address)s, 'webmaster', 'appoint', 'needs some help', NULL)",
    "role_holders": "SELECT * FROM gate.role_holders()",
    "recent_acts": "SELECT * FROM gate.recent_acts('{look,appoint}', 10)",
    "portal_counts": "SELECT * FROM gate.portal_counts('{gfs}', 10)",
    "unsent_mails": "SELECT * FROM gate.unsent_mails(10)",
    "signature_register": "SELECT * FROM gate.signature_register(10)",
    "signature_counts": "SELECT * FROM gate.signature_counts()",
    "looked_at": "SELECT unnest(gate.looked_at())",
    "send_again": "SELECT found FROM gate.send_again(%(mail)s) AS found WHERE found IS NOT NULL",
    "drop_mail": "SELECT found FROM gate.drop_mail(%(mail)s) AS found WHERE found",
    "persons": "SELECT * FROM persons WHERE id = %(person)s",
    "phones": "SELECT * FROM phones WHERE person_id = %(person)s",
}


def asked(database: WorkerDatabase, viewer: UUID | None, values: dict[str, Any]) -> dict[str, bool]:
    """Ask everything; tell of each whether it gave anything."""
    answers = {}
    for name, statement in ASKED.items():
        with as_app(database, "upguide", viewer) as connection:
            try:
                answers[name] = bool(connection.execute(statement, values).fetchall())
            except InsufficientPrivilege:
                answers[name] = False
    return answers


def failed_mail(database: WorkerDatabase, person: Made) -> UUID:
    mail_id = uuid4()
    with database.connect() as connection:
        connection.execute(
            "INSERT INTO mails (tenant_id, id, person_id, kind, language, wrapped_key, recipient, message, message_id,"
            " state, attempts) VALUES (%s, %s, %s, 'x', 'en', '', '', '', '', 'failed', 0)",
            [person.tenant, mail_id, person.id],
        )
    return mail_id


def unbind(database: WorkerDatabase, webmaster: Made, how: str) -> UUID | None:
    """Make somebody bound no longer so; return as whom the database is then asked."""
    if how == "ended":
        end_signatures(database, webmaster)
    change = {
        "unsigned": "DELETE FROM signatures WHERE person_id = %s",
        "former version": "UPDATE signatures SET version = version - 1 WHERE person_id = %s",
        "another agreement": "UPDATE signatures SET agreement = 'processor' WHERE person_id = %s",
        "dismissed": "DELETE FROM role_grants WHERE person_id = %s",
        "officer": "UPDATE role_grants SET role = 'officer' WHERE person_id = %s",
        "blocked": "UPDATE persons SET blocked_at = now() WHERE id = %s",
    }.get(how)
    if change:
        with database.connect() as connection:
            connection.execute(change, [webmaster.id])
    return None if how == "nobody" else webmaster.id


def given(database: WorkerDatabase) -> tuple[Made, dict[str, Any]]:
    webmaster, person = make_webmaster(), make_full_person("gfs")
    with database.connect() as connection:
        connection.execute("DELETE FROM role_grants WHERE person_id = %s", [person.id])
    values = {"person": person.id, "address": person.mail_address, "mail": failed_mail(database, person)}
    return webmaster, {**values, "look": open_look(webmaster, person)}


def test_bound_webmaster_is_answered(core: Flask, database: WorkerDatabase) -> None:
    webmaster, values = given(database)
    assert asked(database, webmaster.id, values) == dict.fromkeys(ASKED, True)


@pytest.mark.parametrize(
    "how", ["unsigned", "former version", "another agreement", "ended", "dismissed", "blocked", "nobody"]
)
def test_whoever_is_not_bound_is_answered_nothing(core: Flask, database: WorkerDatabase, how: str) -> None:
    webmaster, values = given(database)
    viewer = unbind(database, webmaster, how)
    assert asked(database, viewer, values) == dict.fromkeys(ASKED, False)


@pytest.mark.clause("W8")
def test_officer_reads_the_registers_and_opens_nobody(core: Flask, database: WorkerDatabase) -> None:
    webmaster, values = given(database)
    viewer = unbind(database, webmaster, "officer")
    registers = {"role_holders", "recent_acts", "signature_register", "signature_counts"}
    assert {name for name, answered in asked(database, viewer, values).items() if answered} == registers


def test_look_opens_one_person_of_another_portal_for_half_an_hour(core: Flask, database: WorkerDatabase) -> None:
    webmaster, person, other = make_webmaster(), make_full_person("gfs"), make_full_person("gfs")
    before = seen_by(database, webmaster, person)
    open_look(webmaster, person)
    opened = (seen_by(database, webmaster, person), seen_by(database, webmaster, other))
    with database.connect() as connection:
        connection.execute("UPDATE acts SET closes_at = now() WHERE act = 'look'")
    assert (before, opened, seen_by(database, webmaster, person)) == ([], (list(OPENED), []), [])


def seen_by(database: WorkerDatabase, viewer: Made, person: Made) -> list[str]:
    with as_app(database, "upguide", viewer.id) as connection:
        return [table for table in OPENED if count(connection, table, person.id)]


def test_look_opens_nothing_to_be_changed(core: Flask, database: WorkerDatabase) -> None:
    webmaster, person = make_webmaster(), make_full_person("gfs")
    open_look(webmaster, person)
    with as_app(database, "upguide", webmaster.id) as connection:
        changed = connection.execute("UPDATE persons SET surname = 'x' WHERE id = %s", [person.id]).rowcount
        gone = connection.execute("DELETE FROM phones WHERE person_id = %s", [person.id]).rowcount
    assert (changed, gone) == (0, 0)


@pytest.mark.parametrize("reason", ["", "too short"])
def test_look_without_a_reason_is_not_made(core: Flask, database: WorkerDatabase, reason: str) -> None:
    webmaster, person = make_webmaster(), make_person()
    with as_app(database, "upguide", webmaster.id) as connection, pytest.raises(CheckViolation):
        connection.execute("SELECT * FROM gate.open_look(NULL, NULL, %s, NULL, %s)", [person.id, reason])


@pytest.mark.parametrize(
    "statement",
    [
        (
            "INSERT INTO acts (id, person_id, webmaster_id, act, reason, closes_at)"
            " VALUES (gen_random_uuid(), '{person}', '{webmaster}', 'look', 'for no reason', now() + interval '1 year')"
        ),
        "UPDATE acts SET reason = 'something else'",
        "DELETE FROM acts",
        "TRUNCATE acts",
        "UPDATE persons SET blocked_at = now() WHERE id = '{webmaster}'",
        "UPDATE persons SET blocked_reason = 'x' WHERE id = '{webmaster}'",
        "INSERT INTO role_grants (person_id, role) VALUES ('{person}', 'webmaster')",
        "DELETE FROM role_grants",
        "UPDATE signatures SET expires_at = 'infinity'",
        "DELETE FROM agreement_reminders",
    ],
)
def test_application_writes_none_of_it_past_the_gate(core: Flask, database: WorkerDatabase, statement: str) -> None:
    webmaster, person = make_webmaster(), make_person()
    asked_for = statement.format(person=person.id, webmaster=webmaster.id)
    with as_app(database, "upguide", webmaster.id) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(asked_for)


SIGN = (
    "INSERT INTO signatures (person_id, id, agreement, version, language, text_hash, signed_at, expires_at)"
    " VALUES (%s, gen_random_uuid(), 'confidentiality', 1, 'en', '', {signed}, {ends})"
)


@pytest.mark.parametrize(
    ("signed", "ends", "error"),
    [
        ("now()", "NULL", CheckViolation),
        ("now()", "now() + interval '3 years'", CheckViolation),
        ("now() + interval '1 day'", "now() + interval '2 years'", InsufficientPrivilege),
    ],
)
def test_signature_that_would_count_too_long_is_refused(
    core: Flask, database: WorkerDatabase, signed: str, ends: str, error: type[Exception]
) -> None:
    webmaster = make_webmaster(bound=False)
    with as_app(database, "upguide", webmaster.id) as connection, pytest.raises(error):
        connection.execute(SIGN.format(signed=signed, ends=ends), [webmaster.id])


@pytest.mark.clause("W8")
@pytest.mark.parametrize(("make", "role"), [(make_webmaster, "officer"), (make_officer, "webmaster")])
def test_nobody_is_webmaster_and_officer_whoever_appoints(
    core: Flask, database: WorkerDatabase, make: Callable[[], Made], role: str
) -> None:
    person = make()
    with pytest.raises(TwoRoles):
        appoint(current_app.config["UPGUIDE"], person.id, role)
    with database.connect() as connection, pytest.raises(UniqueViolation):
        connection.execute("INSERT INTO role_grants (person_id, role) VALUES (%s, %s)", [person.id, role])


def test_appointing_twice_changes_nothing_and_dismissing_is_noted(core: Flask, database: WorkerDatabase) -> None:
    person, settings = make_person(), current_app.config["UPGUIDE"]
    done = [appoint(settings, person.id, "officer"), appoint(settings, person.id, "officer")]
    done += [dismiss(settings, person.id, "officer"), dismiss(settings, person.id, "officer")]
    with database.connect() as connection:
        noted = connection.execute("SELECT act, role, webmaster_id FROM acts ORDER BY done_at").fetchall()
    assert (done, noted) == (
        [True, False, True, False],
        [("appoint", "officer", None), ("dismiss", "officer", None)],
    )


def test_person_reads_what_was_done_to_them_and_others_do_not(core: Flask, database: WorkerDatabase) -> None:
    webmaster, person = make_webmaster(), make_person()
    open_look(webmaster, person)
    seen = []
    for viewer in (person, webmaster, make_person()):
        with as_app(database, "upguide", viewer.id) as connection:
            seen.append(connection.execute("SELECT reason FROM acts WHERE act = 'look'").fetchall())
    assert seen == [[(REASON,)], [(REASON,)], []]


def test_former_version_is_refused_by_the_gate_of_requests_too(core: Flask, database: WorkerDatabase) -> None:
    officer = make_officer(bound=False)
    sign(officer, AgreementKind.CONFIDENTIALITY, CURRENT[AgreementKind.CONFIDENTIALITY] - 1)
    with as_app(database, "upguide", officer.id) as connection:
        answers = [connection.execute("SELECT gate.bound_as(%s)", [version]).fetchone() for version in (0, 1)]
    assert answers == [(None,), (None,)]


@pytest.mark.parametrize("agreement", list(AgreementKind))
def test_version_that_is_not_written_yet_cannot_be_signed(
    core: Flask, database: WorkerDatabase, agreement: AgreementKind
) -> None:
    """Else a signature of today bound somebody, one day, to words that nobody has read."""
    person, version = make_person(), CURRENT[agreement]
    done = []
    for asked_version in (version - 1, version, version + 1):
        with as_app(database, "upguide", person.id) as connection:
            try:
                connection.execute(
                    "INSERT INTO signatures (person_id, id, agreement, version, language, text_hash, expires_at)"
                    " VALUES (%s, gen_random_uuid(), %s, %s, 'en', '', now() + interval '1 year')",
                    [person.id, agreement.value, asked_version],
                )
                done.append(asked_version)
            except InsufficientPrivilege:
                pass
    assert done == [version - 1, version]


def test_agreement_that_there_never_was_cannot_be_signed(core: Flask, database: WorkerDatabase) -> None:
    person = make_person()
    with as_app(database, "upguide", person.id) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(
            "INSERT INTO signatures (person_id, id, agreement, version, language, text_hash)"
            " VALUES (%s, gen_random_uuid(), 'another', 1, 'en', '')",
            [person.id],
        )


ACT = "SELECT outcome FROM gate.act_on(%s, %s, 'for a good reason')"


def test_two_webmasters_who_act_at_once_do_it_once(core: Flask, database: WorkerDatabase) -> None:
    person, first, second = make_person(), make_webmaster(), make_webmaster()
    looks = {one.id: open_look(one, person) for one in (first, second)}
    for act in ("block", "release"):
        assert sorted(at_once(database, [(one.id, ACT, [looks[one.id], act]) for one in (first, second)])) == [
            "done",
            "unchanged",
        ]
    with database.connect() as connection:
        acts = connection.execute("SELECT act FROM acts WHERE act IN ('block', 'release') ORDER BY done_at").fetchall()
    assert acts == [("block",), ("release",)]


@pytest.mark.clause("W8")
def test_nobody_is_blocked_and_appointed_at_once(core: Flask, database: WorkerDatabase) -> None:
    """One webmaster blocks somebody while another makes them officer: one of the two comes too late."""
    person, first, second = make_person(), make_webmaster(), make_webmaster()
    look = open_look(first, person)
    appointing = "SELECT outcome FROM gate.change_role(%s, 'officer', 'appoint', 'for a good reason', NULL)"
    outcomes = at_once(database, [(first.id, ACT, [look, "block"]), (second.id, appointing, [person.mail_address])])
    assert outcomes in (["done", "blocked"], ["has_role", "appoint"])


def at_once(database: WorkerDatabase, acts: list[tuple[UUID, str, list[Any]]]) -> list[str]:
    """Let several act in transactions of their own, each open until all have begun or wait; return what came of it."""
    begun = Barrier(len(acts))

    def run(viewer: UUID, statement: str, values: list[Any]) -> str:
        with database.connect("upguide_app") as connection, connection.transaction():
            connection.execute(
                "SELECT set_config('app.tenant', 'upguide', true), set_config('app.viewer', %s, true)", [str(viewer)]
            )
            begun.wait(timeout=10)
            row = connection.execute(statement, values).fetchone()
            assert row is not None
            # Long enough for the other to be in the midst of it, too, where nothing makes it wait.
            sleep(0.3)
        return str(row[0])

    with ThreadPoolExecutor(len(acts)) as threads:
        return [one.result() for one in [threads.submit(run, *act) for act in acts]]
