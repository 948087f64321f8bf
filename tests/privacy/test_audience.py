"""The chips beside a value say who sees it: what they say is what section W does."""

import pytest

from upguide.policy.items import CATALOGUE, Item
from upguide.policy.sees import SEES, Extent, Relation, Setting
from upguide.privacy.audience import CONDITIONAL, audience
from upguide.privacy.show import EnteredBy

PERSON, ORGANISATION, SOMEBODY = EnteredBy.PERSON, EnteredBy.ORGANISATION, EnteredBy.SOMEBODY_ELSE
NOBODY_ELSE = ["Only you"]


def chips(item: Item, entered_by: EnteredBy | None = PERSON, *, hidden: bool = False, card: bool = False) -> list[str]:
    standing = frozenset({Relation.PROFESSIONAL_CARD}) if card else frozenset()
    found = audience(item, hidden=hidden, entered_by=entered_by, standing=standing)
    return [str(one.label) for one in found]


@pytest.mark.clause("W1", "W2", "W3", "W5", "W7b", "W11")
@pytest.mark.parametrize(
    ("item", "entered_by", "expected"),
    [
        (Item.FIRST_NAMES, PERSON, ["All members"]),
        (Item.INFIX, ORGANISATION, ["All members"]),
        (Item.SURNAME, None, ["All members"]),
        (Item.PHOTO, PERSON, ["All members, not in search"]),
        (Item.ALIAS, PERSON, ["All members, with questions"]),
        (Item.PHONE, PERSON, NOBODY_ELSE),
        (Item.PHONE, None, NOBODY_ELSE),
        (Item.PHONE, ORGANISATION, ["The organisation that entered it"]),
        (Item.PHONE, SOMEBODY, ["The connection who entered it"]),
        (Item.ADDRESS_KIND, ORGANISATION, NOBODY_ELSE),
        (Item.BIRTH_PLACE, ORGANISATION, NOBODY_ELSE),
        (Item.BIRTH_DATE, ORGANISATION, ["The organisation that entered it"]),
        (Item.POSITION, SOMEBODY, ["The connection who entered it"]),
        (Item.GOALS, PERSON, ["Your coach", "Your coach's supervisor, if shared"]),
        (Item.TRAJECTORY_DATES, PERSON, ["Your coach", "Your coach's supervisor, if shared", "Your organisation"]),
        (Item.LIVING_SITUATION, PERSON, ["Your coach"]),
        (Item.NUMBER, PERSON, NOBODY_ELSE),
        (Item.PASSWORD, PERSON, ["Nobody can read it"]),
    ],
)
def test_audience_is_who_section_w_names(item: Item, entered_by: EnteredBy | None, expected: list[str]) -> None:
    assert chips(item, entered_by) == expected


@pytest.mark.clause("P4b")
@pytest.mark.parametrize("item", [item for item in Item if CATALOGUE[item].hideable])
def test_hidden_value_has_no_audience(item: Item) -> None:
    for entered_by in (None, *EnteredBy):
        assert chips(item, entered_by, hidden=True, card=True) == ["Hidden from other users"]


@pytest.mark.clause("W4", "W10")
def test_card_is_seen_by_members_while_active_and_by_everybody_when_listed() -> None:
    assert chips(Item.REGION) == NOBODY_ELSE
    assert chips(Item.REGION, card=True) == ["All members, on your professional card"]
    listed = audience(Item.REGION, standing=CONDITIONAL)
    assert [str(one.label) for one in listed] == ["Everybody, also signed out"]


@pytest.mark.parametrize("item", [item for item in Item if not CATALOGUE[item].secret])
@pytest.mark.parametrize("entered_by", [None, *EnteredBy])
def test_only_you_means_that_the_table_shows_it_to_nobody_else(item: Item, entered_by: EnteredBy | None) -> None:
    reaches = {
        Extent.ALL: True,
        Extent.ENTERED: entered_by is SOMEBODY,
        Extent.ORGANISATION: entered_by is ORGANISATION,
        Extent.GRANTED: False,
    }
    always = {Relation.SELF, Relation.OFFICER, Relation.WEBMASTER}
    others = [
        relation
        for (relation, _setting), cells in SEES.items()
        if relation not in always | CONDITIONAL and item in cells and reaches[cells[item]]
    ]
    assert (chips(item, entered_by) == NOBODY_ELSE) is (others == [])


def test_no_setting_is_without_words() -> None:
    assert {setting for relation, setting in SEES if relation is Relation.MEMBER} == {
        Setting.SEARCH,
        Setting.CONTENT,
        Setting.PAGE,
    }
