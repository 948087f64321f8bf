"""The people search and a member's page, through the whole application."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import text

from tests.support import factories
from tests.support.client import Client
from tests.support.conventions import parse, words
from tests.support.factories import Made
from tests.support.statements import counting
from upguide.extensions import db
from upguide.features.people import queries, views
from upguide.files.images import make_photo
from upguide.models import JournalEntry, Membership, Photo
from upguide.policy.items import Item
from upguide.privacy.photos import keep_photo
from upguide.security.pace import Limit, Pace
from upguide.tenancy.scope import scope

Browse = Callable[..., Client]


def names_on(client: Client, address: str, section: str = "found") -> list[str]:
    tree = parse(client.get(address).text)
    return [
        words(link)
        for part in tree.iter("section")
        if part.get("aria-labelledby") == section
        for link in part.iter("a")
        if link.get("rel") is None
    ]


def searched(client: Client, question: str) -> list[str]:
    return names_on(client, f"/people?q={question}")


def member(
    first: str | None = None, infix: str | None = None, surname: str | None = None, tenant: str = "upguide"
) -> Made:
    return factories.make_person(tenant, first_names=first, infix=infix, surname=surname)


def leave(person: Made) -> None:
    with scope(person.tenant, person.id, db.session()):
        db.session.delete(db.session.get_one(Membership, (person.tenant, person.id)))
        db.session.commit()


def give_photo(person: Made) -> None:
    content = BytesIO()
    Image.new("RGB", (200, 200), "teal").save(content, "PNG")
    with scope(person.tenant, person.id, db.session()):
        key = keep_photo(db.session(), person.id, make_photo(content.getvalue()))
        db.session.add(Photo(person_id=person.id, file_key=key))
        db.session.commit()


@pytest.mark.clause("W1")
def test_search_shows_names_and_nothing_else(browse: Browse) -> None:
    viewer, found = member("Ada"), factories.make_professional(first_names="Joris", infix="van", surname="Zanten")
    give_photo(found)
    factories.add_phone(found)
    page = browse(viewer).get("/people?q=zanten").text
    tree = parse(page)
    (entry,) = [e for e in tree.iter("li") if "Joris" in words(e)]
    assert words(entry) == "Joris van Zanten"
    assert [link.get("href") for link in entry.iter("a")] == [f"/people/{found.handle}"]
    assert [e.tag for e in entry.iter() if e.tag == "img"] == []


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("berg", ["Anna van der Berg"]),
        ("van der berg", ["Anna van der Berg"]),
        ("BERG anna", ["Anna van der Berg"]),
        ("der", ["Anna van der Berg"]),
        ("oz", ["José Öztürk-de Wit"]),
        ("ÖZTÜRK", ["José Öztürk-de Wit"]),
        ("jose", ["José Öztürk-de Wit"]),
        ("wit", ["José Öztürk-de Wit"]),
        ("a", ["Anna van der Berg"]),
        ("rg", []),
        ("anna wit", []),
        ("O'Brien", ["Siân O'Brien"]),
    ],
)
def test_search_finds_the_beginning_of_any_word(browse: Browse, question: str, found: list[str]) -> None:
    viewer = member("Zed")
    member("Anna", "van der", "Berg")
    member("José", None, "Öztürk-de Wit")
    member("Siân", None, "O'Brien")
    assert searched(browse(viewer), question) == found


def test_search_sorts_as_dutch_people_do(browse: Browse) -> None:
    viewer = member("Viewer")
    for name in [
        ("Jan", "van", "Zanten"),
        ("Jan", None, "Berg"),
        ("Jan", "van den", "Berg"),
        ("Jan", None, "Álvarez"),
        ("Jan", None, "de Wit"),
    ]:
        member(*name)
    assert searched(browse(viewer), "jan") == [
        "Jan Álvarez",
        "Jan Berg",
        "Jan van den Berg",
        "Jan de Wit",
        "Jan van Zanten",
    ]


def test_search_finds_the_searcher_too(browse: Browse) -> None:
    viewer = member("Ada", None, "Lovelace")
    assert searched(browse(viewer), "love") == ["Ada Lovelace"]


@pytest.mark.clause("W1", "P4b")
def test_hidden_name_is_not_found(browse: Browse) -> None:
    viewer = member("Viewer")
    hider = member("Jan", None, "Verstopt")
    factories.hide(hider, Item.SURNAME)
    client = browse(viewer)
    assert searched(client, "verstopt") == []
    assert searched(client, "jan") == ["Jan"]
    assert names_on(client, "/people?q=verstop", "similar") == []
    factories.hide(hider, Item.FIRST_NAMES)
    assert searched(client, "jan") == []


@pytest.mark.clause("W1", "P4b")
def test_hidden_name_changes_neither_pages_nor_order(browse: Browse) -> None:
    viewer = member("Viewer")
    people = [member("Jan", None, f"Naam{number:02}") for number in range(26)]
    client = browse(viewer)
    assert 'rel="next"' in client.get("/people?q=jan").text
    factories.hide(people[3], Item.FIRST_NAMES)
    page = client.get("/people?q=jan").text
    assert 'rel="next"' not in page
    assert page.count('href="/people/') == 25


@pytest.mark.clause("W10")
def test_visitor_is_sent_to_sign_in(browse: Browse) -> None:
    found = member("Jan")
    visitor = browse()
    for path in (
        "/people?q=jan",
        "/people/suggestions?q=jan",
        f"/people/{found.handle}",
        f"/people/{found.handle}/photo/large",
    ):
        response = visitor.get(path)
        assert (response.status_code, (response.location or "")[:12]) == (303, "/login?next=")


def test_people_of_other_portals_are_not_found(browse: Browse) -> None:
    viewer = member("Viewer")
    other = member("Jan", None, "Elders", tenant="gfs")
    client = browse(viewer)
    assert searched(client, "elders") == []
    assert names_on(client, "/people?q=eldrs", "similar") == []
    assert client.get(f"/people/{other.handle}").status_code == 404


def test_pages_lead_there_and_back(browse: Browse) -> None:
    viewer = member("Viewer")
    for number in range(60):
        member("Jan", None, f"Naam{number:02}")
    client, address, seen = browse(viewer), "/people?q=jan", []
    pages = []
    for _step in range(3):
        page = parse(client.get(address).text)
        seen += [words(e) for e in page.iter("li") if words(e).startswith("Jan")]
        pages.append(address)
        onwards = [e.get("href") for e in page.iter("a") if e.get("rel") == "next"]
        address = onwards[0] if onwards else ""
    assert (seen, address) == ([f"Jan Naam{number:02}" for number in range(60)], "")
    back = [e.get("href") for e in parse(client.get(pages[2]).text).iter("a") if e.get("rel") == "prev"]
    assert names_on(client, back[0]) == [f"Jan Naam{number:02}" for number in range(25, 50)]


@pytest.mark.parametrize(
    "cursor",
    ["after=222222222222", "before=222222222222", "after=%00", "after=", "before=%FF&after='", "after=" + "x" * 3000],
)
def test_unknown_cursor_leads_to_the_first_page(browse: Browse, cursor: str) -> None:
    viewer = member("Viewer")
    member("Jan", None, "Eerste")
    assert names_on(browse(viewer), f"/people?q=jan&{cursor}") == ["Jan Eerste"]


def test_cursor_of_another_portal_is_unknown(browse: Browse) -> None:
    viewer = member("Viewer")
    member("Jan", None, "Eerste")
    other = member("Jan", None, "Zwart", tenant="gfs")
    assert names_on(browse(viewer), f"/people?q=jan&after={other.handle}") == ["Jan Eerste"]


def test_cursor_behind_the_last_leads_to_the_start(browse: Browse) -> None:
    viewer, last = member("Viewer"), member("Jan", None, "Eerste")
    response = browse(viewer).get(f"/people?q=jan&after={last.handle}")
    assert (response.status_code, response.location) == (303, "/people?q=jan")


@pytest.mark.parametrize(
    "question",
    [
        "",
        "%00",
        "%FF%FE",
        "...",
        "%F0%9F%98%80",
        "x" * 5000,
        "a " * 500,
        "李小龙",
        "'; DROP TABLE persons --",
        "%25_",
        "&q=jan",
    ],
)
def test_any_question_is_answered(browse: Browse, question: str) -> None:
    client = browse(member("Viewer"))
    assert client.get(f"/people?q={question}").status_code == 200
    assert client.get(f"/people/suggestions?q={question}").status_code == 200


def test_other_scripts_are_found(browse: Browse) -> None:
    viewer = member("Viewer")
    member("小龙", None, "李")
    member("Жанна", None, "Иванова")
    client = browse(viewer)
    assert (searched(client, "李"), searched(client, "ИВАН")) == (["小龙 李"], ["Жанна Иванова"])


def test_nearly_right_name_gets_a_suggestion(browse: Browse) -> None:
    viewer = member("Viewer")
    member("Fatma", None, "Öztürk")
    member("Pieter", "van der", "Jansen")
    client = browse(viewer)
    assert names_on(client, "/people?q=Ozturc", "similar") == ["Fatma Öztürk"]
    assert names_on(client, "/people?q=piter+van+jansne", "similar") == ["Pieter van der Jansen"]
    assert names_on(client, "/people?q=qqqqq", "similar") == []


def test_suggestions_are_names_and_addresses(browse: Browse) -> None:
    viewer = member("Viewer")
    people = [member("Jan", None, f"Naam{number}") for number in range(9)]
    response = browse(viewer).get("/people/suggestions?q=jan")
    assert json.loads(response.text) == {
        "suggestions": [{"label": f"Jan Naam{n}", "url": f"/people/{people[n].handle}"} for n in range(8)]
    }
    assert response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(("path", "name"), [("/people?q=", "_searches"), ("/people/suggestions?q=", "_suggestions")])
def test_copying_the_list_is_slowed_down(browse: Browse, monkeypatch: pytest.MonkeyPatch, path: str, name: str) -> None:
    monkeypatch.setattr(views, name, Pace([Limit(2, 300)]))
    client, other = browse(member("Viewer")), browse(member("Other"))
    answers = [client.get(path + letter).status_code for letter in "abaac"]
    assert answers == [200, 200, 200, 200, 429]
    assert other.get(f"{path}c").status_code == 200


def test_each_page_of_a_list_is_a_question(browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "_searches", Pace([Limit(2, 300)]))
    viewer, other = member("Viewer"), member("Jan", None, "Eerste")
    client = browse(viewer)
    addresses = ("/people?q=jan", f"/people?q=jan&before={other.handle}", f"/people?q=jan&after={other.handle}")
    assert [client.get(address).status_code for address in addresses] == [200, 303, 429]


def test_limits_leave_room_for_hands_and_none_for_copying() -> None:
    processes = 2  # that answer, each counting by itself: upguide.gunicorn
    for limits, most in ((views.SEARCHES, queries.PAGE_SIZE), (views.SUGGESTED, views.SUGGESTIONS)):
        questions = {limit.seconds: limit.questions for limit in limits}
        assert 60 <= questions[300] <= 120
        assert questions[86400] * processes * most <= 10_000


@pytest.mark.parametrize(("path", "most"), [("/people?q=jan", 25), ("/people/suggestions?q=jan", 8)])
@pytest.mark.parametrize("people", [1, 25, 100])
def test_search_takes_as_many_statements_for_few_as_for_many(browse: Browse, people: int, path: str, most: int) -> None:
    viewer = member("Viewer")
    for number in range(people):
        member("Jan", None, f"Naam{number:02}")
    client = browse(viewer)
    with counting() as statements:
        response = client.get(path)
    assert len(re.findall(r'"/people/[a-z0-9]{12}"', response.text)) == min(people, most)
    assert len(statements) == 4, [s[:60] for s in statements]


def test_first_search_of_a_person_writes_nothing(browse: Browse) -> None:
    viewer = member("Viewer")
    member("Jan", None, "Eerste")
    client = browse(viewer)
    for path, most in (("/people?q=jan", 5), ("/people?q=jna", 5), ("/people/suggestions?q=jan", 5)):
        with counting() as statements:
            assert client.get(path).status_code == 200
        assert len(statements) <= most
        assert [s for s in statements if re.search(r"\b(INSERT|UPDATE|DELETE|MERGE|throttle)", s)] == []


@pytest.mark.clause("W3")
def test_member_sees_name_and_photo_of_a_member(browse: Browse) -> None:
    viewer, seen = member("Viewer"), member("Jan", "de", "Vries")
    factories.add_phone(seen)
    factories.add_address(seen)
    give_photo(seen)
    client = browse(viewer)
    tree = parse(client.get(f"/people/{seen.handle}").text)
    assert [words(e) for e in tree.iter("h1")] == ["Jan de Vries"]
    assert list(tree.iter("dt")) == []
    (photo,) = [e.get("src") for e in tree.iter("img")]
    answer = client.get(photo)
    assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (
        200,
        "image/webp",
        "private, no-store",
    )


@pytest.mark.clause("W4")
def test_member_sees_the_active_card_of_a_professional(browse: Browse) -> None:
    viewer = member("Viewer")
    active, silent = factories.make_professional(), factories.make_professional(signed=False)
    card = (Item.DESCRIPTION, Item.EXPERTISE, Item.SPECIALISATIONS, Item.REGION)
    client = browse(viewer, allow=[(active, item) for item in card])
    lines = [words(e) for e in parse(client.get(f"/people/{active.handle}").text).iter("dd")]
    assert lines == [active.description, active.expertise, active.specialisations, active.region]
    assert list(parse(client.get(f"/people/{silent.handle}").text).iter("dd")) == []


@pytest.mark.clause("W3", "P4b")
def test_hidden_photo_is_not_served(browse: Browse) -> None:
    viewer, seen = member("Viewer"), member("Jan")
    give_photo(seen)
    factories.hide(seen, Item.PHOTO)
    client = browse(viewer)
    assert list(parse(client.get(f"/people/{seen.handle}").text).iter("img")) == []
    assert client.get(f"/people/{seen.handle}/photo/large").status_code == 404


def test_own_page_is_the_profile(browse: Browse) -> None:
    viewer = member("Viewer")
    assert browse(viewer).get(f"/people/{viewer.handle}").location == "/profile"


def test_unknown_former_and_foreign_members_are_all_not_found(browse: Browse) -> None:
    viewer, former, foreign, bare = member("Viewer"), member("Jan"), member("Piet", tenant="gfs"), member()
    leave(former)
    client = browse(viewer)
    handles = (former.handle, foreign.handle, bare.handle, "222222222222")
    pages = {words(parse(client.get(f"/people/{handle}").text).find(".//main")) for handle in handles}
    assert len(pages) == 1
    for person in (former, foreign, bare):
        assert client.get(f"/people/{person.handle}/photo/small").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/people/x",
        "/people/" + "x" * 12,
        "/people/%00aaaaaaaaaaa",
        "/people/aaaaaaaaaaaa/photo/huge",
        "/people/aaaaaaaaaaaa/photo/large",
    ],
)
def test_nonsense_addresses_are_not_found(browse: Browse, path: str) -> None:
    assert browse(member("Viewer")).get(path).status_code == 404


@pytest.mark.clause("W3")
def test_look_at_a_page_is_journalled_and_a_search_is_not(browse: Browse) -> None:
    viewer, seen = member("Viewer"), member("Jan")
    client = browse(viewer)
    client.get("/people?q=jan")
    client.get(f"/people/{seen.handle}")
    with scope("upguide", seen.id, db.session()):
        rows = db.session.query(JournalEntry.person_id, JournalEntry.viewer_id, JournalEntry.setting).all()
    assert [tuple(row) for row in rows] == [(seen.id, viewer.id, "page")]


@pytest.mark.clause("W4")
def test_look_that_finds_nothing_is_not_journalled(browse: Browse) -> None:
    viewer, bare, card = member("Viewer"), member(), factories.make_professional()
    client = browse(viewer)
    paths = (f"/people/{bare.handle}", f"/people/{bare.handle}/photo/large", f"/people/{card.handle}/photo/large")
    assert [client.get(path).status_code for path in paths] == [404, 404, 404]
    for person in (bare, card):
        with scope("upguide", person.id, db.session()):
            assert db.session.query(JournalEntry).count() == 0


def test_portal_without_people_has_no_page_of_a_member(browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    viewer, seen = member("Viewer"), member("Jan")
    give_photo(seen)
    client = browse(viewer)
    tenant = replace(client.portal, modules=client.portal.modules - {"people"})
    paths = ("/people", "/people/suggestions?q=jan", f"/people/{seen.handle}", f"/people/{seen.handle}/photo/large")
    assert [client.get(path).status_code for path in paths] == [200, 200, 200, 200]
    monkeypatch.setattr(views, "current_tenant", lambda: tenant)
    assert [client.get(path).status_code for path in paths] == [404, 404, 404, 404]


def test_member_page_takes_eight_statements(browse: Browse) -> None:
    viewer, seen = member("Viewer"), member("Jan")
    client = browse(viewer)
    with counting() as statements:
        client.get(f"/people/{seen.handle}")
    # The last two are the journal's, in a transaction of its own.
    assert len(statements) == 8


@pytest.mark.parametrize(
    ("question", "index", "condition"),
    [
        ("jan", "ix_name_words_start", "start = "),
        ("ja", "pk_name_words", "word >= "),
        ("jans", "pk_name_words", "word >= "),
        ("anna van der berg", "pk_name_words", "word >= "),
    ],
)
def test_search_uses_its_index_under_row_level_security(app: Flask, question: str, index: str, condition: str) -> None:
    viewer = member("Viewer")
    statement, values = queries.search("upguide", queries.search_words(question), None)
    with scope("upguide", viewer.id, db.session()):
        db.session.execute(text("SET LOCAL enable_seqscan = off"))
        compiled = statement.compile(db.engine, compile_kwargs={"render_postcompile": True})
        plan = "\n".join(
            db.session.connection().exec_driver_sql(f"EXPLAIN {compiled}", compiled.construct_params(values)).scalars()
        )
    assert f"Index Only Scan using {index}" in plan
    assert re.search(rf"Index Cond: .*{condition}", plan)
