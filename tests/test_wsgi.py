"""A wrong setting stops every way of starting with one line and exit code 2."""

import os
import subprocess
import sys

import pytest

from upguide.config import ROOT

STARTS = {
    "command": ["-m", "flask", "--app", "wsgi", "routes"],
    "command without an application": ["-m", "flask", "--app", "wsgi", "--help"],
    "server": ["-m", "gunicorn", "--config", "python:upguide.gunicorn", "--bind", "127.0.0.1:0", "wsgi:app"],
    "another server": ["-c", "import wsgi"],
}


def start(arguments: list[str], **environ: str) -> subprocess.CompletedProcess[str]:
    """Start UpGuide in some way, with nothing but these settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("UPGUIDE_")}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**kept, **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("way", STARTS)
def test_wrong_setting_stops_with_one_line(way):
    ended = start(STARTS[way], UPGUIDE_DEVELOPMENT="perhaps")
    assert (ended.returncode, ended.stderr) == (2, "upguide: UPGUIDE_DEVELOPMENT: give 1 or 0\n")


def test_gunicorn_started_in_its_own_way_gives_up_as_well():
    ended = start(["-m", "gunicorn", "--bind", "127.0.0.1:0", "wsgi:app"], UPGUIDE_DEVELOPMENT="perhaps")
    assert ended.returncode == 4
    assert "upguide: UPGUIDE_DEVELOPMENT: give 1 or 0\n" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_folder_of_portals_with_a_fault_stops_with_the_fault(tmp_path):
    tenants = tmp_path / "tenants"
    (tenants / "broken").mkdir(parents=True)
    ended = start(
        STARTS["server"], UPGUIDE_DEVELOPMENT="1", UPGUIDE_TENANTS=str(tenants), UPGUIDE_VAR=str(tmp_path / "var")
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith("upguide: tenants/broken")
    assert "Traceback" not in ended.stderr
