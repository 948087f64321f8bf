"""Seven years of silence, in a real database: warned three times, erased once, whatever dies on the way (U5)."""

from collections import deque
from datetime import UTC, date, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
import time_machine
from flask import Flask, g

from tests.features.rights.work import everywhere, found_of, letters
from tests.mail.servers import Inbox, with_mail_server
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, join, make_person
from upguide.config import Settings
from upguide.extensions import db
from upguide.features.accounts.actions.entry import note_sign_in
from upguide.jobs.queue import TASKS
from upguide.mail.delivery import deliver_mail, forget_old_mails
from upguide.privacy.ledger import ledger
from upguide.privacy.limits import lift, restrict
from upguide.privacy.retention import Figures, dry_run, goes_on, run_pass, runs
from upguide.tenancy import all_tenants
from upguide.tenancy.scope import scope

pytestmark = pytest.mark.clause("U5")

SINCE = datetime(2020, 2, 29, 12, tzinfo=UTC)
WARNINGS = [date(2026, 12, 31), date(2027, 1, 30), date(2027, 2, 22)]
GOES = date(2027, 3, 1)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def away(database: WorkerDatabase, person: Made, since: datetime = SINCE, *, never: bool = False) -> None:
    """Let it be long ago that a person signed in; or `never`, and the account was made then."""
    with database.connect() as connection:
        connection.execute(
            "UPDATE persons SET made_at = %s, signed_in_at = %s WHERE id = %s",
            [since, None if never else since, person.id],
        )


def one_pass(day: date) -> Figures:
    with time_machine.travel(noon(day), tick=False):
        return run_pass(db.session(), datetime.now(UTC))


Done = tuple[dict[int, int], int, int, int, int]


def figures(**more: Any) -> Done:
    values = {"warned": {}, "repeated": 0, "erased": 0, "held": 0, "failed": 0, **more}
    return values["warned"], values["repeated"], values["erased"], values["held"], values["failed"]


def did(found: Figures) -> Done:
    return found.warned, found.repeated, found.erased, found.held, found.failed


NOTHING = figures()


def persons(database: WorkerDatabase) -> set[object]:
    with database.connect() as connection:
        return {row[0] for row in connection.execute("SELECT id FROM persons")}


def warnings(database: WorkerDatabase) -> list[tuple[int, date]]:
    with database.connect() as connection:
        rows = connection.execute("SELECT days_before, warned_on FROM retention_warnings ORDER BY warned_on")
        return [(row[0], row[1]) for row in rows]


def kinds(database: WorkerDatabase, app: Flask) -> list[str]:
    return [kind for kind, _to, _text in letters(database, app)]


def sign_in(person: Made, at: date) -> None:
    with time_machine.travel(noon(at), tick=False):
        note_sign_in(db.session(), all_tenants()[person.tenant], person.id, None, "Test")


def deliver(database: WorkerDatabase, day: date) -> None:
    """Let the worker hand over what is queued, on that day."""
    with database.connect() as connection:
        queued = connection.execute("SELECT tenant_id, id FROM mails WHERE state = 'queued'").fetchall()
    with time_machine.travel(noon(day), tick=False):
        for tenant, mail_id in queued:
            g.tenant = all_tenants()[tenant]
            with scope(tenant, None):
                deliver_mail(mail_id=mail_id)


@pytest.mark.parametrize("never", [False, True])
def test_eight_years_of_days_warn_three_times_and_erase_once(
    app: Flask, database: WorkerDatabase, settings: Settings, *, never: bool
) -> None:
    person, other = make_person(), make_person()
    away(database, person, never=never)
    away(database, other, SINCE + timedelta(days=900))
    # The days on which something may happen, each with the day before and after; and one of each month besides.
    around = {day + timedelta(days=off) for day in (*WARNINGS, GOES) for off in (-1, 0, 1)}
    monthly = {date(year, month, 1) for year in range(2020, 2029) for month in range(1, 13)}
    done = {day: did(one_pass(day)) for day in sorted(around | monthly) if day < date(2028, 7, 1)}
    assert {day: found for day, found in done.items() if found != NOTHING} == {
        **{day: figures(warned={days: 1}) for day, days in zip(WARNINGS, (60, 30, 7), strict=True)},
        GOES: figures(erased=1),
    }
    assert persons(database) == {other.id}
    assert kinds(database, app) == ["erasure_receipt"]
    with database.connect() as connection:
        connection.execute("DELETE FROM mails")
    assert found_of(person, everywhere(database, app, settings)) == []


