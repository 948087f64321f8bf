"""Counts the SQL statements of a block, the settings of its transactions included."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session, SessionTransaction

# Sent past SQLAlchemy (`tenancy.scope`), with the settings in one message.
BEGIN = "BEGIN with settings"


@contextmanager
def counting() -> Iterator[list[str]]:
    """Give a list that fills with the statements that any engine sends during the block."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    def note_begin(_session: Session, transaction: SessionTransaction, _connection: Any) -> None:
        if not transaction.nested:
            statements.append(BEGIN)

    event.listen(Engine, "before_cursor_execute", note)
    event.listen(Session, "after_begin", note_begin)
    try:
        yield statements
    finally:
        event.remove(Session, "after_begin", note_begin)
        event.remove(Engine, "before_cursor_execute", note)
