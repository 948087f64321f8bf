"""Whatever is sent to the profile, it is taken or refused with a page of ours, and never breaks anything."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.client import Client
from tests.support.factories import add_phone, make_person

Browse = Callable[..., Client]
FORMS = {
    "/profile/name": ("first_names", "infix", "surname"),
    "/profile/alias": ("alias",),
    "/profile/birth": ("day", "month", "year", "birth_place", "gender"),
    "/profile/position": ("position",),
    "/profile/phones/new": ("phone_number",),
    "/profile/addresses/new": ("kind", "country", "lines", "postcode", "town"),
    "/profile/employers/new": ("employer_name", "employer_address"),
    "/profile/photo/change": ("photo",),
}
ODD = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["", "\0", "\ud800", "x" * 6_000, "१२", "²", "ﬃ", "\u202e", "31", "2", "1988", "NL", "%", "'"]),
)


@pytest.fixture
def signed_in(browse: Browse) -> Client:
    return browse(make_person(language="en"))


@pytest.mark.parametrize("path", FORMS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_random_doubled_and_missing_values_are_taken_or_refused(
    signed_in: Client, path: str, data: st.DataObject
) -> None:
    values = st.lists(ODD, max_size=2).map(lambda found: [one.encode("utf-8", "surrogatepass") for one in found])
    sent = {name: data.draw(values) for name in FORMS[path]}
    assert signed_in.post(path, sent).status_code in (303, 422)


@pytest.mark.parametrize("name", ["day", "month", "year"])
def test_more_digits_than_python_reads_as_a_number_are_refused(signed_in: Client, name: str) -> None:
    date = {"day": "1", "month": "2", "year": "1988"}
    assert signed_in.post("/profile/birth", date | {name: "1" * 4_400}).status_code == 422


@pytest.mark.parametrize("path", FORMS)
def test_form_without_token_or_of_another_kind_is_refused(browse: Browse, path: str) -> None:
    client = browse(make_person(language="en"))
    assert client.post(path, {}, csrf=False).status_code == 400
    assert client.open(path, method="POST", json={"alias": "X"}).status_code == 400
    assert client.open(path, method="POST", data=b"\xff\xfe=\x80", content_type="text/plain").status_code == 400


@pytest.mark.parametrize("query", ["tour=1&tour=2", "tour=%ff", "tour=" + "x" * 4_000, "%00=1"])
def test_odd_queries_change_nothing(browse: Browse, query: str) -> None:
    client = browse(make_person(language="en"))
    assert [client.get(f"{path}?{query}").status_code for path in ("/profile", "/profile/name")] == [200, 200]


def test_row_that_went_meanwhile_is_not_found(browse: Browse) -> None:
    person = make_person(language="en")
    row_id = add_phone(person)
    client = browse(person)
    client.post(f"/profile/values/phone/{row_id}/remove")
    assert client.post(f"/profile/values/phone/{row_id}/remove").status_code == 404
    assert client.post(f"/profile/phones/{row_id}", {"phone_number": "0612345678"}).status_code == 404
