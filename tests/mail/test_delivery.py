"""A message is sent once, or tried for a day; never twice, whoever dies when."""

import signal
from collections import deque
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from flask import Flask, g

from tests.jobs.house import house, jobs, run_upkeep, silence_workers, until, worker_process
from tests.mail.servers import Inbox, free_port, mail_server
from tests.mail.writing import TO, due_now, made_ago, states, with_server
from tests.mail.writing import write as write_to_stranger
from tests.support.database import WorkerDatabase
from tests.support.factories import make_person
from upguide.config import Settings
from upguide.extensions import db
from upguide.jobs import Again, run_worker
from upguide.mail import send
from upguide.mail.delivery import deliver_mail, forget_old_mails
from upguide.tenancy import all_tenants
from upguide.tenancy.scope import scope


def write(app: Flask, tenant: str = "gfs") -> UUID:
    """Write a message to somebody who has an account: what became of it stays to be seen for a week."""
    with app.app_context():
        person = make_person(tenant)
    return write_to_stranger(app, tenant=tenant, person_id=person.id)


def run(settings: Settings, url: str) -> None:
    """Let a worker do what is due, with this mail server."""
    with house(with_server(settings, url)) as app:
        run_worker(app, wait=False)


def deliver(settings: Settings, url: str, mail_id: UUID, tenant: str = "gfs") -> None:
    """Do what a worker does for one message."""
    with house(with_server(settings, url)) as own:
        deliver_by(own, mail_id, tenant)


def deliver_by(own: Flask, mail_id: UUID, tenant: str = "gfs") -> None:
    """Do it with an application that is there already."""
    with own.app_context(), scope(tenant, None):
        g.tenant = all_tenants()[tenant]
        deliver_mail(mail_id=mail_id)


def forget(settings: Settings, url: str) -> None:
    """Do what the worker does every hour."""
    with house(with_server(settings, url)) as app, app.app_context():
        forget_old_mails()


def test_a_message_is_sent_once(app: Flask, settings: Settings, database: WorkerDatabase) -> None:
    inbox = Inbox()
    write(app)
    with mail_server(inbox) as url:
        run(settings, url)
        run(settings, url)
    [taken] = inbox.taken
    assert (taken.sender, taken.recipients) == ("no-reply@gfs.nucoaching.nl", [TO])
    assert taken.message["Subject"] == "Confirm your mail address for NU coaching · GFS"
    assert (states(database), jobs(database, "id")) == ([("sent", 1)], [])


def test_a_message_is_not_sent_when_its_change_is_not_made(app: Flask, settings: Settings) -> None:
    inbox = Inbox()
    with app.app_context(), scope("gfs", None):
        send(db.session, "mail_changed", TO, all_tenants()["gfs"], "en", at=datetime.now(UTC))
        db.session.rollback()
    with mail_server(inbox) as url:
        run(settings, url)
    assert inbox.taken == []


def test_a_server_that_is_away_is_tried_again_ever_more_seldom(
    app: Flask, settings: Settings, database: WorkerDatabase
) -> None:
    inbox, port = Inbox(), free_port()
    waits = []
    write(app)
    for _ in range(3):
        run(settings, f"smtp://127.0.0.1:{port}")
        waits += jobs(database, "round(extract(epoch FROM scheduled_at - now()) / 60)::int")
        due_now(database)
    assert (waits, states(database)) == ([(1,), (2,), (4,)], [("queued", 3)])
    with mail_server(inbox, port=port) as url:
        run(settings, url)
    assert len(inbox.taken) == 1
    assert (states(database), jobs(database, "id")) == ([("sent", 4)], [])


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "CONTENT"])
def test_a_server_that_says_later_gets_it_later(
    app: Flask, settings: Settings, database: WorkerDatabase, step: str
) -> None:
    inbox = Inbox(answers={step: deque(["451 not now"])})
    write(app)
    with mail_server(inbox) as url:
        run(settings, url)
        assert (inbox.taken, states(database)) == ([], [("queued", 1)])
        due_now(database)
        run(settings, url)
    assert (len(inbox.taken), states(database)) == (1, [("sent", 2)])


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "CONTENT"])
def test_a_server_that_says_never_is_believed(
    app: Flask, settings: Settings, database: WorkerDatabase, step: str
) -> None:
    inbox = Inbox(answers={step: deque(["550 never"])})
    write(app)
    with mail_server(inbox) as url:
        run(settings, url)
        due_now(database)
        run(settings, url)
    assert (inbox.taken, states(database), jobs(database, "id")) == ([], [("failed", 1)], [])


