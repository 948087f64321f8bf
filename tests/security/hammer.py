"""Many processes and threads that try at the same moment, against the real database."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context

from sqlalchemy import create_engine

from upguide.security.counters import Counters
from upguide.security.throttle import Action, By, Rule, Throttled, attempt

THREADS = 3


def hammer(
    url: str, processes: int, tries: int, rules: Sequence[Rule], subjects: Sequence[Mapping[By, str]]
) -> list[bool]:
    """Make `tries` tries in each thread of each process, on each of `subjects` in turn; tell which passed."""
    with get_context("spawn").Pool(processes) as pool:
        found = pool.starmap(one_process, [(url, tries, rules, subjects)] * processes)
    return [passed for part in found for passed in part]


def one_process(url: str, tries: int, rules: Sequence[Rule], subjects: Sequence[Mapping[By, str]]) -> list[bool]:
    """What each process does; even tries are given back where they pass on a subject named `succeeds`."""
    engine = create_engine(url, pool_size=THREADS)
    counters = Counters(engine)

    def one_thread(number: int) -> list[bool]:
        # In both orders, so that two of them meet at the same rows from different ends.
        ordered = list(rules)[:: 1 if number % 2 else -1]
        return [one_try(counters, ordered, subjects[turn % len(subjects)]) for turn in range(tries)]

    with ThreadPoolExecutor(THREADS) as threads:
        found = [passed for part in threads.map(one_thread, range(THREADS)) for passed in part]
    engine.dispose()
    return found


def one_try(counters: Counters, rules: Sequence[Rule], subjects: Mapping[By, str]) -> bool:
    """Try once; a subject whose account is `succeeds` gives its try back."""
    try:
        passed = attempt(counters, "the key of this test", Action.SIGN_IN, rules, subjects)
    except Throttled:
        return False
    if subjects[By.ACCOUNT] == "succeeds":
        passed.succeeded()
    return True
