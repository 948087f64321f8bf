"""Somebody with a row in every table that touches persons: written from the declarations, so that none is forgotten.

A column whose values are limited needs one in `GIVEN`; the message of the database says which.
"""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from psycopg import sql
from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    Table,
    Uuid,
)

from tests.support.canaries import plant, word
from tests.support.database import WorkerDatabase
from tests.support.factories import Made
from upguide.extensions import db
from upguide.mail.sealed import Envelope, close
from upguide.models.base import Sever
from upguide.policy.items import CATALOGUE, Item
from upguide.privacy.holdings import row_identity
from upguide.privacy.vault import Vault, vault_of
from upguide.privacy.walk import Touch, touches
from upguide.tenancy.scope import scope

# What a column with few possible values is given.
GIVEN: dict[tuple[str, str], Any] = {
    ("addresses", "kind"): "permanent",
    ("connections", "stage"): "accepted",
    ("phones", "kind"): "mobile",
    ("mails", "state"): "queued",
    ("exports", "state"): "asked",
    ("photos", "file_key"): "0" * 64,
    ("photo_drafts", "file_key"): "1" * 32,
    ("exports", "pieces"): [],
    ("requests", "kind"): "question",
    ("requests", "purpose"): "messages",
    ("requests", "answered_as"): "officer",
    ("limits", "kind"): "objection",
    ("limits", "purpose"): "messages",
    ("notices", "kind"): "message",
    ("notice_choices", "kind"): "message",
    ("notice_choices", "frequency"): "daily",
    ("quiet_hours", "quiet_from"): 1320,
    ("quiet_hours", "quiet_until"): 420,
    ("retention_warnings", "heard"): "told",
    ("role_grants", "role"): "officer",
    ("acts", "act"): "block",
    ("role_history", "act"): "appoint",
    ("role_history", "role"): "officer",
    ("acts", "closes_at"): None,
    ("acts", "reason"): "for a good reason",
    ("signatures", "agreement"): "statement",
    ("statement_notices", "answer"): "yes",
    ("journal", "relations"): ["member"],
    ("journal", "items"): ["surname"],
    ("breach_concerned", "source"): "added",
    ("breach_concerned", "letter"): "told",
    ("entries", "item"): "surname",
    ("hidden_items", "item"): "gender",
}
# Sealed under the person's key, though other values of the item are not.
SEALED_TOO = ("letter_words",)
MAIL = (
    b"Subject: Letter\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=x\n\n"
    b"--x\nContent-Type: text/plain\n\n%s\n--x\nContent-Type: text/html\n\n<p>%s</p>\n--x--\n"
)
_count = itertools.count(1)


def fill(database: WorkerDatabase, person: Made, other: Made, *, rows: int = 1, only: tuple[str, ...] = ()) -> None:
    """Give `person` rows wherever they can stand; in rows of somebody else, those are of `other`.

    The rows that a person has already, such as the one in `persons`, stay what they are.
    """
    with scope(None, person.id, db.session()):
        vault = vault_of(db.session(), person.id)
        db.session.rollback()
    for touch in touches():
        if not only or touch.table.name in only:
            for _ in range(rows):
                _add(database, touch, person, other, vault)


def _add(database: WorkerDatabase, touch: Touch, person: Made, other: Made, vault: Vault) -> None:
    if touch.table.name == "persons":
        _complete_person(database, person)
        return
    row = _row(touch, person, other, vault)
    if touch.table.name == "breach_concerned":
        row["breach_id"] = any_breach(database)
    if "access_id" in row:
        row["access_id"] = any_access(database)
    names = sql.SQL(", ").join(map(sql.Identifier, row))
    places = sql.SQL(", ").join([sql.Placeholder()] * len(row))
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT DO NOTHING")
    with database.connect() as connection:
        connection.execute(statement.format(sql.Identifier(touch.table.name), names, places), list(row.values()))


def any_access(database: WorkerDatabase) -> UUID:
    """Make an access of an officer who is gone, and return its identity."""
    with database.connect() as connection:
        row = connection.execute(
            "INSERT INTO officer_accesses (id, reason, items, starts_at, expires_at)"
            " VALUES (gen_random_uuid(), '', '{}', now(), now() + interval '1 day') RETURNING id"
        ).fetchone()
    assert row is not None
    return UUID(str(row[0]))