def test_after_a_day_it_is_given_up(app: Flask, settings: Settings, database: WorkerDatabase) -> None:
    write(app)
    made_ago(database, "25 hours")
    run(settings, f"smtp://127.0.0.1:{free_port()}")
    assert (states(database), jobs(database, "id")) == ([("failed", 1)], [])


def test_nobody_knows_whether_a_server_that_hung_up_took_it_so_it_stays_at_that(
    app: Flask, settings: Settings, database: WorkerDatabase
) -> None:
    inbox = Inbox(hang_up_after_content=True)
    write(app)
    with mail_server(inbox) as url:
        run(settings, url)
        inbox.hang_up_after_content = False
        run(settings, url)
    assert (len(inbox.taken), states(database), jobs(database, "id")) == (1, [("uncertain", 1)], [])


@pytest.mark.parametrize(
    ("step", "left", "end"),
    [
        ("MAIL", ("sending", 1), ("sent", 2)),
        ("RCPT", ("sending", 1), ("sent", 2)),
        ("CONTENT", ("uncertain", 1), ("uncertain", 1)),
    ],
)
@pytest.mark.usefixtures("app")
def test_a_worker_killed_in_mid_send_leads_to_no_second_message(
    settings: Settings, database: WorkerDatabase, step: str, left: tuple[str, int], end: tuple[str, int]
) -> None:
    inbox = Inbox(wait_at=step)
    with house(settings) as app:
        write(app)
    with mail_server(inbox) as url:
        with worker_process(with_server(settings, url)) as process:
            assert inbox.reached.wait(90)
            until(lambda: states(database) == [left])
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert jobs(database, "status") == [("doing",)]
        # The server is left alone with what it has, and takes it or not; nobody is there to hear it.
        inbox.wait_at = None
        inbox.go_on.set()
        silence_workers(database)
        with house(with_server(settings, url)) as other:
            run_upkeep(database, other, "take_up_stalled_jobs")
            run_worker(other, wait=False)
        until(lambda: states(database) == [end])
    assert (len(inbox.taken), jobs(database, "id")) == (1, [])


