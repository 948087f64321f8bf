"""How many rows the jobs removed whose term was over: figures for the officer's report, and nothing else."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from upguide.models import RetentionTally

from .queue import AnySession


def tally(session: AnySession, removed: Mapping[str, int]) -> None:
    """Add to what was removed since the last report, by table, in the transaction that removes it."""
    rows: list[dict[str, Any]] = [{"kind": kind, "removed": count} for kind, count in sorted(removed.items()) if count]
    if rows:
        statement = insert(RetentionTally).values(rows)
        more = {"removed": RetentionTally.removed + statement.excluded.removed}
        session.execute(statement.on_conflict_do_update(index_elements=["kind"], set_=more))
