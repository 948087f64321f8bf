"""The one way out: persons in, what this viewer may see of them out, and a journal row for each look that needs one.

`show` serves lists, `show_page` one person's own page, `show_as` the "view as" page; all three end in `_view`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from functools import lru_cache
from uuid import UUID

from sqlalchemy.orm import Session

from upguide.access.viewer import Viewer
from upguide.extensions import db
from upguide.policy.items import CATALOGUE, Item
from upguide.policy.sees import JOURNALLED, NAMES, Relation, Setting

from . import journal, names
from .load import Basics, Details, ValueKey, load_basics, load_details
from .relations import granted
from .sight import NOBODY, UNKNOWN, Eyes, Provenance, Sight, cells, look
from .vault import Vault


class EnteredBy(Enum):
    """Who entered a value, seen from the person whose it is."""

    PERSON = "person"
    ORGANISATION = "organisation"
    SOMEBODY_ELSE = "somebody_else"


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a person's page. `parts` maps column names to plain values; empty when `changed`.

    `changed`: the viewer's organisation entered a value here and the person changed it (W7b).
    `hidden`: the person hides it; only those whom hiding does not bind get such a field at all.
    """

    item: Item
    row_id: UUID
    parts: dict[str, str]
    changed: bool
    hidden: bool
    entered_by: EnteredBy | None
    entered_at: datetime | None


@dataclass(frozen=True, slots=True)
class PersonView:
    """What one viewer may see of one person; what is denied is None or absent, and keeps no trace of why.

    `hides`: what the person hides, whether a value stands there or not; told to nobody but the person.
    """

    handle: str | None
    name: str | None
    initials: str
    has_photo: bool
    sign: str | None
    fields: tuple[Field, ...] = ()
    items: frozenset[Item] = frozenset()
    relations: frozenset[Relation] = frozenset()
    hides: frozenset[ValueKey] = frozenset()

    def field(self, item: Item) -> Field | None:
        """Return the first field of `item`, or None."""
        return next((field for field in self.fields if field.item is item), None)


def show(ids: Sequence[UUID], viewer: Viewer, setting: Setting, *, details: bool = False) -> list[PersonView]:
    """Return a view of each of `ids` that the viewer may see anything of, in the order asked.

    Two statements at most, and one more for the journal, whatever the number of persons.
    """
    return [view for _id, view in _shown(ids, viewer, setting, details=details, own_page=False)]


def show_each(ids: Sequence[UUID], viewer: Viewer, setting: Setting) -> dict[UUID, PersonView]:
    """Return the same by identity: for people who have no handle here, as an account that nobody took over."""
    return dict(_shown(ids, viewer, setting, details=False, own_page=False))


def show_page(person_id: UUID, viewer: Viewer) -> PersonView | None:
    """Return one person's own page for this viewer, journalled whoever looks, or None where nothing may be seen."""
    views = _shown([person_id], viewer, Setting.PAGE, details=True, own_page=True)
    return views[0][1] if views else None


def show_as(
    person_id: UUID, subject: Viewer, relations: Iterable[Relation], setting: Setting, eyes: Eyes = NOBODY
) -> PersonView:
    """Return what somebody in these relations would see of the subject's own data; journals nothing.

    `eyes` says which of the entered values would be that somebody's; by default none.
    Raises PermissionError unless the subject asks for their own data.
    """
    if subject.person_id != person_id:
        raise PermissionError("only the person may look at their own data through another's eyes")
    session = db.session()
    basics = load_basics(session, [person_id], subject, setting)[person_id]
    details = load_details(session, [person_id])[person_id]
    return _view(replace(basics, relations=frozenset(relations)), details, setting, eyes)


def _shown(
    ids: Sequence[UUID], viewer: Viewer, setting: Setting, *, details: bool, own_page: bool
) -> list[tuple[UUID, PersonView]]:
    session = db.session()
    people = load_basics(session, ids, viewer, setting)
    full = load_details(session, list(people)) if details and people else {}
    eyes = Eyes(viewer.person_id, viewer.organisations, granted(session, viewer))
    views = [
        (person_id, _view(person, full.get(person_id), setting, eyes))
        for person_id, person in ((person_id, people.get(person_id)) for person_id in ids)
        if person is not None and person.relations
    ]
    _journal(session, views, viewer, setting, own_page=own_page)
    return views


def _journal(
    session: Session, views: list[tuple[UUID, PersonView]], viewer: Viewer, setting: Setting, *, own_page: bool
) -> None:
    looks = [
        journal.Look(person_id, view.relations, setting, view.items)
        for person_id, view in views
        if leaves_trace(view.relations, own_page=own_page)
    ]
    journal.record(session, viewer, looks)


