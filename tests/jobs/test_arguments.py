"""What a job may carry, and what it may not: the queue is plain text, and stays when its person is gone."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upguide.jobs.arguments import JobArgumentError, Slug, pack, parameters_of, unpack
from upguide.jobs.queue import TASKS, task
from upguide.mail import delivery

SOURCES = (delivery,)
TYPES = {"thing": UUID, "number": int, "word": Slug}


def test_what_is_packed_is_unpacked() -> None:
    values = {"thing": uuid4(), "number": 3, "word": Slug("gfs")}
    packed = pack(TYPES, values)
    assert packed == {"thing": str(values["thing"]), "number": 3, "word": "gfs"}
    assert unpack(TYPES, packed) == values


@pytest.mark.clause("F4")
@given(st.emails())
def test_no_mail_address_fits_into_a_job(address: str) -> None:
    for kind in (UUID, int, Slug):
        with pytest.raises(JobArgumentError) as refused:
            pack({"value": kind}, {"value": address})
        assert address not in str(refused.value)


@pytest.mark.clause("F4")
@pytest.mark.parametrize(
    "value",
    [
        "jan@example.org",
        "jan(at)example.org",
        "Jan de Vries",
        "+31612345678",
        "0612345678",
        "UG-7K3M9XPD",
        "1234 AB",
        "",
        "a" * 41,
        "two words",
        b"bytes",
        1.5,
        True,
        None,
        ["gfs"],
        {"a": 1},
    ],
)
def test_nothing_personal_fits_into_a_job(value: object) -> None:
    for kind in (UUID, int, Slug):
        with pytest.raises(JobArgumentError):
            pack({"value": kind}, {"value": value})


@pytest.mark.parametrize("values", [{}, {"thing": uuid4()}, {"thing": uuid4(), "other": 1}])
def test_a_job_carries_what_its_task_asks_for(values: dict[str, object]) -> None:
    with pytest.raises(JobArgumentError):
        pack({"thing": UUID, "number": int}, values)


def test_a_task_may_ask_for_names_of_things_alone() -> None:
    def good(thing: UUID, number: int, word: Slug) -> None: ...

    def text(address: str) -> None: ...

    def untyped(thing) -> None: ...  # type: ignore[no-untyped-def]

    def anything(**values: int | str) -> None: ...

    assert parameters_of(good) == TYPES
    for bad in (text, untyped, anything):
        with pytest.raises(JobArgumentError):
            parameters_of(bad)


def test_two_tasks_cannot_have_one_name() -> None:
    def deliver_mail() -> None: ...

    with pytest.raises(ValueError, match="deliver_mail"):
        task(deliver_mail)


@pytest.mark.clause("F4")
def test_every_task_of_the_house_carries_names_of_things_alone() -> None:
    assert {"deliver_mail", "forget_old_mails"} <= TASKS.keys()
    kinds = {kind for known in TASKS.values() for kind in known.types.values()}
    assert kinds <= {UUID, int, Slug}
