"""Messages about breaches: each exactly once, though whoever sends them is killed (B2)."""

from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
import time_machine
from flask import Flask

from tests.features.breaches.handling import (
    Browse,
    handler_browser,
    mails,
    open_breach,
    report,
    speak_english,
    view_of,
)
from tests.features.rights.killed import KILLS, points, run_and_kill
from tests.support.database import WorkerDatabase
from tests.support.factories import make_officer, make_webmaster
from upguide.config import Settings
from upguide.extensions import db
from upguide.features.breaches.actions import register
from upguide.features.breaches.jobs import watch_breach_clocks
from upguide.tenancy.scope import scope


@pytest.mark.clause("B2")
def test_each_mark_of_the_clock_is_told_once_over_summer_time(app: Flask, database: WorkerDatabase) -> None:
    officer, webmaster = make_officer(), make_webmaster("gfs")
    speak_english(database, officer)
    # 72 hours over the night in March in which Dutch clocks lose an hour.
    aware = datetime(2027, 3, 26, 11, 0, tzinfo=UTC)
    with time_machine.travel(aware, tick=False):
        number = open_breach(officer, hours=0)
    told: dict[float, int] = {}
    for hours in (23.9, 24, 24.5, 47.9, 48, 65.9, 66, 71, 80):
        with time_machine.travel(aware + timedelta(hours=hours), tick=False):
            watch_breach_clocks()
        told[hours] = len(mails(app, database, "breach_clock"))
    assert told == {23.9: 0, 24: 2, 24.5: 2, 47.9: 2, 48: 4, 65.9: 4, 66: 6, 71: 6, 80: 6}
    sent = [letter for letter in mails(app, database, "breach_clock") if letter.to == officer.mail_address]
    assert [
        f"Data breach {number}: {h} hours have passed" in m.text for h, m in zip((24, 48, 66), sent, strict=True)
    ] == [True] * 3
    assert ("29 March 2027, 13:00" in sent[2].text, "6 whole hours left" in sent[2].text) == (True, True)
    assert sorted({letter.to for letter in mails(app, database, "breach_clock")}) == sorted(
        [str(officer.mail_address), str(webmaster.mail_address)]
    )


@pytest.mark.clause("B2")
@pytest.mark.parametrize("state", ["no", "report"])
def test_the_clock_is_silent_once_it_is_reported_or_decided(
    app: Flask, browse: Browse, database: WorkerDatabase, state: str
) -> None:
    officer = make_officer()
    number = open_breach(officer, hours=50)
    of = view_of(officer, number)
    with scope("upguide", officer.id, db.session()):
        register.describe(db.session(), "officer", of, 1, {"authority": state, "authority_reasons": "So."})
    if state == "report":
        # A decision to report is no report yet.
        watch_breach_clocks()
        assert len(mails(app, database, "breach_clock")) == 2
        path = f"/breaches/{number}/texts/authority/nl"
        handler_browser(browse, officer).post(path, {"words": "Told.", "do": "freeze", "phase": "first"})
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=20)):
        watch_breach_clocks()
    assert len(mails(app, database, "breach_clock")) == (2 if state == "report" else 0)


@KILLS
@pytest.mark.clause("B2")
def test_marks_are_told_once_though_the_job_is_killed(
    app: Flask, database: WorkerDatabase, settings: Settings, kills: int
) -> None:
    handlers, many = [make_officer(), make_webmaster(), make_webmaster()], 2 + kills // 4
    for _ in range(many):
        open_breach(handlers[0], hours=67)
    killed = [run_and_kill(settings, "watch_breach_clocks", at) for at in islice(points(60), kills)]
    assert any(killed)
    watch_breach_clocks()
    sent = mails(app, database, "breach_clock")
    # Of each breach three marks, to three who hear of them.
    assert sorted(letter.to for letter in sent) == sorted(
        str(h.mail_address) for h in handlers for _ in range(3 * many)
    )


@pytest.mark.clause("B2")
def test_a_message_that_cannot_be_written_holds_up_no_other(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    officer, broken, webmaster = make_officer(), make_officer(), make_webmaster()
    open_breach(officer, hours=25)
    with database.connect() as connection:
        connection.execute("UPDATE persons SET mail_address = 'not one address' WHERE id = %s", [broken.id])
    report(browse())
    watch_breach_clocks()
    told = {kind: sorted(m.to for m in mails(app, database, kind)) for kind in ("breach_reported", "breach_clock")}
    assert told == dict.fromkeys(told, sorted([str(officer.mail_address), str(webmaster.mail_address)]))
    # Where it can be written to nobody, it is tried again, and a report is kept all the same.
    with database.connect() as connection:
        connection.execute("UPDATE persons SET mail_address = 'not one address' || number")
    open_breach(officer, hours=25)
    report(browse())
    for addresses in ("number || '@example.org'", "mail_address"):
        watch_breach_clocks()
        assert len(mails(app, database, "breach_clock")) == (2 if "||" in addresses else 5)
        with database.connect() as connection:
            connection.execute(f"UPDATE persons SET mail_address = {addresses}")
    with database.connect() as connection:
        assert connection.execute("SELECT count(*) FROM breach_reports").fetchone() == (2,)
