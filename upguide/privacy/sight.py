"""The rule itself, without a database: relations, setting, hidden values and provenance in, what is seen out.

Everything that a person can be shown passes `look`; it reads THE table (`policy.sees`) and adds nothing to it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from uuid import UUID

from upguide.policy.items import Item
from upguide.policy.sees import PAST_HIDING, SEES, Extent, Relation, Setting


class Sight(Enum):
    """What a viewer gets of one value. CHANGED: the person changed what the organisation entered (W7b)."""

    NOTHING = "nothing"
    CHANGED = "changed"
    SHOWN = "shown"


@dataclass(frozen=True, slots=True)
class Eyes:
    """What of the viewer matters to a look: who, for which organisations, and which items a request opened."""

    person_id: UUID | None = None
    organisations: frozenset[UUID] = frozenset()
    granted: frozenset[Item] = frozenset()


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who entered the value that stands now, and for which organisation.

    `changed_by_person`: the organisations whose last value here the person changed or removed themselves.
    """

    entered_by: UUID | None = None
    on_behalf_of: UUID | None = None
    changed_by_person: frozenset[UUID] = frozenset()


NOBODY = Eyes()
UNKNOWN = Provenance()


@cache
def cells(relations: frozenset[Relation], setting: Setting) -> Mapping[Item, frozenset[tuple[Relation, Extent]]]:
    """Return per item the ways in which these relations see it in this setting; absent items are not seen."""
    ways: dict[Item, set[tuple[Relation, Extent]]] = {}
    for relation in relations:
        for item, extent in SEES.get((relation, setting), {}).items():
            ways.setdefault(item, set()).add((relation, extent))
    return {item: frozenset(found) for item, found in ways.items()}


def look(
    ways: Iterable[tuple[Relation, Extent]], *, item: Item, hidden: bool, provenance: Provenance, eyes: Eyes
) -> Sight:
    """Decide what one value looks like to a viewer: the best of all ways, less what is hidden (P4b, W5, W7b, W8)."""
    best = Sight.NOTHING
    for relation, extent in ways:
        if hidden and relation not in PAST_HIDING:
            continue
        sight = _LOOKS[extent](item, provenance, eyes)
        if sight is Sight.SHOWN:
            return sight
        if sight is Sight.CHANGED:
            best = sight
    return best


def _all(_item: Item, _provenance: Provenance, _eyes: Eyes) -> Sight:
    return Sight.SHOWN


def _entered(_item: Item, provenance: Provenance, eyes: Eyes) -> Sight:
    own = eyes.person_id is not None and provenance.entered_by == eyes.person_id and provenance.on_behalf_of is None
    return Sight.SHOWN if own else Sight.NOTHING


def _organisation(_item: Item, provenance: Provenance, eyes: Eyes) -> Sight:
    if provenance.on_behalf_of in eyes.organisations:
        return Sight.SHOWN
    # What another put in the place of our value is none of ours to know: it is simply gone.
    return Sight.CHANGED if provenance.changed_by_person & eyes.organisations else Sight.NOTHING


def _granted(item: Item, _provenance: Provenance, eyes: Eyes) -> Sight:
    return Sight.SHOWN if item in eyes.granted else Sight.NOTHING


_LOOKS = {Extent.ALL: _all, Extent.ENTERED: _entered, Extent.ORGANISATION: _organisation, Extent.GRANTED: _granted}
