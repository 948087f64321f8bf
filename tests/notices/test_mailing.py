"""Mail about what happened: as each chose, on their own clock, once, and to nobody who may not be written to."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask, g

from tests.features.rights.killed import KILLS, points, run_and_kill
from tests.features.rights.work import letters, run_jobs
from tests.jobs.house import jobs
from tests.mail.servers import Inbox, mail_server
from tests.mail.test_message import parsed
from tests.mail.writing import write
from tests.notices.world import OF_NOTICES, age, happen, mails, rows, want
from tests.support.canaries import found_in
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, make_person
from upguide.config import Settings
from upguide.extensions import db
from upguide.jobs import Again
from upguide.notices import Kind
from upguide.notices.mailing import forget_old_notices, mail_digests, mail_notice
from upguide.notices.quiet import Clock
from upguide.policy.notices import KEPT_DAYS, NOTICES, Frequency
from upguide.policy.purposes import Purpose
from upguide.privacy.limits import object_to, restrict, withdraw
from upguide.tenancy import all_tenants
from upguide.tenancy.scope import scope

pytestmark = pytest.mark.clause("U2")

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def clock_now(*, quiet: bool) -> Clock:
    """A clock on which it is quiet now, or is not, for hours."""
    now = datetime.now(UTC).hour * 60
    return Clock("UTC", (now - 180 if quiet else now + 180) % 1440, (now + 180 if quiet else now + 360) % 1440)


def mail_one(database: WorkerDatabase, tenant: str = "upguide") -> None:
    """Do what the worker does for each notification."""
    for (notice_id,) in rows(database, "id"):
        with scope(tenant, None):
            g.tenant = all_tenants()[tenant]
            mail_notice(notice_id=notice_id)


def next_morning(hour: int = 8) -> time_machine.travel:
    tomorrow = (datetime.now(AMSTERDAM) + timedelta(days=1)).replace(hour=hour, minute=30)
    return time_machine.travel(tomorrow, tick=True)


def text_of(app: Flask, database: WorkerDatabase, kind: str) -> str:
    [found] = [text for name, _to, text in letters(database, app) if name == kind]
    return found


def test_what_is_wanted_at_once_is_mailed_once(app: Flask, database: WorkerDatabase) -> None:
    actor, person = make_person(), make_person(language="en")
    happen(actor, person, Kind.MESSAGE, uuid4())
    run_jobs(app)
    mail_one(database)
    mail_digests()
    assert mails(database, app) == [("something_happened", person.mail_address)]
    assert [mailed for (mailed,) in rows(database, "mailed_at") if mailed is None] == []


def test_mail_says_what_happened_and_names_nobody(app: Flask, database: WorkerDatabase) -> None:
    actor, person, subject = make_person(), make_person(language="en"), uuid4()
    happen(actor, person, Kind.CONNECTION_ASKED)
    happen(actor, person, Kind.MESSAGE, subject)
    mail_one(database)
    found = [text for kind, _to, text in letters(database, app) if kind in OF_NOTICES]
    subjects = [NOTICES[kind].happened for kind in (Kind.CONNECTION_ASKED, Kind.MESSAGE)]
    assert [[words in text for words in subjects] for text in sorted(found, key=lambda t: subjects[1] in t)] == [
        [True, False],
        [False, True],
    ]
    # The address of who gets it is all that is about anybody.
    assert {canary.value for text in found for canary in found_in(text)} == {person.mail_address}
    assert [str(one.id) in text for text in found for one in (actor, person)] == [False] * 4


def test_mail_speaks_the_reader_s_language_and_the_portal_s_form_of_address(
    app: Flask, database: WorkerDatabase
) -> None:
    actor, person = make_person("executive"), make_person("executive", language="nl")
    happen(actor, person)
    mail_one(database, "executive")
    text = text_of(app, database, "something_happened")
    assert '<html lang="nl"' in text
    assert "https://executive.coaching.nl/" in text


@pytest.mark.parametrize("often", [Frequency.DAILY, Frequency.WEEKLY, Frequency.NEVER])
def test_what_is_not_wanted_at_once_is_not_mailed_at_once(
    app: Flask, database: WorkerDatabase, often: Frequency
) -> None:
    actor, person = make_person(), make_person()
    want(person, message=often)
    happen(actor, person)
    mail_one(database)
    mail_digests()
    assert (mails(database, app), rows(database, "mailed_at")) == ([], [(None,)])


def test_what_was_read_before_is_not_mailed(app: Flask, database: WorkerDatabase) -> None:
    actor, person = make_person(), make_person()
    happen(actor, person)
    with database.connect() as connection:
        connection.execute("UPDATE notices SET read_at = now()")
    mail_one(database)
    assert mails(database, app) == []


def test_in_quiet_hours_the_mail_waits_until_they_are_over(app: Flask, database: WorkerDatabase) -> None:
    actor, person = make_person(), make_person()
    want(person, clock=clock_now(quiet=True))
    happen(actor, person)
    [(notice_id,)] = rows(database, "id")
    g.tenant = all_tenants()["upguide"]
    with scope("upguide", None), pytest.raises(Again) as waits:
        mail_notice(notice_id=notice_id)
    assert timedelta(hours=1, minutes=59) < waits.value.after <= timedelta(hours=3)
    run_jobs(app)
    assert mails(database, app) == []
    [(status, scheduled)] = jobs(database, "status", "scheduled_at")
    assert (status, timedelta(hours=1) < scheduled - datetime.now(UTC) <= timedelta(hours=3)) == ("todo", True)
    want(person, clock=clock_now(quiet=False))
    mail_one(database)
    assert mails(database, app) == [("something_happened", person.mail_address)]


def test_daily_mail_tells_the_next_morning_what_happened_before_it(app: Flask, database: WorkerDatabase) -> None:
    actor, person = make_person(), make_person(language="en")
    want(person, message="daily", question_answered="daily")
    for _ in range(3):
        happen(actor, person, Kind.QUESTION_ANSWERED, uuid4())
    happen(actor, person, Kind.MESSAGE, uuid4())
    mail_digests()
    assert mails(database, app) == []
    with next_morning():
        mail_digests()
        happen(actor, person, Kind.COMMENTED, uuid4())
        with database.connect() as connection:
            connection.execute("UPDATE notices SET made_at = %s WHERE kind = 'commented'", [datetime.now(UTC)])
        mail_digests()
    assert mails(database, app) == [("what_happened", person.mail_address)]
    text = text_of(app, database, "what_happened")
    assert "• Your question has an answer (3 times)" in text
    assert "• You have a new message\r\n" in text
    assert "commented" not in text


def test_daily_mail_comes_on_the_reader_s_clock_and_not_in_quiet_hours(app: Flask, database: WorkerDatabase) -> None:
    actor, here, far, late = make_person(), make_person(), make_person(), make_person()
    for person, clock in ((here, Clock()), (far, Clock("Pacific/Honolulu")), (late, Clock("Europe/Amsterdam", 0, 600))):
        want(person, clock=clock, message="daily")
        happen(actor, person)
    age(database, "1 day")
    # Half past eight in Amsterdam is the evening before in Honolulu, and too early for who sleeps until ten.
    told = []
    for hour in (8, 10):
        day = datetime.now(AMSTERDAM).replace(hour=hour, minute=30, second=0, microsecond=0)
        with time_machine.travel(day, tick=True):
            mail_digests()
        told.append({to for _kind, to in mails(database, app)})
    assert here.mail_address in told[0]
    assert late.mail_address not in told[0]
    assert {here.mail_address, late.mail_address} <= told[1]


def test_weekly_mail_comes_on_monday(app: Flask, database: WorkerDatabase) -> None:
    actor, person = make_person(), make_person()
    want(person, message="weekly")
    happen(actor, person)
    # The first Monday whose seven o'clock has not passed, at nine.
    before = datetime.now(AMSTERDAM) - timedelta(hours=7)
    monday = (before + timedelta(days=7 - before.weekday())).replace(hour=9)
    told = []
    for day in (monday - timedelta(hours=9), monday, monday + timedelta(days=1)):
        with time_machine.travel(day, tick=True):
            mail_digests()
        told.append(len(mails(database, app)))
    assert told == [0, 1, 1]


def test_what_happened_long_before_somebody_wanted_daily_mail_stays_out_of_it(
    app: Flask, database: WorkerDatabase
) -> None:
    actor, person = make_person(), make_person()
    want(person, message="never")
    happen(actor, person)
    age(database, "20 days")
    want(person, message="daily")
    mail_digests()
    assert mails(database, app) == []


@pytest.mark.clause("P7")
@pytest.mark.parametrize("how", ["restrict", "object", "block", "withdraw"])
def test_who_may_not_be_written_to_is_not(app: Flask, database: WorkerDatabase, how: str) -> None:
    actor, person = make_person(), make_person()
    want(person, message="at_once", helped="daily")
    happen(actor, person, Kind.MESSAGE)
    happen(actor, person, Kind.HELPED)
    age(database, "1 day")
    limit(database, person, how)
    mail_one(database)
    mail_digests()
    assert mails(database, app) == []


def limit(database: WorkerDatabase, person: Made, how: str) -> None:
    if how == "block":
        with database.connect() as connection:
            connection.execute("UPDATE persons SET blocked_at = now() WHERE id = %s", [person.id])
        return
    with scope("upguide", person.id, db.session()):
        if how == "restrict":
            restrict(db.session(), person.id, "")
        elif how == "object":
            object_to(db.session(), person.id, Purpose.MESSAGES, "")
        else:
            withdraw(db.session(), "upguide", person.id)
        db.session.commit()


def test_who_objects_to_other_things_is_still_written_to(app: Flask, database: WorkerDatabase) -> None:
    actor, person = make_person(), make_person()
    with scope("upguide", person.id, db.session()):
        object_to(db.session(), person.id, Purpose.DEVELOPMENT, "")
        db.session.commit()
    happen(actor, person)
    mail_one(database)
    assert mails(database, app) == [("something_happened", person.mail_address)]


def test_mail_server_gets_the_headers_that_turn_it_off_with_one_click(
    app: Flask, database: WorkerDatabase, settings: Settings
) -> None:
    actor, person, inbox = make_person(), make_person(language="nl"), Inbox()
    happen(actor, person)
    want(actor, helped="daily")
    happen(person, actor, Kind.HELPED)
    age(database, "1 day")
    mail_digests()
    with mail_server(inbox) as url:
        app.config["UPGUIDE"] = replace(settings, smtp_url=url)
        try:
            run_jobs(app)
            run_jobs(app)
        finally:
            app.config["UPGUIDE"] = settings
    assert sorted(taken.recipients for taken in inbox.taken) == sorted([[person.mail_address], [actor.mail_address]])
    for taken in inbox.taken:
        assert taken.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        [line] = [line for line in taken.content.split(b"\r\n") if line.startswith(b"List-Unsubscribe:")]
        address = line.decode()[len("List-Unsubscribe: <") : -1]
        assert re.fullmatch(r"https://upguide\.me/notifications/off/[\w-]{60,}", address)
        assert address in body_of(taken.message)


def body_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_other_mails_cannot_be_turned_off(app: Flask) -> None:
    assert parsed(app, write(app))["List-Unsubscribe"] is None


@KILLS
def test_a_digest_that_is_killed_ends_right_once(
    app: Flask, database: WorkerDatabase, settings: Settings, kills: int
) -> None:
    actor, told, at, killed = make_person(), [], points(60), 0
    while killed < kills:
        if all(mailed for (mailed,) in rows(database, "mailed_at")):
            fresh = [make_person() for _ in range(3)]
            for person in fresh:
                want(person, message="daily")
                happen(actor, person)
                happen(actor, person, Kind.COMMENTED, uuid4())
            age(database, "1 day")
            told += fresh
        killed += run_and_kill(settings, "mail_digests", next(at))
    mail_digests()
    mail_digests()
    assert mails(database, app) == sorted(("what_happened", str(person.mail_address)) for person in told)


def test_notifications_go_after_ninety_days_read_or_not(app: Flask, database: WorkerDatabase) -> None:
    actor, person = make_person(), make_person()
    happen(actor, person, Kind.MESSAGE)
    happen(actor, person, Kind.HELPED)
    with database.connect() as connection:
        connection.execute("UPDATE notices SET read_at = now() WHERE kind = 'helped'")
    age(database, f"{KEPT_DAYS} days")
    happen(actor, person, Kind.COMMENTED)
    forget_old_notices()
    assert rows(database, "kind") == [("commented",)]
