"""Whether the tests of THE table would notice a slip: every possible one is made, and must be noticed."""

from collections.abc import Iterator

from tests.mutate_policy import CellMutant, SetMutant, mutants, survivors
from tests.privacy.looks import wrong_cells, wrong_traces
from upguide.policy.items import Item
from upguide.policy.sees import SEES, Extent, Relation, Setting

PHONE = (Relation.MEMBER, Setting.PAGE, Item.PHONE)


def test_no_changed_cell_goes_unnoticed() -> None:
    assert survivors() == []


def test_table_is_as_before_when_the_mutants_are_gone() -> None:
    before = {row: dict(cells) for row, cells in SEES.items()}
    survivors(iter([CellMutant(PHONE, Extent.ALL), SetMutant("PAST_HIDING", Relation.MEMBER)]))
    assert before == SEES
    assert (list(wrong_cells()), list(wrong_traces())) == ([], [])


def test_every_cell_is_tried_with_every_extent() -> None:
    cells = len(Relation) * len(Setting) * len(Item)
    assert sum(isinstance(mutant, CellMutant) for mutant in mutants()) == cells * len(Extent)
    assert sum(isinstance(mutant, SetMutant) for mutant in mutants()) == 2 * len(Relation) - 1


def test_a_mutant_that_changes_nothing_survives() -> None:
    def harmless() -> Iterator[CellMutant]:
        yield CellMutant((Relation.MEMBER, Setting.PAGE, Item.PHOTO), Extent.ALL)

    assert survivors(harmless()) == ["SEES[MEMBER, PAGE][PHOTO] = ALL"]
