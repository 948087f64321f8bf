"""The embedded server starts, is shared, survives being killed, and stops with its last user."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from upguide.config import ROOT
from upguide.database import embedded, places

FAST = embedded.FAST
START = """
import sys
from pathlib import Path
from upguide.database import embedded
server = embedded.start(Path(sys.argv[1]), embedded.FAST)
print(embedded.server_pid(server.place), flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A folder with a data folder, which takes a second to make."""
    folder = open_folder()
    embedded.start(folder, FAST).release()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def var(made: Path) -> Iterator[Path]:
    """A folder with a server that does not run."""
    folder = open_folder()
    subprocess.run(["cp", "-a", made / "postgres", folder], check=True)
    yield folder
    embedded.stop(folder)
    shutil.rmtree(folder)


def open_folder() -> Path:
    """Return a new folder that any user may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="upguide-test-"))
    folder.chmod(0o755)
    return folder


def another_user(var: Path) -> subprocess.Popen[str]:
    """Start the server in another process, which uses it until its standard input ends."""
    return subprocess.Popen(
        [sys.executable, "-c", START, str(var)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def pid_told(process: subprocess.Popen[str]) -> int:
    """Return the number of the server's process, as the other process says."""
    assert process.stdout is not None
    return int(process.stdout.readline())


def leave(process: subprocess.Popen[str]) -> int:
    """Let the other process end; return its exit code."""
    process.communicate(timeout=30)
    return process.returncode


def write(server: embedded.EmbeddedServer) -> None:
    """Commit a row."""
    with server.connect("upguide", "upguide") as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS number")


def read(server: embedded.EmbeddedServer) -> list[tuple[int]]:
    """Return the committed rows."""
    with server.connect("upguide", "upguide") as connection:
        return connection.execute("SELECT number FROM kept").fetchall()


def pid_of(server: embedded.EmbeddedServer) -> int:
    """Return the number of the server's process."""
    pid = embedded.server_pid(server.place)
    assert pid is not None
    return pid


def gone(pid: int) -> bool:
    """Tell whether a process ends within ten seconds."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if not embedded.command_of(pid):
            return True
        time.sleep(0.02)
    return False


def test_server_keeps_to_itself_and_gives_the_owner_no_more_than_needed(var):
    server = embedded.start(var, FAST)
    assert server.place.socket.stat().st_mode & 0o777 == 0o700
    with server.connect() as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        role = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = 'upguide'"
        ).fetchone()
    assert role == (False, False, True)
    with server.connect("upguide", "upguide") as connection:
        for name in ("citext", "pg_trgm", "unaccent"):
            connection.execute(f"CREATE EXTENSION {name}")
        assert connection.execute("SELECT lower('ÉLODIE'), unaccent('Zoë')").fetchone() == ("élodie", "Zoe")


def test_running_server_is_reused(var):
    server = embedded.start(var, FAST)
    other = another_user(var)
    assert pid_told(other) == pid_of(server) == pid_of(embedded.start(var, FAST))
    assert leave(other) == 0


def test_two_that_start_at_once_get_one_server(var):
    others = [another_user(var) for _ in range(2)]
    first, second = (pid_told(other) for other in others)
    assert first == second
    assert [leave(other) for other in others] == [0, 0]


def test_last_user_to_leave_stops_the_server(var):
    server = embedded.start(var, FAST)
    pid = pid_of(server)
    other = another_user(var)
    pid_told(other)
    server.release()
    assert embedded.answers(server.place)
    leave(other)
    assert gone(pid)
    server.release()  # a second time is no harm


def test_server_and_its_data_survive_a_killed_user(var):
    other = another_user(var)
    pid = pid_told(other)
    other.kill()
    leave(other)
    server = embedded.start(var, FAST)
    assert pid_of(server) == pid
    write(server)
    server.release()
    assert gone(pid)
    assert read(embedded.start(var, FAST)) == [(1,)]


def test_killed_server_is_started_again_with_its_data(var):
    server = embedded.start(var)  # not FAST, which may forget the last commits
    write(server)
    killed = pid_of(server)
    os.kill(killed, signal.SIGKILL)
    again = embedded.start(var)
    assert again is server
    assert read(again) == [(1,)]
    assert pid_of(again) != killed


def test_number_of_a_killed_server_that_another_process_got_does_not_hinder(var):
    server = embedded.start(var)
    write(server)
    os.kill(pid_of(server), signal.SIGKILL)
    file = server.place.data / "postmaster.pid"
    bystander = subprocess.Popen(["cat"], stdin=subprocess.PIPE, user=server.place.user)
    file.write_text("\n".join([str(bystander.pid), *file.read_text().splitlines()[1:]]) + "\n")
    assert read(embedded.start(var)) == [(1,)]
    bystander.communicate()
    assert bystander.returncode == 0  # nobody killed it


def test_broken_postmaster_file_does_not_hinder(var):
    server = embedded.start(var, FAST)
    server.release()
    (server.place.data / "postmaster.pid").write_text("")
    assert embedded.answers(embedded.start(var, FAST).place)


def test_interrupted_making_of_the_data_folder_is_made_good(var):
    place = places.find(var)
    place.data.rename(place.base / "data.new")
    assert embedded.answers(embedded.start(var, FAST).place)


def test_stop_is_explicit_whoever_uses_the_server(var):
    other = another_user(var)
    pid = pid_told(other)
    assert embedded.stop(var)
    assert gone(pid)
    assert not embedded.stop(var)
    assert leave(other) == 0


def test_server_that_cannot_start_says_why_in_one_line(var):
    server = embedded.start(var, FAST)
    server.release()
    (server.place.data / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(embedded.EmbeddedError) as caught:
        embedded.start(var, FAST)
    assert "\n" not in caught.value.message
    assert "no_such_setting" in caught.value.message


def test_long_folder_gets_a_short_socket(var):
    deep = var / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    server = embedded.start(deep, FAST)
    assert embedded.answers(server.place)
    assert len(str(server.place.socket)) < places.LONGEST_SOCKET_FOLDER
    server.release()
    server.place.socket.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_ordinary_user_runs_a_server_as_oneself(var):
    subprocess.run(["chown", "-R", "nobody", var], check=True)
    as_nobody(lambda: embedded.start(var, FAST))
    server = embedded.start(var, FAST)  # root takes over what is there
    assert server.place.user == "nobody"
    assert Path(f"/proc/{pid_of(server)}").owner() == "nobody"


def as_nobody(action: Callable[[], object]) -> None:
    """Do something in a process of the user nobody, who may not be able to start a Python of its own."""
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setgid(pwd.getpwnam("nobody").pw_gid)
        os.setuid(pwd.getpwnam("nobody").pw_uid)
        try:
            action()
        except BaseException:  # noqa: BLE001 - nothing may leave this copy of the test run
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0


def test_root_runs_the_server_outside_a_closed_home(tmp_path):
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    base = places.base_for(home / "var", as_root=True)
    assert base.parent.name == "upguide"
    assert base.parent.parent in {Path("/var/lib"), Path(tempfile.gettempdir())}
    assert places.base_for(home / "var", as_root=False) == home / "var" / "postgres"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_socket_folder_that_somebody_else_laid_there_is_refused(var):
    folder = var / "socket"
    folder.mkdir()
    shutil.chown(folder, "nobody")
    with pytest.raises(places.EmbeddedError, match="belongs to another user"):
        places.make_private(folder, None)


def test_connection_of_another_database_is_not_taken_for_ours(var):
    place = places.find(var)
    with pytest.raises(psycopg.OperationalError):
        embedded.connect(place, "upguide", "upguide")
    assert not embedded.answers(place)
