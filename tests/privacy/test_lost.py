"""Files that no row refers to are found and noted; whatever is in use, young, noted or not ours stays (P5, P4c)."""

import os
import time
from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.factories import make_person
from upguide.extensions import Base, db
from upguide.files.store import Store
from upguide.models import Export, FileToRemove, Photo, PhotoDraft
from upguide.privacy import lost
from upguide.privacy.lost import MOST_LOST, OLD_ENOUGH, note_lost_files
from upguide.tenancy.scope import scope

pytestmark = pytest.mark.clause("P5")
# What `gate.files_in_use` asks: a column more needs another function, before its files are taken for lost ones.
ASKED = {("photos", "file_key"), ("photo_drafts", "file_key"), ("exports", "pieces")}


@pytest.fixture
def files(tmp_path: Path) -> Store:
    return Store.at(None, tmp_path)


def put(files: Store, folder: Path, *, days: float = 2) -> str:
    """Keep a file that was written so long ago."""
    key = files.put(b"sealed")
    age(folder / key[:2] / key, days)
    return key


def age(path: Path, days: float) -> None:
    then = time.time() - days * 86400
    os.utime(path, (then, then))


def noted() -> set[str]:
    return set(db.session.scalars(select(FileToRemove.file_key)))


def refer(rows: Iterable[object], person_id: object) -> None:
    with scope("upguide", person_id, db.session()):  # type: ignore[arg-type]
        db.session.add_all(rows)
        db.session.commit()


def test_every_column_that_names_files_is_asked() -> None:
    tables = Base.metadata.tables.values()
    assert {(t.name, c.name) for t in tables for c in t.columns if c.info.get("file")} == ASKED


def test_file_that_no_row_refers_to_is_noted_and_each_that_is_in_use_stays(
    core: Flask, files: Store, tmp_path: Path
) -> None:
    person = make_person()
    lost_ones = {put(files, tmp_path) for _ in range(3)}
    large, small, draft, *pieces = (put(files, tmp_path) for _ in range(6))
    refer([Photo(person_id=person.id, file_key=large + small)], person.id)
    refer([PhotoDraft(id=uuid4(), person_id=person.id, file_key=draft)], person.id)
    export = {"tenant_id": "upguide", "language": "en", "pieces": pieces, "expires_at": "2100-01-01"}
    refer([Export(person_id=person.id, **export)], person.id)
    assert note_lost_files(db.session(), files) == 3
    assert noted() == lost_ones
    assert note_lost_files(db.session(), files) == 0


def test_young_files_and_files_of_others_stay(core: Flask, files: Store, tmp_path: Path) -> None:
    put(files, tmp_path, days=OLD_ENOUGH.days - 0.01)
    for name in ("ledger/" + "a" * 64, "ledger/" + "a" * 32, "aa/" + "b" * 32, "aa/" + "A" * 32, "note.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"not ours")
        age(path, 3)
    assert note_lost_files(db.session(), files) == 0
    assert noted() == set()


def test_file_that_is_noted_for_later_keeps_its_time(core: Flask, files: Store, tmp_path: Path) -> None:
    key = put(files, tmp_path)
    refer([FileToRemove(file_key=key, due_at="2100-01-01")], None)
    assert note_lost_files(db.session(), files) == 0
    assert db.session.scalars(select(FileToRemove.due_at)).one().year == 2100


def test_where_most_seems_lost_nothing_goes(core: Flask, files: Store, tmp_path: Path) -> None:
    """The database of a test with the storage of the service, or a storage with another database's copy."""
    for _ in range(MOST_LOST + 1):
        put(files, tmp_path)
    assert note_lost_files(db.session(), files) == 0
    assert noted() == set()


def test_files_are_asked_about_in_batches(
    core: Flask, files: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("upguide.files.store._PAGE", 7)
    keys = {put(files, tmp_path) for _ in range(20)}
    sizes: list[int] = []
    asked = lost._lost

    def counted(session: object, batch: list[str]) -> list[str]:
        sizes.append(len(batch))
        return asked(session, batch)  # type: ignore[arg-type]

    monkeypatch.setattr(lost, "_lost", counted)
    assert note_lost_files(db.session(), files) == 20
    assert (noted(), max(sizes) < 14, len(sizes) > 1) == (keys, True, True)
