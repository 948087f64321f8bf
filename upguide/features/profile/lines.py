"""What stands on the profile page: each value with who sees it, who entered it, and what may be done."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import request, url_for

from upguide.i18n import format_date
from upguide.i18n import gettext as _
from upguide.i18n import lazy_gettext as _l
from upguide.i18n.messages import LazyString
from upguide.navigation import Link
from upguide.policy.items import CATALOGUE, Item
from upguide.policy.sees import Relation
from upguide.privacy import Field, PersonView
from upguide.privacy.audience import ONLY_YOU, Audience, audience
from upguide.privacy.show import EnteredBy
from upguide.privacy.wording import TOGETHER, label_of, together, value_of

from .actions import NOT_REMOVABLE, ROW_MODELS
from .forms import CARD_ITEMS

PART_HIDDEN = _l("A part is hidden")


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do with a value: `kind` is "link" or "post", and " danger" where it takes the value away."""

    label: str
    url: str
    kind: str = "link"


@dataclass(frozen=True, slots=True)
class Line:
    """One value, ready to print."""

    label: str
    value: str
    audience: tuple[Audience, ...] = ()
    provenance: str = ""
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Lines that belong together. `more` leads to adding another row."""

    key: str
    title: str
    text: str
    lines: tuple[Line, ...]
    more: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class _Plan:
    key: str
    title: LazyString
    text: LazyString
    items: tuple[Item, ...]


_PLANS = (
    _Plan(
        "name",
        _l("Name"),
        _l("So that other members find you. Leave out or hide what you like."),
        (Item.FIRST_NAMES, Item.INFIX, Item.SURNAME),
    ),
    _Plan("photo", _l("Photo"), _l("Stands on your page, never in search."), (Item.PHOTO,)),
    _Plan(
        "alias",
        _l("Alias"),
        _l("Stands under your questions and answers in place of your name. Nothing leads from one to the other."),
        (Item.ALIAS,),
    ),
    _Plan(
        "contact",
        _l("Contact"),
        _l("Nobody else sees it, except who entered it for you: an organisation, or a connection."),
        (Item.MAIL_ADDRESS, Item.PHONE, Item.ADDRESS),
    ),
    _Plan(
        "birth",
        _l("Birth and gender"),
        _l("Only if you want to tell."),
        (Item.BIRTH_DATE, Item.BIRTH_PLACE, Item.GENDER),
    ),
    _Plan("work", _l("Work"), _l("What you do, and for whom."), (Item.POSITION, Item.EMPLOYER)),
    _Plan(
        "profession",
        _l("Professional card"),
        _l("What members see of you as a professional, as long as your agreements are signed."),
        CARD_ITEMS,
    ),
)

_EDITED_AT: Mapping[Item, tuple[str, str]] = {
    Item.FIRST_NAMES: ("profile.names", "first_names"),
    Item.INFIX: ("profile.names", "infix"),
    Item.SURNAME: ("profile.names", "surname"),
    Item.PHOTO: ("profile.change_photo", ""),
    Item.ALIAS: ("profile.alias", ""),
    Item.MAIL_ADDRESS: ("accounts.security", ""),
    Item.BIRTH_DATE: ("profile.birth", "day"),
    Item.BIRTH_PLACE: ("profile.birth", "birth_place"),
    Item.GENDER: ("profile.birth", "gender"),
    Item.POSITION: ("profile.position", ""),
    Item.PHONE: ("profile.phone", ""),
    Item.ADDRESS: ("profile.address", ""),
    Item.EMPLOYER: ("profile.employer", ""),
}
_ANOTHER = {
    Item.PHONE: _l("Add another phone number"),
    Item.ADDRESS: _l("Add another address"),
    Item.EMPLOYER: _l("Add another employer or organisation"),
}
_PROVENANCE = {
    EnteredBy.PERSON: _l("Entered by you on %(date)s"),
    EnteredBy.ORGANISATION: _l("Entered by an organisation on %(date)s"),
    EnteredBy.SOMEBODY_ELSE: _l("Entered by somebody else on %(date)s"),
}
_SECTION_OF = {item: plan.key for plan in _PLANS for item in plan.items}


def sections(page: PersonView, person_id: UUID, standing: frozenset[Relation]) -> list[Section]:
    """Return the whole profile but for the account; the professional card only where there is one."""
    has_card = any(field.item in CARD_ITEMS for field in page.fields)
    return [_section(plan, page, person_id, standing) for plan in _PLANS if plan.items is not CARD_ITEMS or has_card]


def account_section(page: PersonView, made_at: datetime, *, has_pin: bool) -> Section:
    """Return what belongs to the account: the number, which never changes, and what is changed elsewhere."""
    number, since = page.field(Item.NUMBER), format_date(made_at)
    given = _("Given to you on %(date)s", date=since)
    security = (Action(_("Change"), url_for("accounts.security")),)
    lines = (
        Line(name_of(Item.NUMBER), number.parts["number"] if number else "", audience(Item.NUMBER), given),
        Line(_("Your data are here since"), since, audience(Item.ENTERED_ON)),
        Line(name_of(Item.PASSWORD), _("Set"), audience(Item.PASSWORD), actions=security),
        Line(name_of(Item.PIN), _("Set") if has_pin else _("Not set"), audience(Item.PIN), actions=security),
    )
    return Section("account", _("Account"), _("What lets you in, and nobody else."), lines)


def part_lines(fields: Iterable[Field], standing: frozenset[Relation]) -> list[Line]:
    """Return each part of one row by itself, so that the town can be hidden and the street not."""
    return [
        Line(
            name_of(field.item),
            value_of((field,)),
            _audience((field,), standing),
            _provenance((field,)),
            (_hide_part(field),),
        )
        for field in fields
    ]


def section_of(item: Item) -> str:
    """Return the key of the section in which an item stands; it is the anchor on the page too."""
    return _SECTION_OF.get(TOGETHER.get(item, item), "account")


def seen_by(
    items: Iterable[Item], hidden: Container[Item] = (), standing: frozenset[Relation] = frozenset()
) -> dict[str, str]:
    """Return, per item, who will see what is entered in its field; those in `hidden` stay hidden."""
    return {item.value: _in_words(audience(item, hidden=item in hidden, standing=standing)) for item in items}


def _in_words(chips: tuple[Audience, ...]) -> str:
    if chips[0].hidden:
        return _("You hide this: no other user sees it.")
    if [chip.label for chip in chips] == [ONLY_YOU]:
        return _("Only you see this.")
    return _("Seen by: %(who)s", who=" · ".join(str(chip.label) for chip in chips))


def _section(plan: _Plan, page: PersonView, person_id: UUID, standing: frozenset[Relation]) -> Section:
    groups = together(page.fields)
    lines: list[Line] = []
    more: list[Action] = []
    for item in plan.items:
        found = [group for group in groups if TOGETHER.get(group[0].item, group[0].item) is item]
        lines += [_line(item, group, person_id, standing) for group in found] or [
            _empty(item, standing, hidden=(item, person_id) in page.hides)
        ]
        if found and item in ROW_MODELS:
            more.append(Action(str(_ANOTHER[item]), url_for(_EDITED_AT[item][0])))
    return Section(plan.key, str(plan.title), str(plan.text), tuple(lines), tuple(more))


def _line(item: Item, group: tuple[Field, ...], person_id: UUID, standing: frozenset[Relation]) -> Line:
    row_id = None if group[0].row_id == person_id else group[0].row_id
    return Line(
        label_of(group),
        value_of(group),
        _audience(group, standing),
        _provenance(group),
        _actions(item, group, row_id),
    )


def _empty(item: Item, standing: frozenset[Relation], *, hidden: bool) -> Line:
    label = _("Add") if item in ROW_MODELS or item is Item.PHOTO else _("Fill in")
    chips = audience(item, hidden=hidden, standing=standing)
    return Line(name_of(item), "", chips, actions=(Action(label, edit_url(item, None)),))


def _actions(item: Item, group: tuple[Field, ...], row_id: UUID | None) -> tuple[Action, ...]:
    found = [Action(_("Change"), edit_url(item, row_id))]
    hideable = [field for field in group if CATALOGUE[field.item].hideable]
    if hideable:
        found.append(_hide_all(item, row_id, hidden=all(field.hidden for field in hideable)))
    if item not in NOT_REMOVABLE:
        found.append(Action(_("Remove"), url_for("profile.remove", item=item.value, row_id=row_id), "link danger"))
    return tuple(found)


def _hide_all(item: Item, row_id: UUID | None, *, hidden: bool) -> Action:
    endpoint, label = ("profile.show_value", _("Show")) if hidden else ("profile.hide_value", _("Hide"))
    return Action(label, url_for(endpoint, item=item.value, row_id=row_id), "post")


def _hide_part(field: Field) -> Action:
    endpoint, label = ("profile.show_part", _("Show")) if field.hidden else ("profile.hide_part", _("Hide"))
    return Action(label, url_for(endpoint, item=field.item.value, row_id=field.row_id), "post")


def edit_url(item: Item, row_id: UUID | None) -> str:
    """Return where a value of `item` is changed, or entered where `row_id` is None."""
    if item in CARD_ITEMS:
        return url_for("profile.card", item=item.value)
    endpoint, anchor = _EDITED_AT[item]
    return url_for(endpoint, row_id=row_id, _anchor=anchor or None)


def _audience(group: tuple[Field, ...], standing: frozenset[Relation]) -> tuple[Audience, ...]:
    """Return who sees any part of the group; parts that are hidden while others are not are told as that."""
    open_parts = [field for field in group if not field.hidden]
    shown = open_parts or list(group)
    chips = dict.fromkeys(
        chip
        for field in shown
        for chip in audience(field.item, hidden=field.hidden, entered_by=field.entered_by, standing=standing)
    )
    # "Only you" says nothing beside somebody else who sees another part.
    somebody = [chip for chip in chips if chip.label != ONLY_YOU]
    partly = (Audience(PART_HIDDEN, hidden=True),) if 0 < len(open_parts) < len(group) else ()
    return (*(somebody or chips), *partly)


def _provenance(group: tuple[Field, ...]) -> str:
    known = [(field.entered_at, field.entered_by) for field in group if field.entered_at and field.entered_by]
    if not known:
        return ""
    at, by = max(known, key=lambda entry: entry[0])
    return _PROVENANCE[by] % {"date": format_date(at)}


def name_of(item: Item) -> str:
    return _(CATALOGUE[item].label)


def items_of_row(item: Item) -> tuple[Item, ...]:
    """Return an item with those that are read as one with it."""
    return (item, *(part for part, lead in TOGETHER.items() if lead is item))


def side_links() -> list[Link]:
    """Return the pages about one's own data."""
    pages = (
        ("profile.overview", _("My profile"), "person"),
        ("profile.view_as", _("View as…"), "eye"),
    )
    return [Link(url_for(endpoint), label, icon, request.endpoint == endpoint) for endpoint, label, icon in pages]
