"""A bounded load on a server of our own on the loopback address: a few connections, for a few seconds.

Each request takes a new connection, because sync workers keep none.
"""

import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles
from threading import Thread

from .servers import Server

LONGEST = 60.0  # seconds


class Unexpected(RuntimeError):
    """A server answered with something else than what is measured."""


@dataclass
class Measured:
    """What one round gave: seconds for each answer, and the workers' CPU seconds for all of them."""

    seconds: float
    latencies: list[float] = field(default_factory=list)
    cpu: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    @property
    def cpu_each(self) -> float:
        return self.cpu / len(self.latencies)

    @property
    def median(self) -> float:
        return median(self.latencies)

    @property
    def p99(self) -> float:
        return quantiles(self.latencies, n=100)[98]


def request(path: str, headers: dict[str, str]) -> bytes:
    """Return a GET as it goes over the line."""
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "Connection: close"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def run(server: Server, message: bytes, seconds: float, connections: int) -> Measured:
    """Send `message` again and again over so many connections at once. Raises Unexpected at any answer but 200."""
    seconds = min(seconds, LONGEST)
    found: list[list[float]] = [[] for _ in range(connections)]
    faults: list[str] = []
    until, cpu = time.perf_counter() + seconds, server.cpu()
    threads = [Thread(target=_repeat, args=(server.port, message, until, mine, faults)) for mine in found]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - started
    if faults:
        raise Unexpected(f"{server.name}: {faults[0]}")
    return Measured(took, [latency for mine in found for latency in mine], server.cpu() - cpu)


def _repeat(port: int, message: bytes, until: float, found: list[float], faults: list[str]) -> None:
    while (now := time.perf_counter()) < until and not faults:
        status = _ask(port, message)[:12]
        found.append(time.perf_counter() - now)
        if not status.endswith(b" 200"):
            faults.append(f"answered {status.decode(errors='replace')!r} to {message.split()[1].decode()}")


def _ask(port: int, message: bytes) -> bytes:
    parts = []
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.sendall(message)
        while part := connection.recv(65_536):
            parts.append(part)
    return b"".join(parts)


def middle(rounds: Sequence[Measured], what: str) -> float:
    """Return the median over the rounds of one of their figures."""
    return median(getattr(one, what) for one in rounds)