def test_the_letters_say_which_day_and_what_to_do(app: Flask, database: WorkerDatabase) -> None:
    person = make_person("gfs", language="en")
    away(database, person)
    one_pass(WARNINGS[0])
    one_pass(WARNINGS[1])
    one_pass(WARNINGS[2])
    found = letters(database, app)
    assert [(kind, to) for kind, to, _text in found] == [("account_goes", person.mail_address)] * 3
    for _kind, _to, text in found:
        assert "Your account goes on 1 March 2027, unless you sign in" in text
        assert "sign in once, on gfs.nucoaching.nl" in " ".join(text.split())
    assert ["This is the last warning" in text for _kind, _to, text in found] == [False, False, True]


def test_one_sign_in_stops_the_clock_and_forgets_the_warnings(app: Flask, database: WorkerDatabase) -> None:
    person = make_person()
    away(database, person)
    for day in WARNINGS:
        one_pass(day)
    sign_in(person, GOES - timedelta(days=1))
    assert warnings(database) == []
    assert did(one_pass(GOES)) == NOTHING
    assert did(one_pass(GOES + timedelta(days=400))) == NOTHING
    with scope(None, person.id):
        assert goes_on(db.session(), person.id) == date(2034, 2, 28)
    assert did(one_pass(date(2033, 12, 30))) == figures(warned={60: 1})
    assert persons(database) == {person.id}


def test_somebody_who_never_signed_in_is_not_safe_for_having_been_warned_and_signs_in_for_the_first_time(
    app: Flask, database: WorkerDatabase
) -> None:
    person = make_person()
    away(database, person, never=True)
    for day in WARNINGS:
        one_pass(day)
    sign_in(person, GOES)
    assert did(one_pass(GOES)) == NOTHING
    assert persons(database) == {person.id}


def test_a_pass_twice_on_one_day_writes_once(app: Flask, database: WorkerDatabase) -> None:
    person = make_person()
    away(database, person)
    assert [did(one_pass(WARNINGS[0])) for _ in range(3)] == [figures(warned={60: 1}), NOTHING, NOTHING]
    assert kinds(database, app) == ["account_goes"]


def test_a_clock_set_back_writes_nothing_again_and_erases_nobody(app: Flask, database: WorkerDatabase) -> None:
    person = make_person()
    away(database, person)
    for day in WARNINGS:
        one_pass(day)
    before = warnings(database)
    for day in (GOES - timedelta(days=1), WARNINGS[0], date(2021, 1, 1), date(2013, 1, 1)):
        assert did(one_pass(day)) == NOTHING
    assert (warnings(database), kinds(database, app)) == (before, ["account_goes"] * 3)
    assert did(one_pass(GOES)) == figures(erased=1)


def test_a_worker_that_was_down_for_months_warns_before_it_erases(app: Flask, database: WorkerDatabase) -> None:
    person = make_person()
    away(database, person, datetime(2018, 1, 1, tzinfo=UTC))
    first = date(2026, 6, 1)
    done = [(day, did(one_pass(day))) for day in (first + timedelta(days=number) for number in range(62))]
    assert [(day - first, found) for day, found in done if found != NOTHING] == [
        (timedelta(days=0), figures(warned={60: 1})),
        (timedelta(days=30), figures(warned={30: 1})),
        (timedelta(days=53), figures(warned={7: 1})),
        (timedelta(days=60), figures(erased=1)),
    ]


def test_a_dry_run_tells_what_would_be_and_does_nothing(app: Flask, database: WorkerDatabase) -> None:
    warned, gone = make_person(), make_person()
    away(database, gone, SINCE - timedelta(days=60))
    for day in range(60):
        one_pass(WARNINGS[0] - timedelta(days=60 - day))
    away(database, warned)
    before = (warnings(database), kinds(database, app), len(runs(db.session(), 100)))
    today = noon(WARNINGS[0])
    assert did(dry_run(db.session(), today)) == figures(warned={60: 1}, erased=1)
    db.session.rollback()
    assert (warnings(database), kinds(database, app), len(runs(db.session(), 100))) == before
    assert persons(database) == {warned.id, gone.id}
    assert did(run_pass(db.session(), today)) == figures(warned={60: 1}, erased=1)


def test_each_pass_reports_itself_in_figures_alone(app: Flask, database: WorkerDatabase, settings: Settings) -> None:
    person = make_person()
    away(database, person)
    with database.connect() as connection:
        connection.execute(
            "INSERT INTO tokens (person_id, id, secret_hash, kind, expires_at)"
            " VALUES (%s, gen_random_uuid(), 'x', 'reset', now() - interval '2 days')",
            [person.id],
        )
    TASKS["forget_expired"]()
    one_pass(WARNINGS[0])
    one_pass(WARNINGS[0] + timedelta(days=1))
    latest, first = runs(db.session(), 2)
    assert (first.began_at, first.warned, first.erased, first.removed) == (
        noon(WARNINGS[0]),
        {60: 1},
        0,
        {"tokens": 1},
    )
    assert first.took is not None
    assert (latest.warned, latest.repeated, latest.erased, latest.failed, latest.removed) == ({}, 0, 0, 0, {})
    assert [place for place, _sign in found_of(person, everywhere(database, app, settings)) if "_runs" in place] == []


