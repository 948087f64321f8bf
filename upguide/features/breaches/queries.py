"""Reading the register, in the name of somebody who handles breaches: the database gives nobody else anything."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from upguide.models import Breach, BreachChange, BreachReport, BreachText

from .sealed import Words

PAGE = 25
HISTORY = 50
SEALED = (
    *("summary", "facts", "cause", "effects", "measures", "delay"),
    *("authority_reasons", "persons_reasons"),
)


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report as a list shows it."""

    id: UUID
    place: int
    reference: str
    tenant: str
    made_at: datetime
    decision: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """A report, opened."""

    id: UUID
    reference: str
    tenant: str
    story: str
    noticed: str
    contact: str
    made_at: datetime
    decision: str | None
    reasons: str
    decided_at: datetime | None
    decided_role: str | None
    breach_number: int | None


@dataclass(frozen=True, slots=True)
class BreachView:
    """A breach, opened. `words` holds what was written, by column."""

    id: UUID
    number: int
    exercise: bool
    harmless: bool
    opened_at: datetime
    aware_at: datetime
    words: Mapping[str, str]
    items: tuple[str, ...]
    persons_count: int | None
    records_count: int | None
    authority: str
    persons: str
    reported_at: datetime | None
    letters_at: datetime | None
    closed_at: datetime | None
    version: int
    wrapped_key: bytes

    def sealing(self) -> Words:
        """Return what opens and closes the breach's words."""
        return Words(self.id, self.wrapped_key)


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the history; `details` are the new values, by part."""

    kind: str
    role: str
    made_at: datetime
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TextLine:
    """A draft or a frozen text, without its words."""

    id: UUID
    kind: str
    language: str
    phase: str | None
    at: datetime


def waiting_reports(session: Session) -> list[ReportLine]:
    """Return the oldest reports that nobody judged yet, one page and one more."""
    return _lines(session, BreachReport.decision.is_(None), descending=False)


def judged_reports(session: Session, before: int | None) -> list[ReportLine]:
    """Return reports that were judged, newest first, from below place `before`, one page and one more."""
    earlier = BreachReport.place < before if before is not None else true()
    return _lines(session, BreachReport.decision.is_not(None) & earlier, descending=True)


def _lines(session: Session, condition: Any, *, descending: bool) -> list[ReportLine]:
    order = BreachReport.place.desc() if descending else BreachReport.place
    columns = (BreachReport.id, BreachReport.place, BreachReport.reference, BreachReport.tenant_id)
    rows = session.execute(
        select(*columns, BreachReport.made_at, BreachReport.decision).where(condition).order_by(order).limit(PAGE + 1)
    )
    return [ReportLine(*row) for row in rows]


def report(session: Session, report_id: UUID) -> Report | None:
    """Return one report, opened, or None."""
    row = session.execute(
        select(BreachReport, Breach.number)
        .outerjoin(Breach, Breach.id == BreachReport.breach_id)
        .where(BreachReport.id == report_id)
    ).one_or_none()
    if row is None:
        return None
    found, number = row
    words = Words(found.id, found.wrapped_key)
    opened = {
        name: words.open(f"breach_reports.{name}", getattr(found, name))
        for name in ("story", "noticed", "contact", "reasons")
    }
    return Report(
        id=found.id,
        reference=found.reference,
        tenant=found.tenant_id,
        made_at=found.made_at,
        decision=found.decision,
        decided_at=found.decided_at,
        decided_role=found.decided_role,
        breach_number=number,
        **opened,
    )


def reports_of(session: Session, breach_id: UUID) -> list[ReportLine]:
    """Return the reports that a breach became known by, one page at most."""
    return _lines(session, BreachReport.breach_id == breach_id, descending=False)[:PAGE]


def register(session: Session, before: int | None) -> list[BreachView]:
    """Return breaches, newest first, from below number `before`, one page and one more."""
    statement = select(Breach).order_by(Breach.number.desc()).limit(PAGE + 1)
    if before is not None:
        statement = statement.where(Breach.number < before)
    return [_opened(row) for row in session.scalars(statement)]


def breach(session: Session, number: int) -> BreachView | None:
    """Return one breach, opened, or None."""
    found = session.scalar(select(Breach).where(Breach.number == number).execution_options(populate_existing=True))
    return None if found is None else _opened(found)


def _opened(row: Breach) -> BreachView:
    words = Words(row.id, row.wrapped_key)
    return BreachView(
        id=row.id,
        number=row.number,
        exercise=row.exercise,
        harmless=row.harmless,
        opened_at=row.opened_at,
        aware_at=row.aware_at,
        words={name: words.open(f"breaches.{name}", getattr(row, name)) for name in SEALED},
        items=tuple(row.items),
        persons_count=row.persons_count,
        records_count=row.records_count,
        authority=row.authority,
        persons=row.persons,
        reported_at=row.reported_at,
        letters_at=row.letters_at,
        closed_at=row.closed_at,
        version=row.version,
        wrapped_key=row.wrapped_key,
    )


def history(session: Session, of: BreachView, before: int | None = None) -> tuple[list[Change], int | None]:
    """Return what was done, newest first, and from where older lines go on (None at the end)."""
    statement = select(BreachChange).where(BreachChange.breach_id == of.id)
    if before is not None:
        statement = statement.where(BreachChange.id < before)
    rows = session.scalars(statement.order_by(BreachChange.id.desc()).limit(HISTORY + 1)).all()
    words = of.sealing()
    changes = [
        Change(row.kind, row.role, row.made_at, json.loads(words.open("breach_changes.details", row.details) or "{}"))
        for row in rows[:HISTORY]
    ]
    return changes, rows[HISTORY - 1].id if len(rows) > HISTORY else None


def texts(session: Session, breach_id: UUID) -> list[TextLine]:
    """Return the texts of a breach, frozen ones in their order, then drafts."""
    at = func.coalesce(BreachText.frozen_at, BreachText.saved_at)
    rows = session.execute(
        select(BreachText.id, BreachText.kind, BreachText.language, BreachText.phase, at)
        .where(BreachText.breach_id == breach_id)
        .order_by(BreachText.frozen_at.nulls_last(), BreachText.kind, BreachText.language)
    )
    return [TextLine(*row) for row in rows]


def frozen_text(session: Session, of: BreachView, text_id: UUID) -> tuple[TextLine, str] | None:
    """Return one frozen text and its words, or None."""
    row = session.scalar(
        select(BreachText).where(
            BreachText.id == text_id, BreachText.breach_id == of.id, BreachText.frozen_at.is_not(None)
        )
    )
    if row is None:
        return None
    assert row.frozen_at is not None
    return TextLine(row.id, row.kind, row.language, row.phase, row.frozen_at), text_words(of.sealing(), row)


def draft_text(session: Session, of: BreachView, kind: str, language: str) -> str | None:
    """Return the draft as it was saved, None where nobody changed what the register makes of it."""
    row = session.scalar(
        select(BreachText).where(
            BreachText.breach_id == of.id,
            BreachText.kind == kind,
            BreachText.language == language,
            BreachText.frozen_at.is_(None),
        )
    )
    return None if row is None else text_words(of.sealing(), row)


def letters_ready(session: Session, of: BreachView) -> dict[str, str]:
    """Return the frozen letters, by language: of each the latest."""
    rows = session.scalars(
        select(BreachText)
        .where(BreachText.breach_id == of.id, BreachText.kind == "letter", BreachText.frozen_at.is_not(None))
        .order_by(BreachText.frozen_at)
    )
    words = of.sealing()
    return {row.language: text_words(words, row) for row in rows}


def text_words(words: Words, row: BreachText) -> str:
    """Return the words of a text."""
    return words.open(f"breach_texts.{row.kind}.{row.language}", row.words)
