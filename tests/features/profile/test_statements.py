"""The profile asks the database a fixed number of questions, however much stands on it."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.support.client import Client
from tests.support.factories import add_address, add_employer, add_phone, make_person
from tests.support.statements import counting

Browse = Callable[..., Client]
MOST = 8


@pytest.mark.parametrize("path", ["/profile", "/profile/view-as", "/profile/name", "/profile/addresses/new"])
def test_pages_need_the_same_few_statements_for_1_and_3_rows(browse: Browse, app: Flask, path: str) -> None:
    numbers = []
    for rows in (1, 3):
        person = make_person(language="en")
        for _row in range(rows):
            add_phone(person)
            add_address(person)
            add_employer(person)
        client = browse(person)
        with counting() as statements:
            client.get(path)
        numbers.append(len(statements))
    assert numbers[0] == numbers[1] <= MOST, statements
