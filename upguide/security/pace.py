"""How many different questions somebody may ask in a while: slows down who copies a list of people (W1, P5).

Each process counts by itself, in its memory, so that a page that only reads writes nothing. With n processes
somebody may therefore ask up to n times as much, and a process that starts anew remembers nobody.
"""

import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from uuid import UUID

from .throttle import Throttled

# Bounds of memory, some 5 MB at most: who asked longest ago is forgotten first.
KEPT: Final = 5_000  # persons
LATEST: Final = 16  # questions of each that cost nothing when they are asked again


class Limit(NamedTuple):
    """At most so many new questions in so many seconds, counted from the first."""

    questions: int
    seconds: int


@dataclass(slots=True)
class _Window:
    ends: float
    asked: int = 0


@dataclass(slots=True)
class _Asker:
    windows: list[_Window]
    latest: deque[int] = field(default_factory=lambda: deque(maxlen=LATEST))


class Pace:
    """Counts the different questions of each person. `clock` tells seconds and never goes back."""

    def __init__(self, limits: Sequence[Limit], clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = tuple(limits)
        self._clock = clock
        self._askers: OrderedDict[UUID, _Asker] = OrderedDict()

    def ask(self, tenant: str, person_id: UUID, question: Hashable) -> None:
        """Count a question of a person on a portal; raises Throttled where it is one too many.

        One of the latest asked again costs nothing: it tells nothing new. What is refused counts nowhere.
        """
        asker, asked, now = self._asker(person_id), hash((tenant, question)), self._clock()
        if asked in asker.latest:
            return
        for at, limit in enumerate(self._limits):
            if asker.windows[at].ends <= now:
                asker.windows[at] = _Window(now + limit.seconds)
        pairs = zip(asker.windows, self._limits, strict=True)
        if full := [window.ends - now for window, limit in pairs if window.asked >= limit.questions]:
            raise Throttled(max(1, math.ceil(max(full))))
        for window in asker.windows:
            window.asked += 1
        asker.latest.append(asked)

    def _asker(self, person_id: UUID) -> _Asker:
        asker = self._askers.get(person_id)
        if asker is None:
            asker = self._askers[person_id] = _Asker([_Window(-math.inf) for _ in self._limits])
            if len(self._askers) > KEPT:
                self._askers.popitem(last=False)
        self._askers.move_to_end(person_id)
        return asker
