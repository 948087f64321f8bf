"""How often somebody asks the same thing on one day: in memory alone, and only that it was often leaves it.

Each process counts by itself, as `pace` does, and a process that starts anew remembers nothing: with n processes it may
take up to n times as many. What was asked is held as a number that means nothing outside the process.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

KEPT: Final = 20_000  # questions, some 4 MB: the one that was asked longest ago is forgotten first


def _today() -> date:
    return datetime.now(UTC).date()


class Repeats:
    """Tells each time that a person has asked the same `often` times more on a day. `today` tells the day."""

    def __init__(self, often: int, today: Callable[[], date] = _today) -> None:
        self._often = often
        self._today = today
        self._day = today()
        self._asked: OrderedDict[int, int] = OrderedDict()

    def again(self, tenant: str, person_id: UUID, question: Hashable) -> bool:
        """Count a question of a person on a portal; tell whether it is time to note it."""
        if self._day != (day := self._today()):
            self._day = day
            self._asked.clear()
        key = hash((tenant, person_id, question))
        times = self._asked[key] = self._asked.get(key, 0) + 1
        self._asked.move_to_end(key)
        if len(self._asked) > KEPT:
            self._asked.popitem(last=False)
        return times % self._often == 0


__all__ = ["KEPT", "Repeats"]
