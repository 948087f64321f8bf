"""Every right is a button, and tells how far it is (P7)."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.privacy.asking import put
from tests.support.client import Client
from tests.support.conventions import parse, words
from tests.support.database import WorkerDatabase
from tests.support.factories import make_person
from tests.support.statements import counting

Browse = Callable[..., Client]

pytestmark = pytest.mark.clause("P7")


def buttons(client: Client) -> dict[str, str]:
    """Where each right leads, by its name."""
    tree = parse(client.get("/my-data").text)
    cards = [card for card in tree.iter("li") if card.get("class") == "card flow"]
    return {words(next(card.iter("h2"))): next(card.iter("a")).get("href") for card in cards}


def test_every_right_of_the_law_is_a_button_that_opens(app: Flask, browse: Browse) -> None:
    client = browse(make_person(language="en"))
    found = buttons(client)
    assert found == {
        "See what we have": "/profile",
        "Correct it": "/profile",
        "Who saw what": "/my-data/who-saw-what",
        "Sessions": "/security",
        "Take your data along": "/my-data/export",
        "Erase": "/my-data/erasure",
        "Consents": "/my-data/consents",
        "Restrict": "/my-data/restriction",
        "Object": "/my-data/objections",
        "Ask a human": "/my-data/requests",
    }
    assert {url: client.get(url).status_code for url in found.values()} == dict.fromkeys(found.values(), 200)


def test_the_menu_leads_there(app: Flask, browse: Browse) -> None:
    assert 'href="/my-data"' in browse(make_person()).get("/home").text


def test_it_tells_what_runs(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    person = make_person(language="en")
    client = browse(person)
    states = ("Your copy is being made: 0 of 100", "Everything goes on", "Restricted since", "An objection stands")
    waiting = "2 requests wait for an answer. The first is due on"
    text = client.get("/my-data").text
    assert [state for state in (*states, waiting) if state in text] == []
    client.post("/my-data/export/new")
    client.post("/my-data/erasure/everything", {"when": "tomorrow"})
    client.post("/my-data/restriction", {"reason": ""})
    client.post("/my-data/objections/development", {"reason": ""})
    for _number in range(2):
        put(person)
    text = client.get("/my-data").text
    assert [state for state in (*states, waiting) if state not in text] == []
    with database.connect() as connection:
        connection.execute("UPDATE exports SET state = 'ready'")
        connection.execute("UPDATE erasures SET due_at = now() - interval '1 second'")
    text = client.get("/my-data").text
    assert ("Your copy is ready" in text, "Your data is being erased" in text) == (True, True)


@pytest.mark.parametrize("rows", [1, 25, 100])
def test_it_costs_the_same_however_much_was_asked(app: Flask, browse: Browse, rows: int) -> None:
    person = make_person()
    for _row in range(rows):
        put(person)
    client = browse(person)
    client.get("/my-data")
    with counting() as statements:
        client.get("/my-data")
    assert len(statements) == 6


def test_a_visitor_is_asked_to_sign_in(app: Flask, browse: Browse) -> None:
    assert browse().get("/my-data").location == "/login?next=/my-data"
