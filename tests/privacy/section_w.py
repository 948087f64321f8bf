"""Section W of the clauses, read a second time: plain words, no look at `upguide.policy.sees`.

Written from `clauses` alone, so that a slip in THE table and a slip here would have to be the same slip to go
unnoticed. Relations, settings and items go by their names; what is shown is "nothing", "changed" or "shown".
"""

from dataclasses import dataclass

NAME = {"first_names", "infix", "surname"}
SETTINGS = {"search", "content", "page", "listing"}

# F1, what somebody may enter for or about another, and the kind of address of T4. The name and the photo are seen
# anyhow; password, PIN, alias, number and dates are nobody's to enter for another.
ENTERED_ABOUT_ANOTHER = {
    *("gender", "birth_date", "birth_place", "mail_address", "phone", "address", "town", "address_kind"),
    *("employer", "employer_address", "position"),
}
# W7b: "name, mail address, gender, (mobile) phone, home address, date of birth, name of the organisation".
ENTERED_FOR_ORGANISATION = {
    *("first_names", "infix", "surname", "mail_address", "gender", "phone", "address", "town", "birth_date"),
    "employer",
}
# W4: "name, short description of the profession, specialisations, expertises, region".
CARD = NAME | {"description", "specialisations", "expertise", "region"}

# P4b: "a hidden item is hidden from every user, the one who entered it included; only a webmaster (W9) and a granted
# data-protection request (W8) still reach it". And the person, of course (W11).
REACH_HIDDEN = {"self", "webmaster", "officer"}

# W4 to W9 see more than any member does, so that each of their looks leaves a trace.
LEAVE_A_TRACE = {
    *("professional_card", "connection", "coach", "supervisor", "supervisor_of_shared", "expert"),
    *("administrator", "officer", "webmaster"),
}


@dataclass(frozen=True)
class Value:
    """What there is to know of one value, seen from the viewer's side."""

    item: str
    hidden: bool = False
    entered_by_viewer: bool = False
    for_viewers_organisation: bool = False
    person_changed_what_it_entered: bool = False
    for_some_organisation: bool = False
    granted: bool = False


def seen(relations: set[str], setting: str, value: Value) -> str:
    """What a viewer in these relations sees of a value: the union of what each relation lets through."""
    answers = {_one(relation, setting, value) for relation in relations if _reaches(relation, value)}
    for answer in ("shown", "changed"):
        if answer in answers:
            return answer
    return "nothing"


def leaves_trace(relations: set[str], *, own_page: bool) -> bool:
    """Whether a look is journalled; W11: nobody's own look at themselves is."""
    return "self" not in relations and (own_page or bool(relations & LEAVE_A_TRACE))


def _reaches(relation: str, value: Value) -> bool:
    return not value.hidden or relation in REACH_HIDDEN


def _one(relation: str, setting: str, value: Value) -> str:
    if relation == "self":  # W11: everything, everywhere
        return "shown"
    rule = _RULES.get((relation, setting))
    return rule(value) if rule else "nothing"


def _shown(yes: bool) -> str:
    return "shown" if yes else "nothing"


def _name(value: Value) -> str:  # W1
    return _shown(value.item in NAME)


def _alias(value: Value) -> str:  # W2, W7a
    return _shown(value.item == "alias")


def _name_and_photo(value: Value) -> str:  # W3, W6
    return _shown(value.item in NAME or value.item == "photo")


def _card(value: Value) -> str:  # W4, W10
    return _shown(value.item in CARD)


def _connection(value: Value) -> str:  # W5
    own = value.entered_by_viewer and not value.for_some_organisation
    return _shown(_name_and_photo(value) == "shown" or (value.item in ENTERED_ABOUT_ANOTHER and own))


def _coach(value: Value) -> str:  # W5, and what T1 and T4 say of the trajectory
    trajectory = {"goals", "progress", "trajectory_dates", "living_situation"}
    return _shown(_connection(value) == "shown" or value.item in trajectory)


def _supervisor_of_shared(value: Value) -> str:  # W6, D2, T1; the living situation is for coach and participant (T4)
    return _shown(_name_and_photo(value) == "shown" or value.item in {"goals", "progress", "trajectory_dates"})


def _administrator(value: Value) -> str:  # W7b, T1
    if value.item == "trajectory_dates":
        return "shown"
    if value.item not in ENTERED_FOR_ORGANISATION:
        return "nothing"
    if value.for_viewers_organisation:
        return "shown"
    # "once the person changes an item, the administrator sees *changed by the person*"; what somebody else put in
    # its place is an entry of others, of which they "see none".
    return "changed" if value.person_changed_what_it_entered else "nothing"


def _officer(value: Value) -> str:  # W8
    return _shown(value.granted)


def _webmaster(_value: Value) -> str:  # W9
    return "shown"


_RULES = {
    ("member", "search"): _name,
    ("member", "content"): _alias,
    ("expert", "content"): _alias,
    ("member", "page"): _name_and_photo,
    ("professional_card", "page"): _card,
    ("connection", "page"): _connection,
    ("coach", "page"): _coach,
    ("supervisor", "page"): _name_and_photo,
    ("supervisor_of_shared", "page"): _supervisor_of_shared,
    ("administrator", "page"): _administrator,
    ("officer", "page"): _officer,
    ("webmaster", "page"): _webmaster,
    ("public_listing", "listing"): _card,
}
