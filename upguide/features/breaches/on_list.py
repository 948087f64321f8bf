"""Who stands on the list of a breach, and how far telling each of them is (B3; GDPR Article 34)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, String, case, cast, func, select, text
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from upguide.models import BreachConcerned

from .queries import PAGE

NEW, WAITING, TOLD, MORE = "new", "waiting", "told", "more"
UNREACHED, UNSURE, PRACTISED = "unreached", "unsure", "practised"
# What the last letter to somebody says of how far telling them is. Somebody told whom more concerns by now is MORE.
GROUP_OF: Mapping[str, str] = {
    "asked": WAITING,
    "queued": WAITING,
    "told": TOLD,
    "refused": UNREACHED,
    "failed": UNREACHED,
    "unwritten": UNREACHED,
    "unsure": UNSURE,
    "practised": PRACTISED,
}
# To whom a letter may be asked, in the order in which they are offered.
DUE = (NEW, MORE, UNREACHED, UNSURE)
GROUP: ColumnElement[str] = case(
    *[(BreachConcerned.letter == letter, group) for letter, group in GROUP_OF.items() if group is not TOLD],
    (BreachConcerned.letter.is_(None), NEW),
    (~BreachConcerned.items.contained_by(BreachConcerned.told_items), MORE),
    else_=TOLD,
)
STANDS = BreachConcerned.removed.is_(False)
_CONCERNED = text(
    "SELECT id, number, items, source, removed, reason, told_at, told_items, letter, letter_at"
    " FROM gate.concerned(:asked_breach, :asked_after, :at_most, :asked_session)"
)
_SESSIONS = text(
    "SELECT session_id, relations, began_at, ended_at, persons"
    " FROM gate.looking_sessions(:asked_breach, :number, :relation, :since, :until, :at_most, :asked_session)"
)


@dataclass(frozen=True, slots=True)
class ListCounts:
    """How many stand on the list, how many were told (a mail server took their letter), and how far the others are."""

    on_list: int
    told: int
    removed: int
    groups: Mapping[str, int]

    def of(self, *groups: str) -> int:
        """Return how many are in any of these groups."""
        return sum(self.groups.get(group, 0) for group in groups)


@dataclass(frozen=True, slots=True)
class Due:
    """Those of one group to whom a letter may be asked. `mark` changes with whoever is among them, and their items."""

    group: str
    count: int
    mark: str


@dataclass(frozen=True, slots=True)
class Concerned:
    """Somebody on the list, by number."""

    id: UUID
    number: str
    items: tuple[str, ...]
    source: str
    removed: bool
    reason: str
    told_at: datetime | None
    told_items: tuple[str, ...]
    letter: str | None
    letter_at: datetime | None

    @property
    def group(self) -> str:
        """How far telling them is, as `GROUP` says it."""
        group = GROUP_OF[self.letter] if self.letter else NEW
        return MORE if group is TOLD and not set(self.items) <= set(self.told_items) else group


@dataclass(frozen=True, slots=True)
class LookingSession:
    """A session in which people were looked at: when, in which roles, how many of them."""

    id: UUID
    relations: tuple[str, ...]
    began_at: datetime
    ended_at: datetime
    persons: int


def counts(session: Session, breach_id: UUID) -> ListCounts:
    """Return how many stand on the list of a breach, and how far telling them is."""
    told = func.count(BreachConcerned.told_at)
    rows = session.execute(
        select(GROUP.label("group"), BreachConcerned.removed, func.count().label("many"), told.label("told"))
        .where(BreachConcerned.breach_id == breach_id)
        .group_by("group", BreachConcerned.removed)
    ).all()
    standing = [row for row in rows if not row.removed]
    return ListCounts(
        on_list=sum(row.many for row in standing),
        told=sum(row.told for row in standing),
        removed=sum(row.many for row in rows if row.removed),
        groups={row.group: row.many for row in standing},
    )


def due(session: Session, breach_id: UUID, *, hold: bool = False) -> list[Due]:
    """Return to whom a letter may be asked now, by group; with `hold` none of them changes until the end."""
    found = select(BreachConcerned.id, BreachConcerned.items, GROUP.label("group")).where(
        BreachConcerned.breach_id == breach_id, STANDS, GROUP.in_(DUE)
    )
    one = (found.with_for_update() if hold else found).subquery()
    line = cast(one.c.id, String) + func.array_to_string(one.c["items"], ",")
    mark = func.md5(func.string_agg(line, aggregate_order_by(text("';'"), one.c.id)))
    rows = session.execute(select(one.c.group, func.count(), mark).group_by(one.c.group))
    return sorted((Due(*row) for row in rows), key=lambda one: DUE.index(one.group))


def concerned(session: Session, breach_id: UUID, after: UUID | None, session_id: UUID | None) -> Sequence[Concerned]:
    """Return a page of the list after one of its rows, in the order of numbers. The look is journalled; commits."""
    values = {"asked_breach": breach_id, "asked_after": after, "at_most": PAGE, "asked_session": session_id}
    rows = session.execute(_CONCERNED, values).all()
    session.commit()
    return [
        Concerned(
            id=row.id,
            number=row.number,
            items=tuple(row.items),
            source=row.source,
            removed=row.removed,
            reason=row.reason or "",
            told_at=row.told_at,
            told_items=tuple(row.told_items),
            letter=row.letter,
            letter_at=row.letter_at,
        )
        for row in rows
    ]


def one_concerned(session: Session, breach_id: UUID, row_id: UUID) -> bool:
    """Tell whether this row stands on the list of the breach, and was not removed."""
    mine = (BreachConcerned.id == row_id, BreachConcerned.breach_id == breach_id, STANDS)
    return session.scalar(select(BreachConcerned.id).where(*mine)) is not None


def looking_sessions(
    session: Session, breach_id: UUID, asked: Mapping[str, str | datetime | None], session_id: UUID | None
) -> list[LookingSession]:
    """Return the sessions in which somebody looked at others, the latest first, a page at most.

    `asked`: the number of who looked, the relation, since, and until. Whoever is named reads in their journal that it
    was asked in the session `session_id`. The caller commits.
    """
    values = {**asked, "asked_breach": breach_id, "at_most": PAGE, "asked_session": session_id}
    return [
        LookingSession(row.session_id, tuple(row.relations), row.began_at, row.ended_at, row.persons)
        for row in session.execute(_SESSIONS, values)
    ]