def test_an_account_on_several_portals_is_warned_by_one(app: Flask, database: WorkerDatabase) -> None:
    person = make_person("gfs")
    join(person, "upguide")
    away(database, person)
    one_pass(WARNINGS[0])
    assert kinds(database, app) == ["account_goes"]


def test_an_account_without_any_portal_is_warned_and_goes_as_well(app: Flask, database: WorkerDatabase) -> None:
    person = make_person()
    away(database, person)
    with database.connect() as connection:
        connection.execute("DELETE FROM memberships")
    assert [did(one_pass(day)) for day in (*WARNINGS, GOES)] == [
        figures(warned={60: 1}),
        figures(warned={30: 1}),
        figures(warned={7: 1}),
        figures(erased=1),
    ]


def test_what_a_mail_server_takes_counts_and_what_it_refuses_is_sent_again(
    app: Flask, database: WorkerDatabase, settings: Settings
) -> None:
    person = make_person()
    away(database, person)
    inbox = Inbox(answers={"RCPT": deque(["550 no such user"])})
    with with_mail_server(app, settings, inbox):
        one_pass(WARNINGS[0])
        deliver(database, WARNINGS[0])
        refused = [did(one_pass(WARNINGS[0] + timedelta(days=number))) for number in range(1, 8)]
        assert refused == [NOTHING] * 6 + [figures(repeated=1)]
        again = WARNINGS[0] + timedelta(days=7)
        deliver(database, again)
        assert [one.recipients for one in inbox.taken] == [[str(person.mail_address)]]
        assert did(one_pass(WARNINGS[1])) == NOTHING
        assert did(one_pass(again + timedelta(days=30))) == figures(warned={30: 1})
        with scope(None, person.id):
            assert goes_on(db.session(), person.id) == again + timedelta(days=60)


def test_a_warning_of_which_nobody_knows_whether_it_was_taken_is_sent_again(
    app: Flask, database: WorkerDatabase, settings: Settings
) -> None:
    away(database, make_person())
    inbox = Inbox(hang_up_after_content=True)
    with with_mail_server(app, settings, inbox):
        one_pass(WARNINGS[0])
        deliver(database, WARNINGS[0])
        assert did(one_pass(WARNINGS[1])) == NOTHING
        with database.connect() as connection:
            connection.execute("UPDATE mails SET made_at = made_at - interval '10 years'")
        forget_old_mails()
        assert did(one_pass(WARNINGS[1] + timedelta(days=1))) == figures(repeated=1)


def test_nobody_goes_while_the_last_warning_is_still_under_way_or_was_lost(
    app: Flask, database: WorkerDatabase, settings: Settings
) -> None:
    person = make_person()
    away(database, person)
    inbox = Inbox()
    with with_mail_server(app, settings, inbox):
        for day in WARNINGS[:2]:
            one_pass(day)
            deliver(database, day)
        one_pass(WARNINGS[2])
        # The worker that should have sent it died; its message was removed when it was old.
        assert did(one_pass(GOES)) == NOTHING
        with database.connect() as connection:
            connection.execute("UPDATE mails SET made_at = made_at - interval '10 years', sent_at = NULL")
        forget_old_mails()
        assert kinds(database, app) == []
        assert did(one_pass(GOES + timedelta(days=1))) == figures(repeated=1)
        sent = GOES + timedelta(days=3)
        deliver(database, sent)
        assert len(inbox.taken) == 3
        # Taken two days after it was written: seven days are left from then on.
        assert did(one_pass(sent + timedelta(days=6))) == NOTHING
        assert did(one_pass(sent + timedelta(days=7))) == figures(erased=1)


