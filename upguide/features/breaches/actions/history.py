"""Writes the history of a breach: append-only, by role and never by name."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from upguide.features.breaches.sealed import Words
from upguide.models import BreachChange


def note(
    session: Session, breach_id: UUID, words: Words, role: str, kind: str, details: Mapping[str, Any] | None = None
) -> None:
    """Add a line to the history, in the transaction of what it tells of; `details` are new values, by part."""
    text = json.dumps(details, ensure_ascii=False, sort_keys=False) if details else None
    values = {"breach_id": breach_id, "role": role, "kind": kind}
    session.execute(insert(BreachChange).values(**values, details=words.close("breach_changes.details", text)))
