"""A person with a value for every item that a profile holds, and what section W lets a viewer see of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from tests.privacy import section_w
from tests.support.canaries import PLANTED
from tests.support.factories import (
    Made,
    add_address,
    add_employer,
    add_phone,
    make_professional,
    start_session,
)
from upguide.access.viewer import Viewer, load_viewer
from upguide.extensions import db
from upguide.models import Entry, Photo
from upguide.policy.items import Item
from upguide.policy.sees import Relation, Setting
from upguide.privacy import PersonView
from upguide.privacy.sight import Eyes
from upguide.tenancy.scope import scope, set_scope

Key = tuple[Item, UUID]
Hand = tuple[UUID | None, UUID | None]
ORDER, NOBODY = list(Item), Eyes()


@dataclass
class Whole:
    """A person, the parts of each value, and who entered it for which organisation, the latest at the end."""

    made: Made
    parts: dict[Key, dict[str, str]]
    entered: dict[Key, list[Hand]] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        return self.made.id

    def history(self, key: Key) -> list[Hand]:
        """Who entered the value, beginning with the person."""
        return [(self.id, None), *self.entered.get(key, [])]


def make_whole(tenant: str = "upguide", **given: Any) -> Whole:
    """Make a professional with an infix, a phone, an address, an employer and a photo."""
    person = make_professional(tenant, infix="van der", gender="woman", **given)
    phone, address, employer = add_phone(person), add_address(person), add_employer(person)
    file_key = uuid4().hex
    with scope(tenant, person.id, db.session()):
        db.session.add(Photo(person_id=person.id, file_key=file_key))
        db.session.commit()
    single = ("first_names", "infix", "surname", "alias", "gender", "birth_date", "birth_place", "mail_address")
    card = ("description", "expertise", "specialisations", "qualifications", "region", "web_site")
    parts = {
        (Item(name), person.id): {name: str(person.values[name])} for name in (*single, "position", "number", *card)
    }
    parts |= {
        (Item.PHOTO, person.id): {"file_key": file_key},
        (Item.PHONE, phone): {"kind": "mobile", "phone_number": _planted(person, Item.PHONE)},
        (Item.ADDRESS, address): {
            "lines": _planted(person, Item.ADDRESS),
            "postcode": "1234 AB",
            "country": "NL",
        },
        (Item.TOWN, address): {"town": _planted(person, Item.TOWN)},
        (Item.ADDRESS_KIND, address): {"kind": "permanent"},
        (Item.EMPLOYER, employer): {"employer_name": _planted(person, Item.EMPLOYER)},
        (Item.EMPLOYER_ADDRESS, employer): {"employer_address": _planted(person, Item.EMPLOYER_ADDRESS)},
    }
    return Whole(person, parts)


def _planted(person: Made, item: Item) -> str:
    return next(c.value for c in PLANTED.values() if c.person_id == person.id and c.item is item)


def enter(whole: Whole, key: Key, by: UUID | None, on_behalf_of: UUID | None = None) -> None:
    """Note that somebody entered the value that stands now."""
    with scope(whole.made.tenant, whole.id, db.session()):
        item, row_id = key
        db.session.add(
            Entry(
                person_id=whole.id,
                item=item.value,
                row_id=row_id,
                entered_by=by,
                on_behalf_of=on_behalf_of,
                removed=False,
            )
        )
        db.session.commit()
    whole.entered.setdefault(key, []).append((by, on_behalf_of))


def plain(view: PersonView) -> dict[str, Any]:
    """Return a view as plain values, to be compared whole; times of entry and the photo's are left out."""
    fields = []
    for shown in view.fields:
        parts = {name: value for name, value in shown.parts.items() if name != "placed_at"}
        fields.append((shown.item, shown.row_id, parts, shown.changed, shown.hidden))
    return {
        "name": view.name,
        "initials": view.initials,
        "has_photo": view.has_photo,
        "sign": view.sign,
        "handle": view.handle,
        "fields": fields,
        "items": view.items,
        "relations": view.relations,
    }


def expected(
    whole: Whole,
    relations: Iterable[Relation],
    setting: Setting,
    *,
    hidden: Iterable[Key] = (),
    eyes: Eyes = NOBODY,
    details: bool = True,
) -> dict[str, Any]:
    """Return the same as `plain`, worked out from section W and from what was entered."""
    held = frozenset(relations)

    def sight(key: Key, history: list[Hand]) -> str:
        value = _value_of(key, history, whole.id, eyes, hidden=key in set(hidden))
        return section_w.seen({relation.value for relation in held}, setting.value, value)

    sights = {key: sight(key, whole.history(key)) for key in whole.parts}
    # A list is shown without anybody asking who entered what.
    bare = sights if details else {key: sight(key, [(None, None)]) for key in whole.parts}
    names = [_value(whole, bare, name) for name in ("first_names", "infix", "surname")]
    fields = [
        (key[0], key[1], whole.parts[key] if sight == "shown" else {}, sight == "changed", key in set(hidden))
        for key, sight in sights.items()
        if sight != "nothing"
    ]
    basics = {
        key[0]
        for key, sight in bare.items()
        if sight == "shown" and key[0].value in section_w.NAME | {"alias", "photo"}
    }
    return {
        "name": " ".join(part for part in names if part) or None,
        "initials": "".join(part[0].upper() for part in (names[0], names[2]) if part),
        "has_photo": Item.PHOTO in basics,
        "sign": _value(whole, bare, "alias"),
        "handle": None if setting is Setting.CONTENT else whole.made.handle,
        "fields": sorted(fields, key=lambda f: (ORDER.index(f[0]), str(f[1]))) if details else [],
        "items": frozenset(basics | {f[0] for f in fields if details and not f[3]}),
        "relations": held,
    }


def _value(whole: Whole, sights: Mapping[Key, str], name: str) -> str | None:
    key = (Item(name), whole.id)
    return whole.parts[key][name] if sights[key] == "shown" else None


def _value_of(key: Key, history: list[Hand], person: UUID, eyes: Eyes, *, hidden: bool) -> section_w.Value:
    by, on_behalf_of = history[-1]
    hands = ["person" if hand == (person, None) else str(hand[1]) for hand in history]
    ours = [str(organisation) for organisation in eyes.organisations if str(organisation) in hands]
    # What follows the last time that the organisation entered something.
    since = [hands[len(hands) - hands[::-1].index(organisation) :] for organisation in ours]
    return section_w.Value(
        key[0].value,
        hidden=hidden,
        entered_by_viewer=eyes.person_id is not None and by == eyes.person_id,
        for_viewers_organisation=on_behalf_of in eyes.organisations,
        person_changed_what_it_entered=any("person" in later for later in since),
        for_some_organisation=on_behalf_of is not None,
        granted=key[0] in eyes.granted,
    )


def signed_in(person: Made, tenant: str | None = None, **more: Any) -> Viewer:
    """The viewer of a new request of this person, as the real session makes one."""
    person = Made(person.id, tenant or person.tenant, person.handle)
    secret = start_session(person, **more)
    db.session.rollback()
    set_scope(person.tenant, None)
    return load_viewer(person.tenant, secret)
