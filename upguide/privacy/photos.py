"""Profile photos at rest: sealed under the person's own key, in files that tell nothing by name (P5, P4c).

Whether somebody may see a photo is decided by `show` (`has_photo`); ask that first. A draft is its person's alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache
from pathlib import Path
from uuid import UUID

import structlog
from flask import current_app
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from upguide.config import Settings
from upguide.files.images import Photo as Picture
from upguide.files.images import pack, unpack
from upguide.files.store import BaseError, FileMissing, Store, keys_in
from upguide.models import FileToRemove, Photo, PhotoDraft
from upguide.security.sealing import SealBroken, context, seal, unseal_bytes

from .vault import vault_of

log = structlog.get_logger()


class Size(Enum):
    """The two sizes of a photo. The value stands in addresses."""

    LARGE = "large"
    SMALL = "small"


# A draft's file goes after this whatever happens, and the draft before.
_DRAFT_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Draft:
    """A photo that is not placed yet: every square of it to choose from, by name, as it will be placed."""

    id: UUID
    crops: Mapping[str, Picture]


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


def keep_draft(session: Session, person_id: UUID, draft_id: UUID, crops: Mapping[str, Picture]) -> str:
    """Seal all of a draft and write it to the store; return its file key. As with `keep_photo`, drop what fails."""
    file_key = store().put(seal(vault_of(session, person_id).key, pack(crops), _draft_context(draft_id)))
    note_files(session, file_key, _DRAFT_KEPT)
    return file_key


def read_draft(session: Session, person_id: UUID) -> Draft | None:
    """Return the draft of a person, or None where there is none, or its file or key is gone."""
    row = session.execute(select(PhotoDraft.id, PhotoDraft.file_key).where(PhotoDraft.person_id == person_id)).first()
    if row is None:
        return None
    try:
        sealed = store().get(row.file_key)
        packed = unseal_bytes(vault_of(session, person_id).key, sealed, _draft_context(row.id))
    except (LookupError, BaseError, SealBroken) as error:
        # Another tab may have placed or replaced it just now; else it is lost, and can be sent again.
        log.warning("photo_draft.unreadable", reason=type(error).__name__)
        return None
    return Draft(row.id, unpack(packed))


def note_files(session: Session, file_key: str, after: timedelta = timedelta()) -> None:
    """Note the files of a photo or draft as to be removed by a job, in the transaction that is open."""
    due = datetime.now(UTC) + after
    rows = [{"file_key": key, "due_at": due} for key in keys_in(file_key)]
    noted = insert(FileToRemove).values(rows)
    session.execute(noted.on_conflict_do_update(index_elements=["file_key"], set_={"due_at": due}))


def drop_files(file_key: str) -> None:
    """Remove the files of a photo or draft; call it after the commit that took `file_key` away."""
    for key in keys_in(file_key):
        try:
            store().delete(key)
        except (FileMissing, BaseError) as error:
            # What stays behind is sealed, nothing leads to it any more, and a job tries again (`note_files`).
            log.warning("photo.not_deleted", reason=type(error).__name__)


def store() -> Store:
    """Return where the current application keeps files."""
    settings: Settings = current_app.config["UPGUIDE"]
    return _store(settings.files_url, settings.var / "files")


@cache
def _store(files_url: str | None, folder: Path) -> Store:
    return Store.at(files_url, folder)


def _part(file_key: str, size: Size) -> str:
    return keys_in(file_key)[list(Size).index(size)]


def _draft_context(draft_id: UUID) -> bytes:
    return context("photo_drafts.file", draft_id)


def _context(size: Size, person_id: UUID) -> bytes:
    return context(f"photos.{size.value}", person_id)
