"""The profile photo: placed, cropped, sealed at rest, served to its person alone from here, gone when removed."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.support.client import Client
from tests.support.factories import Made, make_person
from upguide.config import Settings
from upguide.extensions import db
from upguide.models import Photo
from upguide.privacy.photos import Size, photo_bytes
from upguide.tenancy.scope import scope

Browse = Callable[..., Client]
RED, BLUE = (200, 30, 30), (30, 30, 200)


def picture(size: tuple[int, int] = (600, 300), kind: str = "JPEG") -> BytesIO:
    """A picture that is red on the left and blue on the right."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    out = BytesIO()
    image.save(out, kind)
    out.seek(0)
    return out


def send(
    client: Client, file: BytesIO | None, place: str = "centre", nearness: str = "whole", query: str = ""
) -> TestResponse:
    data = {"place": place, "nearness": nearness} | ({"photo": FileStorage(file, "secret-name.jpg")} if file else {})
    # Encoded here, because the test client leaves the file open through which it sends a large upload.
    boundary, body = encode_multipart({"csrf_token": client.token(), **data})
    kind = f'multipart/form-data; boundary="{boundary}"'
    return client.post(f"/profile/photo/change{query}", body, csrf=False, content_type=kind)


def colour(content: bytes) -> tuple[bool, bool]:
    """Tell whether the left and the right side of a photo are red."""
    image = Image.open(BytesIO(content))
    assert (image.format, image.width) == ("WEBP", image.height)
    red, _green, blue = (band.tobytes() for band in image.split())
    left, right = 64 * image.width + 2, 65 * image.width - 3
    return red[left] > blue[left], red[right] > blue[right]


def file_key(person: Made) -> str | None:
    with scope(person.tenant, person.id, db.session()):
        db.session.rollback()
        photo = db.session.get(Photo, person.id, populate_existing=True)
        return photo.file_key if photo else None


def files(settings: Settings) -> list[Path]:
    return [path for path in (settings.var / "files").rglob("*") if path.is_file()]


def someone() -> Made:
    return make_person(language="en")


@pytest.mark.parametrize(
    ("place", "nearness", "expected"),
    [
        ("centre", "whole", (True, False)),
        ("left", "whole", (True, True)),
        ("right", "whole", (False, False)),
        ("left", "nearest", (True, True)),
    ],
)
def test_photo_is_cropped_to_the_part_that_was_chosen(
    browse: Browse, place: str, nearness: str, expected: tuple[bool, bool]
) -> None:
    client = browse(someone())
    response = send(client, picture(), place, nearness)
    assert (response.status_code, response.location) == (303, "/profile/photo/change")
    shown = client.get("/profile/photo")
    assert (shown.mimetype, shown.headers["Cache-Control"]) == ("image/webp", "private, no-store")
    assert colour(shown.data) == expected
    assert Image.open(BytesIO(client.get("/profile/photo/small").data)).width == 128


@pytest.mark.clause("P5")
def test_photo_is_sealed_at_rest_and_opens_for_its_person_only(browse: Browse, app: Flask, settings: Settings) -> None:
    person, other = someone(), someone()
    send(browse(person), picture())
    for file in files(settings):
        content = file.read_bytes()
        assert (b"WEBP" in content, b"secret-name" in content) == (False, False)
    with scope(person.tenant, person.id, db.session()):
        assert (photo_bytes(db.session(), person.id, Size.LARGE) or b"")[8:12] == b"WEBP"
        assert photo_bytes(db.session(), other.id, Size.LARGE) is None
        db.session.rollback()
    assert browse(other).get("/profile/photo").status_code == 404


@pytest.mark.clause("P4c")
def test_replacing_and_removing_delete_the_files(browse: Browse, settings: Settings) -> None:
    person = someone()
    client, before = browse(person), set(files(settings))
    send(client, picture())
    first = set(files(settings)) - before
    send(client, picture())
    second = set(files(settings)) - before
    assert (len(first), len(second), first & second) == (2, 2, set())
    assert client.post("/profile/values/photo/remove").status_code == 303
    assert (set(files(settings)) - before, file_key(person)) == (set(), None)
    assert client.get("/profile/photo").status_code == 404
    assert client.get("/profile").status_code == 200


@pytest.mark.clause("P4b")
def test_page_of_a_hidden_photo_says_that_nobody_sees_it(browse: Browse) -> None:
    client = browse(someone())
    send(client, picture())
    assert "This is how others see it." in client.get("/profile/photo/change").text
    client.post("/profile/values/photo/hide")
    page = client.get("/profile/photo/change").text
    assert ("This is how others see it." in page, "You hide this photo" in page) == (False, True)
    send(client, picture())
    assert "others see it." not in client.get("/profile/photo/change").text
    client.post("/profile/values/photo/remove")
    send(client, picture())
    assert "This is how others see it." in client.get("/profile/photo/change").text


def test_photos_are_placed_at_a_measured_pace(browse: Browse) -> None:
    person, other = someone(), someone()
    client = browse(person)
    assert [send(client, BytesIO(b"GIF89a")).status_code for _ in range(11)] == [422] * 10 + [429]
    assert send(browse(other), picture()).status_code == 303


def test_lost_file_breaks_no_page(browse: Browse, settings: Settings) -> None:
    person = someone()
    client = browse(person)
    send(client, picture())
    for file in files(settings):
        file.unlink()
    assert [client.get(path).status_code for path in ("/profile/photo", "/profile", "/profile/view-as")] == [
        404,
        200,
        200,
    ]
    assert client.post("/profile/values/photo/remove").status_code == 303


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a JPEG, PNG, WebP or HEIC"),
        (b"\xff\xd8\xff" + b"x" * 100, "damaged"),
        (b"GIF89a", "not a JPEG, PNG, WebP or HEIC"),
        (b"\xff\xd8\xff" + bytes(10 * 1024 * 1024), "larger than 10 MB"),
    ],
    ids=["empty", "svg", "damaged", "gif", "large"],
)
def test_what_is_no_photo_is_refused_with_its_reason(browse: Browse, content: bytes, reason: str) -> None:
    person = someone()
    response = send(browse(person), BytesIO(content))
    assert response.status_code == 422
    assert reason in response.text
    assert file_key(person) is None


def test_missing_file_and_unknown_choices_are_asked_for(browse: Browse) -> None:
    client = browse(someone())
    assert "Choose a picture first." in send(client, None).text
    assert send(client, picture(), place="moon").status_code == 422
    assert send(client, picture(), nearness="").status_code == 422
    plain = client.post("/profile/photo/change", {"photo": "text", "place": "centre", "nearness": "whole"})
    assert plain.status_code == 422


def test_photo_on_the_first_visit_stays_to_be_looked_at(browse: Browse) -> None:
    response = send(browse(someone()), picture(), query="?tour=1")
    assert response.location == "/profile/photo/change?tour=1"
