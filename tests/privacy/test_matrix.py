"""The matrix that people read says what THE table says, and never promises more secrecy than there is."""

from itertools import product

import pytest

from tests.privacy import section_w
from upguide.i18n import use_locale
from upguide.policy.items import CATALOGUE, Item
from upguide.policy.sees import SEES, Relation, Setting
from upguide.privacy.matrix import COLUMNS, ROW_LABELS, SHORT, matrix

ROWS = tuple(ROW_LABELS)


@pytest.mark.clause("P1", "W1", "W3", "W10", "W11")
def test_every_row_of_the_table_is_told() -> None:
    """The person's own row is told once: it is the same in every setting."""
    assert set(SEES) - set(ROWS) == {(Relation.SELF, setting) for setting in Setting if setting is not Setting.PAGE}
    assert set(ROWS) <= set(SEES)
    assert set(SHORT) <= set(ROWS)


def told(relation: Relation, setting: Setting, items: list[Item]) -> str:
    """What section W shows of these items: wholly, under a condition, or not."""
    always = [section_w.seen({relation.value}, setting.value, section_w.Value(item.value)) for item in items]
    on_condition = [
        section_w.seen(
            {relation.value},
            setting.value,
            section_w.Value(item.value, entered_by_viewer=mine, for_viewers_organisation=ours, granted=granted),
        )
        for item in items
        for mine, ours, granted in product((False, True), repeat=3)
    ]
    return "all" if "shown" in always else "part" if "shown" in on_condition else "none"


@pytest.mark.clause("W1", "W2", "W3", "W4", "W5", "W6", "W7a", "W7b", "W8", "W9", "W10", "W11")
def test_every_cell_says_what_section_w_says() -> None:
    with use_locale("en"):
        rows = matrix().rows
    for (relation, setting), row in zip(ROWS, rows, strict=True):
        groups = [[item for item, declared in CATALOGUE.items() if declared.group is group] for group in COLUMNS]
        assert row.cells == tuple(told(relation, setting, items) for items in groups), row.label


def test_matrix_speaks_the_current_language() -> None:
    labels = []
    for locale in ("en", "nl"):
        with use_locale(locale):
            labels.append(matrix(SHORT).rows[-1].label)
    assert labels[0] == "You" != labels[1]
