"""Gunicorn servers to measure: ours as it runs in production, and the reference page, two sync workers each."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
TICKS = os.sysconf("SC_CLK_TCK")
OUR_ARGUMENTS = ["--config", "python:upguide.gunicorn", "wsgi:app"]
PATIENCE = 30.0  # seconds until the first answer


@dataclass(frozen=True)
class Server:
    """A running server: its port, and the process of its master."""

    name: str
    port: int
    master: int

    @property
    def workers(self) -> list[int]:
        """The processes that answer."""
        return [int(pid) for pid in Path(f"/proc/{self.master}/task/{self.master}/children").read_text().split()]

    def cpu(self) -> float:
        """Return the seconds of CPU that the workers have used."""
        return sum(_cpu(worker) for worker in self.workers)

    def memory(self) -> float:
        """Return the largest worker's resident memory, in MB."""
        return max(_resident(worker) for worker in self.workers) / 1e6


@contextmanager
def serve(name: str, arguments: list[str], environment: Mapping[str, str], log: Path) -> Iterator[Server]:
    """Start gunicorn with two sync workers on a free port of the loopback address; stop it afterwards."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", *arguments]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=output, stderr=output, start_new_session=True
        )
        try:
            server = Server(name, port, process.pid)
            _wait(server, process, log)
            yield server
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _wait(server: Server, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", server.port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"{server.name} did not start: see {log}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _cpu(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _resident(process: int) -> int:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0
