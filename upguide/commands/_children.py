"""Child processes of `serve`: started together, watched together, and gone together."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from upguide.config import ROOT, SettingError

GRACE = 25.0  # seconds for what is being done, before a child is killed
PAUSE = 2.0  # seconds before a child is started again
DIES_WITH_PARENT = 1  # Linux, prctl(2): PR_SET_PDEATHSIG


@dataclass
class Child:
    """One process. `again` starts it anew when it ends by itself; the others take everything with them."""

    name: str
    command: list[str]
    environment: Mapping[str, str] = field(repr=False)
    again: bool = False
    due: float = 0.0
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process, in a group of its own: Ctrl-C at the terminal is for the parent to handle."""
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=dict(self.environment),
            start_new_session=True,
            preexec_fn=die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - no threads yet
        )

    @property
    def ended(self) -> int | None:
        """Return the exit code, or None while it runs."""
        return None if self.process is None else self.process.poll()


@dataclass
class Children:
    """A context in which children run; they are stopped at its end."""

    all: list[Child] = field(default_factory=list)

    def start(self, child: Child) -> Child:
        """Start a child, and stop it when the context ends."""
        child.start()
        self.all.append(child)
        return child

    def watch(self) -> None:
        """Stay until a child ends that is not to be started again. Raises SettingError then."""
        while True:
            self.check()
            time.sleep(0.2)

    def check(self) -> None:
        """Start again what is due. Raises SettingError where a child ended for good."""
        for child in self.all:
            if child.ended is None:
                continue
            if not child.again:
                raise SettingError(f"the {child.name} ended with exit code {child.ended}")
            now = time.monotonic()
            child.due = child.due or now + PAUSE
            if now >= child.due:
                child.due = 0.0
                child.start()

    def stop(self) -> None:
        """Ask all children to end, and kill those that take too long."""
        running = [child.process for child in self.all if child.process is not None]
        for process in running:
            process.send_signal(signal.SIGTERM)
        until = time.monotonic() + GRACE
        for process in running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, until - time.monotonic()))
            if process.returncode is None:
                process.kill()
                process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def die_with_parent() -> None:
    """Let Linux stop this process when its parent is killed, so that no server is left behind on the port."""
    ctypes.CDLL(None).prctl(DIES_WITH_PARENT, signal.SIGTERM)
    if os.getppid() == 1:  # too late: the parent has gone already
        os._exit(1)
