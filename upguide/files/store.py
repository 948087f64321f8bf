"""Where files are kept: a folder, or S3-compatible storage. A file's name is random and tells nothing."""

import re
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

_KEY_BYTES = 16
_CHUNK = 64 * 1024
_PAGE = 1000
_PATH = re.compile(r"(?P<folder>[0-9a-f]{2})/(?P=folder)[0-9a-f]{30}")


class FileMissing(LookupError):
    """No file is kept under this key."""


def open_backend(files_url: str | None, folder: Path) -> ObjectStore:
    """Open the storage at `files_url`, or `folder` where that is None; see `Store.at`."""
    if files_url is None:
        return LocalStore(folder, mkdir=True)
    if files_url.startswith("file:"):
        return from_url(files_url, mkdir=True)
    if files_url.startswith("s3:"):
        return from_url(files_url)
    raise ValueError("files are kept at file:// or s3://")


def new_key() -> str:
    """Return a key under which nothing is kept yet."""
    return secrets.token_hex(_KEY_BYTES)


class Store:
    """Bytes under random keys of 32 hexadecimal characters, which `put` makes."""

    def __init__(self, backend: ObjectStore) -> None:
        self._backend = backend

    @classmethod
    def at(cls, files_url: str | None, folder: Path) -> "Store":
        """Open the storage at `files_url`, or `folder` where that is None.

        `file:///srv/files` is a folder, `s3://bucket/prefix` S3-compatible storage, whose keys, region and
        endpoint are read from the usual AWS_* names of the environment. Raises ValueError for an address of
        another kind.
        """
        return cls(open_backend(files_url, folder))

    def put(self, content: bytes, key: str | None = None) -> str:
        """Keep `content`; return the key to find it by. Give a `new_key()` that was noted before, or none."""
        key = key or new_key()
        obstore.put(self._backend, _path(key), content, mode="create", use_multipart=False)
        return key

    def get(self, key: str) -> bytes:
        """Return what `key` keeps. Raises FileMissing."""
        return b"".join(self.stream(key))

    def stream(self, key: str) -> Iterator[bytes]:
        """Return what `key` keeps in pieces of some 64 KiB. Raises FileMissing before the first."""
        try:
            found = obstore.get(self._backend, _path(key))
        except FileNotFoundError:
            raise FileMissing(key) from None
        return (bytes(piece) for piece in found.stream(min_chunk_size=_CHUNK))

    def older_than(self, moment: datetime) -> Iterator[list[str]]:
        """Return the keys of files that were written before `moment`, in batches of a thousand and a few."""
        batch: list[str] = []
        for page in obstore.list(self._backend, chunk_size=_PAGE):
            old = (str(one["path"]) for one in page if one["last_modified"] < moment)
            # Others keep files beside ours: the ledger of erasures does.
            batch += [path.rpartition("/")[2] for path in old if _PATH.fullmatch(path)]
            if len(batch) >= _PAGE:
                yield batch
                batch = []
        if batch:
            yield batch

    def delete(self, key: str) -> None:
        """Remove what `key` keeps; that it is gone already is no error."""
        try:
            obstore.delete(self._backend, _path(key))
        except FileNotFoundError:
            return


def keys_in(text: str) -> list[str]:
    """Return the keys that stand in `text` one after the other, as in the column of a photo."""
    return [text[start : start + 2 * _KEY_BYTES] for start in range(0, len(text), 2 * _KEY_BYTES)]


def _path(key: str) -> str:
    if len(key) != 2 * _KEY_BYTES or not set(key) <= set("0123456789abcdef"):
        raise FileMissing("a key has 32 hexadecimal characters")
    # A folder of a million files is slow on many file systems: 256 folders.
    return f"{key[:2]}/{key}"


__all__ = ["BaseError", "FileMissing", "Store", "keys_in", "new_key", "open_backend"]
