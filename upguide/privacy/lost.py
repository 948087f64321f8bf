"""Files to which no row leads: a process that ended between writing a file and the commit leaves them (P5, P4c).

What takes a file out of use notes that itself, in its own transaction (`FileToRemove`). This finds the rest.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import ARRAY, String, bindparam, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from upguide.files.store import Store
from upguide.models import FileToRemove

# Longer than any transaction that will still refer to a file.
OLD_ENOUGH = timedelta(days=1)
# Where so many are lost, and most of all, it is the storage or the database that is the wrong one.
MOST_LOST = 100

log = structlog.get_logger()

_IN_USE = text("SELECT * FROM gate.files_in_use(:asked)").bindparams(bindparam("asked", type_=ARRAY(String)))


def note_lost_files(session: Session, files: Store) -> int:
    """Note the files that are a day old and in no use as to be removed; return how many. Commits each batch.

    At any time one batch of keys is in memory. Stops at the first batch of which more than MOST_LOST files, and
    most, seem lost.
    """
    noted = 0
    for keys in files.older_than(datetime.now(UTC) - OLD_ENOUGH):
        lost = _lost(session, keys)
        if len(lost) > max(MOST_LOST, len(keys) // 2):
            session.rollback()
            log.error("files.too_many_lost", count=len(lost))
            break
        _note(session, lost)
        session.commit()
        noted += len(lost)
    return noted


def _lost(session: Session, keys: Sequence[str]) -> list[str]:
    used = set(session.scalars(_IN_USE, {"asked": list(keys)}))
    used.update(session.scalars(select(FileToRemove.file_key).where(FileToRemove.file_key.in_(keys))))
    return [key for key in keys if key not in used]


def _note(session: Session, keys: Iterable[str]) -> None:
    rows = [{"file_key": key} for key in keys]
    if rows:
        session.execute(insert(FileToRemove).values(rows).on_conflict_do_nothing())
