"""Values in words: what a page prints for what `show` let through, in the reader's language."""

from uuid import UUID

import pytest

from upguide.i18n import use_locale
from upguide.policy.items import Item
from upguide.privacy.show import Field, PersonView
from upguide.privacy.wording import AT_THE_HEAD, Shown, label_of, page_of, together, value_of

ROW, OTHER_ROW = UUID(int=1), UUID(int=2)


def field(item: Item, row_id: UUID = ROW, *, changed: bool = False, **parts: str) -> Field:
    return Field(item, row_id, parts, changed=changed, hidden=False, entered_by=None, entered_at=None)


def view(*fields: Field) -> PersonView:
    return PersonView(handle="h", name="Anna", initials="A", has_photo=True, sign="a1", fields=fields)


ADDRESS = field(Item.ADDRESS, lines="Dorpsstraat 1\nAchterhuis", postcode="1234 AB", country="NL")
TOWN, KIND = field(Item.TOWN, town="Ons Dorp"), field(Item.ADDRESS_KIND, kind="temporary")


@pytest.mark.parametrize(
    ("fields", "label", "value"),
    [
        ((ADDRESS, TOWN, KIND), "Temporary address", "Dorpsstraat 1, Achterhuis, 1234 AB Ons Dorp, Netherlands"),
        ((ADDRESS,), "Address", "Dorpsstraat 1, Achterhuis, 1234 AB, Netherlands"),
        ((TOWN,), "Town", "Ons Dorp"),
        ((KIND,), "Temporary address", "Temporary address"),
        ((field(Item.PHONE, kind="mobile", phone_number="+31612345678"),), "Mobile number", "+31612345678"),
        ((field(Item.PHONE, kind="fixed", phone_number="+31201234567"),), "Phone number", "+31201234567"),
        ((field(Item.GENDER, gender="woman"),), "Gender", "Woman"),
        ((field(Item.GENDER, gender="in my own words"),), "Gender", "in my own words"),
        ((field(Item.BIRTH_DATE, birth_date="1988-02-14"),), "Date of birth", "14 February 1988"),
        ((field(Item.EMPLOYER, employer_name="A firm"),), "Employer or organisation", "A firm"),
        (
            (field(Item.EMPLOYER, employer_name="A firm"), field(Item.EMPLOYER_ADDRESS, employer_address="Far\nAway")),
            "Employer or organisation",
            "A firm, Far, Away",
        ),
        ((field(Item.PHOTO, file_key="never shown", placed_at="2026"),), "Photo", "Placed"),
        ((field(Item.POSITION, position="Coach"),), "Position or profession", "Coach"),
        ((field(Item.GENDER, changed=True),), "Gender", "Changed by the person"),
    ],
)
def test_value_in_words(fields: tuple[Field, ...], label: str, value: str) -> None:
    with use_locale("en"):
        assert (label_of(fields), value_of(fields)) == (label, value)


def test_what_belongs_to_one_row_is_read_as_one() -> None:
    other = field(Item.TOWN, OTHER_ROW, town="Elders")
    gone = field(Item.TOWN, changed=True)
    assert together([TOWN, other, KIND, gone, ADDRESS]) == [(TOWN, KIND, ADDRESS), (gone,), (other,)]


def test_page_has_the_head_apart_from_the_lines() -> None:
    head = [field(item, surname="x") for item in AT_THE_HEAD]
    with use_locale("en"):
        page = page_of(view(*head, field(Item.POSITION, position="Coach")))
    assert (page.name, page.sign, page.has_photo, page.lines) == (
        "Anna",
        "a1",
        True,
        (Shown("Position or profession", "Coach"),),
    )
    assert not page.empty


def test_page_of_somebody_who_shows_nothing_is_empty() -> None:
    nothing = PersonView(handle="h", name=None, initials="", has_photo=False, sign=None)
    assert page_of(nothing).empty
