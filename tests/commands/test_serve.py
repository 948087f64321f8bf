"""`serve` brings everything up, survives being killed, and takes everything down again."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from upguide.commands import serve
from upguide.config import ROOT, SettingError
from upguide.database import embedded, places


@pytest.fixture
def var() -> Iterator[Path]:
    """A folder for a development run, with no server left in it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="upguide-test-"))
    folder.chmod(0o755)
    yield folder
    embedded.stop(folder)
    shutil.rmtree(folder)


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def started(var: Path, port: int) -> tuple[subprocess.Popen[str], str]:
    """Start everything; return the process and what it printed by the time that it was ready."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("UPGUIDE_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "serve"],
        cwd=ROOT,
        env={**kept, "UPGUIDE_DEVELOPMENT": "1", "UPGUIDE_VAR": str(var), "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if "webmaster2@" in line:
            break
    return process, said


def title(port: int, host: str) -> str:
    """Return the title of a portal's front page."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/", headers={"Host": f"{host}:{port}"})
    found = re.search("<title>(.*)</title>", connection.getresponse().read().decode())
    connection.close()
    return found[1] if found else ""


def is_free(port: int) -> bool:
    """Tell whether a port is free within fifteen seconds."""
    until = time.monotonic() + 15
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return True
        time.sleep(0.1)
    return False


def test_everything_comes_up_outlives_a_kill_and_goes_down(var):
    port = free_port()
    first, said = started(var, port)
    hosts = re.findall(rf"http://(\w+[.]localhost):{port}/", said)
    assert sorted(hosts) == [f"{slug}.localhost" for slug in ("coachingnederland", "executive", "gfs", "upguide")]
    assert len({title(port, host) for host in hosts}) == 4

    first.kill()
    first.communicate()
    assert is_free(port)  # no server is left behind on it
    assert embedded.answers(places.find(var))  # the database lives on, and is taken over

    second, again = started(var, port)
    assert re.findall(rf"http://(\w+[.]localhost):{port}/", again) == hosts
    second.send_signal(signal.SIGTERM)
    rest, _ = second.communicate(timeout=60)
    assert second.returncode == 0
    assert "Traceback" not in said + again + rest
    assert is_free(port)
    assert not embedded.answers(places.find(var))


def test_port_that_is_taken_is_named(monkeypatch):
    monkeypatch.setattr(serve, "PORT_PATIENCE", 0.0)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SettingError, match=f"port {port} is taken"):
            serve.free_addresses(port)
