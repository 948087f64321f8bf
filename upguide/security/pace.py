"""How many different questions somebody may ask in a while: slows down who copies a list of people (W1, P5).

A new question counts in the database, over all processes (`throttle`). Asking the same again within five minutes
costs nothing: it tells nothing new, and a page that only reads writes nothing. Each process remembers by itself
what it was asked, so that with n processes a repeated question counts n times at most.
"""

import time
from collections.abc import Callable, Hashable
from uuid import UUID

from .throttle import Action, throttle

REMEMBERED = 300  # seconds


class Pace:
    """Counts the different questions of each person as tries of `action`."""

    def __init__(self, action: Action, clock: Callable[[], float] = time.monotonic) -> None:
        self._action = action
        self._clock = clock
        self._window = -1
        self._asked: set[tuple[str, UUID, int]] = set()

    def ask(self, tenant: str, person_id: UUID, question: Hashable) -> None:
        """Count a question of a person on a portal; raises Throttled where it is one too many."""
        window = int(self._clock() // REMEMBERED)
        if window != self._window:
            self._window, self._asked = window, set()
        asked = (tenant, person_id, hash(question))
        if asked not in self._asked:
            # What is refused is not remembered: a flood takes no memory.
            throttle(self._action, person=person_id)
            self._asked.add(asked)
