"""The journal for the person: when, in which role, which items, why; nothing else of who looked (clauses W8, W9, B3).

What the officer hides for a time is left out by row-level security, so that no way round this leads to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from upguide.i18n import lazy_gettext as _l
from upguide.i18n.messages import LazyString
from upguide.models import JournalEntry
from upguide.policy.items import Item
from upguide.policy.requests import ZONE
from upguide.policy.sees import Relation, Setting

PAGE_SIZE = 25
# What the journal says of a copy that the person took along: no setting in which anybody is shown.
EXPORT = "export"
# Nor are the lists of whom a data breach concerns, of which numbers are seen; and those of exercises.
BREACH, BREACH_EXERCISE = "breach", "breach_exercise"
# Nor is it the question in which sessions somebody looked at others, by which a breach may have come.
BREACH_LOOKS = "breach_looks"

# Who looked, as the person reads it: the role, and no more.
WHO: Mapping[Relation, LazyString] = {
    Relation.SELF: _l("You"),
    Relation.MEMBER: _l("A member"),
    Relation.PROFESSIONAL_CARD: _l("A member, on your professional card"),
    Relation.CONNECTION: _l("A connection"),
    Relation.COACH: _l("Your coach"),
    Relation.SUPERVISOR: _l("A supervisor"),
    Relation.SUPERVISOR_OF_SHARED: _l("A supervisor of your coach"),
    Relation.EXPERT: _l("An expert"),
    Relation.ADMINISTRATOR: _l("An administrator of your organisation"),
    Relation.OFFICER: _l("The data-protection officer"),
    Relation.WEBMASTER: _l("A webmaster"),
    Relation.PUBLIC_LISTING: _l("A visitor, on your listed card"),
}
# Where it was seen.
WHERE: Mapping[str, LazyString] = {
    Setting.SEARCH.value: _l("in the search"),
    Setting.CONTENT.value: _l("under what you wrote"),
    Setting.PAGE.value: _l("on your page"),
    Setting.LISTING.value: _l("on your listed card"),
    EXPORT: _l("in a copy to take along"),
    BREACH: _l("on the list of a data breach"),
    BREACH_LOOKS: _l("while finding out whom a data breach concerns"),
    BREACH_EXERCISE: _l("in an exercise with data breaches, so nothing happened"),
}
# Whoever is one of these is a member as well, which then says nothing more.
_WEAK = frozenset({Relation.MEMBER, Relation.PUBLIC_LISTING})


@dataclass(frozen=True, slots=True)
class Asked:
    """Which looks are asked for; what is None or absent is not asked."""

    role: Relation | None = None
    item: Item | None = None
    since: date | None = None
    until: date | None = None
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """One look. `hidden_until` and `hidden_reason` tell that the officer kept it from the person until then."""

    id: int
    at: datetime
    tenant: str
    relations: tuple[Relation, ...]
    setting: str
    items: tuple[Item, ...]
    reason: str | None
    hidden_until: datetime | None
    hidden_reason: str | None


@dataclass(frozen=True, slots=True)
class SeenPage:
    """A page of looks, the latest first, and whether there are later and earlier ones."""

    looks: tuple[Seen, ...]
    later: bool
    earlier: bool


def looks_at(session: Session, person_id: UUID, asked: Asked) -> SeenPage:
    """Return who saw what of a person, in one statement. Under the person's own scope."""
    backwards = asked.after is not None
    order = JournalEntry.id.asc() if backwards else JournalEntry.id.desc()
    columns = (
        *(JournalEntry.id, JournalEntry.seen_at, JournalEntry.tenant_id, JournalEntry.relations, JournalEntry.setting),
        *(JournalEntry.items, JournalEntry.reason, JournalEntry.hidden_until, JournalEntry.hidden_reason),
    )
    rows = session.execute(
        select(*columns)
        .where(JournalEntry.person_id == person_id, *_conditions(asked))
        .order_by(order)
        .limit(PAGE_SIZE + 1)
    ).all()
    more, found = len(rows) > PAGE_SIZE, [_seen(row) for row in rows[:PAGE_SIZE]]
    if backwards:
        return SeenPage(tuple(reversed(found)), later=more, earlier=True)
    return SeenPage(tuple(found), later=asked.before is not None, earlier=more)


def _conditions(asked: Asked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.role is not None:
        found.append(JournalEntry.relations.contains([asked.role.value]))
        if asked.role in _WEAK:
            stronger = [relation.value for relation in Relation if relation not in _WEAK]
            found.append(~JournalEntry.relations.overlap(stronger))
    if asked.item is not None:
        found.append(JournalEntry.items.contains([asked.item.value]))
    if asked.since is not None:
        found.append(JournalEntry.seen_at >= _midnight(asked.since))
    if asked.until is not None:
        found.append(JournalEntry.seen_at < _midnight(asked.until + timedelta(days=1)))
    if asked.before is not None:
        found.append(JournalEntry.id < asked.before)
    if asked.after is not None:
        found.append(JournalEntry.id > asked.after)
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


def _seen(row: Any) -> Seen:
    relations = [Relation(value) for value in row.relations]
    strong = [relation for relation in relations if relation not in _WEAK] or relations
    order = list(Relation)
    return Seen(
        id=row.id,
        at=row.seen_at,
        tenant=row.tenant_id,
        relations=tuple(sorted(strong, key=order.index)),
        setting=row.setting,
        items=tuple(item for item in Item if item.value in set(row.items)),
        reason=row.reason,
        hidden_until=row.hidden_until,
        hidden_reason=row.hidden_reason,
    )
