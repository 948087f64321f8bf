"""Drafts and what becomes of them: frozen with text and time (B2, B3)."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Update, func, insert, select, update
from sqlalchemy.orm import Session

from upguide.features.breaches.queries import BreachView
from upguide.models import Breach, BreachText

from .history import note


@dataclass(frozen=True, slots=True)
class Place:
    """Which text: of what kind, in which language."""

    kind: str
    language: str


class WrongPhase(ValueError):
    """A phased report comes in its order: first, then follow-ups, then the final one, after which there is none."""


def save_draft(session: Session, of: BreachView, place: Place, words: str) -> None:
    """Keep a draft as somebody wrote it. Commits."""
    _store(session, of, place, words)
    session.commit()


def freeze(session: Session, role: str, of: BreachView, place: Place, words: str, phase: str) -> None:
    """Freeze a draft as it was sent: it cannot be changed from here on. Commits. Raises WrongPhase.

    The first report to the authority stops the clock.
    """
    # Two at once would both be the first: the breach's row lets one pass after the other.
    session.execute(select(Breach.id).where(Breach.id == of.id).with_for_update())
    if place.kind == "authority":
        _check_phase(session, of, phase)
    now = datetime.now(UTC)
    _store(session, of, place, words)
    session.execute(_draft(of, place).values(phase=phase, frozen_at=now))
    if place.kind == "authority" and phase == "first":
        session.execute(
            update(Breach)
            .where(Breach.id == of.id)
            .values(reported_at=now, version=Breach.version + 1)
            .execution_options(synchronize_session=False)
        )
    note(session, of.id, of.sealing(), role, place.kind, {"language": place.language, "phase": phase})
    session.commit()


def next_phases(phases: list[str]) -> tuple[str, ...]:
    """Return which phases a report may become after those that were sent."""
    if not phases:
        return ("first",)
    return () if "final" in phases else ("follow_up", "final")


def _check_phase(session: Session, of: BreachView, phase: str) -> None:
    sent = select(BreachText.phase).where(
        BreachText.breach_id == of.id, BreachText.kind == "authority", BreachText.phase.is_not(None)
    )
    if phase not in next_phases([str(one) for one in session.scalars(sent)]):
        session.rollback()
        raise WrongPhase


def _store(session: Session, of: BreachView, place: Place, words: str) -> None:
    sealed = of.sealing().close(f"breach_texts.{place.kind}.{place.language}", words)
    found = session.scalar(_draft(of, place).values(words=sealed, saved_at=func.now()).returning(BreachText.id))
    if found is None:
        values = {"breach_id": of.id, "kind": place.kind, "language": place.language, "words": sealed}
        session.execute(insert(BreachText).values(values))


def _draft(of: BreachView, place: Place) -> Update:
    return (
        update(BreachText)
        .where(
            BreachText.breach_id == of.id,
            BreachText.kind == place.kind,
            BreachText.language == place.language,
            BreachText.frozen_at.is_(None),
        )
        .execution_options(synchronize_session=False)
    )
