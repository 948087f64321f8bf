"""Reads persons for `show`: one statement for relations, hidden items and names; one more where details are asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, String, Table, Uuid, any_, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from upguide.access.viewer import Viewer
from upguide.models import Entry, HiddenItem, Membership, Person, PersonKey, Photo
from upguide.policy.items import Item
from upguide.policy.sees import PAST_HIDING, SEES, Relation, Setting
from upguide.tenancy.scope import read

from .holdings import Holding, person_column, profile_holdings
from .relations import SUBJECT_CONDITIONS, USED, possible
from .sight import Provenance

IDS = bindparam("ids", type_=ARRAY(Uuid))
TENANT = bindparam("tenant_id", type_=String)
ValueKey = tuple[Item, UUID]


@dataclass(frozen=True, slots=True)
class Basics:
    """A person as the first statement reads it, before anything is decided."""

    row: Any
    relations: frozenset[Relation]
    hidden: frozenset[ValueKey]


@dataclass(frozen=True, slots=True)
class Details:
    """All values of a person's page, still sealed, with the provenance of each.

    `first`: where in the order of all entries the first one of a row stands.
    """

    values: Mapping[ValueKey, Mapping[Holding, Any]]
    provenance: Mapping[ValueKey, Provenance]
    entered_at: Mapping[ValueKey, str]
    first: Mapping[UUID, int]
    wrapped_key: bytes | None


def load_basics(session: Session, ids: Sequence[UUID], viewer: Viewer, setting: Setting) -> dict[UUID, Basics]:
    """Read names, photo, alias, hidden items and relations of `ids` in one statement; unknown ids are absent."""
    held = possible(viewer)
    rows = read(
        session,
        basics_statement(setting),
        {"ids": list(ids), "tenant_id": viewer.tenant, "viewer_id": viewer.person_id, "access_id": viewer.access_id},
    ).all()
    asked = [(relation, name) for relation, name in relation_columns(setting) if relation in held]
    return {
        row.id: Basics(
            row,
            frozenset(r for r, name in asked if getattr(row, name) and (row.used or r in PAST_HIDING)),
            _hidden(row.hidden),
        )
        for row in rows
    }


@cache
def relation_columns(setting: Setting) -> tuple[tuple[Relation, str], ...]:
    """Return the relations that see anything in `setting`, with the name of their column in the statement."""
    return tuple((relation, f"is_{relation.value}") for relation, where in SEES if where is setting)


@cache
def basics_statement(setting: Setting) -> Select[Any]:
    # Item and row in one array: each table that a statement names costs its row-level security once more.
    hidden = (
        select(func.array_agg(HiddenItem.item + ":" + cast(HiddenItem.row_id, String)))
        .where(HiddenItem.person_id == Person.id)
        .correlate(Person)
        .scalar_subquery()
    )
    return (
        select(
            Person.id,
            Person.first_names,
            Person.infix,
            Person.surname,
            Person.alias,
            Membership.handle,
            Photo.file_key,
            hidden.label("hidden"),
            USED.label("used"),
            *(SUBJECT_CONDITIONS[relation].label(name) for relation, name in relation_columns(setting)),
        )
        .select_from(Person)
        .outerjoin(Membership, (Membership.person_id == Person.id) & (Membership.tenant_id == TENANT))
        .outerjoin(Photo, Photo.person_id == Person.id)
        .where(Person.id == any_(IDS))
    )


def _hidden(values: Sequence[str] | None) -> frozenset[ValueKey]:
    if not values:
        return frozenset()
    return frozenset((Item(item), UUID(row_id)) for item, _, row_id in (value.partition(":") for value in values))


def load_details(session: Session, ids: Sequence[UUID]) -> dict[UUID, Details]:
    """Read every value of the profiles of `ids`, with provenance, in one statement."""
    rows = read(session, _details_statement(), {"ids": list(ids)})
    return {row.id: _details(row) for row in rows}


@cache
def _details_statement() -> Select[Any]:
    tables = {holding.table for holding in profile_holdings()}
    columns = [_rows_of(table).label(f"rows_{table.name}") for table in sorted(tables, key=lambda t: t.name)]
    wrapped = select(PersonKey.wrapped).where(PersonKey.person_id == Person.id).scalar_subquery()
    return select(Person.id, wrapped.label("wrapped_key"), _entries().label("entries"), *columns).where(
        Person.id == any_(IDS)
    )


def _rows_of(table: Table) -> ColumnElement[Any]:
    row = table.alias()
    names = dict.fromkeys(h.row_id for h in profile_holdings() if h.table is table)
    names |= dict.fromkeys(h.column for h in profile_holdings() if h.table is table)
    pairs = [part for name in names for part in (name, _as_json(row.columns[name]))]
    owner = row.columns[person_column(table).name]
    return select(func.json_agg(func.json_build_object(*pairs))).where(owner == Person.id).scalar_subquery()


def _as_json(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.encode(column, "base64") if str(column.type) == "BLOB" else column


def _entries() -> ColumnElement[Any]:
    def latest(column: Any) -> ColumnElement[Any]:
        return func.array_agg(aggregate_order_by(column, Entry.id.desc()))[1]

    own = (Entry.entered_by == Entry.person_id) & Entry.on_behalf_of.is_(None)
    grouped = (
        select(
            Entry.item,
            Entry.row_id,
            latest(Entry.entered_by).label("entered_by"),
            latest(Entry.on_behalf_of).label("on_behalf_of"),
            latest(Entry.entered_at).label("entered_at"),
            func.min(Entry.id).label("first"),
            func.max(Entry.id).filter(own).label("last_own"),
            # Of equal keys jsonb keeps the last: the latest entry of each organisation.
            func.jsonb_object_agg(Entry.on_behalf_of, aggregate_order_by(Entry.id, Entry.id))
            .filter(Entry.on_behalf_of.is_not(None))
            .label("last_of"),
        )
        .where(Entry.person_id == Person.id)
        .group_by(Entry.item, Entry.row_id)
        .correlate(Person)
        .subquery()
    )
    return select(func.json_agg(func.row_to_json(grouped.table_valued()))).scalar_subquery()


def _details(row: Any) -> Details:
    values: dict[ValueKey, dict[Holding, Any]] = {}
    for holding in profile_holdings():
        for record in getattr(row, f"rows_{holding.table.name}") or ():
            if record[holding.column] is not None:
                key = (holding.item, UUID(record[holding.row_id]))
                values.setdefault(key, {})[holding] = record[holding.column]
    provenance, entered_at, first = dict[ValueKey, Provenance](), dict[ValueKey, str](), dict[UUID, int]()
    for entry in row.entries or ():
        key = (Item(entry["item"]), UUID(entry["row_id"]))
        provenance[key] = Provenance(
            _uuid(entry["entered_by"]),
            _uuid(entry["on_behalf_of"]),
            frozenset(UUID(one) for one, last in (entry["last_of"] or {}).items() if last < (entry["last_own"] or 0)),
        )
        entered_at[key] = entry["entered_at"]
        first[key[1]] = min(entry["first"], first.get(key[1], entry["first"]))
    return Details(values, provenance, entered_at, first, row.wrapped_key)


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None
