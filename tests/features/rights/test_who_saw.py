"""Who saw what, told to the person: the role and no more, filtered, page by page, hidden while the officer says so."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from tests.support.client import Client
from tests.support.conventions import parse, words
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, make_person
from tests.support.statements import counting
from upguide.policy.requests import ZONE

Browse = Callable[..., Client]
PAGE = "/my-data/who-saw-what"

pytestmark = pytest.mark.clause("P7", "W8", "W9")


def look(  # noqa: PLR0913  (a row of the journal, column by column)
    database: WorkerDatabase,
    person: Made,
    *relations: str,
    items: tuple[str, ...] = ("surname",),
    setting: str = "page",
    reason: str | None = None,
    ago: int = 0,
    by: Made | None = None,
    hidden: timedelta | None = None,
    rows: int = 1,
) -> None:
    """Note looks `ago` days back; `hidden` until so long from now."""
    now = datetime.now(UTC)
    values = [person.id, by.id if by else None, list(relations), setting, list(items), reason]
    until = now + hidden if hidden else None
    with database.connect() as connection:
        for _row in range(rows):
            connection.execute(
                "INSERT INTO journal (tenant_id, person_id, viewer_id, relations, setting, items, reason, seen_at,"
                " hidden_until, hidden_reason) VALUES ('upguide', %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [*values, now - timedelta(days=ago), until, "An inquiry ran." if until else None],
            )


def lines(client: Client, address: str = PAGE) -> list[tuple[str, ...]]:
    """The rows of the table, without the moment."""
    tree = parse(client.get(address).text)
    rows = [row for part in tree.iter("tbody") for row in part.iter("tr")]
    return [tuple(words(cell) for cell in row.iter("td")) for row in rows]


def test_it_tells_role_place_items_and_reason(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    person = make_person(language="en")
    look(database, person, "member", items=("first_names", "surname", "photo"))
    look(database, person, "connection", "member", items=("phone",))
    look(database, person, "webmaster", items=("mail_address",), reason="You asked for help.")
    look(database, person, "self", items=("surname",), setting="export")
    no_reason = "No reason was needed"
    assert lines(browse(person)) == [
        ("You in a copy to take along, UpGuide", "None", "Surname", no_reason),
        ("A webmaster on your page, UpGuide", "None", "Mail address", "You asked for help."),
        ("A connection on your page, UpGuide", "None", "Phone number", no_reason),
        ("A member on your page, UpGuide", "None", "First names, Surname and Photo", no_reason),
    ]


def test_it_tells_nothing_of_who_looked_but_the_role(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    person, viewer = make_person(language="en"), make_person(language="en")
    browse(viewer).get(f"/people/{person.handle}")
    text = browse(person).get(PAGE).text
    assert "A member" in text
    told = {str(viewer.id), viewer.handle, *(value for value in viewer.values.values() if value and len(value) > 3)}
    assert [value for value in told if value in text] == []


def test_nobody_reads_another_s(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    person, other = make_person(language="en"), make_person(language="en")
    look(database, person, "member", by=other)
    assert lines(browse(other)) == []


def test_many_items_stand_behind_a_click(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    person = make_person(language="en")
    items = ("first_names", "surname", "gender", "photo", "alias", "phone", "address", "town", "position")
    look(database, person, "webmaster", items=items)
    [(_who, _organisation, what, _why)] = lines(browse(person))
    assert what == (
        "First names, Surname, Photo, Alias, Gender, Phone number And more Address, Town, Position or profession"
    )


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("role=webmaster", ["A webmaster"]),
        ("role=member", ["A member"]),
        ("role=connection", ["A connection"]),
        ("role=officer", []),
        ("item=phone", ["A connection"]),
        ("item=phone&role=webmaster", []),
        ("since={tomorrow}", []),
        ("since={yesterday}", ["A webmaster", "A connection"]),
        ("until={yesterday}", ["A member"]),
        ("until={today}&role=webmaster", ["A webmaster"]),
        ("role=&item=&since=&until=", ["A webmaster", "A connection", "A member"]),
        ("before=0", []),
        ("after=0", ["A webmaster", "A connection", "A member"]),
        ("before=x&after=-1", ["A webmaster", "A connection", "A member"]),
    ],
)
def test_it_is_filtered_by_role_item_and_period(
    app: Flask, browse: Browse, database: WorkerDatabase, asked: str, found: list[str]
) -> None:
    person = make_person(language="en")
    look(database, person, "member", ago=3)
    look(database, person, "connection", "member", items=("phone",))
    look(database, person, "webmaster", items=("mail_address",))
    now = datetime.now(ZONE)
    days = {name: (now + timedelta(days=at)).date() for name, at in (("yesterday", -1), ("today", 0), ("tomorrow", 2))}
    rows = lines(browse(person), f"{PAGE}?{asked.format(**days)}")
    assert [row[0].partition(" on ")[0] for row in rows] == found


@pytest.mark.parametrize("asked", ["role=nobody", "item=nothing", "since=yesterday", "until=2026-13-45"])
def test_what_cannot_be_asked_is_told(app: Flask, browse: Browse, database: WorkerDatabase, asked: str) -> None:
    person = make_person(language="en")
    look(database, person, "member")
    assert "There is a problem" in browse(person).get(f"{PAGE}?{asked}").text


def test_it_is_read_page_by_page_and_back(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    person = make_person(language="en")
    look(database, person, "member", rows=60)
    client, found, addresses, address = browse(person), list[int](), [PAGE], PAGE
    while True:
        text = client.get(address).text
        found.append(len(lines(client, address)))
        following = re.search(r'href="([^"]+)" rel="next"', text)
        if following is None:
            break
        address = following[1].replace("&amp;", "&")
        addresses.append(address)
    assert found == [25, 25, 10]
    back = re.search(r'href="([^"]+)" rel="prev"', client.get(addresses[-1]).text)
    assert back is not None
    assert len(lines(client, back[1].replace("&amp;", "&"))) == 25


def test_the_filter_stays_from_page_to_page(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    person = make_person(language="en")
    look(database, person, "member", rows=30)
    text = browse(person).get(f"{PAGE}?role=member&item=surname").text
    assert "role=member&amp;item=surname&amp;before=" in text


@pytest.mark.parametrize("rows", [1, 25, 100])
def test_it_costs_the_same_for_any_number_of_looks(
    app: Flask, browse: Browse, database: WorkerDatabase, rows: int
) -> None:
    person = make_person(language="en")
    look(database, person, "member", rows=rows)
    client = browse(person)
    client.get(PAGE)
    with counting() as statements:
        client.get(PAGE)
    assert len(statements) == 3


def test_a_hidden_look_is_not_told_before_its_date(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    person = make_person(language="en")
    look(database, person, "officer", hidden=timedelta(days=1))
    look(database, person, "member")
    assert [row[0].partition(" on ")[0] for row in lines(browse(person))] == ["A member"]


def test_afterwards_it_is_told_with_until_when_and_why(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    person = make_person(language="en")
    look(database, person, "officer", reason="A complaint.", hidden=timedelta(minutes=-1))
    [(who, _organisation, _what, why)] = lines(browse(person))
    assert who == "The data-protection officer on your page, UpGuide"
    assert re.fullmatch(r"A complaint\. The data-protection officer kept this from you until .+: An inquiry ran\.", why)


def test_a_hidden_look_is_kept_from_the_person_by_the_database_itself(app: Flask, database: WorkerDatabase) -> None:
    person = make_person(language="en")
    look(database, person, "officer", hidden=timedelta(days=1))
    look(database, person, "officer", hidden=timedelta(days=-1))
    with database.connect("upguide_app") as connection, connection.transaction(force_rollback=True):
        connection.execute(
            "SELECT set_config('app.tenant', 'upguide', true), set_config('app.viewer', %s, true)", [str(person.id)]
        )
        row = connection.execute("SELECT count(*) FROM journal").fetchone()
        assert row == (1,)
        with pytest.raises(Exception, match="row-level security"):
            connection.execute(
                "INSERT INTO journal (tenant_id, person_id, viewer_id, relations, setting, items, hidden_until)"
                " VALUES ('upguide', %s, %s, '{}', 'page', '{}', now() + interval '1 day')",
                [person.id, person.id],
            )
