"""Changes each cell of THE table in turn, and tells which changes no test would notice.

`python -m tests.mutate_policy` prints the survivors, and fails when there are any. A mutant dies when the quick tests
of `tests/privacy/test_sight.py` disagree with it: the same functions judge here, without a database.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from typing import Any

from tests.privacy.looks import Cell, wrong_cells, wrong_traces
from upguide.policy import sees
from upguide.policy.items import Item
from upguide.policy.sees import SEES, Extent, Relation, Setting
from upguide.privacy import sight

MODULES = ("upguide.policy.sees", "upguide.privacy.sight", "upguide.privacy.show", "upguide.privacy.audience")
# A change that changes nothing: a look at oneself leaves no trace, whatever the set says.
SAME = {("JOURNALLED", Relation.SELF)}


@dataclass(frozen=True)
class CellMutant:
    """One cell with another extent, or none."""

    cell: Cell
    extent: Extent | None

    def __str__(self) -> str:
        relation, setting, item = self.cell
        return f"SEES[{relation.name}, {setting.name}][{item.name}] = {self.extent and self.extent.name}"

    @contextmanager
    def planted(self) -> Iterator[None]:
        """Put the mutant in place for a block."""
        relation, setting, item = self.cell
        table: dict[Any, Any] = SEES  # type: ignore[assignment]
        row = table.get((relation, setting))
        table[relation, setting] = {key: value for key, value in (row or {}).items() if key is not item}
        if self.extent is not None:
            table[relation, setting][item] = self.extent
        sight.cells.cache_clear()
        try:
            yield
        finally:
            _put_back(table, (relation, setting), row)
            sight.cells.cache_clear()

    def dies(self) -> bool:
        return next(wrong_cells(first=self.cell), None) is not None


@dataclass(frozen=True)
class SetMutant:
    """One of the sets of relations, with a relation more or less."""

    name: str
    relation: Relation

    def __str__(self) -> str:
        return f"{self.name} ^ {{{self.relation.name}}}"

    @contextmanager
    def planted(self) -> Iterator[None]:
        """Put the mutant in place for a block, in every module that imported the set."""
        original = getattr(sees, self.name)
        holders = [
            m for m in map(sys.modules.get, MODULES) if m is not None and getattr(m, self.name, None) is original
        ]
        for module in holders:
            setattr(module, self.name, original ^ {self.relation})
        try:
            yield
        finally:
            for module in holders:
                setattr(module, self.name, original)

    def dies(self) -> bool:
        return next(wrong_traces(), None) is not None or next(wrong_cells(), None) is not None


Mutant = CellMutant | SetMutant


def _put_back(table: dict[Any, Any], key: tuple[Relation, Setting], row: Any) -> None:
    if row is None:
        del table[key]
    else:
        table[key] = row


def mutants() -> Iterator[Mutant]:
    """Yield every change of one cell: removed, added, or of another extent; and of each set of relations."""
    for relation, setting, item in product(Relation, Setting, Item):
        now = SEES.get((relation, setting), {}).get(item)
        for extent in (None, *Extent):
            if extent is not now:
                yield CellMutant((relation, setting, item), extent)
    for name, relation in product(("PAST_HIDING", "JOURNALLED"), Relation):
        if (name, relation) not in SAME:
            yield SetMutant(name, relation)


def survivors(some: Iterator[Mutant] | None = None) -> list[str]:
    """Return the mutants that no quick test notices."""
    found = []
    for mutant in mutants() if some is None else some:
        with mutant.planted():
            if not mutant.dies():
                found.append(str(mutant))
    return found


def main() -> int:
    """Print the survivors; 1 where there are any."""
    count, left = sum(1 for _ in mutants()), survivors()
    for name in left:
        print(f"nobody notices: {name}")  # noqa: T201
    print(f"{count} mutants, {len(left)} survivors")  # noqa: T201
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
