"""Who is blocked is found by nobody, not by a name that is nearly right either; released, by everybody (W9, P4b)."""

from collections.abc import Callable

import pytest

from tests.features.people.test_views import names_on, searched
from tests.features.webmaster.work import everything_of, look_up, rows
from tests.support.client import Client
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, join, make_person

Browse = Callable[..., Client]
pytestmark = pytest.mark.clause("W9", "P4b")
WORDS = "SELECT DISTINCT tenant_id FROM name_words WHERE person_id = %s ORDER BY 1"


def test_nobody_finds_somebody_who_is_blocked_and_everybody_who_is_released(
    browse: Browse, webmaster: Made, database: WorkerDatabase
) -> None:
    person = make_person(first_names="Ada", surname="Zwaluwstaart")
    make_person(first_names="Bob", surname="Zwaluw")
    join(person, "gfs")
    member = browse(make_person())
    desk = browse(webmaster, second_factor=True, allow=everything_of(person))
    path = look_up(desk, person.mail_address)

    def found() -> tuple[list[str], list[str], list[tuple[str, ...]]]:
        by_name = searched(member, "zwaluw")
        return by_name, names_on(member, "/people?q=zwaluwstaartt", "similar"), rows(database, WORDS, person.id)

    before = found()
    desk.post(f"{path}/block", {"reason": "Wrote insults to other members, twice."})
    blocked = found()
    desk.post(f"{path}/release", {"reason": "Said sorry to both of them, at length."})
    assert (before[0], before[2]) == (["Bob Zwaluw", "Ada Zwaluwstaart"], [("gfs",), ("upguide",)])
    assert "Ada Zwaluwstaart" in before[1]
    assert (blocked[0], blocked[2]) == (["Bob Zwaluw"], [])
    assert "Ada Zwaluwstaart" not in blocked[1]
    assert found() == before
