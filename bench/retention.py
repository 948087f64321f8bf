"""A daily pass over everybody on a day on which nobody's turn has come, against a minute (U5)."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench import world
from bench.report import Result
from upguide.config import ROOT
from upguide.database import embedded
from upguide.extensions import db
from upguide.privacy.idle import away_before, day_of

SECONDS, MEGABYTES = 60, 300
# As many have been warned, and wait, as there are at any time of those who never come back.
WARNED_PART = 0.02


def measure(large: world.World, people: int) -> list[Result]:
    """Return how long a pass takes, and the memory of the process that does it."""
    command = [sys.executable, "-m", "bench.retention", large.name]
    with warned(large, int(people * WARNED_PART)):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    took = json.loads(done.stdout.splitlines()[-1])
    assert took["done"] == 0, "somebody's turn had come"
    return [
        Result(f"retention: a pass over {people:,} people", took["seconds"], "s", SECONDS),
        Result("retention: memory of the worker", took["megabytes"], "MB", MEGABYTES),
    ]


@contextmanager
def warned(large: world.World, count: int) -> Iterator[None]:
    """Let so many be warned already, and wait, for the block."""
    now = datetime.now(UTC)
    with large.connect(embedded.SUPERUSER) as connection:
        connection.execute(
            "WITH away AS (UPDATE persons SET signed_in_at = %s WHERE id IN (SELECT id FROM persons LIMIT %s)"
            " RETURNING id, signed_in_at)"
            " INSERT INTO retention_warnings"
            " SELECT id, signed_in_at, 60, %s, %s, gen_random_uuid(), 'told', %s FROM away",
            [
                away_before(day_of(now)) - timedelta(days=10),
                count,
                *(day_of(now) + timedelta(days=days) for days in (-10, 50, 20)),
            ],
        )
        connection.execute("ANALYZE persons, retention_warnings")
        try:
            yield
        finally:
            connection.execute("UPDATE persons SET signed_in_at = NULL WHERE signed_in_at IS NOT NULL")
            connection.execute("DELETE FROM retention_warnings; DELETE FROM retention_runs")


def run(name: str) -> None:
    """Do one pass in this process, and print what it took."""
    from upguide.privacy.retention import run_pass  # noqa: PLC0415 - within an application

    with world.running() as server, world.application(world.World(server, name)).app_context():
        begun = time.monotonic()
        figures = run_pass(db.session(), datetime.now(UTC))
        seconds = time.monotonic() - begun
        db.session.remove()
    done = sum(figures.warned.values()) + figures.repeated + figures.erased + figures.failed
    print(json.dumps({"seconds": seconds, "megabytes": peak() / 1024, "done": done}))


def peak() -> int:
    """Return the most memory that this process had, in kB; what `getrusage` says counts the process that began it."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


if __name__ == "__main__":
    run(sys.argv[1])
