"""Who was shown what of whom: one insert for all looks of a request (clauses W4-W9, B3; GDPR Art. 5(2)).

It is a transaction of its own, after the view: a view that failed leaves its looks, and nothing half done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from upguide.access.viewer import Viewer
from upguide.models import JournalEntry, RepeatedSearch
from upguide.policy.items import Item
from upguide.policy.requests import today
from upguide.policy.sees import Relation, Setting

_PENDING, _SEARCHES = "journalled", "searches"


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one person."""

    person_id: UUID
    relations: frozenset[Relation]
    setting: Setting
    items: frozenset[Item]


def record(session: Session, viewer: Viewer, looks: Sequence[Look]) -> None:
    """Note the looks; the end of the request keeps them, or the page is not sent. Elsewhere call `keep` yourself."""
    session.info.setdefault(_PENDING, []).extend(
        {
            "tenant_id": viewer.tenant,
            "person_id": look.person_id,
            "viewer_id": viewer.person_id,
            "session_id": viewer.session_id,
            "relations": sorted(relation.value for relation in look.relations),
            "setting": look.setting.value,
            "items": sorted(item.value for item in look.items),
            "reason": viewer.reason,
            "access_id": viewer.access_id,
        }
        for look in looks
    )


def note_searches(session: Session, viewer: Viewer, times: int) -> None:
    """Note that the viewer searched so many times more for one name today; kept as the looks are."""
    row = {"tenant_id": viewer.tenant, "person_id": viewer.person_id, "day": today(datetime.now(UTC)), "times": times}
    session.info.setdefault(_SEARCHES, []).append(row)


def keep(session: Session) -> None:
    """Write what was recorded in this request, if anything was, and nothing else.

    What the view changed and did not commit is rolled back: it failed, or thought better of it.
    """
    looks, searches = session.info.pop(_PENDING, None), session.info.pop(_SEARCHES, None)
    if not (looks or searches):
        return
    session.rollback()
    if looks:
        session.execute(insert(JournalEntry), looks)
    if searches:
        session.execute(insert(RepeatedSearch), searches)
    session.commit()


def forget(session: Session) -> None:
    """Drop what was recorded in this request: who was told that there is nothing has seen nobody."""
    session.info.pop(_PENDING, None)
    session.info.pop(_SEARCHES, None)