def test_workers_at_once_send_one_message(app: Flask, settings: Settings, database: WorkerDatabase) -> None:
    inbox, start = Inbox(), Barrier(3)
    mail_ids = [write(app) for _ in range(5)]

    def work(own: Flask) -> None:
        for mail_id in mail_ids:
            start.wait(30)
            deliver_by(own, mail_id)

    with mail_server(inbox) as url, ExitStack() as houses:
        served = with_server(settings, url)
        workers = [Thread(target=work, args=(houses.enter_context(house(served)),)) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
    assert sorted(taken.message["Message-ID"] for taken in inbox.taken) == sorted(
        f"<{mail_id}@gfs.nucoaching.nl>" for mail_id in mail_ids
    )
    assert {state for state, _ in states(database)} == {"sent"}


def test_a_worker_that_wakes_up_late_does_not_send_what_another_took_over(
    app: Flask, settings: Settings, database: WorkerDatabase
) -> None:
    slow, inbox = Inbox(wait_at="RCPT"), Inbox()
    mail_id = write(app)
    with mail_server(slow) as slow_url, mail_server(inbox) as url, worker_process(with_server(settings, slow_url)):
        assert slow.reached.wait(90)
        deliver(settings, url, mail_id)
        slow.go_on.set()
        until(lambda: jobs(database, "id") == [])
    assert (len(slow.taken), len(inbox.taken), states(database)) == (0, 1, [("sent", 2)])


def test_without_a_mail_server_a_message_is_kept(app: Flask, database: WorkerDatabase) -> None:
    write(app)
    run_worker(app, wait=False)
    assert (states(database), jobs(database, "id")) == ([("queued", 0)], [])


def test_a_message_of_another_portal_is_out_of_reach(app: Flask, settings: Settings, database: WorkerDatabase) -> None:
    inbox = Inbox()
    mail_id = write(app, tenant="gfs")
    with mail_server(inbox) as url:
        deliver(settings, url, mail_id, tenant="upguide")
    assert (inbox.taken, states(database)) == ([], [("queued", 0)])


def test_the_wait_grows_to_an_hour(app: Flask, settings: Settings, database: WorkerDatabase) -> None:
    mail_id = write(app)
    with database.connect() as connection:
        connection.execute("UPDATE mails SET attempts = 20")
    with pytest.raises(Again) as again:
        deliver(settings, f"smtp://127.0.0.1:{free_port()}", mail_id)
    assert again.value.after == timedelta(hours=1)


@pytest.mark.clause("U2")
def test_messages_are_gone_a_week_after_they_were_sent(
    app: Flask, settings: Settings, database: WorkerDatabase
) -> None:
    inbox = Inbox()
    with mail_server(inbox) as url:
        for tenant in ("gfs", "upguide"):
            write(app, tenant=tenant)
        run(settings, url)
        made_ago(database, "6 days 23 hours")
        forget(settings, url)
        assert len(states(database)) == 2
        made_ago(database, "2 hours")
        write(app, tenant="executive")
        forget(settings, url)
    assert states(database) == [("queued", 0)]


@pytest.mark.clause("U2", "F4")
@pytest.mark.parametrize(
    "inbox", [Inbox(), Inbox(answers={"RCPT": deque(["550 never"])}), Inbox(hang_up_after_content=True)]
)
def test_an_address_of_nobody_s_account_is_gone_when_its_message_is(
    app: Flask, settings: Settings, database: WorkerDatabase, inbox: Inbox
) -> None:
    write_to_stranger(app)
    with mail_server(inbox) as url:
        run(settings, url)
    assert (states(database), jobs(database, "id")) == ([], [])


@pytest.mark.clause("U2", "F4")
def test_a_message_to_nobody_s_account_that_nobody_ended_is_gone_after_two_days(
    app: Flask, settings: Settings, database: WorkerDatabase
) -> None:
    write_to_stranger(app)
    write(app)
    for ago, left in (("47 hours", 2), ("2 hours", 1)):
        made_ago(database, ago)
        forget(settings, f"smtp://127.0.0.1:{free_port()}")
        assert len(states(database)) == left


def test_messages_of_a_portal_whose_folder_is_gone_go_like_others(
    app: Flask, settings: Settings, database: WorkerDatabase
) -> None:
    write_to_stranger(app)
    with database.connect() as connection:
        connection.execute("UPDATE mails SET tenant_id = 'closed-long-ago'")
    made_ago(database, "47 hours")
    forget(settings, f"smtp://127.0.0.1:{free_port()}")
    assert len(states(database)) == 1
    made_ago(database, "2 hours")
    forget(settings, f"smtp://127.0.0.1:{free_port()}")
    assert states(database) == []


def test_a_development_run_keeps_its_messages(app: Flask, database: WorkerDatabase) -> None:
    write_to_stranger(app)
    made_ago(database, "100 days")
    with app.app_context():
        forget_old_mails()
    assert states(database) == [("queued", 0)]


@pytest.mark.clause("F4", "P5")
def test_table_queue_and_log_tell_nothing(
    app: Flask,
    settings: Settings,
    database: WorkerDatabase,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level("DEBUG")
    # The test's own mail server logs every line that it hears.
    caplog.set_level("CRITICAL", logger="mail.log")
    write_to_stranger(app)
    inbox = Inbox(answers={"RCPT": deque([f"451 <{TO}> is busy"]), "CONTENT": deque([f"550 {TO} never"])})
    with database.connect() as connection:
        stored = str(connection.execute("SELECT m::text, encode(m.message, 'escape') FROM mails m").fetchall())
        queued = str(connection.execute("SELECT j::text FROM procrastinate_jobs j").fetchall())
    with mail_server(inbox) as url:
        run(settings, url)
        due_now(database)
        run(settings, url)
    assert states(database) == []
    logged = "\n".join(record.getMessage() for record in caplog.records)
    told = stored + queued + logged + "".join(capfd.readouterr())
    assert "deliver_mail" in told
    assert [canary in told for canary in ("kanarieqx", "secretqx7531", "Confirm your mail")] == [False] * 3
