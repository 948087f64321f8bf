"""A copy of everything that is kept of a person, to take along: JSON by a published schema, readable HTML, files (P7).

The archive never lies anywhere unsealed: it is written in pieces, each sealed under the person's own key.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from upguide.files.store import new_key
from upguide.i18n import gettext, render
from upguide.models.base import Erase, KeepUntil, Part
from upguide.policy.items import Item
from upguide.security.sealing import PersonKey, context, seal, unseal_bytes

from .photos import Size, photo_bytes, read_draft, store
from .reading import Chapter, chapters
from .walk import LOST, SECRET, THIRD_PARTY, Record, walk

FORMAT, VERSION = "upguide-export", 1
PIECE = 1024 * 1024  # bytes
TOLD_EVERY = 100  # rows
STYLE = Path(__file__).parent / "archive.css"
DISPOSITIONS = {Erase: "erased", KeepUntil: "kept"}


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of `data.json`."""
    parts = {part.value: {"type": "array", "items": {"$ref": "#/$defs/record"}} for part in Part}
    made_at = {"type": "string", "format": "date-time"}
    top = {"format": {"const": FORMAT}, "version": {"const": VERSION}, "made_at": made_at} | parts
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "UpGuide: everything that is kept of one person",
        **_closed(top),
        "$defs": {"record": _record_schema()},
    }


def _record_schema() -> dict[str, Any]:
    text = {"type": "string"}
    values = {"type": "object", "additionalProperties": text}
    held = _closed({"item": {"enum": [item.value for item in Item]}, "values": values})
    reasons = {"enum": [SECRET, THIRD_PARTY, LOST]}
    return _closed(
        {
            "table": text,
            "id": text,
            "items": {"type": "array", "items": held},
            "left_out": {"type": "object", "additionalProperties": reasons},
            "files": {"type": "array", "items": text},
            "when_i_go": {"enum": ["erased", "severed", "kept"]},
        }
    )


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    """An object that has these properties, all of them and no others."""
    required = list(properties)
    return {"type": "object", "required": required, "additionalProperties": False, "properties": properties}


