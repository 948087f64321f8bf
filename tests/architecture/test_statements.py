"""No page asks the database more when there is more to show: at most eight statements, for one row or many."""

from collections.abc import Callable

import pytest

from tests.notices.world import happen
from tests.support.client import Client
from tests.support.factories import Made, add_address, add_employer, add_phone, make_person, start_session
from tests.support.statements import counting

Browse = Callable[..., Client]
MOST, MOST_ON_THE_LIST = 8, 5
ENOUGH = (1, 3, 25)


def find_members(person: Made, count: int) -> str:
    for _ in range(count):
        make_person(first_names="Findable")
    return "/people?q=findable"


def own_phones(person: Made, count: int) -> str:
    for _ in range(count):
        add_phone(person)
    return "/profile"


def own_addresses(person: Made, count: int) -> str:
    for _ in range(count):
        add_address(person)
        add_employer(person)
    return "/profile"


def own_sessions(person: Made, count: int) -> str:
    for _ in range(count):
        start_session(person)
    return "/security"


def own_notices(person: Made, count: int) -> str:
    actor = make_person()
    for _ in range(count):
        happen(actor, person)
    return "/notifications"


# Every page that lists rows, by how its rows are made.
LISTS = {make.__name__: make for make in (find_members, own_phones, own_addresses, own_sessions, own_notices)}


@pytest.mark.parametrize("name", LISTS)
def test_list_asks_the_same_for_one_row_and_for_many(browse: Browse, name: str) -> None:
    counts = []
    for wanted in ENOUGH:
        person = make_person()
        path = LISTS[name](person, wanted)
        client = browse(person)
        client.get(path)  # what is asked once in a process is not asked of each page
        with counting() as statements:
            assert client.get(path).status_code == 200
        counts.append(len(statements))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= (MOST_ON_THE_LIST if name == "find_members" else MOST), statements


@pytest.mark.parametrize(
    "path",
    ["/home", "/people", "/profile", "/profile/view-as", "/security", "/privacy", "/join", "/notifications/choices"],
)
def test_page_asks_little(browse: Browse, path: str) -> None:
    client = browse(make_person())
    client.get(path)
    with counting() as statements:
        client.get(path)
    assert len(statements) <= MOST, statements


def test_member_s_page_asks_little_and_writes_one_row(browse: Browse) -> None:
    seen, client = make_person(), browse(make_person())
    client.get(f"/people/{seen.handle}")
    with counting() as statements:
        client.get(f"/people/{seen.handle}")
    writes = [s for s in statements if s.split()[0] in ("INSERT", "UPDATE", "DELETE")]
    assert (len(statements) <= MOST, len(writes)) == (True, 1), statements
