"""Whether every table that touches a person says what becomes of its rows, in words that the database keeps."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from sqlalchemy import Column, Table, Text
from sqlalchemy.orm import DeclarativeBase

from upguide.models.base import Disposition, Erase, KeepUntil, Sever, dispositions_of, stands_apart

Model = type[Any]


def models_of(base: type[DeclarativeBase]) -> tuple[Model, ...]:
    """Return every model of a registry, by the name of its table."""
    return tuple(sorted((mapper.class_ for mapper in base.registry.mappers), key=lambda model: model.__tablename__))


@cache
def person_columns(table: Table) -> frozenset[str]:
    """Return the columns that name a person: references to `persons`, whatever is called `person_id`, and its key."""
    if table.name == "persons":
        return frozenset({"id"})
    names = (column.name for column in table.columns if _refers(column) or column.name == "person_id")
    return frozenset(names)


def faults(models: Iterable[Model]) -> list[str]:
    """Return what is missing or wrong in the declarations of `models`, each with how to mend it (F4, P4c)."""
    return [fault for model in models for fault in _faults(model, model.__table__)]


def _faults(model: Model, table: Table) -> Iterator[str]:
    for column in table.columns:
        if bool(column.info.get("items")) == bool(column.info.get("technical", "").strip()):
            yield f"{table.name}.{column.name}: declare it with personal(Item…) or technical('reason')"
    declared = dispositions_of(model)
    people = person_columns(table)
    if stands_apart(model):
        yield from (f"{table.name}.{name} names a person: its rows do not stand Apart" for name in sorted(people))
        return
    if not declared:
        if people or any(column.info.get("items") for column in table.columns):
            yield (
                f"{table.name}: what becomes of its rows when a person goes? Set __disposition__ on its model to "
                "Erase(), Sever('column') or KeepUntil(term, snapshot=…); see upguide/models/base.py"
            )
        return
    named = {name for disposition in declared for name in _places(disposition)}
    for name in sorted(people - named):
        yield (
            f"{table.name}.{name} names a person, and no disposition names it: add Sever('{name}') to the "
            f"__disposition__ of its model, or Erase('{name}') where the row goes with that person"
        )
    for disposition in declared:
        yield from _broken(table, disposition)


def _places(disposition: Disposition) -> tuple[str, ...]:
    return disposition.columns if isinstance(disposition, Sever) else (disposition.person,)


def _broken(table: Table, disposition: Disposition) -> Iterator[str]:
    kind = type(disposition).__name__
    for name in _places(disposition):
        column = table.columns.get(name)
        if column is None:
            yield f"{table.name}: {kind} names the column {name}, which is not there"
        elif isinstance(disposition, Erase):
            if table.name != "persons" and name != "mail_address" and _on_delete(column) != {"CASCADE"}:
                yield f"{table.name}.{name}: Erase needs a foreign key with ondelete='CASCADE'"
        elif _on_delete(column) != {"SET NULL"} or not column.nullable:
            yield f"{table.name}.{name}: {kind} needs a column that may be NULL, with ondelete='SET NULL'"
    if isinstance(disposition, Erase) and disposition.portal and disposition.portal not in table.columns:
        yield f"{table.name}: Erase names the portal {disposition.portal}, which is not there"
    yield from _broken_words(table, disposition)


def _broken_words(table: Table, disposition: Disposition) -> Iterator[str]:
    if isinstance(disposition, KeepUntil):
        yield from _not_minimal(table, disposition)
    if isinstance(disposition, Sever):
        yield from _not_nullable(table, disposition.words, "Sever blanks words")
        yield from _nobodys_words(table, disposition)


def _not_minimal(table: Table, kept: KeepUntil) -> Iterator[str]:
    for name in (*kept.snapshot, kept.until):
        if name not in table.columns:
            yield f"{table.name}: KeepUntil names the column {name}, which is not there"
    yield from _not_nullable(table, emptied(table, kept), "KeepUntil empties what is not in its snapshot")


def _nobodys_words(table: Table, severed: Sever) -> Iterator[str]:
    """Where several people stand in a row, what one wrote is not the other's to take along (GDPR Art. 15(4))."""
    if len(severed.columns) < 2:  # noqa: PLR2004 - somebody's words are somebody's alone
        return
    for column in table.columns:
        if column.info.get("items") and isinstance(column.type, Text) and column.info.get("by") not in severed.columns:
            yield f"{table.name}.{column.name}: whose words are these? Add by=… to its personal(), a column of Sever"


def emptied(table: Table, kept: KeepUntil) -> tuple[str, ...]:
    """Return the personal columns that are no part of the snapshot."""
    personal = (column.name for column in table.columns if column.info.get("items"))
    return tuple(name for name in personal if name not in kept.snapshot and name != kept.person)


def _not_nullable(table: Table, names: Iterable[str], why: str) -> Iterator[str]:
    for name in names:
        if name not in table.columns:
            yield f"{table.name}: {why}, and names the column {name}, which is not there"
        elif not table.columns[name].nullable:
            yield f"{table.name}.{name}: {why}: let it be NULL"


def _refers(column: Column[Any]) -> bool:
    return any(key.target_fullname == "persons.id" for key in column.foreign_keys)


def _on_delete(column: Column[Any]) -> set[str]:
    return {str(key.ondelete or (key.constraint.ondelete if key.constraint else None)) for key in column.foreign_keys}
