"""What the search finds is what a plain reading of all names finds, however it is read."""

from itertools import pairwise
from uuid import UUID

import pytest
from flask import Flask

from tests.support.factories import Made, hide, make_person
from upguide.extensions import db
from upguide.features.people.queries import Found, Place, find, place_of, search_words
from upguide.policy.items import Item
from upguide.privacy.names import Names, sort_key, words
from upguide.tenancy.scope import scope

FIRST = ("Jan", "Jana", "Janneke Jans", "Ja", "Anna")
SURNAMES = ("Jansen", "Berg", "Jan", "Janssen-Jansma", "Öztürk", "李")
SIZE = 4


@pytest.fixture
def people(app: Flask) -> list[Made]:
    """Every first name with every surname, some of them twice, and one that hides what is asked for."""
    made = [make_person(first_names=first, infix="van", surname=surname) for first in FIRST for surname in SURNAMES]
    made += [make_person(first_names="Jan", infix="van", surname="Jansen") for _ in range(3)]
    hider = make_person(first_names="Jan", infix=None, surname="Verstopt")
    hide(hider, Item.FIRST_NAMES)
    make_person("gfs", first_names="Jan", infix="van", surname="Elders")
    return made


def plainly(people: list[Made], asked: tuple[str, ...]) -> list[UUID]:
    """Read all names, and keep those with a word that begins with each of the words asked for."""
    found = []
    for person in people:
        names = Names(person.first_names, person.infix, person.surname)
        if all(any(word.startswith(one) for word in words(names)) for one in asked):
            found.append((sort_key(names), person.id))
    return [person_id for _key, person_id in sorted(found)]


def place(people: list[Made], person_id: UUID) -> Place:
    (handle,) = [person.handle for person in people if person.id == person_id]
    found = place_of(db.session(), "upguide", handle)
    assert found is not None
    return found


QUESTIONS = (
    *("jan", "jans", "ja", "j", "a", "ber", "oztu", "李", "jan jans", "jansen jan", "van", "van jan", "x", "jax"),
    *("janssen jansma", "janneke"),
)


def test_pages_onwards_and_back_are_those_of_a_plain_reading(people: list[Made]) -> None:
    with scope("upguide", people[0].id, db.session()):
        for question in QUESTIONS:
            asked = search_words(question)
            expected = plainly(people, asked)
            pages = [tuple(expected[at : at + SIZE]) for at in range(0, len(expected), SIZE)] or [()]
            assert onwards(people, asked) == [
                Found(page, earlier=number > 0, later=number < len(pages) - 1) for number, page in enumerate(pages)
            ], question
            for number, (before, here) in enumerate(pairwise(pages)):
                back = find(db.session(), "upguide", asked, before=place(people, here[0]), size=SIZE)
                assert back == Found(before, earlier=number > 0, later=True), question


def onwards(people: list[Made], asked: tuple[str, ...]) -> list[Found]:
    found = [find(db.session(), "upguide", asked, size=SIZE)]
    while found[-1].later:
        after = place(people, found[-1].ids[-1])
        found.append(find(db.session(), "upguide", asked, after=after, size=SIZE))
    return found