def leaves_trace(relations: frozenset[Relation], *, own_page: bool) -> bool:
    """Tell whether a look is journalled: a page of one's own always, a list where W4 to W9 let it show more."""
    return Relation.SELF not in relations and (own_page or bool(relations & JOURNALLED))


def _view(person: Basics, details: Details | None, setting: Setting, eyes: Eyes) -> PersonView:
    row = person.row
    fields = _fields(person, details, setting, eyes) if details else ()
    hidden = frozenset(item for item, row_id in person.hidden if row_id == row.id) if person.hidden else frozenset()
    entered = (
        tuple((item, details.provenance.get((item, row.id), UNKNOWN)) for item in _BASIC_COLUMNS) if details else ()
    )
    basics = {
        item: value
        for item, column in _seen(person.relations, setting, hidden, entered, eyes)
        if (value := getattr(row, column))
    }
    shown = names.Names(*(basics.get(item) for item in NAMES))
    return PersonView(
        # W2: an alias page has no identifier in common with a name page.
        handle=row.handle if setting is not Setting.CONTENT else None,
        name=names.full_name(shown),
        initials=names.initials(shown),
        has_photo=Item.PHOTO in basics,
        sign=row.alias if Item.ALIAS in basics else None,
        fields=fields,
        items=frozenset(basics).union(field.item for field in fields if not field.changed),
        relations=person.relations,
        hides=person.hidden if Relation.SELF in person.relations else frozenset(),
    )


@lru_cache(maxsize=256)
def _seen(
    relations: frozenset[Relation],
    setting: Setting,
    hidden: frozenset[Item],
    entered: tuple[tuple[Item, Provenance], ...],
    eyes: Eyes,
) -> tuple[tuple[Item, str], ...]:
    """Return which of name, photo and alias are seen. In a list the same question comes for almost everybody."""
    ways, provenance = cells(relations, setting), dict(entered)
    return tuple(
        (item, column)
        for item, column in _BASIC_COLUMNS.items()
        if look(
            ways.get(item, ()), item=item, hidden=item in hidden, provenance=provenance.get(item, UNKNOWN), eyes=eyes
        )
        is Sight.SHOWN
    )


def _fields(person: Basics, details: Details, setting: Setting, eyes: Eyes) -> tuple[Field, ...]:
    seen = cells(person.relations, setting)
    origin = look(seen.get(Item.ENTERED_ON, ()), item=Item.ENTERED_ON, hidden=False, provenance=UNKNOWN, eyes=eyes)
    vault = Vault(person.row.id, details.wrapped_key)
    # Rows of one kind stand in the order in which they were entered.
    keys = sorted(
        details.values.keys() | details.provenance.keys(),
        key=lambda key: (_ITEM_ORDER[key[0]], details.first.get(key[1], 0), str(key[1])),
    )
    fields = []
    for key in keys:
        item, provenance = key[0], details.provenance.get(key, UNKNOWN)
        hidden = key in person.hidden
        sight = look(seen.get(item, ()), item=item, hidden=hidden, provenance=provenance, eyes=eyes)
        stands = key in details.values
        if sight is Sight.CHANGED or (sight is Sight.SHOWN and stands):
            field = _field(key, person, details, vault if sight is Sight.SHOWN else None)
            fields.append(field if origin is Sight.SHOWN else replace(field, entered_by=None, entered_at=None))
    return tuple(fields)


def _field(key: ValueKey, person: Basics, details: Details, vault: Vault | None) -> Field:
    at = details.entered_at.get(key)
    return Field(
        item=key[0],
        row_id=key[1],
        parts={h.column: vault.open(h, key[1], value) for h, value in details.values[key].items()} if vault else {},
        changed=vault is None,
        hidden=key in person.hidden,
        entered_by=_entered_by(key, person, details) if vault else None,
        entered_at=datetime.fromisoformat(at) if at and vault else None,
    )


def _entered_by(key: ValueKey, person: Basics, details: Details) -> EnteredBy | None:
    provenance = details.provenance.get(key)
    if provenance is None:
        return None
    if provenance.on_behalf_of is not None:
        return EnteredBy.ORGANISATION
    return EnteredBy.PERSON if provenance.entered_by == person.row.id else EnteredBy.SOMEBODY_ELSE


_BASIC_COLUMNS = {
    Item.FIRST_NAMES: "first_names",
    Item.INFIX: "infix",
    Item.SURNAME: "surname",
    Item.PHOTO: "file_key",
    Item.ALIAS: "alias",
}
_ITEM_ORDER = {item: place for place, item in enumerate(CATALOGUE)}
