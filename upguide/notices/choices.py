"""What somebody chose to hear of by mail, and when: on all portals, since it is about the person and not the portal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from upguide.models import NoticeChoice, QuietHours
from upguide.policy.notices import NOTICES, Frequency, Kind

from .quiet import Clock


@dataclass(frozen=True, slots=True)
class Choices:
    """How often somebody wants mail of each kind, and their clock."""

    chosen: Mapping[Kind, Frequency] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)

    def of(self, kind: Kind) -> Frequency:
        """Return how often mail of a kind comes: as chosen, else as the policy says."""
        return self.chosen.get(kind, NOTICES[kind].frequency)

    def kinds(self, frequency: Frequency) -> tuple[Kind, ...]:
        """Return the kinds that come this often."""
        return tuple(kind for kind in Kind if self.of(kind) is frequency)


def choices_of(session: Session, person_id: UUID) -> Choices:
    """Return what somebody chose. Under the person's own scope."""
    rows = session.execute(
        select(NoticeChoice.kind, NoticeChoice.frequency).where(NoticeChoice.person_id == person_id)
    ).all()
    columns = (QuietHours.time_zone, QuietHours.quiet_from, QuietHours.quiet_until)
    clock = session.execute(select(*columns).where(QuietHours.person_id == person_id)).one_or_none()
    known = {kind.value: kind for kind in Kind}
    chosen = {known[row.kind]: Frequency(row.frequency) for row in rows if row.kind in known}
    return Choices(chosen, Clock(*clock) if clock else Clock())


def choose(session: Session, person_id: UUID, choices: Choices) -> None:
    """Keep what somebody chose, whole. The caller commits."""
    session.execute(delete(NoticeChoice).where(NoticeChoice.person_id == person_id))
    _write(session, person_id, choices.chosen)
    clock = choices.clock
    times = {"time_zone": clock.zone, "quiet_from": clock.quiet_from, "quiet_until": clock.quiet_until}
    # Of two presses at one moment the later counts.
    kept = insert(QuietHours).values(person_id=person_id, **times)
    session.execute(kept.on_conflict_do_update(index_elements=["person_id"], set_=times))


def turn_off(session: Session, person_id: UUID, what: Kind | Frequency) -> None:
    """Stop the mail of a kind, or of every kind that comes daily or weekly, for somebody. The caller commits."""
    if isinstance(what, Kind):
        kinds: tuple[Kind, ...] = (what,)
    else:
        kinds = choices_of(session, person_id).kinds(what)
    _write(session, person_id, dict.fromkeys(kinds, Frequency.NEVER))


def _write(session: Session, person_id: UUID, chosen: Mapping[Kind, Frequency]) -> None:
    rows = [
        {"person_id": person_id, "kind": kind.value, "frequency": frequency.value} for kind, frequency in chosen.items()
    ]
    if rows:
        statement = insert(NoticeChoice).values(rows)
        new = {"frequency": statement.excluded.frequency}
        # A press in a mail and a form in the site may write at the same moment: the later one counts.
        session.execute(statement.on_conflict_do_update(index_elements=["person_id", "kind"], set_=new))
