"""W8 on its pages: the officer asks, a webmaster answers and attends, both see the log, and the person reads of it."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from tests.features.oversight.attended import REASON, Attended, Browse
from tests.features.rights.work import letters
from tests.support.client import Client
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, add_address, add_phone, hide, make_officer, make_person, make_webmaster
from tests.support.statements import counting
from upguide.i18n.formats import ZONE
from upguide.policy.items import Item

pytestmark = pytest.mark.clause("W8")
TODAY = datetime.now(UTC).astimezone(ZONE).date()


@pytest.fixture
def concerned(app: Flask) -> Made:
    """A fellow member, whose name everybody sees and whose phone number nobody does."""
    person = make_person()
    add_phone(person)
    add_address(person)
    return person


@pytest.fixture
def attended(browse: Browse, database: WorkerDatabase, concerned: Made) -> Attended:
    """An access to that person's phone number, asked."""
    return Attended(browse, database, [concerned])


def wish(*persons: str, **more: object) -> dict[str, object]:
    """What the officer fills in."""
    form = {
        "persons": "\n".join(persons),
        "items": ["phone", "town"],
        "reason": REASON,
        "starts_on": TODAY.isoformat(),
        "ends_on": (TODAY + timedelta(days=29)).isoformat(),
        "webmaster": "any",
    }
    return {**form, **more}


def accesses(database: WorkerDatabase) -> list[tuple[object, ...]]:
    with database.connect() as connection:
        return connection.execute(
            "SELECT reason, items, expires_at - starts_at <= interval '30 days', ARRAY(SELECT person_id FROM"
            " access_persons p WHERE p.access_id = a.id ORDER BY place) FROM officer_accesses a"
        ).fetchall()


def test_officer_asks_for_items_of_persons_by_number_or_address(
    app: Flask, browse: Browse, database: WorkerDatabase, concerned: Made
) -> None:
    other, officer, webmaster = make_person("gfs"), make_officer(language="en"), make_webmaster(language="en")
    desk = browse(officer, second_factor=True)
    response = desk.post("/oversight/accesses/new", wish(str(concerned.number), f" {other.mail_address} ".upper()))
    assert response.status_code == 303
    rows = accesses(database)
    assert [row[:3] for row in rows] == [(REASON, ["phone", "town"], True)]
    assert set(rows[0][3]) == {concerned.id, other.id}  # type: ignore[call-overload]
    assert [(kind, to) for kind, to, _text in letters(database, app)] == [("access_asked", webmaster.mail_address)]
    assert "Waits for an answer" in desk.get(str(response.location)).text


def test_a_chosen_webmaster_alone_is_told(
    app: Flask, browse: Browse, database: WorkerDatabase, concerned: Made
) -> None:
    officer, chosen, other = make_officer(language="en"), make_webmaster(language="en"), make_webmaster(language="en")
    desk = browse(officer, second_factor=True)
    form = desk.get("/oversight/accesses/new")
    assert {str(one.surname) in form.text for one in (chosen, other)} == {True}
    desk.post("/oversight/accesses/new", wish(str(concerned.number), webmaster=str(chosen.id)))
    assert [to for _kind, to, _text in letters(database, app)] == [chosen.mail_address]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"persons": ""}, "Name at least one person."),
        ({"persons": "UG-22222222"}, "Nobody else has this UpGuide number or mail address: UG-22222222"),
        ({"persons": "\n".join(f"UG-{n}" for n in range(21))}, "At most 20 persons at a time."),
        ({"items": []}, "Choose at least one kind of data."),
        ({"items": ["password"]}, ""),
        ({"reason": "because"}, "Write 10 to 1,000 characters."),
        ({"starts_on": (TODAY - timedelta(days=1)).isoformat()}, "The first day is over already."),
        ({"ends_on": (TODAY - timedelta(days=1)).isoformat()}, "The last day comes before the first."),
        ({"ends_on": (TODAY + timedelta(days=30)).isoformat()}, "At most 30 days."),
        ({"webmaster": ""}, "Choose a webmaster, or any of them."),
    ],
)
def test_a_wish_that_cannot_be_is_refused(
    browse: Browse, database: WorkerDatabase, concerned: Made, change: dict[str, object], message: str
) -> None:
    make_webmaster(language="en")
    desk = browse(make_officer(language="en"), second_factor=True)
    response = desk.post("/oversight/accesses/new", wish(str(concerned.number)) | change)
    assert (response.status_code, message in response.text, accesses(database)) == (422, True, [])


def test_officer_s_own_number_is_as_unknown_as_any(browse: Browse, database: WorkerDatabase) -> None:
    officer = make_officer(language="en")
    response = browse(officer, second_factor=True).post("/oversight/accesses/new", wish(str(officer.number)))
    assert ("Nobody else has this" in response.text, accesses(database)) == (True, [])