def test_two_workers_at_once_do_everything_once(app: Flask, database: WorkerDatabase) -> None:
    people = [make_person() for _ in range(6)]
    for person in people:
        away(database, person)

    def work(day: date, found: list[Figures]) -> None:
        with app.app_context():
            found.append(run_pass(db.session(), noon(day)))
            db.session.remove()

    for day in (*WARNINGS, GOES):
        found: list[Figures] = []
        workers = [Thread(target=work, args=(day, found)) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        # Whom one held at that moment, the other passed over.
        assert sum(sum(one.warned.values()) + one.erased for one in found) == 6
        assert [one.failed for one in found] == [0, 0]
    assert persons(database) == set()
    assert kinds(database, app) == ["erasure_receipt"] * 6


def test_somebody_whose_row_is_held_is_left_alone_until_the_next_pass(app: Flask, database: WorkerDatabase) -> None:
    person = make_person()
    away(database, person)
    for day in WARNINGS:
        one_pass(day)
    with database.connect() as connection, connection.transaction():
        # A sign-in that is not done yet.
        connection.execute("UPDATE persons SET signed_in_at = %s WHERE id = %s", [noon(GOES), person.id])
        assert did(one_pass(GOES)) == NOTHING
    assert did(one_pass(GOES)) == NOTHING
    assert persons(database) == {person.id}
    assert warnings(database) == []


def test_who_signs_in_after_the_ledger_was_told_is_taken_back_there(app: Flask, database: WorkerDatabase) -> None:
    person = make_person()
    away(database, person)
    for day in WARNINGS:
        one_pass(day)
    # A pass was killed between the note in the ledger and the erasure.
    with database.connect() as connection:
        connection.execute("UPDATE retention_warnings SET noted_at = now()")
    ledger().note(person.id)
    sign_in(person, GOES)
    assert did(one_pass(GOES)) == NOTHING
    assert set(ledger().names(person.id)) & set(ledger().read()) == set()
    assert (persons(database), warnings(database)) == ({person.id}, [])


def test_the_trouble_of_one_does_not_hold_up_the_others(app: Flask, database: WorkerDatabase) -> None:
    broken, other = make_person(), make_person()
    for person in (broken, other):
        away(database, person)
    with database.connect() as connection:
        # No mail can be written to what is no address.
        connection.execute("UPDATE persons SET mail_address = 'x' WHERE id = %s", [broken.id])
    assert did(one_pass(WARNINGS[0])) == figures(warned={60: 1}, failed=1)


def set_limit(person: Made, *, restricted: bool) -> None:
    with scope(None, person.id, db.session()):
        (restrict if restricted else lift)(db.session(), person.id, *(["A case in court"] if restricted else []))
        db.session.commit()


@pytest.mark.clause("P3", "P7")
def test_a_restricted_account_whose_time_is_up_stays_and_is_told_and_counted(
    app: Flask, database: WorkerDatabase
) -> None:
    person, other = make_person(language="en"), make_person()
    for one in (person, other):
        away(database, one)
    set_limit(person, restricted=True)
    done = {day: did(one_pass(day)) for day in (*WARNINGS, GOES, GOES + timedelta(days=1), date(2028, 3, 1))}
    assert done == {
        **{day: figures(warned={days: 1}) for day, days in zip(WARNINGS, (60, 30, 7), strict=True)},
        GOES: figures(erased=1, held=1),
        GOES + timedelta(days=1): figures(held=1),
        date(2028, 3, 1): figures(held=1),
    }
    assert persons(database) == {person.id}
    told = [text for kind, to, text in letters(database, app) if to == person.mail_address]
    assert ["We keep your account, because you restricted your data" in text for text in told] == [True, True]
    with scope(None, person.id):
        assert goes_on(db.session(), person.id) is None
    latest = runs(db.session(), 1)[0]
    assert (latest.held, latest.erased) == (1, 0)


def test_a_dry_run_tells_of_restricted_accounts_and_writes_nothing(app: Flask, database: WorkerDatabase) -> None:
    person = make_person()
    away(database, person)
    set_limit(person, restricted=True)
    assert did(dry_run(db.session(), noon(GOES))) == figures(held=1)
    db.session.rollback()
    assert (warnings(database), kinds(database, app)) == ([], [])


def test_when_a_restriction_ends_three_warnings_come_before_the_end(app: Flask, database: WorkerDatabase) -> None:
    person = make_person()
    away(database, person)
    set_limit(person, restricted=True)
    assert did(one_pass(GOES)) == figures(held=1)
    set_limit(person, restricted=False)
    ended = GOES + timedelta(days=1)
    done = [(day, did(one_pass(day))) for day in (ended + timedelta(days=number) for number in range(63))]
    assert [(day - ended, found) for day, found in done if found != NOTHING] == [
        (timedelta(days=1), figures(warned={60: 1})),
        (timedelta(days=31), figures(warned={30: 1})),
        (timedelta(days=54), figures(warned={7: 1})),
        (timedelta(days=61), figures(erased=1)),
    ]


def test_a_restriction_that_comes_back_with_a_backup_takes_the_last_step_back(
    app: Flask, database: WorkerDatabase
) -> None:
    person = make_person()
    away(database, person)
    for day in WARNINGS:
        one_pass(day)
    # A pass was killed between the note in the ledger and the erasure.
    with database.connect() as connection:
        connection.execute("UPDATE retention_warnings SET noted_at = now()")
    ledger().note(person.id)
    set_limit(person, restricted=True)
    assert did(one_pass(GOES)) == figures(held=1)
    assert set(ledger().names(person.id)) & set(ledger().read()) == set()
    assert persons(database) == {person.id}
