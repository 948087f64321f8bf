"""Reporting a breach: by anybody, read by few, judged once (B1, B2)."""

import threading
from contextvars import Context

import pytest
from flask import Flask

from tests.features.breaches.handling import STORY, Browse, handler_browser, mails, open_breach, report, view_of
from tests.support.database import WorkerDatabase
from tests.support.factories import make_officer, make_person, make_webmaster
from upguide.features.breaches.actions.reports import is_reference, new_reference
from upguide.policy.statement import CHAPTERS

pytestmark = pytest.mark.clause("B1")
JUDGED = {"reasons": "It is what it is.", "summary": "Mail astray", "facts": "A mail went astray."}


def waiting(database: WorkerDatabase) -> list[tuple[object, ...]]:
    with database.connect() as connection:
        return connection.execute("SELECT tenant_id, decision, breach_id FROM breach_reports ORDER BY place").fetchall()


def path_of(database: WorkerDatabase, reference: str) -> str:
    with database.connect() as connection:
        row = connection.execute("SELECT id FROM breach_reports WHERE reference = %s", [reference]).fetchone()
    assert row is not None
    return f"/breaches/reports/{row[0]}"


@pytest.mark.parametrize("signed_in", [False, True])
def test_anybody_reports_and_gets_a_reference(
    app: Flask, browse: Browse, database: WorkerDatabase, *, signed_in: bool
) -> None:
    client = browse(make_person("gfs")) if signed_in else browse(None, "gfs")
    reference = report(client, noticed="this morning", contact="call 020 1234567")
    assert reference in client.get(f"/report-a-breach/{reference}").text
    assert waiting(database) == [("gfs", None, None)]
    with database.connect() as connection:
        row = connection.execute("SELECT r::text FROM breach_reports r").fetchone()
    assert row is not None
    # Sealed, and nobody's: not even a row of the person who was signed in.
    assert STORY.encode().hex() not in row[0]
    assert b"1234567".hex() not in row[0]


def test_the_form_says_what_is_missing_and_refuses_a_bsn(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    client = browse()
    assert client.post("/report-a-breach", {"story": " "}).status_code == 422
    assert client.post("/report-a-breach", {"story": "of 111222333"}).status_code == 422
    assert waiting(database) == []


def test_reports_of_one_address_are_slowed_down(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    client = browse()
    for _ in range(5):
        report(client)
    assert client.post("/report-a-breach", {"story": STORY}).status_code == 429
    assert len(waiting(database)) == 5


def test_references_are_recognised_and_others_are_not_found(app: Flask, browse: Browse) -> None:
    reference = new_reference()
    assert is_reference(reference)
    assert browse().get("/report-a-breach/DL-HACKED22").status_code == 404
    assert [is_reference(bad) for bad in ("", "DL-", reference[:-1], f"UG-{reference[3:]}")] == [False] * 4


def test_officers_and_webmasters_hear_that_there_is_one_and_nothing_more(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    handlers = [make_officer("gfs"), make_webmaster(), make_webmaster(bound=False)]
    make_person()
    reference = report(browse(), contact="call me")
    sent = mails(app, database, "breach_reported")
    assert sorted(letter.to for letter in sent) == sorted(str(h.mail_address) for h in handlers)
    for letter in sent:
        assert letter.path("/breaches") == "/breaches/reports"
        assert [part for part in (STORY, "call me", reference) if part in letter.text] == []


def test_every_page_leads_there_and_the_statement_says_who_must(app: Flask, browse: Browse) -> None:
    client = browse()
    client.browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert 'href="/report-a-breach"' in client.get("/privacy").text
    assert "you must report a data breach to us" in client.get("/report-a-breach").text
    [chapter] = [one for one in CHAPTERS if one.key == "breaches"]
    assert chapter.clauses == ("B1", "B2", "B3")
    assert any("must report a breach" in words for words in chapter.opening)


@pytest.mark.clause("B2")
@pytest.mark.parametrize("decision", ["breach", "harmless"])
def test_a_report_becomes_a_breach_of_the_register(
    app: Flask, browse: Browse, database: WorkerDatabase, decision: str
) -> None:
    officer = make_officer()
    client = handler_browser(browse, officer)
    path = path_of(database, report(browse(), noticed="at noon"))
    assert STORY in client.get(path).text
    form = {**JUDGED, "decision": decision, "aware_at": "2026-01-05T10:00"}
    answer = client.post(path, form)
    assert str(answer.location).startswith("/breaches/")
    of = view_of(officer, int(str(answer.location).rpartition("/")[2]))
    assert (of.words["summary"], of.harmless, of.aware_at.isoformat()) == (
        "Mail astray",
        decision == "harmless",
        "2026-01-05T09:00:00+00:00",
    )
    # A harmless one is decided about with it; both stand in the register.
    assert (of.authority, of.words["authority_reasons"]) == (
        ("no", "It is what it is.") if decision == "harmless" else ("open", "")
    )
    page = client.get(str(answer.location)).text
    assert "It is what it is." in page
    assert "data-protection officer" in page


@pytest.mark.clause("B2")
def test_what_is_no_breach_stays_with_its_reasons(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    client = handler_browser(browse, make_webmaster())
    path = path_of(database, report(browse()))
    assert client.post(path, {"decision": "none", "reasons": ""}).status_code == 422
    assert client.post(path, {"decision": "none", "reasons": "A test mail."}).location == "/breaches/reports"
    page = client.get(path).text
    assert ("A test mail." in page, "webmaster" in page) == (True, True)
    assert waiting(database)[0][1:] == ("none", None)


@pytest.mark.clause("B2")
def test_a_further_report_is_merged_into_the_breach(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    officer = make_officer()
    number, client = open_breach(officer), handler_browser(browse, officer)
    path = path_of(database, reference := report(browse()))
    merged = {"decision": "merged", "reasons": "The same mail."}
    assert client.post(path, {**merged, "merge_into": str(number + 1)}).status_code == 422
    assert client.post(path, {**merged, "merge_into": str(number)}).location == f"/breaches/{number}"
    assert reference in client.get(f"/breaches/{number}").text
    assert waiting(database)[0][1] == "merged"


@pytest.mark.clause("B2")
def test_two_who_judge_at_once_judge_once(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    clients = [handler_browser(browse, make_officer()), handler_browser(browse, make_webmaster())]
    path = path_of(database, report(browse()))
    form = {**JUDGED, "decision": "breach", "aware_at": "2026-01-05T10:00"}
    tokens = [client.token() for client in clients]
    places: list[str] = []
    both = threading.Barrier(2)

    def judge(at: int) -> None:
        both.wait()
        data = {**form, "csrf_token": tokens[at]}
        answer = Context().run(clients[at].browser.post, path, base_url=clients[at].base_url, data=data)
        places.append(str(answer.location))

    threads = [threading.Thread(target=judge, args=(at,)) for at in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.connect() as connection:
        row = connection.execute("SELECT count(*), max(number) FROM breaches").fetchone()
    assert row is not None
    assert row[0] == 1
    assert sorted(places) == sorted([f"/breaches/{row[1]}", path])