def test_a_webmaster_whom_it_concerns_cannot_be_chosen(browse: Browse, database: WorkerDatabase) -> None:
    webmaster = make_webmaster(language="en")
    desk = browse(make_officer(language="en"), second_factor=True)
    response = desk.post("/oversight/accesses/new", wish(str(webmaster.number), webmaster=str(webmaster.id)))
    assert (response.status_code, accesses(database)) == (422, [])


def test_the_officer_sees_the_granted_item_and_not_even_the_name(attended: Attended, concerned: Made) -> None:
    attended.open()
    page = attended.desk.get(attended.person_path)
    assert (page.status_code, "+31 9" in page.text or "+319" in page.text.replace(" ", "")) == (200, True)
    assert str(concerned.surname) not in page.text
    assert str(concerned.number) in page.text


def test_a_look_is_journalled_with_the_reason_and_the_person_reads_it(
    attended: Attended, browse: Browse, concerned: Made
) -> None:
    attended.open()
    attended.desk.get(attended.person_path)
    with attended.database.connect() as connection:
        looks = connection.execute(
            "SELECT person_id, viewer_id, relations, items, reason, access_id FROM journal"
        ).fetchall()
    assert looks == [
        (concerned.id, attended.officer.id, ["officer"], ["phone"], REASON, attended.access_id),
    ]
    assert REASON in browse(concerned).get("/my-data/who-saw-what").text


def test_the_webmaster_reads_the_log_and_no_value(attended: Attended, concerned: Made) -> None:
    attended.open()
    path = f"/webmaster/accesses/{attended.access_id}"
    assert "Nothing yet." in attended.booth.get(path).text
    attended.desk.get(attended.person_path)
    page = attended.booth.get(path).text
    assert [words in page for words in (str(concerned.number), "Phone number", REASON)] == [True] * 3
    answer = attended.booth.post(f"{path}/attend", headers={"Accept": "application/json"}).get_json()
    assert (answer["here"], [look[1:] for look in answer["looks"]]) == (True, [[concerned.number, "Phone number"]])


def test_the_page_closes_when_the_webmaster_is_gone(attended: Attended) -> None:
    attended.open()
    attended.change("UPDATE officer_accesses SET attended_at = now() - interval '3 minutes'")
    response = attended.desk.get(attended.person_path)
    assert response.location == f"/oversight/accesses/{attended.access_id}"
    page = attended.desk.follow(response).text
    assert ("only while the webmaster attends" in page, "Agreed, nobody attends now" in page) == (True, True)
    assert attended.desk.get(f"{attended.person_path}/photo").status_code == 404
    with attended.database.connect() as connection:
        assert connection.execute("SELECT count(*) FROM journal").fetchone() == (0,)


def test_the_webmaster_ends_it_with_a_reason_that_the_officer_reads(attended: Attended) -> None:
    attended.open()
    path = f"/webmaster/accesses/{attended.access_id}/end"
    assert attended.booth.post(path, {"reason": ""}).status_code == 422
    assert attended.booth.post(path, {"reason": "This goes far beyond the question."}).status_code == 303
    assert attended.desk.get(attended.person_path).status_code == 303
    page = attended.desk.get(f"/oversight/accesses/{attended.access_id}").text
    assert "This goes far beyond the question." in page
    attended.booth.post(f"/webmaster/accesses/{attended.access_id}/attend")
    assert attended.opened() == []


def test_the_officer_ends_it_when_the_work_is_done(attended: Attended) -> None:
    attended.open()
    assert attended.desk.post(f"/oversight/accesses/{attended.access_id}/end").status_code == 303
    assert attended.opened() == []


def test_a_refusal_needs_a_reason_and_opens_the_way_to_another(app: Flask, attended: Attended) -> None:
    second = make_webmaster(language="en")
    path = f"/webmaster/accesses/{attended.access_id}/answer"
    assert attended.booth.post(path, {"answer": "refuse"}).status_code == 422
    why = "The question can be answered without it."
    assert attended.booth.post(path, {"answer": "refuse", "reason": why}).status_code == 303
    page = attended.desk.get(f"/oversight/accesses/{attended.access_id}").text
    choices = [f'value="{one.id}"' in page for one in (attended.webmaster, second)]
    assert (why in page, choices) == (True, [False, True])
    again = f"/oversight/accesses/{attended.access_id}/ask-again"
    assert attended.desk.post(again, {"webmaster": str(second.id)}).status_code == 303
    assert [(kind, to) for kind, to, _text in letters(attended.database, app)] == [
        ("access_asked", attended.webmaster.mail_address),
        ("access_answered", attended.officer.mail_address),
        ("access_asked", second.mail_address),
    ]
    assert attended.booth.post(path, {"answer": "accept"}).status_code == 303
    assert (attended.opened(), attended.answer(second)) == ([], True)


