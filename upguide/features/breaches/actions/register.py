"""The register: opening, describing, deciding, closing (B2; GDPR Article 33(5))."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import case, insert, update
from sqlalchemy.orm import Session

from upguide.features.breaches.queries import SEALED, BreachView
from upguide.features.breaches.sealed import Words, new_key
from upguide.models import Breach, BreachConcerned

from . import Conflict
from .history import note


@dataclass(frozen=True, slots=True)
class Opening:
    """What comes into the register. A harmless breach is decided about with it, for these `reasons`."""

    summary: str
    facts: str
    aware_at: datetime
    exercise: bool = False
    harmless: bool = False
    reasons: str = ""


def open_breach(session: Session, role: str, opening: Opening) -> int:
    """Put a breach in the register that nobody reported; return its number. Commits."""
    _breach_id, number = add(session, role, opening, {})
    session.commit()
    return number


def add(session: Session, role: str, opening: Opening, details: Mapping[str, Any]) -> tuple[UUID, int]:
    """Put a breach in the register, in the transaction of `session`; return its identity and number."""
    breach_id = uuid4()
    wrapped_key = new_key(breach_id)
    words = Words(breach_id, wrapped_key)
    # What harms nobody is decided about with its judgement.
    decision, reasons = ("no", opening.reasons) if opening.harmless else ("open", None)
    texts = {
        "summary": opening.summary,
        "facts": opening.facts,
        "authority_reasons": reasons,
        "persons_reasons": reasons,
    }
    values = {
        "id": breach_id,
        "wrapped_key": wrapped_key,
        "exercise": opening.exercise,
        "harmless": opening.harmless,
        "aware_at": opening.aware_at,
        "authority": decision,
        "persons": decision,
    }
    statement = insert(Breach).values(**values, **words.close_all("breaches", texts)).returning(Breach.number)
    number = session.execute(statement).scalar_one()
    told = {**details, "summary": opening.summary, "facts": opening.facts, "aware_at": opening.aware_at.isoformat()}
    note(session, breach_id, words, role, "opened", told)
    return breach_id, number


def describe(
    session: Session, role: str, of: BreachView, version: int, values: Mapping[str, Any], *, kind: str = "facts"
) -> bool:
    """Change what the register says; False where nothing is different. Commits.

    `values`: new values by column, sealed ones as plain words. Raises Conflict where somebody changed the breach
    since `version`.
    """
    changed = {name: value for name, value in values.items() if value != _now(of, name)}
    if of.version != version:
        raise Conflict
    if not changed:
        return False
    words = of.sealing()
    stored = {
        name: words.close(f"breaches.{name}", value) if name in SEALED else value for name, value in changed.items()
    }
    _update(session, of, stored)
    if changed.get("persons", "tell") != "tell":
        _take_back_letters(session, of)
    note(session, of.id, words, role, kind, {name: _told(value) for name, value in changed.items()})
    session.commit()
    return True


def close(session: Session, role: str, of: BreachView, *, closed: bool) -> None:
    """Close a breach, or open it again; its term of keeping runs from its closing. Commits."""
    _update(session, of, {"closed_at": datetime.now(UTC) if closed else None})
    note(session, of.id, of.sealing(), role, "closed" if closed else "reopened")
    session.commit()


def _take_back_letters(session: Session, of: BreachView) -> None:
    """Let nobody be asked about any more: a later decision to tell asks anew. Who was told stays told."""
    told = BreachConcerned.told_at.is_not(None)
    session.execute(
        update(BreachConcerned)
        .where(BreachConcerned.breach_id == of.id, BreachConcerned.letter == "asked")
        .values(letter=case((told, "told")), letter_at=BreachConcerned.told_at)
        .execution_options(synchronize_session=False)
    )


def _update(session: Session, of: BreachView, values: Mapping[str, Any]) -> None:
    found = session.scalar(
        update(Breach)
        .where(Breach.id == of.id, Breach.version == of.version)
        .values(**values, version=of.version + 1)
        .returning(Breach.id)
        .execution_options(synchronize_session=False)
    )
    if found is None:
        session.rollback()
        raise Conflict


def _now(of: BreachView, name: str) -> Any:
    if name in SEALED:
        return of.words[name]
    value = getattr(of, name)
    return list(value) if isinstance(value, tuple) else value


def _told(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
