"""A register of breaches to look at: one under way with all that belongs to it, one that is late, some reports."""

from tests.features.breaches.handling import (
    STORY,
    add_concerned,
    as_handler,
    hours_ago,
    open_breach,
    ready_letters,
    view_of,
)
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, make_person
from upguide.extensions import db
from upguide.features.breaches import queries
from upguide.features.breaches.actions import concerned, register, reports, texts
from upguide.tenancy import all_tenants
from upguide.tenancy.scope import scope

LONG = "Een overzicht met Wolfeschlegelsteinhausenbergerdorff-achtige kolomtitels ging naar het verkeerde adres. " * 6
WORDS = {"cause": LONG, "effects": LONG, "measures": LONG, "delay": LONG}
NUMBERS = {"persons_count": 12_345, "records_count": 1_234_567, "items": ["surname", "mail_address", "phone"]}


def make_register(handler: Made, database: WorkerDatabase) -> dict[str, str]:
    """Make a register; return the words that stand in addresses."""
    late = open_breach(handler, hours=90)
    harmless = open_breach(handler, hours=900, harmless=True)
    number = open_breach(handler, hours=20, exercise=True)
    people = [make_person(handler.tenant) for _ in range(27)]
    add_concerned(handler, number, *people)
    with as_handler(handler):
        of = view_of(handler, number)
        register.describe(db.session(), "officer", of, of.version, {**WORDS, **NUMBERS, "facts": LONG})
    ready_letters(handler, number, LONG)
    add_concerned(handler, number, make_person(handler.tenant))
    with database.connect() as connection:
        rows = connection.execute("SELECT id FROM breach_concerned ORDER BY id LIMIT 2").fetchall()
    with as_handler(handler):
        of = view_of(handler, number)
        concerned.remove(db.session(), "officer", of, rows[0][0], "Hun bladzijde bleef dicht.")
        texts.freeze(db.session(), "officer", of, texts.Place("authority", "nl"), LONG, "first")
        frozen = next(line.id for line in queries.texts(db.session(), of.id) if line.phase == "first")
        register.close(db.session(), "webmaster", view_of(handler, harmless), closed=True)
    waiting, judged = make_reports(handler)
    return {
        "breach": str(number),
        "late": str(late),
        "harmless": str(harmless),
        "concerned": str(rows[1][0]),
        "frozen": str(frozen),
        "waiting_report": waiting,
        "judged_report": judged,
        "reference": reports.new_reference(),
    }


def make_reports(handler: Made) -> tuple[str, str]:
    """Make a report that waits and one that was judged; return their identities."""
    tenant = all_tenants()[handler.tenant]
    for story in (LONG, STORY):
        with scope(tenant.slug, None, db.session()):
            reports.make_report(db.session(), tenant, story, "gisteren", "bel 020 1234567", "https://x.example/")
    with as_handler(handler):
        first, second, *_rest = queries.waiting_reports(db.session())
        report = queries.report(db.session(), first.id)
        assert report is not None
        opening = register.Opening(summary="Lijst verkeerd verstuurd", facts=LONG, aware_at=hours_ago(1))
        reports.judge(db.session(), "officer", report, reports.Judgement("breach", LONG), opening)
    return str(second.id), str(first.id)
