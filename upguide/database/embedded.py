"""The PostgreSQL that comes with UpGuide, for development, demo and tests.

One server a data folder. Whoever starts it while it runs, uses it too; the last user to leave stops it. A
killed user leaves a running server behind, which the next one takes over; a killed server is started again.
"""

import atexit
import fcntl
import os
import pwd
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

import psycopg
from psycopg import sql

from .places import EmbeddedError, Place, find, make

OWNER = "upguide"
DATABASE = "upguide"
SUPERUSER = "postgres"
PORT = 5432  # the name of the socket; no network port is opened
PATIENCE = 60.0  # seconds for a start, a recovery or a stop

DURABLE: Mapping[str, str] = MappingProxyType(
    {
        "shared_buffers": "128MB",
        "max_connections": "60",
        "jit": "off",
        "log_parameter_max_length_on_error": "0",
    }
)
# For data that may be lost when the machine stops: the tests' own.
FAST: Mapping[str, str] = MappingProxyType(
    {
        **DURABLE,
        "max_connections": "200",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "autovacuum_naptime": "1h",
    }
)


_held: dict[Path, "EmbeddedServer"] = {}


@dataclass(slots=True, eq=False)
class EmbeddedServer:
    """A running server, as one of its users holds it."""

    place: Place
    _use: int | None = field(repr=False)
    _process: int = field(default_factory=os.getpid, repr=False)

    def url(self, database: str = DATABASE, role: str = OWNER) -> str:
        """Return the address of `database` for `role`."""
        return address(self.place, database, role)

    def connect(self, database: str = SUPERUSER, role: str = SUPERUSER) -> psycopg.Connection:
        """Open a connection of its own, in autocommit."""
        return connect(self.place, database, role)

    @property
    def held(self) -> bool:
        """Tell whether this very process, not the one that it was forked from, still uses the server."""
        return self._use is not None and self._process == os.getpid()

    def release(self) -> None:
        """Leave the server; stop it when nobody else uses it."""
        if not self.held or self._use is None:
            return
        use, self._use = self._use, None
        atexit.unregister(self.release)
        try:
            # A start that comes now waits until the server has stopped.
            fcntl.flock(use, fcntl.LOCK_EX | fcntl.LOCK_NB)
            halt(self.place)
        except BlockingIOError:
            pass
        finally:
            os.close(use)


def start(var: Path, options: Mapping[str, str] = DURABLE) -> EmbeddedServer:
    """Return the server that belongs to the folder `var`: made, started, recovered or just used, as it needs.

    It is released when this process ends, or earlier by `release()`. Raises EmbeddedError, saying what to do.
    """
    place = find(var)
    make(place)
    with locked(place.base / "start.lock"):
        server = hold(place)
        try:
            if not (place.data / "PG_VERSION").exists():
                initialise(place)
            if not answers(place):
                launch(place, options)
            ensure_owner(place)
        except BaseException:
            server.release()
            raise
    return server


def hold(place: Place) -> EmbeddedServer:
    """Note that this process uses the server; wait first where its last user is stopping it."""
    server = _held.get(place.base)
    if server is None or not server.held:
        use = os.open(place.base / "use.lock", os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(use, fcntl.LOCK_SH)
        server = _held[place.base] = EmbeddedServer(place, use)
        atexit.register(server.release)
    return server


def stop(var: Path) -> bool:
    """Stop the server that belongs to `var`, whoever uses it; tell whether it ran."""
    place = find(var)
    if not place.data.exists():
        return False
    with locked(place.base / "start.lock"):
        return halt(place)


def address(place: Place, database: str = DATABASE, role: str = OWNER) -> str:
    """Return where the server of `place` listens, whether it runs or not."""
    return f"postgresql+psycopg://{role}@/{database}?host={quote(str(place.socket), safe='')}&port={PORT}"


def connect(place: Place, database: str, role: str) -> psycopg.Connection:
    """Open a connection to the server of `place`, in autocommit."""
    return psycopg.connect(
        host=str(place.socket),
        port=PORT,
        user=role,
        dbname=database,
        autocommit=True,
        connect_timeout=5,
        application_name="upguide-embedded",
    )


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold `file` alone; the lock goes with its process, however that ends."""
    handle = os.open(file, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def initialise(place: Place) -> None:
    """Make the data folder; aside first, so that an interrupted attempt leaves nothing half made."""
    draft = place.base / "data.new"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    if place.user is not None:
        shutil.chown(draft, place.user)
    run(
        place,
        "initdb",
        *("--pgdata", str(draft), "--username", SUPERUSER, "--auth", "trust", "--encoding", "UTF8"),
        *("--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--no-sync"),
    )
    draft.rename(place.data)


def answers(place: Place) -> bool:
    """Tell whether a server answers that keeps its data in this very folder."""
    try:
        with connect(place, SUPERUSER, SUPERUSER) as connection:
            row = connection.execute("SHOW data_directory").fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and Path(row[0]) == place.data


def launch(place: Place, options: Mapping[str, str]) -> None:
    """Start the server; wait for one that is starting or stopping, and for what a killed one left behind."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if not alive(place) and not lingers(place):
            forget(place)
            run(place, "pg_ctl", "start", *start_arguments(place, options))
            return
        time.sleep(0.05)
        if answers(place):
            return
    raise EmbeddedError(f"the embedded server did not start within {PATIENCE:.0f} seconds: see {place.log}")


def start_arguments(place: Place, options: Mapping[str, str]) -> list[str]:
    """Return what pg_ctl is to start: a socket in a private folder, no network."""
    given = {
        **options,
        "listen_addresses": "",
        "unix_socket_directories": str(place.socket),
        "unix_socket_permissions": "0700",
        "port": str(PORT),
        "timezone": "UTC",
    }
    words = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in given.items())
    return [
        "--pgdata",
        str(place.data),
        "--log",
        str(place.log),
        "--wait",
        "--timeout",
        f"{PATIENCE:.0f}",
        "-o",
        words,
    ]


