"""What was erased, kept outside the database's backups, so that a restored copy can be made to forget it again.

Each entry is a file of the store: its name is a keyed hash of an identity, its content the moment. It says nothing
about anybody to whoever does not have both the settings' key and a database in which the person still stands.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from uuid import UUID

import obstore
from flask import current_app
from obstore.store import ObjectStore

from upguide.config import Settings
from upguide.files.store import open_backend

FOLDER = "ledger"


@dataclass(frozen=True, slots=True)
class Ledger:
    """The entries under `ledger/` of the file store; `secret_keys` as in the settings, the first writes."""

    backend: ObjectStore
    secret_keys: Sequence[str]

    def note(self, person_id: UUID, portal: str = "") -> None:
        """Note that a person went, or left `portal`; noting it twice is noting it once, at the later moment."""
        name = _name(self.secret_keys[0], person_id, portal)
        content = datetime.now(UTC).isoformat().encode()
        obstore.put(self.backend, f"{FOLDER}/{name}", content, mode="overwrite", use_multipart=False)

    def read(self) -> Mapping[str, datetime]:
        """Return all entries, by name."""
        listed = [str(one["path"]) for batch in obstore.list(self.backend, FOLDER) for one in batch]
        return {path.rpartition("/")[2]: self._moment(path) for path in listed}

    def names(self, person_id: UUID, portal: str = "") -> tuple[str, ...]:
        """Return the names under which an entry may stand: one for each key of the settings."""
        return tuple(_name(key, person_id, portal) for key in self.secret_keys)

    def forget_before(self, moment: datetime) -> None:
        """Remove entries older than any backup."""
        for name, noted in self.read().items():
            if noted < moment:
                obstore.delete(self.backend, f"{FOLDER}/{name}")

    def _moment(self, path: str) -> datetime:
        return datetime.fromisoformat(bytes(obstore.get(self.backend, path).bytes()).decode())


def ledger() -> Ledger:
    """Return the ledger of the current application."""
    settings: Settings = current_app.config["UPGUIDE"]
    return Ledger(_backend(settings.files_url, settings.var / "files"), settings.secret_keys)


@cache
def _backend(files_url: str | None, folder: Path) -> ObjectStore:
    return open_backend(files_url, folder)


def _name(secret_key: str, person_id: UUID, portal: str) -> str:
    key = hashlib.sha256(f"upguide erasure ledger:{secret_key}".encode()).digest()
    return hmac.new(key, f"{person_id}:{portal}".encode(), "sha256").hexdigest()
