"""Accounts made for somebody else: who is told what, who sees what, how it is taken over, and how it goes (W5, P3)."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select

from tests.features.connections.people import block, count, days_pass, links_in, member, standing
from tests.features.rights.work import everywhere, found_of, letters, run_jobs
from tests.support.canaries import plant, word
from tests.support.client import Client
from tests.support.database import WorkerDatabase
from tests.support.factories import Made
from upguide.config import Settings
from upguide.extensions import db
from upguide.features.connections.actions import made
from upguide.features.connections.jobs import keep_as_of
from upguide.models import Consent, Entry, Person
from upguide.policy.items import Item
from upguide.privacy import made_accounts, statement
from upguide.privacy.connections import State
from upguide.privacy.erasure import erase
from upguide.privacy.farewell import see_off
from upguide.privacy.made_accounts import Taken, Yes
from upguide.tenancy import all_tenants
from upguide.tenancy.scope import scope

Browse = Callable[..., Client]
pytestmark = pytest.mark.clause("W5")
ENGLISH = {"Accept-Language": "en"}
NEW = "/connections/new-account"
PASSWORD = "a-lantern-under-the-bridge"


def a_maker() -> Made:
    """A member with a name that is no canary: the message tells it, as the maker is told before."""
    return member(first_names="Marijke", infix="van der", surname="Ploeg")


def form(**more: str) -> dict[str, str]:
    values = {
        "first_names": word(),
        "surname": word(),
        "mail_address": f"{word().lower()}@example.org",
        "language": "en",
        "of_age": "y",
        "country": "NL",
        "kind": "permanent",
        "gender": "",
    }
    return values | more


FULL = {
    "infix": "van",
    "phone_number": "06 12345678",
    "day": "27",
    "month": "3",
    "year": "1988",
    "birth_place": "Hoorn",
    "gender": "woman",
    "lines": "Kade 3",
    "postcode": "1234ab",
    "town": "Hoorn",
    "position": "Baker",
    "employer_name": "De Molen",
    "employer_address": "Dijk 1",
}


def make(app: Flask, client: Client, **more: str) -> dict[str, str]:
    """Make an account on the page, and let the message go out; return what was entered."""
    values = form(**more)
    response = client.post(NEW, values)
    assert (response.status_code, response.location) == (303, "/connections/accounts")
    client.follow(response)
    run_jobs(app)
    return values


def unclaimed(database: WorkerDatabase) -> Any:
    with database.connect() as connection:
        row = connection.execute("SELECT id FROM persons WHERE unclaimed ORDER BY made_at DESC").fetchone()
    return row and row[0]


def letter_to(database: WorkerDatabase, app: Flask, address: str) -> tuple[str, str]:
    [*_before, (kind, text)] = [(kind, text) for kind, to, text in letters(database, app) if to == address]
    return kind, text


def account_page(client: Client) -> str:
    page = client.get("/connections/accounts").text
    [path] = {part for part in page.split('"') if part.startswith("/connections/accounts/")}
    return client.get(path).text


def yes(**more: str) -> dict[str, str]:
    return {"password": PASSWORD, "stay": "yes", "of_age": "y", "consent": "y"} | more


def test_the_message_says_who_what_and_what_for_and_carries_two_links(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    values = make(app, browse(a_maker()), **FULL)
    kind, text = letter_to(database, app, values["mail_address"])
    assert kind == "account_made_for_you"
    assert "Marijke van der Ploeg, a member of UpGuide, made an account for you there." in text
    for label in ("First names", "Infix", "Surname", "Mail address", "Gender", "Date of birth", "Phone number"):
        assert label in text, label
    assert "helps people to develop" in text
    # What was entered stands behind the links, and not in a mailbox.
    assert [values[name] for name in ("surname", "town", "lines", "position") if values[name] in text] == []
    assert set(links_in(text)) == {"take-over", "delete-account"}


def test_the_maker_sees_what_they_entered_and_nothing_else(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    client = browse(a_maker())
    values = make(app, client, **FULL)
    page = account_page(client)
    shown = ("first_names", "surname", "mail_address", "birth_place", "lines", "town", "position", "employer_name")
    assert [name for name in shown if values[name] not in page] == []
    assert "+31 6 12345678" in page
    with database.connect() as connection:
        row = connection.execute("SELECT number, alias FROM persons WHERE id = %s", [unclaimed(database)]).fetchone()
    assert row is not None
    assert [value for value in row if f">{value}<" in page] == []


def test_nobody_but_the_maker_sees_the_account(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    maker, other = a_maker(), member()
    client, stranger = browse(maker), browse(other)
    before = count(database, "memberships"), count(database, "name_words")
    values = make(app, client, surname="Vlinderman")
    with database.connect() as connection:
        row = connection.execute("SELECT handle FROM made_accounts").fetchone()
    assert row is not None
    assert (count(database, "memberships"), count(database, "name_words")) == before
    assert client.get(f"/connections/accounts/{row[0]}").status_code == 200
    for path in (f"/connections/accounts/{row[0]}", f"/connections/accounts/{row[0]}/remove", f"/people/{row[0]}"):
        assert stranger.get(path).status_code == 404, path
    for searcher in (client, stranger):
        assert "Nobody found" in searcher.get(f"/people?q={values['surname']}").text
    assert "No account waits" in stranger.get("/connections/accounts").text
    assert browse(maker, tenant="gfs").get("/connections/accounts").status_code == 303  # no member there


def test_raw_sql_shows_the_account_to_its_maker_alone(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    maker, other = a_maker(), member()
    make(app, browse(maker), **FULL)
    person_id = unclaimed(database)
    tables = ("persons", "entries", "person_keys", "phones", "addresses", "employers", "made_accounts")
    seen = {}
    for who in (maker, other):
        with database.connect("upguide_app") as connection, connection.transaction():
            setting = "SELECT set_config('app.tenant', %s, true), set_config('app.viewer', %s, true)"
            connection.execute(setting, ["upguide", str(who.id)])
            seen[who.id] = [_sees(connection, table, person_id) for table in tables]
    assert seen == {maker.id: [True] * len(tables), other.id: [False] * len(tables)}


def _sees(connection: psycopg.Connection, table: str, person_id: UUID) -> bool:
    column = "id" if table == "persons" else "person_id"
    return bool(connection.execute(f"SELECT 1 FROM {table} WHERE {column} = %s", [person_id]).fetchall())


@pytest.mark.clause("P3", "T2")
def test_taking_over_makes_it_the_person_s_own(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    maker = a_maker()
    values = make(app, browse(maker), **FULL)
    links = links_in(letter_to(database, app, values["mail_address"])[1])
    visitor, person_id = browse(), unclaimed(database)
    page = visitor.get(links["take-over"]).text
    assert [name for name in ("first_names", "surname", "town", "position") if values[name] not in page] == []
    assert visitor.post(links["take-over"], yes(consent="")).status_code == 422
    assert visitor.post(links["take-over"], yes()).location == "/login"
    signed_in = visitor.post("/login", {"mail_address": values["mail_address"], "password": PASSWORD})
    assert signed_in.status_code == 303
    assert values["surname"] in visitor.get("/profile").text
    with scope("upguide", person_id, db.session()):
        consent = db.session.scalars(select(Consent).where(Consent.person_id == person_id)).one()
        by = set(db.session.scalars(select(Entry.entered_by).where(Entry.person_id == person_id, Entry.item == "town")))
        alias = db.session.scalars(select(Entry.entered_by).where(Entry.item == "alias", Entry.person_id == person_id))
        assert (by, set(alias)) == ({maker.id}, {person_id})
        assert (consent.version, consent.language) == (statement.current_version(), "nl")
        assert len(consent.text_hash) == 64
        assert not db.session.get_one(Person, person_id).unclaimed
        db.session.rollback()
    assert (count(database, "made_accounts"), count(database, "tokens")) == (0, 0)
    for link in links.values():
        assert browse().get(link).status_code == 410


@pytest.mark.parametrize("stay", ["yes", "no"])
def test_the_person_decides_whether_the_maker_stays_connected(
    app: Flask, browse: Browse, database: WorkerDatabase, stay: str
) -> None:
    maker = a_maker()
    client = browse(maker)
    values = make(app, client, **FULL)
    links = links_in(letter_to(database, app, values["mail_address"])[1])
    person_id = unclaimed(database)
    assert browse().post(links["take-over"], yes(stay=stay)).status_code == 303
    with database.connect() as connection:
        row = connection.execute("SELECT handle FROM memberships WHERE person_id = %s", [person_id]).fetchone()
        kinds = connection.execute("SELECT person_id, kind FROM notices").fetchall()
    assert row is not None
    person = Made(person_id, "upguide", row[0])
    page = client.get(f"/people/{person.handle}").text
    state = standing(maker, person).state
    # W5: what they entered themselves, and only as a connection.
    if stay == "yes":
        assert (state, kinds) == (State.CONNECTED, [(maker.id, "account_taken_over")])
        assert values["town"] in page
        assert client.post(f"/connections/{person.handle}/remove").status_code == 303
        page = client.get(f"/people/{person.handle}").text
    else:
        assert (state, kinds) == (State.NOTHING, [])
    assert values["town"] not in page
    assert values["surname"] in page  # as any member sees


def test_a_known_mail_address_gives_the_maker_the_same_answer(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    maker, known = a_maker(), member(mail_address="known@example.org")
    client = browse(maker)
    answers = []
    for address in (str(known.mail_address), f"{word().lower()}@example.org"):
        values = form(mail_address=address, first_names="Anna", surname="Berg")
        response = client.post(NEW, values)
        answers.append((response.status_code, response.location, _without(client.get("/connections/accounts").text)))
        page = _without(account_page(client)).replace(address, "?")
        answers[-1] += (page,)
        [path] = {part for part in client.get("/connections/accounts").text.split('"') if "/accounts/" in part}
        client.follow(client.post(f"{path}/remove"))
    run_jobs(app)
    assert answers[0] == answers[1]


def _without(page: str) -> str:
    page = re.sub(r"/connections/accounts/\w{12}", "/connections/accounts/-", page)
    return re.sub(r'(csrf_token" value|nonce)="[^"]+"', "", page)


def test_whoever_has_an_account_is_written_to_and_can_delete_what_was_entered(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    maker, known = a_maker(), member(mail_address="known@example.org")
    make(app, browse(maker), mail_address=str(known.mail_address))
    kind, text = letter_to(database, app, str(known.mail_address))
    links = links_in(text)
    assert (kind, set(links)) == ("account_made_for_you_already", {"delete-account"})
    assert browse().post(links["delete-account"]).location == "/connections/deleted-account"
    assert (unclaimed(database), count(database, "persons")) == (None, 2)
    assert browse(known).get("/profile").status_code == 200


@pytest.mark.clause("P4c")
def test_whoever_goes_takes_along_what_others_entered_for_their_address(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    maker, known = a_maker(), member(mail_address="known@example.org")
    make(app, browse(maker), mail_address="known@example.org")
    make(app, browse(maker), mail_address="another@example.org")
    with scope(None, known.id, db.session()):
        see_off(db.session(), known.id, all_tenants()["upguide"], "en")
        db.session.commit()
    with database.connect() as connection:
        left = connection.execute("SELECT mail_address FROM persons WHERE unclaimed").fetchall()
    assert (left, count(database, "persons")) == ([("another@example.org",)], 2)


def test_who_blocks_the_maker_hears_nothing_and_the_maker_cannot_tell(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    maker, known = a_maker(), member(mail_address="known@example.org")
    block(known, maker)
    make(app, browse(maker), mail_address=str(known.mail_address))
    assert [to for _kind, to, _text in letters(database, app) if to == known.mail_address] == []
    assert unclaimed(database) is not None


def test_an_unclaimed_account_keeps_nobody_from_registering(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    values = make(app, browse(a_maker()))
    links = links_in(letter_to(database, app, values["mail_address"])[1])
    member(mail_address=values["mail_address"])
    page = browse().get(links["take-over"])
    assert page.status_code == 410
    assert "link_over" not in page.text
    assert browse().post(links["take-over"], yes()).status_code == 410
    assert unclaimed(database) is not None


def test_deleting_without_signing_in_leaves_nothing(
    app: Flask, browse: Browse, database: WorkerDatabase, settings: Settings
) -> None:
    values = make(app, browse(a_maker()), **FULL)
    person_id = unclaimed(database)
    link = links_in(letter_to(database, app, values["mail_address"])[1])["delete-account"]
    visitor = browse()
    assert "Delete everything now" in visitor.get(link, headers=ENGLISH).text
    for name in ("first_names", "surname", "mail_address"):
        plant(values[name], person_id, Item.SURNAME)
    assert visitor.post(link).location == "/connections/deleted-account"
    assert visitor.get(link).status_code == 410
    run_jobs(app)
    with database.connect() as connection:
        connection.execute("DELETE FROM mails WHERE kind = 'erasure_receipt'")
    gone = Made(person_id, "upguide", "x" * 40, {"number": "UG-" + "x" * 40})
    assert found_of(gone, everywhere(database, app, settings)) == []


def test_the_person_can_end_the_connection_alone(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    maker = a_maker()
    client = browse(maker)
    values = make(app, client, **FULL)
    links = links_in(letter_to(database, app, values["mail_address"])[1])
    visitor = browse()
    cut = visitor.post(f"{links['delete-account']}/cut", headers=ENGLISH)
    assert (cut.status_code, cut.location) == (303, links["delete-account"])
    assert "sees nothing of it any more" in visitor.get(links["delete-account"], headers=ENGLISH).text
    assert "No account waits" in client.get("/connections/accounts").text
    assert browse().post(links["take-over"], {k: v for k, v in yes().items() if k != "stay"}).location == "/login"
    assert count(database, "connections") == 0


def test_the_maker_can_take_it_back(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    client = browse(a_maker())
    make(app, client)
    page = client.get("/connections/accounts").text
    [path] = {part for part in page.split('"') if part.startswith("/connections/accounts/")}
    assert client.get(f"{path}/remove").status_code == 200
    assert client.post(f"{path}/remove").location == "/connections/accounts"
    assert (unclaimed(database), count(database, "made_accounts")) == (None, 0)


def test_links_are_kept_as_hashes_and_work_once(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    values = make(app, browse(a_maker()))
    links = links_in(letter_to(database, app, values["mail_address"])[1])
    with database.connect() as connection:
        rows = str(connection.execute("SELECT t::text FROM tokens t").fetchall())
    assert [link for link in links.values() if link.rpartition("/")[2] in rows] == []
    assert browse().post(links["take-over"], yes()).status_code == 303
    assert browse().post(links["take-over"], yes(password="another-lantern-elsewhere")).status_code == 410


def kinds(database: WorkerDatabase, app: Flask) -> list[str]:
    return [kind for kind, *_rest in letters(database, app) if kind.startswith(("account_", "erasure_"))]


def test_what_nobody_takes_over_is_reminded_of_once_and_goes_after_30_days(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    values = make(app, browse(a_maker()))
    now = datetime.now(UTC)
    first, reminded = ["account_made_for_you"], ["account_made_for_you", "account_waits_for_you"]
    for day, sent in ((22, first), (24, reminded), (25, reminded), (29.9, reminded)):
        for _twice in range(2):
            keep_as_of(now + timedelta(days=day))
        assert (day, kinds(database, app)) == (day, sent)
    reminder = letter_to(database, app, values["mail_address"])[1]
    assert set(links_in(reminder)) == {"take-over", "delete-account"}
    assert values["surname"] not in reminder
    for day in (31.1, 32):
        keep_as_of(now + timedelta(days=day))
        # What was written went with the person, and there is no receipt: nobody did anything, or had an account.
        assert (day, kinds(database, app), count(database, "persons")) == (day, [], 1)


def test_nothing_goes_sooner_than_a_week_after_the_reminder(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    make(app, browse(a_maker()))
    late = datetime.now(UTC) + timedelta(days=60)
    for days, left in ((0, 1), (6.9, 1), (7.1, 0)):
        keep_as_of(late + timedelta(days=days))
        assert (days, count(database, "made_accounts")) == (days, left)


def test_what_was_taken_over_stays(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    values = make(app, browse(a_maker()))
    links = links_in(letter_to(database, app, values["mail_address"])[1])
    browse().post(links["take-over"], yes())
    days_pass(database, 90)
    keep_as_of(datetime.now(UTC))
    assert (count(database, "persons"), kinds(database, app)) == (2, ["account_made_for_you"])


@pytest.mark.clause("P2")
@pytest.mark.parametrize(
    "field",
    [
        "first_names",
        "infix",
        "surname",
        "birth_place",
        "lines",
        "town",
        "position",
        "employer_name",
        "employer_address",
    ],
)
def test_a_bsn_is_refused_in_every_field(app: Flask, browse: Browse, database: WorkerDatabase, field: str) -> None:
    response = browse(a_maker()).post(NEW, form(employer_name="De Molen", lines="Kade 3") | {field: "111222333"})
    assert response.status_code == 422
    assert "BSN" in response.text
    assert count(database, "persons") == 1


def test_a_maker_without_a_name_is_asked_for_it(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    client = browse(member(first_names=None, surname=None))
    assert "Your own name first" in client.get(NEW).text
    assert client.post(NEW, form()).status_code == 422
    assert count(database, "persons") == 1


def test_erasing_the_maker_leaves_the_account_to_its_person(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    maker = a_maker()
    values = make(app, browse(maker))
    with scope("upguide", maker.id, db.session()):
        erase(db.session(), maker.id)
        db.session.commit()
    link = links_in(letter_to(database, app, values["mail_address"])[1])["take-over"]
    page = browse().get(link, headers=ENGLISH).text
    assert "A member made this account for you" in page
    assert "Stay connected" not in page


@pytest.mark.parametrize("_again", range(4))
def test_taking_over_and_deleting_at_once_has_one_outcome(
    app: Flask, browse: Browse, database: WorkerDatabase, _again: int
) -> None:
    values = make(app, browse(a_maker()), **FULL)
    link, person_id = links_in(letter_to(database, app, values["mail_address"])[1])["take-over"], unclaimed(database)
    opened = made_accounts.open_link(db.session(), "upguide", link.rpartition("/")[2], made_accounts.TAKE_OVER)
    db.session.rollback()
    assert opened is not None
    answer, tenant = Yes("x", 1, "0" * 64, "en", stay_connected=True), all_tenants()["upguide"]

    def take_over() -> bool:
        try:
            made.take_over(db.session(), tenant, opened, answer)
        except (LookupError, Taken):
            return False
        return True

    ready = Barrier(2)

    def at_once(act: Callable[[], bool]) -> bool:
        with app.app_context(), scope("upguide", None):
            ready.wait()
            try:
                return act()
            finally:
                db.session.rollback()
                db.session.remove()

    acts = (take_over, lambda: made.delete(db.session(), tenant, person_id, "en"))
    with ThreadPoolExecutor(2) as pool:
        taken, deleted = [one.result(30) for one in [pool.submit(Context().run, at_once, act) for act in acts]]
    rows = {table: count(database, table, person_id) for table in ("credentials", "memberships", "consents")}
    assert (taken, deleted) in ((True, False), (False, True))
    assert (set(rows.values()), count(database, "connections")) == ({int(taken)}, int(taken))
    assert (count(database, "persons"), count(database, "made_accounts")) == (1 + taken, 0)
