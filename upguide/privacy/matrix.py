"""The matrix of who sees what, written from THE table; the statement, the front page and the home page show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from upguide.i18n import gettext
from upguide.policy.items import CATALOGUE, Group, Item
from upguide.policy.sees import SEES, Extent, Relation, Setting
from upguide.policy.words import N_

Row = tuple[Relation, Setting]

# What each row of THE table is called to the person whose data it is about.
ROW_LABELS: Mapping[Row, str] = {
    (Relation.MEMBER, Setting.SEARCH): N_("Other members, in the search"),
    (Relation.MEMBER, Setting.CONTENT): N_("Other members, under what you write"),
    (Relation.MEMBER, Setting.PAGE): N_("Other members, elsewhere"),
    (Relation.PROFESSIONAL_CARD, Setting.PAGE): N_("Other members, if you have a professional card"),
    (Relation.CONNECTION, Setting.PAGE): N_("Your connections"),
    (Relation.EXPERT, Setting.CONTENT): N_("An expert who answers you"),
    (Relation.COACH, Setting.PAGE): N_("Your coach"),
    (Relation.SUPERVISOR, Setting.PAGE): N_("A supervisor of your project"),
    (Relation.SUPERVISOR_OF_SHARED, Setting.PAGE): N_("A supervisor with whom your coach shares your trajectory"),
    (Relation.ADMINISTRATOR, Setting.PAGE): N_("An administrator of your organisation"),
    (Relation.OFFICER, Setting.PAGE): N_("The data-protection officer, for a granted request"),
    (Relation.WEBMASTER, Setting.PAGE): N_("A webmaster, for a stated reason"),
    (Relation.PUBLIC_LISTING, Setting.LISTING): N_("Everybody, if you list your professional card"),
    (Relation.SELF, Setting.PAGE): N_("You"),
}
# What a visitor needs at a glance; the statement shows every row.
SHORT: Sequence[Row] = (
    (Relation.MEMBER, Setting.SEARCH),
    (Relation.MEMBER, Setting.CONTENT),
    (Relation.MEMBER, Setting.PAGE),
    (Relation.CONNECTION, Setting.PAGE),
    (Relation.ADMINISTRATOR, Setting.PAGE),
    (Relation.SELF, Setting.PAGE),
)
COLUMNS = tuple(group for group in Group if group is not Group.ACCOUNT)
SHORT_COLUMNS = tuple(group for group in COLUMNS if group is not Group.TRAJECTORY_FACTS)
HALF = frozenset({Extent.ENTERED, Extent.ORGANISATION, Extent.GRANTED})


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One kind of viewer; `cells` are "all", "part" or "none", one a column."""

    label: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The table as a page shows it, in the current language."""

    columns: tuple[str, ...]
    rows: tuple[MatrixRow, ...]


def matrix(rows: Sequence[Row] = tuple(ROW_LABELS), columns: Sequence[Group] = COLUMNS) -> Matrix:
    """Return the matrix with these rows and columns, all of them by default (section W of the clauses)."""
    return Matrix(
        tuple(gettext(group.value) for group in columns),
        tuple(MatrixRow(gettext(ROW_LABELS[row]), tuple(_cell(SEES[row], group) for group in columns)) for row in rows),
    )


def _cell(cells: Mapping[Item, Extent], group: Group) -> str:
    """A group counts as seen when any of its items is: the matrix may promise too little secrecy, never too much."""
    extents = {cells[item] for item in cells if CATALOGUE[item].group is group}
    if Extent.ALL in extents:
        return "all"
    return "part" if extents & HALF else "none"
