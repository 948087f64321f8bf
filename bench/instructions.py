"""Instructions that a page takes, counted by valgrind: a figure that no other load on the machine changes.

`instructions.json` keeps the figure of before, with the Python and the machine that it counts for.
"""

import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from .report import Result
from .visit import arrive
from .world import HOST, ROOT, World, logs

PATH = "/people?q=jan"
FEW, MANY = 10, 60  # requests of two processes: what lies between them is pages, and nothing of the start
MOST = 1.05  # of the baseline's
BASELINE = Path(__file__).with_suffix(".json")
COLLECTED = re.compile(r"Collected : (\d+)")


@dataclass(frozen=True)
class Baseline:
    """What a page took when this was written down; `reason` is why that was more or less than before."""

    python: str
    platform: str
    page: str
    instructions: int
    reason: str


def measure(world: World, renew: str | None) -> list[Result]:
    """Compare with the baseline, or write a new one because of `renew`. Without valgrind nothing is measured."""
    name = "people list of 25: instructions, of the baseline's"
    if shutil.which("valgrind") is None:
        return [Result(name, float("nan"), "×", note="not measured: install valgrind")]
    now = _count({**world.environment, "BENCH_COOKIE": arrive(world).headers["Cookie"]})
    here = {"python": platform.python_version(), "platform": f"{platform.system()} {platform.machine()}", "page": PATH}
    if renew:
        text = json.dumps(asdict(Baseline(**here, instructions=now, reason=renew)), indent=2, ensure_ascii=False)
        BASELINE.write_text(text + "\n", encoding="utf-8")
    before = Baseline(**json.loads(BASELINE.read_text(encoding="utf-8")))
    comparable = here.items() <= asdict(before).items()
    note = f"{now:,}" if comparable else f"{now:,}; the baseline is of {before.platform}, Python {before.python}"
    return [Result(name, now / before.instructions, "×", MOST if comparable else None, note=note)]


def _count(environment: Mapping[str, str]) -> int:
    """Return the instructions of one page, from the difference between two processes."""
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", sys.executable, "-m", __name__]
    settings = {**os.environ, **environment, "PYTHONHASHSEED": "0"}
    running = [
        subprocess.Popen(
            [*command, str(times)], cwd=ROOT, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        for times in (FEW, MANY)
    ]
    told = [process.communicate()[0].decode(errors="replace") for process in running]
    logs("instructions").write_text("".join(told), encoding="utf-8")
    found = [COLLECTED.search(text) for text in told]
    if any(process.returncode for process in running) or not all(found):
        raise SystemExit(f"counting instructions failed: see {logs('instructions')}")
    few, many = (int(one[1]) for one in found if one)
    return (many - few) // (MANY - FEW)


def ask(app: Any) -> None:
    """Ask for the page as gunicorn would; raises RuntimeError at any answer but 200."""
    path, _, query = PATH.partition("?")
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": HOST,
        "HTTP_ACCEPT_LANGUAGE": "nl",
        "HTTP_COOKIE": os.environ["BENCH_COOKIE"],
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
    }
    statuses: list[str] = []
    answer = app(environ, lambda status, _headers, _error=None: statuses.append(status))
    b"".join(answer)
    answer.close()
    if statuses != ["200 OK"]:
        raise RuntimeError(f"{PATH} answered {statuses}")


def main() -> None:
    """Ask for the page so many times, after a few that open the connection and warm what is kept."""
    from wsgi import app  # noqa: PLC0415 - within the process that is counted

    for _time in range(FEW + int(sys.argv[1])):
        ask(app)


if __name__ == "__main__":
    main()
