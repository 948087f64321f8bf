"""What the own profile reads: the page as its person sees it, and through whose eyes it can be looked at."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from upguide.access.viewer import Viewer
from upguide.i18n import lazy_gettext as _l
from upguide.i18n.messages import LazyString
from upguide.models import Entry, Person, PhotoDraft
from upguide.policy.items import Item
from upguide.policy.sees import Relation, Setting
from upguide.privacy import Field, PersonView, show, show_page
from upguide.privacy.audience import CONDITIONAL
from upguide.privacy.show import show_as
from upguide.privacy.sight import NOBODY, Eyes


def own_page(viewer: Viewer) -> PersonView:
    """Return everything of the viewer's own (W11)."""
    view = show_page(_person(viewer), viewer)
    if view is None:
        raise LookupError("nobody may be shown to themselves without being signed in")
    return view


def value_in(page: PersonView, item: Item, row_id: UUID) -> Field:
    """Return one value of a page. Raises LookupError where it has none, as with a row of somebody else."""
    for field in page.fields:
        if (field.item, field.row_id) == (item, row_id):
            return field
    raise LookupError(item.value)


def row_in(page: PersonView, item: Item, row_id: UUID) -> dict[str, str]:
    """Return the columns of a phone, address or employer as text. Raises LookupError as `value_in` does."""
    value_in(page, item, row_id)
    found = [field.parts for field in page.fields if field.row_id == row_id]
    return {column: value for parts in found for column, value in parts.items()}


def standing(viewer: Viewer, page: PersonView) -> frozenset[Relation]:
    """Return which relations that depend on the person hold now: active card, public listing (W4, W10)."""
    listed = show([_person(viewer)], viewer, Setting.LISTING)
    return CONDITIONAL & (page.relations | (listed[0].relations if listed else frozenset()))


def made_at(session: Session, viewer: Viewer) -> datetime:
    """Return when the viewer's data first entered the system (F1)."""
    return session.execute(select(Person.made_at).where(Person.id == _person(viewer))).scalar_one()


def photo_waits(session: Session, viewer: Viewer) -> bool:
    """Tell whether the viewer sent a photo and did not place it yet."""
    return session.scalar(select(PhotoDraft.id).where(PhotoDraft.person_id == _person(viewer))) is not None


@dataclass(frozen=True, slots=True)
class Onlooker:
    """One way to look at a person: who looks, where, and what that means in words."""

    key: str
    label: LazyString
    meaning: LazyString
    relations: frozenset[Relation] = frozenset()
    setting: Setting = Setting.PAGE
    eyes: Eyes = NOBODY


_NOTHING_ENTERED = _l("Somebody who entered nothing about you. Whoever did sees those values too, and only those.")
# Whoever is a member sees an active card too.
_MEMBER = frozenset({Relation.MEMBER, Relation.PROFESSIONAL_CARD})