def as_json(record: Record, files: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return one row as it stands in `data.json`; `files` are the names of its files in the archive."""
    return {
        "table": record.table,
        "id": record.row_id,
        "items": [{"item": item.value, "values": dict(values)} for item, values in record.values.items()],
        "left_out": dict(record.redacted),
        "files": list(files),
        "when_i_go": DISPOSITIONS.get(type(record.disposition), "severed"),
    }


@dataclass
class Archive:
    """Writes one archive to `stream`; `progress` hears of every step, in hundredths of the whole."""

    session: Session
    person_id: UUID
    stream: io.RawIOBase
    progress: Callable[[int], None]
    parts: dict[Part, list[tuple[Record, tuple[str, ...]]]] = field(default_factory=lambda: {part: [] for part in Part})

    def write(self, portal: str) -> frozenset[Item]:
        """Write all of it, in the current locale; return the items that it holds."""
        made_at = datetime.now(UTC)
        self.progress(5)
        records = list(walk(self.session, self.person_id))
        with zipfile.ZipFile(self.stream, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type,unused-ignore]
            for done, record in enumerate(records):
                self.parts[record.part].append((record, tuple(self._add_files(archive, record))))
                if done % TOLD_EVERY == 0:
                    self.progress(10 + 70 * done // len(records))
            self.progress(80)
            self._add_data(archive, made_at)
            archive.writestr("schema.json", json.dumps(schema(), indent=2))
            self._add_page(archive, made_at, portal)
        return frozenset(item for record in records for item in record.items)

    def _add_data(self, archive: zipfile.ZipFile, made_at: datetime) -> None:
        whole: dict[str, Any] = {"format": FORMAT, "version": VERSION, "made_at": made_at.isoformat()}
        for part, found in self.parts.items():
            whole[part.value] = [as_json(record, files) for record, files in found]
        with archive.open("data.json", "w") as file, io.TextIOWrapper(file, encoding="utf-8") as text:
            json.dump(whole, text, ensure_ascii=False, indent=1)

    def _add_page(self, archive: zipfile.ZipFile, made_at: datetime, portal: str) -> None:
        chapters_of = {part: chapters(found) for part, found in self.parts.items()}
        page = render("rights/archive.html", made_at=made_at, portal=portal, parts=_titled(chapters_of))
        archive.writestr("index.html", page)
        archive.write(STYLE, "archive.css")

    def _add_files(self, archive: zipfile.ZipFile, record: Record) -> Iterator[str]:
        reader = FILE_READERS.get(record.table)
        if reader is None or not record.files:
            return
        for name, content in reader(self.session, self.person_id, record):
            path = f"files/{name}"
            archive.writestr(zipfile.ZipInfo(path, datetime.now(UTC).timetuple()[:6]), content)
            yield path


@dataclass(frozen=True, slots=True)
class PartText:
    """One of the three parts, in words."""

    key: str
    title: str
    opening: str
    chapters: tuple[Chapter, ...]


def _titled(found: Mapping[Part, tuple[Chapter, ...]]) -> list[PartText]:
    words = {
        Part.ABOUT_ME: (gettext("About me"), gettext("What we keep of you.")),
        Part.BY_ME: (
            gettext("By me"),
            gettext("What you did that concerns others. What is about them is left out: it is theirs."),
        ),
        Part.SHARED: (
            gettext("Shared with others"),
            gettext("What others were shown of you. Who they are is left out, where the law asks no more."),
        ),
    }
    return [PartText(part.value, *words[part], found[part]) for part in Part]


def _photo(session: Session, person_id: UUID, _record: Record) -> Iterator[tuple[str, bytes]]:
    content = photo_bytes(session, person_id, Size.LARGE)
    if content is not None:
        yield "photo.webp", content


def _photo_draft(session: Session, person_id: UUID, _record: Record) -> Iterator[tuple[str, bytes]]:
    draft = read_draft(session, person_id)
    for name, picture in draft.crops.items() if draft else ():
        yield f"photo-not-placed-{name}.webp", picture.large


# How the files of a table are read: (session, person, record) -> names in the archive, with content.
FILE_READERS: dict[str, Callable[[Session, UUID, Record], Iterator[tuple[str, bytes]]]] = {
    "photos": _photo,
    "photo_drafts": _photo_draft,
}


class SealedPieces(io.RawIOBase):
    """A file to write to, which seals what it is given in pieces and keeps them in the store.

    `note` hears of each key before anything lies under it, so that no piece is ever forgotten.
    """

    def __init__(self, key: PersonKey, archive_id: UUID, note: Callable[[str], None]) -> None:
        super().__init__()
        self.keys: list[str] = []
        self._key, self._archive_id, self._note = key, archive_id, note
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        """Take `data`; keep whole pieces at once."""
        self._held += data
        while len(self._held) >= PIECE:
            self._keep(PIECE)
        return len(memoryview(data).cast("B"))

    def finish(self) -> list[str]:
        """Keep what is left; return the keys of all pieces, in order."""
        if self._held:
            self._keep(len(self._held))
        return self.keys

    def _keep(self, length: int) -> None:
        piece, key = bytes(self._held[:length]), new_key()
        del self._held[:length]
        self._note(key)
        store().put(seal(self._key, piece, _place(self._archive_id, len(self.keys))), key)
        self.keys.append(key)


def read_pieces(key: PersonKey, archive_id: UUID, keys: list[str]) -> Iterator[bytes]:
    """Return an archive, piece by piece; what it needs of the application is fetched now, for a later reading.

    The reading raises FileMissing or SealBroken where a piece is gone or was changed.
    """
    files = store()
    return (unseal_bytes(key, files.get(name), _place(archive_id, number)) for number, name in enumerate(keys))


def _place(archive_id: UUID, number: int) -> bytes:
    return context("exports.pieces", f"{archive_id}:{number}")
