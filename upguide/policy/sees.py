"""THE table: what a viewer sees of a person (section W of the clauses). What is not in it is never shown.

A row is a relation in a setting; a cell is how far an item is seen. Relations add up: a viewer who is
several things to a person sees the union, less what the person hid.
"""

from collections.abc import Iterable, Mapping
from enum import Enum

from .items import Item


class Relation(Enum):
    """What a viewer is to a person. Each exists only while its conditions hold (`privacy.relations`)."""

    __hash__ = object.__hash__  # members are single objects; Enum's own hash is slow, and pages ask it often

    SELF = "self"
    MEMBER = "member"
    PROFESSIONAL_CARD = "professional_card"
    CONNECTION = "connection"
    COACH = "coach"
    SUPERVISOR = "supervisor"
    SUPERVISOR_OF_SHARED = "supervisor_of_shared"
    EXPERT = "expert"
    ADMINISTRATOR = "administrator"
    OFFICER = "officer"
    WEBMASTER = "webmaster"
    PUBLIC_LISTING = "public_listing"


class Setting(Enum):
    """Where a person is shown."""

    __hash__ = object.__hash__  # members are single objects; Enum's own hash is slow, and pages ask it often

    SEARCH = "search"
    CONTENT = "content"
    PAGE = "page"
    LISTING = "listing"


class Extent(Enum):
    """How far an item is seen: wholly, or only the values that somebody entered and that still stand."""

    ALL = "all"
    ENTERED = "entered"
    ORGANISATION = "organisation"
    GRANTED = "granted"


NAMES = (Item.FIRST_NAMES, Item.INFIX, Item.SURNAME)
CARD = (Item.DESCRIPTION, Item.SPECIALISATIONS, Item.EXPERTISE, Item.REGION)
ABOUT_ANOTHER = (
    Item.GENDER,
    Item.BIRTH_DATE,
    Item.BIRTH_PLACE,
    Item.MAIL_ADDRESS,
    Item.PHONE,
    Item.ADDRESS,
    Item.TOWN,
    Item.ADDRESS_KIND,
    Item.EMPLOYER,
    Item.EMPLOYER_ADDRESS,
    Item.POSITION,
)
FOR_ORGANISATION = (
    *NAMES,
    Item.MAIL_ADDRESS,
    Item.GENDER,
    Item.PHONE,
    Item.ADDRESS,
    Item.TOWN,
    Item.BIRTH_DATE,
    Item.EMPLOYER,
)
EVERYTHING = tuple(Item)


def _cells(items: Iterable[Item], extent: Extent = Extent.ALL) -> dict[Item, Extent]:
    return dict.fromkeys(items, extent)


SEES: Mapping[tuple[Relation, Setting], Mapping[Item, Extent]] = {
    # W1: the people search shows names, whoever looks.
    (Relation.MEMBER, Setting.SEARCH): _cells(NAMES),
    # W2, W7a: where content is read, the alias alone.
    (Relation.MEMBER, Setting.CONTENT): _cells([Item.ALIAS]),
    (Relation.EXPERT, Setting.CONTENT): _cells([Item.ALIAS]),
    # W3
    (Relation.MEMBER, Setting.PAGE): _cells([*NAMES, Item.PHOTO]),
    # W4
    (Relation.PROFESSIONAL_CARD, Setting.PAGE): _cells([*NAMES, *CARD]),
    # W5
    (Relation.CONNECTION, Setting.PAGE): _cells([*NAMES, Item.PHOTO]) | _cells(ABOUT_ANOTHER, Extent.ENTERED),
    # T1, T4: the coach of a trajectory is a connection too, and reads the trajectory.
    (Relation.COACH, Setting.PAGE): _cells([*NAMES, Item.PHOTO])
    | _cells(ABOUT_ANOTHER, Extent.ENTERED)
    | _cells([Item.GOALS, Item.PROGRESS, Item.TRAJECTORY_DATES, Item.LIVING_SITUATION]),
    # W6, D2
    (Relation.SUPERVISOR, Setting.PAGE): _cells([*NAMES, Item.PHOTO]),
    (Relation.SUPERVISOR_OF_SHARED, Setting.PAGE): _cells(
        [*NAMES, Item.PHOTO, Item.GOALS, Item.PROGRESS, Item.TRAJECTORY_DATES]
    ),
    # W7b, T1
    (Relation.ADMINISTRATOR, Setting.PAGE): _cells(FOR_ORGANISATION, Extent.ORGANISATION)
    | _cells([Item.TRAJECTORY_DATES]),
    # W8
    (Relation.OFFICER, Setting.PAGE): _cells(EVERYTHING, Extent.GRANTED),
    # W9
    (Relation.WEBMASTER, Setting.PAGE): _cells(EVERYTHING),
    # W10: nothing, unless a professional chose to have the card listed.
    (Relation.PUBLIC_LISTING, Setting.LISTING): _cells([*NAMES, *CARD]),
    # W11
    **{(Relation.SELF, setting): _cells(EVERYTHING) for setting in Setting},
}

# P4b: what a person hid is hidden from every user; these two still reach it (W8, W9), and the person (W11).
PAST_HIDING = frozenset({Relation.SELF, Relation.OFFICER, Relation.WEBMASTER})

# W4 to W9: a look in one of these relations leaves a journal row.
JOURNALLED = frozenset(
    {
        Relation.PROFESSIONAL_CARD,
        Relation.CONNECTION,
        Relation.COACH,
        Relation.SUPERVISOR,
        Relation.SUPERVISOR_OF_SHARED,
        Relation.EXPERT,
        Relation.ADMINISTRATOR,
        Relation.OFFICER,
        Relation.WEBMASTER,
    }
)
