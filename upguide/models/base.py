"""Column helpers: no column exists without saying which personal item it holds, or why it holds none (F4).

And dispositions: no table that touches a person exists without saying what becomes of its rows when the person
goes (P4c, U5, U6). A test fails on whatever forgets one, and says how to mend it (`privacy.walk.faults`).
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import ForeignKey, Table, Text, Uuid
from sqlalchemy.orm import Mapped, MappedColumn, declared_attr, mapped_column

from upguide.extensions import Model
from upguide.policy.items import Item
from upguide.policy.purposes import Term


class Part(Enum):
    """The three parts of what somebody takes along (P7): the value stands in the export."""

    ABOUT_ME = "about_me"
    BY_ME = "by_me"
    SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Erase:
    """The row is the person's, and goes with the person.

    `person` names the column that says whose row it is: a reference to `persons` with ON DELETE CASCADE (or, for
    somebody who is no person yet, the mail address). `portal` names the column with the portal of which the row is
    worth nothing without the membership: it goes when the person leaves that portal. Rows that a portal owns
    (`TenantOwned`, or any with the portal in their key) go then without being told.
    """

    person: str = "person_id"
    part: Part = Part.ABOUT_ME
    portal: str = ""


@dataclass(frozen=True, slots=True, init=False)
class Sever:
    """The row is somebody else's and stays; the person's place in it is emptied.

    `columns` refer to `persons` with ON DELETE SET NULL. `words` are columns that hold the person's own words, which
    the person may have blanked first.
    """

    columns: tuple[str, ...]
    words: tuple[str, ...]
    part: Part

    def __init__(self, *columns: str, words: tuple[str, ...] = (), part: Part = Part.BY_ME) -> None:
        object.__setattr__(self, "columns", columns)
        object.__setattr__(self, "words", words)
        object.__setattr__(self, "part", part)


@dataclass(frozen=True, slots=True)
class KeepUntil:
    """A law wants the row: it stays as a minimal snapshot, cut loose from the person (U6).

    `term` says in words how long; `until` names the column with the last day. `snapshot` names the personal columns
    that stay; all others are emptied. `person` refers to `persons` with ON DELETE SET NULL.
    """

    term: Term
    snapshot: tuple[str, ...]
    until: str = "kept_until"
    person: str = "person_id"
    part: Part = Part.ABOUT_ME


@dataclass(frozen=True, slots=True)
class Apart:
    """No person stands in the row, whatever its words may tell: it goes when its term is over."""

    term: Term


Disposition = Erase | Sever | KeepUntil


def dispositions_of(model: type[Any]) -> tuple[Disposition, ...]:
    """Return what `model` declares as `__disposition__`: one, or several where a row touches several persons.

    So `__disposition__ = Erase()`, or `__disposition__ = (Erase(), Sever("viewer_id"))`. Nothing for rows that stand
    apart from any person.
    """
    declared = getattr(model, "__disposition__", ())
    if isinstance(declared, Apart):
        return ()
    return declared if isinstance(declared, tuple) else (declared,)


def stands_apart(model: type[Any]) -> bool:
    """Tell whether `model` declares that no person stands in its rows."""
    return isinstance(getattr(model, "__disposition__", None), Apart)


def personal(
    item: Item, *args: Any, also: tuple[Item, ...] = (), file: bool = False, by: str = "", **kwargs: Any
) -> MappedColumn[Any]:
    """Declare a column that holds `item` of a person (and `also`, where one column mixes several).

    `file`: the value names files of the store, which go when the row goes. `by`: where a row is severed from several
    persons, the column with the one whose words these are: to the others they are somebody else's. The remaining
    arguments are those of `sqlalchemy.orm.mapped_column`.
    """
    info: dict[str, Any] = {"items": (item, *also), **_file(file)}
    return mapped_column(*args, info=info | ({"by": by} if by else {}), **kwargs)


def technical(reason: str, *args: Any, file: bool = False, **kwargs: Any) -> MappedColumn[Any]:
    """Declare a column without personal content; `reason` says what it is for, and must not be empty.

    `file` as in `personal`.
    """
    if not reason.strip():
        raise ValueError("a technical column needs a reason")
    return mapped_column(*args, info={"technical": reason, **_file(file)}, **kwargs)


def _file(file: bool) -> dict[str, bool]:
    return {"file": True} if file else {}


def items_of(table: Table, column: str) -> tuple[Item, ...]:
    """Return the personal items that a column declares; empty for a technical one."""
    return table.columns[column].info.get("items", ())  # type: ignore[no-any-return]


class TenantOwned:
    """A row of one portal. The tenant stands in the primary key; row-level security and the query guard use it."""

    @declared_attr
    @classmethod
    def tenant_id(cls) -> Mapped[str]:
        return technical("the portal that owns the row", Text(collation="C"), primary_key=True, sort_order=-2)


class OfPerson:
    """A row about one person. The model says itself what becomes of it: `__disposition__ = Erase()`, mostly."""

    @declared_attr
    @classmethod
    def person_id(cls) -> Mapped[Any]:
        return technical(
            "whose row this is", Uuid, ForeignKey("persons.id", ondelete="CASCADE"), index=True, sort_order=-1
        )


__all__ = [
    "Apart",
    "Disposition",
    "Erase",
    "KeepUntil",
    "Model",
    "OfPerson",
    "Part",
    "Sever",
    "TenantOwned",
    "dispositions_of",
    "items_of",
    "personal",
    "stands_apart",
    "technical",
]