# Every row of THE table but one's own; those relations that depend on the person are taken out while they do not hold.
ONLOOKERS = (
    Onlooker("member", _l("Another member"), _l("A member who opens your page."), _MEMBER),
    Onlooker(
        "search",
        _l("In search"),
        _l("What stands in the list when a member looks for people by name."),
        _MEMBER,
        Setting.SEARCH,
    ),
    Onlooker(
        "questions",
        _l("With questions"),
        _l("Under what you ask or answer stands your alias, and nothing that leads to your name."),
        _MEMBER,
        Setting.CONTENT,
    ),
    Onlooker("connection", _l("A connection"), _NOTHING_ENTERED, _MEMBER | {Relation.CONNECTION}),
    Onlooker(
        "coach",
        _l("Your coach"),
        _l("What a connection sees. What you write in a trajectory stands there, not here."),
        _MEMBER | {Relation.CONNECTION, Relation.COACH},
    ),
    Onlooker(
        "supervisor",
        _l("A supervisor"),
        _l("Somebody who supervises a coach or a project that you take part in."),
        _MEMBER | {Relation.SUPERVISOR},
    ),
    Onlooker(
        "supervisor-shared",
        _l("A supervisor, shared with"),
        _l("With whom your coach shares your trajectory. What you write in one stands there, not here."),
        _MEMBER | {Relation.SUPERVISOR, Relation.SUPERVISOR_OF_SHARED},
    ),
    Onlooker(
        "expert",
        _l("An expert"),
        _l("Somebody who answers your question. Until you make the connection, an expert knows your alias alone."),
        _MEMBER | {Relation.EXPERT},
        Setting.CONTENT,
    ),
    Onlooker(
        "administrator",
        _l("An administrator"),
        _l("Of an organisation that entered nothing about you. One that did sees that, until you change it."),
        _MEMBER | {Relation.ADMINISTRATOR},
    ),
    Onlooker(
        "officer",
        _l("A data-protection officer"),
        _l("Sees single items, on a request that was granted, hidden ones too. Here stands all that one can be for."),
        _MEMBER | {Relation.OFFICER},
        eyes=Eyes(granted=frozenset(Item)),
    ),
    Onlooker(
        "webmaster",
        _l("A webmaster"),
        _l("Signed for confidentiality and states a reason. Sees what you hide too; each look is noted for you."),
        _MEMBER | {Relation.WEBMASTER},
    ),
    Onlooker(
        "signed-out",
        _l("Signed out"),
        _l("Anybody on the internet. Only professionals can choose to have their card listed."),
        frozenset({Relation.PUBLIC_LISTING}),
        Setting.LISTING,
    ),
)


def looks(session: Session, viewer: Viewer, page: PersonView) -> list[Onlooker]:
    """Return every way to look at the viewer's own page; whoever entered something comes last.

    On a portal that the viewer does not belong to, nobody is anything to the viewer.
    """
    now = standing(viewer, page)
    return [
        replace(look, relations=_relations_now(look, viewer, now))
        for look in (*ONLOOKERS, *_looks_of_enterers(session, viewer))
    ]


def _relations_now(look: Onlooker, viewer: Viewer, now: frozenset[Relation]) -> frozenset[Relation]:
    holding = look.relations - (CONDITIONAL - now)
    return holding if viewer.member or look.setting is Setting.LISTING else holding & {Relation.WEBMASTER}


def _looks_of_enterers(session: Session, viewer: Viewer) -> Iterator[Onlooker]:
    people, organisations = _enterers(session, viewer)
    for number, person_id in enumerate(people, start=1):
        yield Onlooker(
            f"connection-{number}",
            _l("Connection %(number)s, who entered something", number=number),
            _l("What this connection entered is seen until you hide, change or remove it."),
            _MEMBER | {Relation.CONNECTION},
            eyes=Eyes(person_id),
        )
    for number, organisation in enumerate(organisations, start=1):
        yield Onlooker(
            f"administrator-{number}",
            _l("Organisation %(number)s, which entered something", number=number),
            _l("Seen until you hide or remove it. What you change yourself shows as changed, without the value."),
            _MEMBER | {Relation.ADMINISTRATOR},
            eyes=Eyes(None, frozenset({organisation})),
        )


def looked_at(viewer: Viewer, look: Onlooker) -> PersonView:
    """Return the viewer's own page as `look` sees it; made by the function that makes the real page."""
    return show_as(_person(viewer), viewer, look.relations, look.setting, look.eyes)


def _enterers(session: Session, viewer: Viewer) -> tuple[list[UUID], list[UUID]]:
    """Return the others who entered something for themselves, and the organisations; the first of them first."""
    by, organisation = Entry.entered_by, Entry.on_behalf_of
    statement = (
        select(by, organisation)
        .where(Entry.person_id == _person(viewer), (by != viewer.person_id) | organisation.is_not(None))
        .group_by(by, organisation)
        .order_by(func.min(Entry.id))
    )
    rows = session.execute(statement).all()
    people = [row.entered_by for row in rows if row.entered_by and row.on_behalf_of is None]
    return people, list(dict.fromkeys(row.on_behalf_of for row in rows if row.on_behalf_of))


def _person(viewer: Viewer) -> UUID:
    if viewer.person_id is None:
        raise LookupError("nobody is signed in")
    return viewer.person_id
