"""Values in words: what a person's page prints of what `show` let through, and nothing beyond it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from upguide.i18n import format_date, gettext
from upguide.i18n import lazy_gettext as _l
from upguide.i18n.countries import country_name
from upguide.i18n.messages import LazyString
from upguide.policy.items import CATALOGUE, Item

from .show import Field, PersonView

GENDERS: Mapping[str, LazyString] = {"woman": _l("Woman"), "man": _l("Man"), "other": _l("Otherwise")}
ADDRESS_KINDS: Mapping[str, LazyString] = {
    "permanent": _l("Permanent address"),
    "temporary": _l("Temporary address"),
}
PHONE_KINDS: Mapping[str, LazyString] = {"mobile": _l("Mobile number"), "fixed": _l("Phone number")}

# The name, the photo and the alias stand at the head of a page, not in its list.
AT_THE_HEAD = frozenset({Item.FIRST_NAMES, Item.INFIX, Item.SURNAME, Item.PHOTO, Item.ALIAS})
# Items of one row that are read as one: an address with its town and kind, an employer with its address.
TOGETHER: Mapping[Item, Item] = {
    Item.TOWN: Item.ADDRESS,
    Item.ADDRESS_KIND: Item.ADDRESS,
    Item.EMPLOYER_ADDRESS: Item.EMPLOYER,
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of a person's page, ready to print."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class PersonPage:
    """A person as a page prints them: `sign` is the alias, `lines` whatever else this viewer sees."""

    name: str | None
    initials: str
    has_photo: bool
    sign: str | None
    lines: tuple[Shown, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing at all is seen."""
        return not (self.name or self.has_photo or self.sign or self.lines)


def page_of(view: PersonView) -> PersonPage:
    """Return `view` in the words of the current language."""
    fields = [field for field in view.fields if field.item not in AT_THE_HEAD]
    lines = tuple(Shown(label_of(group), value_of(group)) for group in together(fields))
    return PersonPage(view.name, view.initials, view.has_photo, view.sign, lines)


def together(fields: Sequence[Field]) -> list[tuple[Field, ...]]:
    """Group fields that are read as one; the others are groups of one. Rows keep the order in which they come."""
    order = {item: place for place, item in enumerate(CATALOGUE)}
    rows = {row_id: place for place, row_id in enumerate(dict.fromkeys(field.row_id for field in fields))}

    def key(field: Field) -> tuple[int, int, bool]:
        return order[_lead(field)], rows[field.row_id], field.changed

    return [tuple(group) for _key, group in groupby(sorted(fields, key=key), key=key)]


def label_of(fields: tuple[Field, ...]) -> str:
    """Return what to call a group of fields: the kind of address or phone where that is seen, or the item."""
    parts = _parts(fields)
    kinds = {Item.ADDRESS: ADDRESS_KINDS, Item.PHONE: PHONE_KINDS}.get(_lead(fields[0]), {})
    if label := kinds.get(parts.get("kind", "")):
        return str(label)
    return gettext(CATALOGUE[fields[0].item].label)


def value_of(fields: tuple[Field, ...]) -> str:
    """Return the value of a group of fields in words; what the person changed since says just that (W7b)."""
    if fields[0].changed:
        return gettext("Changed by the person")
    parts = _parts(fields)
    write = _WRITERS.get(_lead(fields[0]))
    return write(parts) if write else next(iter(parts.values()))


def _lead(field: Field) -> Item:
    return TOGETHER.get(field.item, field.item)


def _parts(fields: tuple[Field, ...]) -> dict[str, str]:
    return {column: value for field in fields for column, value in field.parts.items()}


def _address(parts: dict[str, str]) -> str:
    town = " ".join(part for part in (parts.get("postcode"), parts.get("town")) if part)
    country = country_name(parts["country"]) if "country" in parts else ""
    if not (parts.get("lines") or town):
        return str(ADDRESS_KINDS.get(parts.get("kind", ""), ""))
    return ", ".join(part for part in (*parts.get("lines", "").splitlines(), town, country) if part)


def _employer(parts: dict[str, str]) -> str:
    written = [parts.get("employer_name"), *(parts.get("employer_address") or "").splitlines()]
    return ", ".join(part for part in written if part)


def _gender(parts: dict[str, str]) -> str:
    return str(GENDERS.get(parts["gender"], parts["gender"]))


def _birth_date(parts: dict[str, str]) -> str:
    return format_date(date.fromisoformat(parts["birth_date"]))


def _phone(parts: dict[str, str]) -> str:
    return parts["phone_number"]


def _photo(_parts: dict[str, str]) -> str:
    return gettext("Placed")


_WRITERS = {
    Item.ADDRESS: _address,
    Item.EMPLOYER: _employer,
    Item.GENDER: _gender,
    Item.BIRTH_DATE: _birth_date,
    Item.PHONE: _phone,
    Item.PHOTO: _photo,
}
