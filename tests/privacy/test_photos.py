"""Photos at rest: sealed for their person and their place, found again, gone with their files, lost without harm."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import delete, select

from tests.support.database import WorkerDatabase
from tests.support.factories import Made, make_person
from upguide.config import Settings
from upguide.extensions import db
from upguide.files.images import Photo as Picture
from upguide.files.images import make_crops
from upguide.models import FileToRemove, Photo, PhotoDraft
from upguide.privacy.photos import (
    Draft,
    Size,
    drop_files,
    keep_draft,
    keep_photo,
    note_files,
    photo_bytes,
    read_draft,
    store,
)
from upguide.privacy.vault import vault_of
from upguide.security.sealing import SealBroken, context, unseal_bytes
from upguide.tenancy.scope import scope

pytestmark = pytest.mark.clause("P5")
PICTURE = Picture(b"RIFF large", b"RIFF small")
CROPS = {"left": PICTURE, "middle": Picture(b"", b"\x80\n0")}


def place(person: Made, picture: Picture = PICTURE) -> str:
    with scope(person.tenant, person.id, db.session()):
        key = keep_photo(db.session(), person.id, picture)
        db.session.add(Photo(person_id=person.id, file_key=key))
        db.session.commit()
    return key


def draft(person: Made, draft_id: UUID) -> str:
    with scope(person.tenant, person.id, db.session()):
        key = keep_draft(db.session(), person.id, draft_id, CROPS)
        db.session.add(PhotoDraft(id=draft_id, person_id=person.id, file_key=key))
        db.session.commit()
    return key


def seen(viewer: Made, person: Made) -> list[bytes | None]:
    with scope(viewer.tenant, viewer.id, db.session()):
        return [photo_bytes(db.session(), person.id, size) for size in Size]


def waiting(viewer: Made, person: Made) -> Draft | None:
    with scope(viewer.tenant, viewer.id, db.session()):
        return read_draft(db.session(), person.id)


def file_of(settings: Settings, key: str) -> Path:
    return settings.var / "files" / key[:2] / key


def noted() -> dict[str, datetime]:
    rows = db.session.execute(select(FileToRemove.file_key, FileToRemove.due_at)).all()
    db.session.rollback()
    return {row.file_key: row.due_at for row in rows}


def test_both_sizes_come_back_as_they_were(core: Flask) -> None:
    person, fellow = make_person(), make_person()
    place(person)
    # Whether a fellow may see it is for `show` to say, and was asked before.
    assert (seen(person, person), seen(fellow, person)) == ([*PICTURE], [*PICTURE])


def test_photo_is_nobody_s_on_another_portal(core: Flask) -> None:
    person = make_person("gfs")
    place(person)
    assert seen(make_person("upguide"), person) == [None, None]


def test_without_a_photo_there_is_nothing(core: Flask) -> None:
    person = make_person()
    assert (seen(person, person), waiting(person, person)) == ([None, None], None)


def test_draft_comes_back_for_its_person_alone(core: Flask) -> None:
    person, fellow, draft_id = make_person(), make_person(), uuid4()
    draft(person, draft_id)
    assert waiting(person, person) == Draft(draft_id, CROPS)
    assert waiting(fellow, person) is None
    assert seen(person, person) == [None, None]


def test_drawn_crops_come_back_to_the_byte(core: Flask) -> None:
    content = BytesIO()
    Image.radial_gradient("L").resize((600, 400)).save(content, "PNG")
    person, crops = make_person(), make_crops(content.getvalue())
    with scope(person.tenant, person.id, db.session()):
        draft_id = uuid4()
        key = keep_draft(db.session(), person.id, draft_id, crops)
        db.session.add(PhotoDraft(id=draft_id, person_id=person.id, file_key=key))
        db.session.flush()
        assert read_draft(db.session(), person.id) == Draft(draft_id, crops)
        db.session.rollback()


def test_files_at_rest_say_nothing(core: Flask, settings: Settings) -> None:
    person = make_person()
    keys = place(person) + draft(person, uuid4())
    for number in range(3):
        key = keys[32 * number : 32 * (number + 1)]
        content = file_of(settings, key).read_bytes()
        assert [word in content for word in (b"RIFF", b"large", b"middle", str(person.id).encode())] == [False] * 4


def test_files_of_another_place_or_person_do_not_open(core: Flask, database: WorkerDatabase) -> None:
    person, other = make_person(), make_person()
    mine, theirs = place(person), place(other, Picture(b"other large", b"other small"))
    with database.connect() as connection:
        connection.execute("UPDATE photos SET file_key = '' WHERE person_id = %s", [other.id])
        for swapped in (mine[32:] + mine[:32], theirs):
            connection.execute("UPDATE photos SET file_key = %s WHERE person_id = %s", [swapped, person.id])
            connection.commit()
            assert seen(person, person) == [None, None]


def test_draft_does_not_open_under_another_identity(core: Flask, database: WorkerDatabase) -> None:
    person, draft_id = make_person(), uuid4()
    draft(person, draft_id)
    with database.connect() as connection:
        connection.execute("UPDATE photo_drafts SET id = %s WHERE person_id = %s", [uuid4(), person.id])
    assert waiting(person, person) is None


def test_lost_files_and_a_destroyed_key_are_no_photo(core: Flask, database: WorkerDatabase) -> None:
    lost, keyless = make_person(), make_person()
    drop_files(place(lost) + draft(lost, uuid4()))
    place(keyless)
    draft(keyless, uuid4())
    with database.connect() as connection:
        connection.execute("DELETE FROM person_keys WHERE person_id = %s", [keyless.id])
    for person in (lost, keyless):
        assert (seen(person, person), waiting(person, person)) == ([None, None], None)


@pytest.mark.clause("P4c")
def test_dropping_removes_every_file_and_may_come_twice(core: Flask) -> None:
    person = make_person()
    photo, waits = place(person), draft(person, uuid4())
    for file_key in (photo, waits, photo, "not a key"):
        drop_files(file_key)
    for key in (photo[:32], photo[32:], waits):
        with pytest.raises(LookupError):
            store().get(key)


@pytest.mark.clause("P4c")
def test_files_are_noted_for_the_job_with_the_change_or_not_at_all(core: Flask) -> None:
    person = make_person()
    photo, waits = place(person), draft(person, uuid4())
    due = noted()
    assert due.keys() == {waits}
    assert timedelta(hours=23) < due[waits] - datetime.now(UTC) <= timedelta(days=1)
    note_files(db.session(), photo)
    db.session.rollback()
    assert noted() == due
    note_files(db.session(), photo)
    note_files(db.session(), waits)
    db.session.commit()
    now = noted()
    assert now.keys() == {photo[:32], photo[32:], waits}
    assert max(now.values()) <= datetime.now(UTC)
    db.session.execute(delete(FileToRemove))
    db.session.commit()


def test_sealed_bytes_are_worth_nothing_to_somebody_else_s_key(core: Flask, settings: Settings) -> None:
    person, other = make_person(), make_person()
    sealed = file_of(settings, place(person)[:32]).read_bytes()
    with scope(other.tenant, other.id, db.session()):
        key = vault_of(db.session(), other.id).key
    with pytest.raises(SealBroken):
        unseal_bytes(key, sealed, context("photos.large", person.id))
