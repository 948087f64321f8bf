"""A process that does one job and is killed by SIGKILL before its n-th statement: `kill -9` at a chosen point.

The ordinary run kills a few times; `make audit` fifty times each, at random points whose seed is printed.
"""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from upguide.config import ROOT, Settings

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
    given = json.dumps([settings.database_url, str(settings.var), task, at, {k: str(v) for k, v in values.items()}])
    code = "from tests.features.rights.killed import main; main()"
    done = subprocess.run([sys.executable, "-c", code, given], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr.decode()
    return done.returncode != 0


def main() -> None:
    """What that process does."""
    from sqlalchemy import Engine, event  # noqa: PLC0415

    from tests.support.database import settings_for_tests  # noqa: PLC0415
    from upguide import create_app  # noqa: PLC0415
    from upguide.jobs.arguments import unpack  # noqa: PLC0415
    from upguide.jobs.queue import TASKS  # noqa: PLC0415

    database_url, var, task, at, values = json.loads(sys.argv[1])
    app = create_app(replace(settings_for_tests(database_url, Path(var))))
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
