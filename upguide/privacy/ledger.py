"""What was erased, limited or taken back, kept outside the database's backups: a restored copy is made to know it too.

Each entry is a file of the store: its name is a keyed hash of an identity, its content the moment. It says nothing
about anybody to whoever does not have both the settings' key and a database in which the person still stands.

The database keeps how far it knows the ledger, and is told first. So a ledger that is ahead of its database means
that the database is a restored copy: it may not serve before `privacy.replay` (P4c). Each moment is later than the
one before, by the database's clock alone: no host's clock makes an older copy pass for the latest.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import obstore
from flask import current_app
from obstore.store import ObjectStore
from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from werkzeug.exceptions import ServiceUnavailable

from upguide.config import Settings
from upguide.extensions import db
from upguide.files.store import open_backend
from upguide.jobs import task
from upguide.models import LedgerMark
from upguide.policy.items import Item
from upguide.policy.purposes import Purpose

FOLDER = "ledger"
# How far the ledger is: one empty name for each moment, of which the last counts. No file is written over, so that
# of two notes that cross neither takes the other's moment away.
MOMENTS = "moments"
# One file that was written over said so before; it counts until the first moment stands.
LATEST = "latest"
# Under this name it is noted that single values of somebody went: only then need their values be looked at.
VALUES = "values"
# The same of a restriction (GDPR Art. 18), an objection (Art. 21) and a consent taken back (Art. 7(3)).
LIMITS = "limits"
RESTRICTED = "limit:restriction"
# Whether this process has seen that its database is no restored copy (`restored`).
CHECKED = "upguide.ledger_checked"
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
# Longer than it takes to read the list of moments.
_SETTLED = timedelta(minutes=2)
_REPLAYING: ContextVar[bool] = ContextVar("replaying", default=False)


class RestoredCopyError(ServiceUnavailable):
    """The ledger is ahead of the database: to note something more would make a restored copy pass for the latest."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The entries under `ledger/` of the file store; `secret_keys` as in the settings, the first writes.

    `advance` tells the database that the ledger goes on from where it is, and returns the next moment.
    """

    backend: ObjectStore
    secret_keys: Sequence[str]
    advance: Callable[[datetime | None], datetime]

    def note(self, person_id: UUID, what: str = "") -> None:
        """Note that a person went, or what of them: a portal, or a value; twice is once, at the later moment."""
        self._note_all(person_id, (what,))

    def note_values(self, person_id: UUID, values: Iterable[tuple[Item, UUID]]) -> None:
        """Note that single values of a person were removed; a value is an item and the row that held it."""
        self._note_all(person_id, (VALUES, *(value_key(item, row_id) for item, row_id in values)))

    def note_limit(self, person_id: UUID, limit: str) -> None:
        """Note that a person set a limit: RESTRICTED, or what `objection` and `withdrawal` give."""
        self._note_all(person_id, (LIMITS, limit))

    def take_back(self, person_id: UUID, what: str = "") -> None:
        """Forget that a person went, and then did not go; or what else was noted and is so no more."""
        for name in self.names(person_id, what):
            with suppress(FileNotFoundError):
                obstore.delete(self.backend, f"{FOLDER}/{name}")

    def read(self) -> Mapping[str, datetime]:
        """Return all entries, by name."""
        listed = [str(one["path"]) for batch in obstore.list(self.backend, FOLDER) for one in batch]
        found = {path.rpartition("/")[2]: path for path in listed if not path.startswith(f"{FOLDER}/{MOMENTS}/")}
        return {name: self._moment(path) for name, path in found.items()}

    def latest(self) -> datetime | None:
        """Return the moment of the last entry, which only grows; None where nothing was ever noted."""
        last = max(self._moments(), default=None)
        if last is not None:
            return _BEGINNING + int(last) * _TICK
        try:
            return self._moment(f"{FOLDER}/{LATEST}")
        except FileNotFoundError:
            return None

    def names(self, person_id: UUID, what: str = "") -> tuple[str, ...]:
        """Return the names under which an entry may stand: one for each key of the settings."""
        return tuple(_name(key, person_id, what) for key in self.secret_keys)

    def forget_before(self, moment: datetime) -> None:
        """Remove entries older than any backup."""
        for name, noted in self.read().items():
            if noted < moment:
                obstore.delete(self.backend, f"{FOLDER}/{name}")

    def go_on(self) -> datetime:
        """Begin and return a new moment, behind which every copy lags that was made until now.

        Raises RestoredCopyError where the database lags behind already.
        """
        moment = self.advance(self.latest())
        self._put(f"{MOMENTS}/{(moment - _BEGINNING) // _TICK:020d}", moment)
        self._forget_moments(datetime.now(UTC) - _SETTLED)
        return moment

    def _note_all(self, person_id: UUID, whats: Iterable[str]) -> None:
        if _REPLAYING.get():
            return
        # Before the entries: a reader who misses one of them knows at least that there is something to read.
        moment = self.go_on()
        for what in whats:
            self._put(_name(self.secret_keys[0], person_id, what), moment)

    def _put(self, name: str, moment: datetime) -> None:
        content = moment.isoformat().encode()
        obstore.put(self.backend, f"{FOLDER}/{name}", content, mode="overwrite", use_multipart=False)

    def _moments(self, before: datetime | None = None) -> list[str]:
        """Return the names of the moments, those alone that were written `before` then where it is given."""
        listed = (one for batch in obstore.list(self.backend, f"{FOLDER}/{MOMENTS}") for one in batch)
        return [str(one["path"]).rpartition("/")[2] for one in listed if not before or one["last_modified"] < before]

    def _forget_moments(self, settled: datetime) -> None:
        """Remove the moments before the last one that stands for a while: who reads a list meanwhile misses none."""
        earlier = sorted(self._moments(settled))[:-1]
        for name in earlier:
            with suppress(FileNotFoundError):
                obstore.delete(self.backend, f"{FOLDER}/{MOMENTS}/{name}")

    def _moment(self, path: str) -> datetime:
        return datetime.fromisoformat(bytes(obstore.get(self.backend, path).bytes()).decode())


def ledger() -> Ledger:
    """Return the ledger of the current application."""
    settings: Settings = current_app.config["UPGUIDE"]
    return Ledger(_backend(settings.files_url, settings.var / "files"), settings.secret_keys, advance)


@task
def settle_ledger() -> None:
    """Go on once more: to be queued in the transaction that does what was noted.

    A copy of the database that was made between the note and the commit knows the note's moment, and has not done it.
    """
    ledger().go_on()


@contextmanager
def replaying() -> Iterator[None]:
    """Note nothing within: what is done again stands there already, and the copy may not pass for the latest yet."""
    token = _REPLAYING.set(True)
    try:
        yield
    finally:
        _REPLAYING.reset(token)


def advance(latest: datetime | None) -> datetime:
    """Tell the database, in a transaction of its own, of a moment after all that it knows; return the moment.

    Raises RestoredCopyError where it does not know `latest`, and has this process look again before it serves on.
    """
    now, known = func.clock_timestamp(), LedgerMark.noted_at
    later = {"noted_at": func.greatest(now, known + _TICK)}
    if latest is None:
        first = insert(LedgerMark).values(noted_at=now)
        statement: Any = first.on_conflict_do_update(index_elements=["id"], set_=later)
    else:
        statement = update(LedgerMark).where(known >= latest).values(later)
    with db.engine.begin() as connection:
        moment: datetime | None = connection.scalar(statement.returning(known))
    if moment is None:
        current_app.extensions.pop(CHECKED, None)
        raise RestoredCopyError
    return moment


def catch_up(moment: datetime) -> None:
    """Tell the database that it knows all that was noted until then, in a transaction of its own."""
    statement = insert(LedgerMark).values(noted_at=moment)
    later = {"noted_at": func.greatest(LedgerMark.noted_at, statement.excluded.noted_at)}
    with db.engine.begin() as connection:
        connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=later))


def value_key(item: Item, row_id: UUID) -> str:
    """Return what a single value is called in the ledger."""
    return f"{item.value}:{row_id}"


def objection(purpose: Purpose) -> str:
    """Return what an objection is called in the ledger."""
    return f"limit:objection:{purpose.value}"


def withdrawal(tenant: str) -> str:
    """Return what it is called in the ledger that a consent was taken back on a portal."""
    return f"limit:withdrawal:{tenant}"


@cache
def _backend(files_url: str | None, folder: Path) -> ObjectStore:
    return open_backend(files_url, folder)


def _name(secret_key: str, person_id: UUID, what: str) -> str:
    key = hashlib.sha256(f"upguide erasure ledger:{secret_key}".encode()).digest()
    return hmac.new(key, f"{person_id}:{what}".encode(), "sha256").hexdigest()
