"""Holds the rule of `privacy.sight` against the second reading in `section_w`, cell by cell."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from uuid import UUID

from tests.privacy import section_w
from upguide.policy.items import Item
from upguide.policy.sees import Relation, Setting
from upguide.privacy.show import leaves_trace
from upguide.privacy.sight import Eyes, Provenance, cells, look

PERSON, VIEWER, SOMEBODY = UUID(int=1), UUID(int=2), UUID(int=3)
OURS, THEIRS = UUID(int=4), UUID(int=5)
UNKNOWN, NOBODY = Provenance(), Eyes()
Cell = tuple[Relation, Setting, Item]


@dataclass(frozen=True)
class Case:
    """One value, as a database knows it, and one viewer."""

    item: Item
    hidden: bool = False
    provenance: Provenance = UNKNOWN
    eyes: Eyes = NOBODY

    @property
    def value(self) -> section_w.Value:
        """The same in the words of section W."""
        organisation = self.provenance.on_behalf_of
        return section_w.Value(
            self.item.value,
            hidden=self.hidden,
            entered_by_viewer=self.eyes.person_id is not None and self.provenance.entered_by == self.eyes.person_id,
            for_viewers_organisation=organisation is not None and organisation in self.eyes.organisations,
            person_changed_what_it_entered=any(o in self.eyes.organisations for o in self.provenance.changed_by_person),
            for_some_organisation=organisation is not None,
            granted=self.item in self.eyes.granted,
        )


def agrees(relations: frozenset[Relation], setting: Setting, case: Case) -> bool:
    """Tell whether rule and reading show the same."""
    ways = cells(relations, setting).get(case.item, ())
    sight = look(ways, item=case.item, hidden=case.hidden, provenance=case.provenance, eyes=case.eyes)
    return sight.value == section_w.seen({relation.value for relation in relations}, setting.value, case.value)


_ORIGINS = (
    Provenance(),
    Provenance(PERSON),
    Provenance(VIEWER),
    Provenance(SOMEBODY, OURS),
    Provenance(VIEWER, THEIRS),
    Provenance(VIEWER, THEIRS, frozenset({OURS})),
    Provenance(PERSON, None, frozenset({OURS})),
    Provenance(PERSON, None, frozenset({THEIRS})),
)


def cases(item: Item) -> Iterator[Case]:
    """Every situation that makes a difference to one item."""
    for hidden, origin, granted in product((False, True), _ORIGINS, (frozenset[Item](), frozenset({item}))):
        yield Case(item, hidden, origin, Eyes(VIEWER, frozenset({OURS}), granted))
    yield Case(item)


def wrong_cells(first: Cell | None = None) -> Iterator[Cell]:
    """Yield each cell of THE table that does not do what section W says, `first` before all others."""
    everything = product(Relation, Setting, Item)
    for cell in (*([first] if first else []), *everything):
        relation, setting, item = cell
        if not all(agrees(frozenset({relation}), setting, case) for case in cases(item)):
            yield cell


def wrong_traces() -> Iterator[tuple[Relation, bool]]:
    """Yield each relation whose looks are journalled otherwise than W4 to W9 say."""
    for relation, own_page in product(Relation, (False, True)):
        expected = section_w.leaves_trace({relation.value}, own_page=own_page)
        if leaves_trace(frozenset({relation}), own_page=own_page) != expected:
            yield relation, own_page