def test_a_webmaster_s_page_is_none_of_the_officer_s_and_the_other_way_round(attended: Attended) -> None:
    found = [
        attended.desk.get(f"/webmaster/accesses/{attended.access_id}").status_code,
        attended.booth.get(f"/oversight/accesses/{attended.access_id}").status_code,
        attended.desk.get("/webmaster/accesses").status_code,
        attended.booth.get("/oversight/accesses").status_code,
        attended.browse(make_officer(language="en"), second_factor=True)
        .get(f"/oversight/accesses/{attended.access_id}")
        .status_code,
        attended.browse(make_webmaster(language="en"), second_factor=True)
        .get(f"/webmaster/accesses/{attended.access_id}")
        .status_code,
    ]
    assert found == [403, 403, 403, 403, 404, 404]


@pytest.mark.parametrize("bound", [True, False])
def test_oversight_asks_a_second_factor_and_a_signature(browse: Browse, bound: bool) -> None:
    officer = make_officer(bound=bound, language="en")
    assert browse(officer).get("/oversight").status_code == (303 if bound else 403)
    assert browse(officer, second_factor=True).get("/oversight").status_code == (200 if bound else 403)


def hide_first(attended: Attended, **form: str) -> int:
    with attended.database.connect() as connection:
        entry = connection.execute("SELECT id FROM journal").fetchone()
    assert entry is not None
    path = f"/oversight/accesses/{attended.access_id}/looks/{entry[0]}/hide"
    assert attended.desk.get(path).status_code == 200
    values = {"until": (TODAY + timedelta(days=90)).isoformat(), "reason": "It would spoil the inquiry."}
    return attended.desk.post(path, values | form).status_code


def test_a_look_is_kept_from_its_person_until_a_date(attended: Attended, browse: Browse, concerned: Made) -> None:
    attended.open()
    attended.desk.get(attended.person_path)
    assert hide_first(attended) == 303
    own = browse(concerned)
    assert REASON not in own.get("/my-data/who-saw-what").text
    with attended.raw(concerned) as connection:
        assert connection.execute("SELECT count(*) FROM access_persons").fetchone() == (0,)
    for browser, path in ((attended.desk, "/oversight/kept-from-people"), (attended.booth, "/webmaster/accesses")):
        assert "It would spoil the inquiry." in browser.get(path).text
    attended.change("UPDATE journal SET hidden_until = now()")
    assert REASON in own.get("/my-data/who-saw-what").text


@pytest.mark.parametrize(
    "form",
    [
        {"until": TODAY.isoformat()},
        {"until": (TODAY + timedelta(days=91)).isoformat()},
        {"until": ""},
        {"reason": "secret"},
    ],
)
def test_keeping_a_look_back_has_a_date_and_a_reason(attended: Attended, form: dict[str, str]) -> None:
    attended.open()
    attended.desk.get(attended.person_path)
    assert hide_first(attended, **form) == 422
    with attended.database.connect() as connection:
        assert connection.execute("SELECT hidden_until, hidden_reason FROM journal").fetchone() == (None, None)


def test_looks_of_others_cannot_be_kept_back(attended: Attended, browse: Browse, concerned: Made) -> None:
    browse(make_person()).get(f"/people/{concerned.handle}")
    with attended.raw() as connection, attended.database.connect() as superuser:
        entry = superuser.execute("SELECT id FROM journal").fetchone()
        assert entry is not None
        done = connection.execute(
            "SELECT gate.hide_look(%s, now() + interval '1 day', 'because')", [entry[0]]
        ).fetchone()
    assert done == (False,)
    path = f"/oversight/accesses/{attended.access_id}/looks/{entry[0]}/hide"
    assert attended.desk.get(path).status_code == 404


def test_officer_s_name_search_is_that_of_any_member(attended: Attended, concerned: Made) -> None:
    """The access opens its own pages alone: elsewhere the officer is a member like others."""
    hide(concerned, Item.SURNAME)
    attended.open()
    page = attended.desk.get(f"/people/{concerned.handle}").text
    assert str(concerned.surname) not in page


MOST = 8


def statements_of(browser: Client, path: str) -> int:
    browser.get(path)
    with counting() as statements:
        assert browser.get(path).status_code == 200
    assert len(statements) <= MOST, statements
    return len(statements)


@pytest.mark.parametrize("many", [3, 12])
def test_pages_of_accesses_ask_the_same_for_one_and_for_many(
    browse: Browse, database: WorkerDatabase, many: int
) -> None:
    counts = []
    for wanted in (1, many):
        persons = [make_person() for _ in range(wanted)]
        attended = Attended(browse, database, persons)
        for _ in range(wanted):
            make_webmaster(language="en")
            attended.access_id = attended.ask(attended.officer, attended.webmaster.id)
        attended.open()
        for place in range(1, wanted + 1):
            attended.desk.get(f"/oversight/accesses/{attended.access_id}/persons/{place}")
        own, booth = f"/oversight/accesses/{attended.access_id}", f"/webmaster/accesses/{attended.access_id}"
        pages = ("/oversight", "/oversight/accesses", "/oversight/accesses/new", own, attended.person_path)
        counts.append([statements_of(attended.desk, path) for path in pages])
        counts[-1] += [statements_of(attended.booth, path) for path in ("/webmaster/accesses", booth)]
    assert counts[0] == counts[1]
