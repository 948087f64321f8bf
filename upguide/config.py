"""Settings: read once from the environment, checked at once, frozen after.

An unknown name or a malformed value stops the start with one line that says what to mend.
"""

import os
import secrets
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import IO, TypeVar
from urllib.parse import urlsplit

import click

ROOT = Path(__file__).resolve().parent.parent
MIGRATIONS = str(ROOT / "upguide" / "migrations")
PREFIX = "UPGUIDE_"
SHORTEST_KEY = 32

Network = IPv4Network | IPv6Network
Value = TypeVar("Value")


class SettingError(click.ClickException):
    """A setting (or a portal's folder) is wrong: shown without a traceback, with exit code 2."""

    exit_code = 2

    def show(self, file: IO[str] | None = None) -> None:
        """Write what is wrong to `file`, or to standard error."""
        click.echo(f"upguide: {self.message}", file=file or sys.stderr)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What differs between one running UpGuide and another.

    `secret_keys`: the first signs and seals, the others still open what they signed and sealed.
    `database_url`: server, database and owner role; None is the embedded server under `var`.
    `files_url`: where uploads are kept; None is `var/files`.
    `smtp_url`: None keeps messages in the database, readable at /dev/mail (development only).
    """

    secret_keys: tuple[str, ...] = field(repr=False)
    development: bool = False
    database_url: str | None = field(default=None, repr=False)
    files_url: str | None = field(default=None, repr=False)
    var: Path = ROOT / "var"
    smtp_url: str | None = field(default=None, repr=False)
    trusted_proxies: tuple[Network, ...] = ()
    tenants_folder: Path = ROOT / "tenants"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Read `environ`. Raises SettingError at the first name or value that is not understood."""
        given = {name: value.strip() for name, value in environ.items() if name.startswith(PREFIX)}
        refuse_unknown(given)
        development = read(given, "DEVELOPMENT", flag) or False
        var = read(given, "VAR", folder) or ROOT / "var"
        settings = cls(
            development=development,
            secret_keys=read(given, "SECRET_KEY", keys) or (development_keys(var) if development else ()),
            database_url=read(given, "DATABASE_URL", database_address),
            files_url=read(given, "FILES_URL", address_of("file", "s3")),
            var=var,
            smtp_url=read(given, "SMTP_URL", address_of("smtp", "smtps", "smtp+starttls")),
            trusted_proxies=read(given, "TRUSTED_PROXIES", networks) or (),
            tenants_folder=read(given, "TENANTS", existing_folder) or ROOT / "tenants",
        )
        refuse_incomplete(settings)
        return settings


NAMES = frozenset(
    PREFIX + name
    for name in (
        *("DATABASE_URL", "DEVELOPMENT", "FILES_URL", "SECRET_KEY", "SMTP_URL"),
        *("TENANTS", "TRUSTED_PROXIES", "VAR"),
    )
)

NEEDED_OUTSIDE_DEVELOPMENT = {
    "secret_keys": f"SECRET_KEY is missing: give a random text of at least {SHORTEST_KEY} characters",
    "database_url": "DATABASE_URL is missing: the embedded server is for development only",
    "smtp_url": "SMTP_URL is missing: messages would stay on the server unsent",
}


def refuse_unknown(given: Mapping[str, str]) -> None:
    """Stop at a misspelt name: a setting that nobody reads protects nobody."""
    for name in sorted(given.keys() - NAMES):
        raise SettingError(f"{name}: no such setting. Known are {', '.join(sorted(NAMES))}")


def refuse_incomplete(settings: Settings) -> None:
    """Stop where a real service would miss something that development can do without."""
    if settings.development:
        return
    for name, complaint in NEEDED_OUTSIDE_DEVELOPMENT.items():
        if not getattr(settings, name):
            raise SettingError(f"{PREFIX}{complaint} ({PREFIX}DEVELOPMENT=1 starts a development run)")


def read(given: Mapping[str, str], name: str, parse: Callable[[str], Value]) -> Value | None:
    """Parse one value; None where it is absent or empty. Never repeats the value, which may be a secret."""
    value = given.get(PREFIX + name)
    if not value:
        return None
    try:
        return parse(value)
    except ValueError as error:
        raise SettingError(f"{PREFIX}{name}: {error}") from None


def flag(value: str) -> bool:
    """1 or 0, nothing else."""
    if value not in {"0", "1"}:
        raise ValueError("give 1 or 0")
    return value == "1"


def keys(value: str) -> tuple[str, ...]:
    """Secret keys, the current one first."""
    found = tuple(key.strip() for key in value.split(","))
    if any(len(key) < SHORTEST_KEY for key in found):
        raise ValueError(f"each key needs at least {SHORTEST_KEY} characters")
    if len(set(found)) < len(found):
        raise ValueError("the same key stands in it twice")
    return found


def folder(value: str) -> Path:
    """A folder, made later where it is missing."""
    path = Path(value).expanduser().resolve()
    if path.exists() and not path.is_dir():
        raise ValueError("this is a file, where a folder is needed")
    return path


def existing_folder(value: str) -> Path:
    """A folder that must be there already."""
    path = folder(value)
    if not path.is_dir():
        raise ValueError("there is no such folder")
    return path


def networks(value: str) -> tuple[Network, ...]:
    """Addresses or networks of the proxies whose headers count, as 10.0.0.7 or 10.0.0.0/8."""
    try:
        return tuple(ip_network(part.strip()) for part in value.split(","))
    except ValueError:
        raise ValueError("give addresses or networks with commas between, such as 10.0.0.0/8") from None


def address_of(*schemes: str) -> Callable[[str], str]:
    """Parse an address that starts with one of `schemes`."""

    def parse(value: str) -> str:
        split = urlsplit(value)
        if split.scheme not in schemes or not (split.netloc or split.path):
            raise ValueError(f"give an address that starts with {' or '.join(f'{s}://' for s in schemes)}")
        return value

    return parse


def database_address(value: str) -> str:
    """Server, database and owner role; in SQLAlchemy's spelling for psycopg 3."""
    split = urlsplit(value)
    if split.scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
        raise ValueError("give an address such as postgresql://owner:password@server/database")
    if not split.username or len(split.path) < len("/x"):
        raise ValueError("the address must name the owner role and the database")
    return split._replace(scheme="postgresql+psycopg").geturl()


def development_keys(var: Path) -> tuple[str]:
    """The key of a development run: made once, kept in `var`, so that a restart signs nobody out."""
    file = var / "secret-key"
    draft = var / f"secret-key.{os.getpid()}"
    try:
        if not file.exists():
            var.mkdir(parents=True, exist_ok=True)
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(SHORTEST_KEY))
            with suppress(FileExistsError):  # another process was first: its key counts
                os.link(draft, file)
            draft.unlink()
        return (file.read_text().strip(),)
    except OSError as error:
        raise SettingError(f"{file} cannot be kept: {error.strerror}") from None
