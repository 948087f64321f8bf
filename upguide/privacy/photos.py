"""Profile photos at rest: sealed under the person's own key, in files that tell nothing by name (P5, P4c).

Whether somebody may see a photo is decided by `show` (`has_photo`); ask that first.
"""

from enum import Enum
from functools import cache
from pathlib import Path
from uuid import UUID

import structlog
from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from upguide.config import Settings
from upguide.files.images import Photo as Picture
from upguide.files.store import BaseError, FileMissing, Store
from upguide.models import Photo
from upguide.security.sealing import SealBroken, context, seal, unseal_bytes

from .vault import vault_of

log = structlog.get_logger()


class Size(Enum):
    """The two sizes of a photo. The value stands in addresses."""

    LARGE = "large"
    SMALL = "small"


_KEY_LENGTH = 32


def keep_photo(session: Session, person_id: UUID, picture: Picture) -> str:
    """Seal both sizes and write them to the store; return the file key of the two together.

    Nothing refers to the files until the key stands in `photos.file_key`; where that fails, drop them.
    """
    key, files = vault_of(session, person_id).key, store()
    sizes = {Size.LARGE: picture.large, Size.SMALL: picture.small}
    return "".join(files.put(seal(key, sizes[size], _context(size, person_id))) for size in Size)


def photo_bytes(session: Session, person_id: UUID, size: Size) -> bytes | None:
    """Return a person's photo as WebP, or None where there is none, or its file or key is gone."""
    file_key = session.scalar(select(Photo.file_key).where(Photo.person_id == person_id))
    if file_key is None:
        return None
    try:
        sealed = store().get(_part(file_key, size))
        return unseal_bytes(vault_of(session, person_id).key, sealed, _context(size, person_id))
    except (LookupError, BaseError, SealBroken) as error:
        # A lost file is a fault of ours, and no reason to break somebody's page.
        log.warning("photo.unreadable", reason=type(error).__name__)
        return None


def drop_files(file_key: str) -> None:
    """Remove the files of a photo; call it after the commit that took `file_key` away."""
    for size in Size:
        try:
            store().delete(_part(file_key, size))
        except (FileMissing, BaseError) as error:
            # What stays behind is sealed, and nothing leads to it any more.
            log.warning("photo.not_deleted", reason=type(error).__name__)


def store() -> Store:
    """Return where the current application keeps files."""
    settings: Settings = current_app.config["UPGUIDE"]
    return _store(settings.files_url, settings.var / "files")


@cache
def _store(files_url: str | None, folder: Path) -> Store:
    return Store.at(files_url, folder)


def _part(file_key: str, size: Size) -> str:
    start = _KEY_LENGTH * list(Size).index(size)
    return file_key[start : start + _KEY_LENGTH]


def _context(size: Size, person_id: UUID) -> bytes:
    return context(f"photos.{size.value}", person_id)
