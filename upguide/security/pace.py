"""How many different questions somebody may ask in a while: slows down who copies a list of people (W1, P5).

Counted in the memory of each process, because a page that only reads writes nothing: with n processes, up to n
times as many pass. Asking the same again costs nothing; it tells nothing new.
"""

import time
from collections.abc import Callable, Hashable

from .throttle import Throttled


class Pace:
    """At most `questions` different ones a subject in `seconds`; the windows of all subjects end together."""

    def __init__(self, questions: int, seconds: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._questions = questions
        self._seconds = seconds
        self._clock = clock
        self._window = -1
        self._asked: dict[Hashable, set[int]] = {}

    def ask(self, subject: Hashable, question: Hashable) -> None:
        """Count a question of `subject`; raises Throttled where it is one too many."""
        window, into = divmod(self._clock(), self._seconds)
        if window != self._window:
            self._window = int(window)
            self._asked = {}
        asked = self._asked.setdefault(subject, set())
        asked.add(hash(question))
        if len(asked) > self._questions:
            # Forget the surplus, so that a flood takes no memory.
            asked.discard(hash(question))
            raise Throttled(max(1, round(self._seconds - into)))