def any_breach(database: WorkerDatabase) -> UUID:
    """Make a breach of which nothing is known, and return its identity."""
    with database.connect() as connection:
        row = connection.execute(
            "INSERT INTO breaches (id, exercise, harmless, aware_at, wrapped_key, summary, items, authority, persons,"
            " version) VALUES (gen_random_uuid(), true, true, now(), '', '', '{}', 'no', 'no', 1) RETURNING id"
        ).fetchone()
    assert row is not None
    return UUID(str(row[0]))


def _row(touch: Touch, person: Made, other: Made, vault: Vault) -> dict[str, Any]:
    table, severed = touch.table, isinstance(touch.disposition, Sever)
    row: dict[str, Any] = {}
    for column in table.columns:
        if column.identity is not None or column.computed is not None:
            continue
        if column.name == touch.column:
            row[column.name] = person.mail_address if column.name == "mail_address" else person.id
        elif _is_person(column):
            row[column.name] = other.id
        else:
            row[column.name] = _value(column, other if severed else person)
    if table.name == "mails":
        text = plant(word(), person.id, Item.MAILS).encode()
        row |= close(row["id"], row["person_id"], Envelope(str(person.mail_address), MAIL % (text, text)))
        return row
    _seal(table, row, vault)
    return row


def _seal(table: Table, row: dict[str, Any], vault: Vault) -> None:
    for column in table.columns:
        sealed = any(CATALOGUE[item].sealed for item in column.info.get("items", ())) or column.name in SEALED_TOO
        if sealed and isinstance(row[column.name], bytes):
            identity = row[row_identity(table)]
            row[column.name] = vault.close(f"{table.name}.{column.name}", identity, row[column.name].decode())


def _value(column: Column[Any], person: Made) -> Any:
    if (column.table.name, column.name) in GIVEN:
        return GIVEN[column.table.name, column.name]
    if column.name in ("tenant_id", "language"):
        return person.tenant if column.name == "tenant_id" else "en"
    for kind, make in MAKERS.items():
        if isinstance(column.type, kind):
            return make(column)
    return _text(column, person)


def _moment(column: Column[Any]) -> datetime:
    later = "expires" in column.name or "due" in column.name
    return datetime.now(UTC) + timedelta(hours=later)


MAKERS: dict[type[Any], Callable[[Column[Any]], Any]] = {
    Uuid: lambda _column: uuid4(),
    DateTime: _moment,
    Date: lambda _column: datetime.now(UTC).date(),
    Boolean: lambda _column: False,
    Integer: lambda _column: 1,
    ARRAY: lambda column: [item.value for item in column.info.get("items", ())],
}


def _text(column: Column[Any], person: Made) -> str | bytes:
    length, items = getattr(column.type, "length", None), column.info.get("items", ())
    text = word()
    if length is not None and length < len(text):
        text = str(next(_count))[:length]
    if items:
        plant(text, person.id, items[0])
    return text.encode() if isinstance(column.type, LargeBinary) else text


def _is_person(column: Column[Any]) -> bool:
    return column.name == "person_id" or any(key.target_fullname == "persons.id" for key in column.foreign_keys)


def _complete_person(database: WorkerDatabase, person: Made) -> None:
    """Fill what a person of the factories leaves empty."""
    with database.connect() as connection:
        connection.execute(
            "UPDATE persons SET infix = coalesce(infix, 'van'), gender = coalesce(gender, 'woman'),"
            " language = coalesce(language, 'en'), signed_in_at = now() WHERE id = %s",
            [person.id],
        )
        connection.execute("UPDATE credentials SET pin_hash = 'x' WHERE person_id = %s", [person.id])


def every_row_of(database: WorkerDatabase, person_id: UUID) -> dict[str, int]:
    """Return how many rows there are in which a person stands, by table and column."""
    found = {}
    with database.connect() as connection:
        for touch in touches():
            if touch.column != "mail_address":
                statement = sql.SQL("SELECT count(*) FROM {} WHERE {} = %s").format(
                    sql.Identifier(touch.table.name), sql.Identifier(touch.column)
                )
                row = connection.execute(statement, [person_id]).fetchone()
                found[f"{touch.table.name}.{touch.column}"] = row[0] if row else 0
    return found
