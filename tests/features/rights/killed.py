"""A process that does one job and is killed by SIGKILL before its n-th statement: `kill -9` at a chosen point.

The ordinary run kills a few times; `make audit` fifty times each, at random points whose seed is printed.
"""

import multiprocessing
import os
import random
import signal
import sys
import traceback
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from tests.support.database import settings_for_tests
from upguide import create_app
from upguide.config import Settings
from upguide.jobs.arguments import unpack
from upguide.jobs.queue import TASKS

# A process that has read all modules, and opened nothing, forks each that is killed: to read them takes longest.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__])

# How often a test kills.
KILLS = pytest.mark.parametrize("kills", [4, pytest.param(50, marks=pytest.mark.audit)])


def points(at_most: int) -> Iterator[int]:
    """Yield random points to kill at, for ever; `at_most` is about how many statements the job has."""
    seed = int(os.environ.get("UPGUIDE_KILL_SEED") or random.SystemRandom().randrange(10**6))
    sys.stdout.write(f"UPGUIDE_KILL_SEED={seed} kills at the same points again\n")
    chance = random.Random(seed)
    while True:
        yield chance.randint(1, at_most)


def run_and_kill(settings: Settings, task: str, at: int, **values: object) -> bool:
    """Run `task` in a process of its own, to be killed before its statement number `at`; tell whether it was."""
    hears, tells = FORKS.Pipe(duplex=False)
    given = {name: str(value) for name, value in values.items()}
    process = FORKS.Process(target=_run, args=(settings.database_url, str(settings.var), task, at, given, tells))
    process.start()
    tells.close()
    process.join()
    fault = hears.recv() if process.exitcode not in (0, -signal.SIGKILL) and hears.poll() else ""
    hears.close()
    assert process.exitcode in (0, -signal.SIGKILL), fault
    return process.exitcode != 0


def _run(database_url: str, var: str, task: str, at: int, values: dict[str, str], tells: Connection) -> None:
    """What that process does."""
    try:
        _do(database_url, Path(var), task, at, values)
    except BaseException:
        tells.send(traceback.format_exc())
        raise


def _do(database_url: str, var: Path, task: str, at: int, values: dict[str, str]) -> None:
    app = create_app(settings_for_tests(database_url, var))
    count = 0

    def count_down(*_rest: Any) -> None:
        nonlocal count
        count += 1
        if count == at:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", count_down)
    event.listen(Engine, "commit", count_down)
    with app.app_context():
        TASKS[task](**unpack(TASKS[task].types, values))
