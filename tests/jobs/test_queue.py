"""A job exists when the change that it follows from does, runs where it should, and is not lost."""

import signal
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from procrastinate.jobs import Job

from tests.jobs import tasks
from tests.jobs.house import jobs, run_upkeep, silence_workers, until, worker_process
from tests.support.database import WorkerDatabase
from upguide.config import Settings
from upguide.extensions import db
from upguide.jobs import Again, JobArgumentError, Slug, Task, defer, run_worker
from upguide.jobs.queue import BackOff
from upguide.tenancy.scope import scope


def queue(app: Flask, job_task: Task, tenant: str | None = "gfs", **values: object) -> int:
    with app.app_context(), scope(tenant, None):
        number = defer(db.session, job_task, tenant=tenant, **values)
        db.session.commit()
    return number


def test_a_job_comes_with_its_transaction(app: Flask, database: WorkerDatabase) -> None:
    thing = uuid4()
    with app.app_context():
        number = defer(db.session, tasks.tell_where, tenant="gfs", thing=thing, number=1, word=Slug("a"))
        assert jobs(database, "id") == []
        db.session.commit()
    args = {"tenant": "gfs", "thing": str(thing), "number": 1, "word": "a"}
    assert jobs(database, "id", "task_name", "args", "status") == [(number, "tell_where", args, "todo")]


def test_a_job_goes_with_its_transaction(app: Flask, database: WorkerDatabase) -> None:
    with app.app_context():
        defer(db.session, tasks.break_down, tenant=None)
        db.session.rollback()
    assert jobs(database, "id") == []


@pytest.mark.parametrize("tenant", ["jan@example.org", "Gfs", "", 7])
def test_a_job_is_for_a_portal_and_nobody_else(app: Flask, tenant: str) -> None:
    with app.app_context(), pytest.raises(JobArgumentError):
        defer(db.session, tasks.break_down, tenant=tenant)


def test_a_job_runs_in_the_place_of_its_portal(app: Flask, database: WorkerDatabase) -> None:
    tasks.SEEN.clear()
    thing = uuid4()
    queue(app, tasks.tell_where, "executive", thing=thing, number=4, word=Slug("goal"))
    queue(app, tasks.tell_where, None, thing=thing, number=5, word=Slug("goal"))
    run_worker(app, wait=False)
    assert sorted(tasks.SEEN, key=str) == [
        (True, "executive", "executive", "nl@formal", thing, 4, "goal"),
        (True, None, None, "en", thing, 5, "goal"),
    ]
    assert jobs(database, "id") == []


def test_a_task_that_asks_for_it_gets_another_turn_later(app: Flask, database: WorkerDatabase) -> None:
    before = datetime.now(UTC)
    queue(app, tasks.ask_again, minutes=7)
    run_worker(app, wait=False)
    [(status, attempts, scheduled_at)] = jobs(database, "status", "attempts", "scheduled_at")
    assert (status, attempts) == ("todo", 1)
    assert timedelta(minutes=7) <= scheduled_at - before < timedelta(minutes=8)


def test_a_task_with_a_fault_is_tried_five_times_more_and_more_seldom() -> None:
    waits = []
    for attempts in range(6):
        job = Job(id=1, queue="default", lock=None, queueing_lock=None, task_name="break_down", attempts=attempts)
        decision = BackOff().get_retry_decision(exception=ZeroDivisionError(), job=job)
        at = decision and decision.retry_at
        waits.append(at and round((at - datetime.now(UTC)).total_seconds()))
    assert waits == [15, 60, 240, 960, 3840, None]
    wish = BackOff().get_retry_decision(exception=Again(timedelta(hours=1)), job=job)
    assert wish is not None
    assert BackOff().get_retry_decision(exception=KeyboardInterrupt(), job=job) is None


def test_a_task_with_a_fault_waits_in_the_queue(app: Flask, database: WorkerDatabase) -> None:
    queue(app, tasks.break_down)
    run_worker(app, wait=False)
    assert jobs(database, "status", "attempts") == [("todo", 1)]


def test_the_job_of_a_killed_worker_is_taken_up_again(app: Flask, settings: Settings, database: WorkerDatabase) -> None:
    queue(app, tasks.take_long)
    with worker_process(settings) as process:
        until(lambda: jobs(database, "status") == [("doing",)])
        process.send_signal(signal.SIGKILL)
        process.wait()
    run_upkeep(database, app, "take_up_stalled_jobs")
    assert jobs(database, "status", "attempts") == [("doing", 0)]
    silence_workers(database)
    with database.connect() as connection:
        # So that it does not run for real here, where it would take long.
        connection.execute("UPDATE procrastinate_jobs SET task_name = 'break_down' WHERE task_name = 'take_long'")
    run_upkeep(database, app, "take_up_stalled_jobs")
    assert jobs(database, "status", "attempts") in ([("todo", 1)], [("todo", 2)])


def test_a_job_that_kills_its_workers_is_given_up(app: Flask, database: WorkerDatabase) -> None:
    number = queue(app, tasks.break_down)
    with database.connect() as connection:
        connection.execute("UPDATE procrastinate_jobs SET status = 'doing', attempts = 50 WHERE id = %s", [number])
    run_upkeep(database, app, "take_up_stalled_jobs")
    assert jobs(database, "status", "attempts") == [("failed", 51)]


def test_jobs_that_failed_long_ago_are_removed(app: Flask, database: WorkerDatabase) -> None:
    old, recent, waiting = (queue(app, tasks.ask_again, minutes=m) for m in (1, 2, 3))
    with database.connect() as connection:
        connection.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id <> %s", [waiting])
        connection.execute(
            "UPDATE procrastinate_events SET at = now() - interval '31 days' WHERE job_id IN (%s, %s)",
            [old, waiting],
        )
        connection.execute(
            "UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 day' WHERE id = %s", [waiting]
        )
    run_upkeep(database, app, "remove_old_jobs")
    assert jobs(database, "id") == [(recent,), (waiting,)]


def test_a_worker_stops_when_asked(settings: Settings, app: Flask, database: WorkerDatabase) -> None:
    with worker_process(settings) as process:
        with database.connect() as connection:
            until(lambda: connection.execute("SELECT count(*) FROM procrastinate_workers").fetchone() == (1,))
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    with database.connect() as connection:
        assert connection.execute("SELECT count(*) FROM procrastinate_workers").fetchone() == (0,)


def test_a_waiting_worker_starts_a_job_at_once(settings: Settings, app: Flask, database: WorkerDatabase) -> None:
    with worker_process(settings) as process, database.connect() as connection:
        until(lambda: connection.execute("SELECT count(*) FROM procrastinate_workers").fetchone() == (1,))
        number = queue(app, tasks.tell_where, thing=uuid4(), number=1, word=Slug("a"))
        until(lambda: (number,) not in jobs(database, "id"), seconds=4)
        assert process.poll() is None
