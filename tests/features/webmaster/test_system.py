"""What a webmaster sees of the system names nobody and shows no content; what went wrong can be tried again."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from tests.features.webmaster.work import rows
from tests.support.client import Client
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, make_person, make_webmaster
from tests.support.statements import counting
from upguide.mail.sealed import Envelope, close

Browse = Callable[..., Client]
pytestmark = pytest.mark.clause("W9")
MAIL = (
    "INSERT INTO mails (tenant_id, id, person_id, kind, language, wrapped_key, recipient, message, message_id,"
    " state, attempts, outcome) VALUES (%s, %s, %s, 'reset_password', 'en', %s, %s, %s, '', %s, 3, %s)"
)
JOB = "INSERT INTO procrastinate_jobs (task_name, queue_name, status, args) VALUES ('make_export', 'q', %s, %s)"


def give_mail(database: WorkerDatabase, person: Made, state: str = "failed", outcome: str = "refused") -> UUID:
    mail_id = uuid4()
    sealed = close(mail_id, person.id, Envelope("somebody@example.org", b"Subject: x\n\nx")).values()
    with database.connect() as connection:
        connection.execute(MAIL, [person.tenant, mail_id, person.id, *sealed, state, outcome])
    return mail_id


def give_job(database: WorkerDatabase, state: str = "failed") -> int:
    with database.connect() as connection:
        row = connection.execute(f"{JOB} RETURNING id", [state, '{"tenant": null}']).fetchone()
    assert row is not None
    return int(row[0])


def test_overview_counts_what_waits(desk: Client, database: WorkerDatabase) -> None:
    assert "0 jobs were given up" in desk.get("/webmaster").text
    give_job(database)
    give_mail(database, make_person("gfs"))
    page = desk.get("/webmaster").text
    assert ("1 job was given up" in page, "1 message did not go out" in page) == (True, True)


def test_failed_message_of_any_portal_is_listed_by_kind_and_reason(desk: Client, database: WorkerDatabase) -> None:
    give_mail(database, make_person("gfs"))
    give_mail(database, make_person(), "uncertain", "unknown")
    give_mail(database, make_person(), "sent", "sent")
    page = desk.get("/webmaster/mails").text
    assert page.count("reset_password ·") == 2
    assert ("refused it for good" in page, "Nobody knows whether it arrived" in page) == (True, True)


def test_failed_message_is_sent_again_and_one_that_may_have_arrived_never(
    desk: Client, database: WorkerDatabase
) -> None:
    failed, uncertain = give_mail(database, make_person("gfs")), give_mail(database, make_person(), "uncertain", "")
    for mail_id in (failed, uncertain):
        assert desk.post(f"/webmaster/mails/{mail_id}/send").status_code == 303
    states = dict(rows(database, "SELECT id, state FROM mails"))
    assert (states[failed], states[uncertain]) == ("queued", "uncertain")
    jobs = rows(database, "SELECT args ->> 'mail_id', args ->> 'tenant' FROM procrastinate_jobs")
    assert (str(failed), "gfs") in jobs
    assert str(uncertain) not in [mail_id for mail_id, _tenant in jobs]


def test_unsent_message_is_dropped_and_another_is_not(desk: Client, database: WorkerDatabase) -> None:
    failed, queued = give_mail(database, make_person("gfs")), give_mail(database, make_person(), "queued", "")
    for mail_id in (failed, queued):
        assert desk.post(f"/webmaster/mails/{mail_id}/drop").status_code == 303
    assert rows(database, "SELECT id FROM mails") == [(queued,)]


def test_job_that_was_given_up_goes_back_into_the_queue(desk: Client, database: WorkerDatabase) -> None:
    failed, doing = give_job(database), give_job(database, "doing")
    page = desk.get("/webmaster/jobs").text
    assert ("make_export" in page, page.count(f"/webmaster/jobs/{failed}/retry")) == (True, 1)
    for job_id in (failed, doing, 2**62, 2**70):
        assert desk.post(f"/webmaster/jobs/{job_id}/retry").status_code in (303, 404)
    assert dict(rows(database, "SELECT id, status::text FROM procrastinate_jobs")) == {failed: "todo", doing: "doing"}


def test_portals_stand_with_their_members_and_without_faults(desk: Client) -> None:
    make_person("gfs")
    page = desk.get("/webmaster/portals").text
    assert ("gfs.nucoaching.nl" in page, "All folders are right" in page) == (True, True)


@pytest.mark.clause("D3")
def test_register_tells_who_signed_what_and_until_when(desk: Client, webmaster: Made) -> None:
    page = desk.get("/webmaster/agreements").text
    assert ("Confidentiality agreement" in page, "You" in page) == (True, True)


@pytest.mark.parametrize("path", ["/webmaster", "/webmaster/mails", "/webmaster/jobs", "/webmaster/agreements"])
def test_list_asks_the_same_for_one_row_and_for_many(browse: Browse, database: WorkerDatabase, path: str) -> None:
    webmaster, counts = make_webmaster(), []
    for wanted in (1, 25, 100):
        for _ in range(wanted):
            give_mail(database, webmaster)
            give_job(database)
        desk = browse(webmaster, second_factor=True)
        desk.get(path)
        with counting() as statements:
            assert desk.get(path).status_code == 200
        counts.append(len(statements))
    assert (len(set(counts)), counts[0] <= 8) == (1, True), statements


@pytest.mark.parametrize("path", ["/webmaster/roles", "/webmaster/portals", "/webmaster/people"])
def test_page_asks_little_and_writes_nothing(desk: Client, path: str) -> None:
    desk.get(path)
    with counting() as statements:
        assert desk.get(path).status_code == 200
    assert len(statements) <= 8, statements
    assert [s for s in statements if s.split()[0] in ("INSERT", "UPDATE", "DELETE")] == []
