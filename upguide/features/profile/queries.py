"""What a person's own profile reads: the page as the person sees it, and through whose eyes it can be looked at."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from upguide.access.viewer import Viewer
from upguide.i18n import lazy_gettext as _l
from upguide.i18n.messages import LazyString
from upguide.models import Entry, Person
from upguide.policy.items import Item
from upguide.policy.sees import Relation, Setting
from upguide.privacy import Field, PersonView, show, show_page
from upguide.privacy.audience import CONDITIONAL
from upguide.privacy.show import show_as
from upguide.privacy.sight import Eyes


def own_page(viewer: Viewer) -> PersonView:
    """Return everything of the viewer's own (W11)."""
    view = show_page(_person(viewer), viewer)
    if view is None:
        raise LookupError("nobody may be shown to themselves without being signed in")
    return view


def own_field(viewer: Viewer, item: Item, row_id: UUID | None) -> Field:
    """Return one value of the viewer's own; `row_id` None for items of which there is one.

    Raises LookupError where there is no such value, which a row of somebody else is too.
    """
    wanted = row_id or _person(viewer)
    for field in own_page(viewer).fields:
        if (field.item, field.row_id) == (item, wanted):
            return field
    raise LookupError(item.value)


def own_row(viewer: Viewer, row_id: UUID) -> dict[str, str]:
    """Return the columns of one of the viewer's own rows as text. Raises LookupError for a row of somebody else."""
    found = [field.parts for field in own_page(viewer).fields if field.row_id == row_id]
    if not found or row_id == viewer.person_id:
        raise LookupError(str(row_id))
    return {column: value for parts in found for column, value in parts.items()}


def standing(viewer: Viewer, page: PersonView) -> frozenset[Relation]:
    """Return which relations that depend on the person hold now: an active card, a public listing (W4, W10)."""
    listed = show([_person(viewer)], viewer, Setting.LISTING)
    return CONDITIONAL & (page.relations | (listed[0].relations if listed else frozenset()))


def made_at(session: Session, viewer: Viewer) -> datetime:
    """Return when the viewer's data first entered the system (F1)."""
    return session.execute(select(Person.made_at).where(Person.id == _person(viewer))).scalar_one()


@dataclass(frozen=True, slots=True)
class Look:
    """One way to look at a person: who looks, where, and what that means in words."""

    key: str
    label: LazyString
    meaning: LazyString
    relations: frozenset[Relation] = frozenset()
    setting: Setting = Setting.PAGE
    eyes: Eyes = Eyes()
    number: int = 0


_NOTHING_ENTERED = _l("Somebody who entered nothing about you. Whoever did sees those values too, and only those.")
_MEMBER = frozenset({Relation.MEMBER})


def _fixed_looks(card: frozenset[Relation], public: frozenset[Relation]) -> Iterator[Look]:
    member = _MEMBER | card
    yield Look("member", _l("Another member"), _l("A member who opens your page."), member)
    yield Look(
        "search",
        _l("A member who searches"),
        _l("What stands in the list when a member looks for people by name."),
        _MEMBER,
        Setting.SEARCH,
    )
    yield Look(
        "questions",
        _l("A member who reads a question"),
        _l("Under what you ask or answer stands your alias, and nothing that leads to your name."),
        _MEMBER,
        Setting.CONTENT,
    )
    yield Look("connection", _l("A connection"), _NOTHING_ENTERED, member | {Relation.CONNECTION})
    yield Look(
        "coach",
        _l("Your coach"),
        _l("On your page your coach sees what a connection sees. What you write in a trajectory stands there, not here."),
        member | {Relation.CONNECTION, Relation.COACH},
    )
    yield Look(
        "supervisor",
        _l("A supervisor"),
        _l("Somebody who supervises a coach or a project that you take part in."),
        member | {Relation.SUPERVISOR},
    )
    yield Look(
        "expert",
        _l("An expert who reads a question"),
        _l("Until you make the connection yourself, an expert knows you by your alias alone."),
        _MEMBER | {Relation.EXPERT},
        Setting.CONTENT,
    )
    yield Look(
        "administrator",
        _l("An administrator of an organisation"),
        _l("Somebody of an organisation that entered nothing about you. One that did sees those values until you change them."),
        member | {Relation.ADMINISTRATOR},
    )
    yield Look(
        "signed-out",
        _l("Somebody who is signed out"),
        _l("Anybody on the internet. Only professionals can choose to have their card listed."),
        public,
        Setting.LISTING,
    )


def looks(session: Session, viewer: Viewer, page: PersonView) -> list[Look]:
    """Return every way to look at the viewer's own page; people and organisations that entered something come last."""
    now = standing(viewer, page)
    card, public = now & {Relation.PROFESSIONAL_CARD}, now & {Relation.PUBLIC_LISTING}
    return [*_fixed_looks(card, public), *_looks_of_enterers(session, viewer, _MEMBER | card)]


def _looks_of_enterers(session: Session, viewer: Viewer, member: frozenset[Relation]) -> Iterator[Look]:
    for number, person_id in enumerate(_entered_by(session, viewer), start=1):
        yield Look(
            f"connection-{number}",
            _l("A connection who entered something about you (%(number)s)", number=number),
            _l("What this connection entered is seen until you hide, change or remove it."),
            member | {Relation.CONNECTION},
            eyes=Eyes(person_id),
            number=number,
        )
    for number, organisation in enumerate(_entered_for(session, viewer), start=1):
        yield Look(
            f"administrator-{number}",
            _l("An administrator of an organisation that entered something about you (%(number)s)", number=number),
            _l("What the organisation entered is seen until you hide or remove it. What you change shows as changed."),
            member | {Relation.ADMINISTRATOR},
            eyes=Eyes(None, frozenset({organisation})),
            number=number,
        )


def looked_at(viewer: Viewer, look: Look) -> PersonView:
    """Return the viewer's own page as `look` sees it; made by the function that makes the real page."""
    return show_as(_person(viewer), viewer, look.relations, look.setting, look.eyes)


def _entered_by(session: Session, viewer: Viewer) -> list[UUID]:
    """Return others who entered something for themselves, the first of them first."""
    mine = Entry.person_id == _person(viewer)
    others = Entry.entered_by.is_not(None) & (Entry.entered_by != viewer.person_id) & Entry.on_behalf_of.is_(None)
    statement = select(Entry.entered_by).where(mine, others).group_by(Entry.entered_by).order_by(func.min(Entry.id))
    return [found for found in session.scalars(statement) if found]


def _entered_for(session: Session, viewer: Viewer) -> list[UUID]:
    mine = (Entry.person_id == _person(viewer)) & Entry.on_behalf_of.is_not(None)
    statement = select(Entry.on_behalf_of).where(mine).group_by(Entry.on_behalf_of).order_by(func.min(Entry.id))
    return [found for found in session.scalars(statement) if found]


def _person(viewer: Viewer) -> UUID:
    if viewer.person_id is None:
        raise LookupError("nobody is signed in")
    return viewer.person_id