def halt(place: Place) -> bool:
    """Stop the server if it runs, as PostgreSQL likes to be stopped; tell whether it ran."""
    if not alive(place):
        return False
    run(
        place,
        "pg_ctl",
        "stop",
        "--pgdata",
        str(place.data),
        "--mode",
        "fast",
        "--wait",
        "--timeout",
        f"{PATIENCE:.0f}",
    )
    return True


def server_pid(place: Place) -> int | None:
    """Return the process number that postmaster.pid names; None without a readable one."""
    with suppress(OSError, ValueError, IndexError):
        return int((place.data / "postmaster.pid").read_text().splitlines()[0])
    return None


def alive(place: Place) -> bool:
    """Tell whether the process in postmaster.pid is this folder's server, not another that got its number."""
    pid = server_pid(place)
    return pid is not None and str(place.data) in command_of(pid)


def command_of(pid: int) -> list[str]:
    """Return the command line of a process; empty where it is gone."""
    if Path("/proc/self/cmdline").exists():
        with suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        return []
    listed = subprocess.run(["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listed.stdout.split()


def lingers(place: Place) -> bool:
    """Tell whether processes of a killed server are still at work in its data folder."""
    for entry in Path("/proc").glob("[0-9]*/cwd"):
        with suppress(OSError):
            if entry.readlink() == place.data:
                return True
    return False


def forget(place: Place) -> None:
    """Remove the locks of a server that is gone.

    PostgreSQL sees to that itself, but takes a dead process that nobody buried, or another that got its
    number, for a server. Elsewhere than on Linux we cannot tell whether processes linger: there it decides.
    """
    if Path("/proc/self/cwd").exists():
        (place.data / "postmaster.pid").unlink(missing_ok=True)
        (place.socket / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)


def run(place: Place, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs as the server's user. Raises EmbeddedError with its last words."""
    try:
        subprocess.run(
            [str(place.programs / program), *arguments],
            check=True,
            stdin=subprocess.DEVNULL,
            # No pipes: the server would hold them open.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            user=place.user,
            group=None if place.user is None else pwd.getpwnam(place.user).pw_gid,
            extra_groups=None if place.user is None else [],
        )
    except subprocess.CalledProcessError as error:
        reason = last_lines(place.log) or place.base
        raise EmbeddedError(f"{program} of the embedded PostgreSQL failed ({error.returncode}): {reason}") from None


def last_lines(file: Path, count: int = 3) -> str:
    """Return the end of a log as one line."""
    with suppress(OSError):
        return " / ".join(file.read_text(errors="replace").splitlines()[-count:])
    return ""


def ensure_owner(place: Place) -> None:
    """Make the owner role and its database, as `docs/operations.md` asks of a real server: no superuser."""
    with connect(place, SUPERUSER, SUPERUSER) as connection:
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER]).fetchone() is None:
            name = sql.Identifier(OWNER)
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEROLE CREATEDB").format(name))
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
            names = [sql.Identifier(DATABASE), sql.Identifier(OWNER)]
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*names))
