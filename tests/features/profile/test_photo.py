"""The profile photo: looked at before it is placed, sealed at rest, seen by its person alone until then, gone after."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from tests.features.profile.photos import PREVIEW, colour, form_of, picture, place, send, send_and_place
from tests.support.client import Client
from tests.support.conventions import parse, words
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, hide, make_person
from upguide.config import Settings
from upguide.extensions import db
from upguide.files.store import BaseError
from upguide.models import Entry, Photo, PhotoDraft
from upguide.policy.items import Item
from upguide.privacy import photos
from upguide.privacy.photos import Size, photo_bytes
from upguide.tenancy.scope import scope

Browse = Callable[..., Client]
CHANGE = "/profile/photo/change"


def stored(person: Made, model: type[Any]) -> list[Any]:
    with scope(person.tenant, person.id, db.session()):
        db.session.rollback()
        mine = select(model).where(model.person_id == person.id)
        return list(db.session.scalars(mine.execution_options(populate_existing=True)))


def file_key(person: Made) -> str | None:
    found = stored(person, Photo)
    return found[0].file_key if found else None


def entries(person: Made) -> list[bool]:
    """Whether each entry about the photo says that it was removed."""
    found = sorted(stored(person, Entry), key=lambda entry: entry.id)
    return [entry.removed for entry in found if entry.item == Item.PHOTO.value]


def files(settings: Settings) -> set[Path]:
    """What lies in the store; the ledger of what was removed lies beside it."""
    return set((settings.var / "files").glob("[0-9a-f][0-9a-f]/*"))


def pictures_on(client: Client, path: str = PREVIEW) -> list[str]:
    return [str(image.get("src")) for image in parse(client.get(path).get_data().decode()).iter("img")]


def choices_on(client: Client) -> list[str]:
    page = parse(client.get(PREVIEW).get_data().decode())
    return [words(label) for label in page.iter("label") if str(label.get("for")).startswith("crop")]


def someone(**given: Any) -> Made:
    return make_person(language="en", **given)


@pytest.mark.clause("W3", "W11")
def test_photo_is_seen_by_its_person_alone_until_it_is_placed(browse: Browse) -> None:
    person, other = someone(), someone()
    client, onlooker = browse(person), browse(other, allow=[(person, Item.PHOTO)])
    theirs = f"/people/{person.handle}"
    assert send(client, picture()).location == PREVIEW
    (draft,) = stored(person, PhotoDraft)
    address = f"{PREVIEW}/{draft.id}/middle/large"
    assert (file_key(person), entries(person), pictures_on(onlooker, theirs)) == (None, [], [])
    assert [client.get(path).status_code for path in (address, "/profile/photo")] == [200, 404]
    assert [onlooker.get(path).status_code for path in (address, f"{theirs}/photo/large")] == [404, 404]
    assert browse().get(address).status_code == 303
    assert place(client).location == "/profile#photo"
    assert (stored(person, PhotoDraft), entries(person)) == ([], [False])
    assert len(pictures_on(onlooker, theirs)) == 1


@pytest.mark.parametrize(
    ("crop", "expected"),
    [
        (None, (True, False)),
        ("left", (True, True)),
        ("right", (False, False)),
        ("left-near", (True, True)),
        ("middle-near", (True, False)),
    ],
)
def test_what_was_looked_at_is_what_is_placed_to_the_byte(
    browse: Browse, crop: str | None, expected: tuple[bool, bool]
) -> None:
    client = browse(someone())
    send(client, picture())
    shown = [url for url in pictures_on(client) if f"/{crop or 'middle'}/" in url]
    assert [url.rpartition("/")[2] for url in shown] == ["large", "small"]
    looked_at = [client.get(url) for url in shown]
    for answer in looked_at:
        assert (answer.mimetype, answer.headers["Cache-Control"]) == ("image/webp", "private, no-store")
    assert place(client, crop).status_code == 303
    placed = [client.get(path) for path in ("/profile/photo", "/profile/photo/small")]
    assert [answer.data for answer in placed] == [answer.data for answer in looked_at]
    assert [colour(answer.data) for answer in placed] == [expected, expected]
    assert Image.open(BytesIO(placed[1].data)).width == 128
    assert placed[0].headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("size", "names"),
    [
        (
            (600, 300),
            ["left side", "middle", "right side", "left side, nearer", "middle, nearer", "right side, nearer"],
        ),
        ((300, 600), ["top", "middle", "bottom", "top, nearer", "middle, nearer", "bottom, nearer"]),
    ],
)
def test_picture_that_is_no_square_is_offered_in_parts(browse: Browse, size: tuple[int, int], names: list[str]) -> None:
    client = browse(someone())
    send(client, picture(size))
    assert choices_on(client) == [f"The {name}" for name in names]
    assert form_of(client)["crop"] == "middle"


def test_square_is_offered_whole_and_nearer_and_a_tiny_one_as_it_is(browse: Browse) -> None:
    client = browse(someone())
    send(client, picture((400, 400)))
    assert choices_on(client) == ["As much as fits", "Nearer"]
    send(client, picture((128, 128)))
    assert (choices_on(client), form_of(client)["crop"]) == (["As much as fits"], "middle")


def test_page_says_who_will_see_the_photo(browse: Browse) -> None:
    person = someone()
    client = browse(person)
    send(client, picture())
    page = client.get(PREVIEW).text
    assert ("only you see it." in page, "Seen by: All members" in page) == (True, True)
    place(client)
    hide(person, Item.PHOTO)
    send(client, picture())
    page = client.get(PREVIEW).text
    assert ("Until then your old photo stays" in page, "You hide this: no other user sees it." in page) == (True, True)


@pytest.mark.clause("P5")
def test_photo_and_draft_are_sealed_at_rest_and_open_for_their_person_only(
    browse: Browse, app: Flask, settings: Settings
) -> None:
    person, other = someone(), someone()
    client, before = browse(person), files(settings)
    send_and_place(client, picture())
    send(client, picture())
    made = files(settings) - before
    assert len(made) == 3
    for file in made:
        content = file.read_bytes()
        assert [word in content for word in (b"WEBP", b"middle", b"secret-name")] == [False] * 3
    with scope(person.tenant, person.id, db.session()):
        assert (photo_bytes(db.session(), person.id, Size.LARGE) or b"")[8:12] == b"WEBP"
        assert photo_bytes(db.session(), other.id, Size.LARGE) is None
        db.session.rollback()
    with scope(other.tenant, other.id, db.session()):
        assert photos.read_draft(db.session(), person.id) is None
        db.session.rollback()
    assert browse(other).get("/profile/photo").status_code == 404


@pytest.mark.clause("P4c")
def test_replacing_placing_and_removing_delete_the_files(browse: Browse, settings: Settings) -> None:
    person = someone()
    client, before = browse(person), files(settings)
    send(client, picture())
    first_draft = files(settings) - before
    send(client, picture())
    second_draft = files(settings) - before
    assert (len(first_draft), len(second_draft), first_draft & second_draft) == (1, 1, set())
    place(client)
    first = files(settings) - before
    send_and_place(client, picture())
    second = files(settings) - before
    assert (len(first), len(second), first & second, second_draft & first) == (2, 2, set(), set())
    assert client.post("/profile/values/photo/remove").status_code == 303
    assert (files(settings) - before, file_key(person)) == (set(), None)
    assert client.get("/profile/photo").status_code == 404
    assert client.get("/profile").status_code == 200
    assert entries(person) == [False, False, True]


@pytest.mark.clause("P4c")
def test_photo_that_is_not_wanted_after_all_is_thrown_away(browse: Browse, settings: Settings) -> None:
    person = someone()
    client, before = browse(person), files(settings)
    send(client, picture())
    for page in (CHANGE, "/profile"):
        assert "A photo of yours waits to be placed" in client.get(page).text
    assert client.post(f"{PREVIEW}/{UUID(int=0)}/discard").status_code == 303
    assert len(stored(person, PhotoDraft)) == 1
    away = f"{PREVIEW}/{form_of(client)['draft']}/discard"
    assert [client.post(away).location for _click in range(2)] == [CHANGE, CHANGE]
    assert (stored(person, PhotoDraft), files(settings) - before, entries(person)) == ([], set(), [])
    for page in (CHANGE, "/profile"):
        assert "A photo of yours waits" not in client.get(page).text
    assert client.get(PREVIEW).location == CHANGE


@pytest.mark.clause("P4b")
def test_page_of_a_hidden_photo_says_that_nobody_sees_it(browse: Browse) -> None:
    client = browse(someone())
    send_and_place(client, picture())
    assert "This is how others see it." in client.get(CHANGE).text
    client.post("/profile/values/photo/hide")
    page = client.get(CHANGE).text
    assert ("This is how others see it." in page, "You hide this photo" in page) == (False, True)
    send_and_place(client, picture())
    assert "others see it." not in client.get(CHANGE).text
    client.post("/profile/values/photo/remove")
    send_and_place(client, picture())
    assert "This is how others see it." in client.get(CHANGE).text


def test_photos_are_sent_at_a_measured_pace(browse: Browse) -> None:
    person, other = someone(), someone()
    client = browse(person)
    assert [send(client, BytesIO(b"GIF89a")).status_code for _ in range(11)] == [422] * 10 + [429]
    assert send(browse(other), picture()).status_code == 303


def test_lost_file_breaks_no_page(browse: Browse, settings: Settings) -> None:
    person = someone()
    client = browse(person)
    send_and_place(client, picture())
    send(client, picture())
    for file in files(settings):
        file.unlink()
    paths = ("/profile/photo", "/profile", "/profile/view-as", CHANGE)
    assert [client.get(path).status_code for path in paths] == [404, 200, 200, 200]
    assert client.get(PREVIEW).location == CHANGE
    assert client.post("/profile/values/photo/remove").status_code == 303
    assert send_and_place(client, picture()).status_code == 303


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
def test_what_is_no_photo_is_refused_with_its_reason_and_nothing_is_lost(
    browse: Browse, content: bytes, reason: str
) -> None:
    person = someone()
    client = browse(person)
    send_and_place(client, picture())
    send(client, picture())
    before = (file_key(person), [draft.id for draft in stored(person, PhotoDraft)])
    response = send(client, BytesIO(content))
    assert response.status_code == 422
    assert reason in response.text
    assert (file_key(person), [draft.id for draft in stored(person, PhotoDraft)]) == before


def test_store_that_takes_nothing_loses_nothing(
    browse: Browse, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = someone()
    client = browse(person)
    send_and_place(client, picture())
    send(client, picture())
    before = (file_key(person), [draft.id for draft in stored(person, PhotoDraft)], files(settings))

    class Full:
        def __getattr__(self, _name: str) -> Any:
            raise BaseError("the disk is full")

    form = form_of(client)
    with monkeypatch.context() as broken:
        broken.setattr(photos.Store, "put", property(Full().__getattr__))
        assert [send(client, picture()).status_code, client.post(PREVIEW, form).status_code] == [500, 500]
    assert (file_key(person), [draft.id for draft in stored(person, PhotoDraft)], files(settings)) == before
    assert place(client).location == "/profile#photo"


def test_missing_file_and_unknown_choices_are_asked_for(browse: Browse) -> None:
    client = browse(someone())
    assert "Choose a picture first." in send(client, None).text
    assert client.post(CHANGE, {"photo": "text"}).status_code == 422
    assert client.post(PREVIEW, {"crop": "middle"}).location == CHANGE
    send(client, picture())
    assert [place(client, crop).status_code for crop in ("moon", "top")] == [422, 422]
    refused = client.post(PREVIEW, {"draft": form_of(client)["draft"]})
    assert (refused.status_code, "Choose one of the pictures." in refused.text) == (422, True)
    draft = form_of(client)["draft"]
    for path in (f"{draft}/moon/large", f"{UUID(int=0)}/middle/large", f"{draft}/middle/huge"):
        assert client.get(f"{PREVIEW}/{path}").status_code == 404


def test_tab_that_shows_another_photo_places_nothing(browse: Browse) -> None:
    person = someone()
    client = browse(person)
    send(client, picture())
    old_tab, old_pictures = form_of(client), pictures_on(client)
    send(client, picture((300, 600)))
    assert [client.get(url).status_code for url in old_pictures] == [404] * len(old_pictures)
    answer = client.post(PREVIEW, old_tab)
    assert (answer.status_code, "You sent another photo since." in answer.text) == (422, True)
    assert file_key(person) is None
    (draft,) = stored(person, PhotoDraft)
    assert f'value="{draft.id}"' in answer.text
    assert place(client).status_code == 303
    assert client.post(PREVIEW, old_tab).location == CHANGE
    assert len(entries(person)) == 1


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """Do all of this in threads that begin together; return what each gave."""
    gate, given = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Callable[[], Any]) -> None:
        gate.wait()
        given[number] = act()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given


def upload(tab: Client) -> str | None:
    return send(tab, picture()).location


def press(tab: Client, form: dict[str, str]) -> str | None:
    return tab.post(PREVIEW, form).location


def test_two_tabs_at_once_come_to_one_outcome(browse: Browse, settings: Settings) -> None:
    person = someone()
    tabs, before = [browse(person), browse(person)], files(settings)
    for _round in range(3):
        for tab in tabs:
            tab.token()
        sent = at_once([partial(upload, tab) for tab in tabs])
        assert sent == [PREVIEW, PREVIEW]
        assert (len(stored(person, PhotoDraft)), len(files(settings) - before)) == (1, 1)
        placed = at_once([partial(press, tab, form_of(tabs[0])) for tab in tabs])
        assert sorted(placed) == ["/profile#photo", CHANGE]
        assert (stored(person, PhotoDraft), len(files(settings) - before), len(entries(person))) == ([], 2, 1)
        tabs[0].post("/profile/values/photo/remove")
        assert files(settings) == before
        person = someone()
        tabs = [browse(person), browse(person)]


@pytest.mark.clause("P4c")
def test_photo_that_nobody_places_is_gone_within_a_day(
    browse: Browse, database: WorkerDatabase, settings: Settings
) -> None:
    from upguide.features.profile.jobs import forget_photo_drafts  # noqa: PLC0415  (a task is made once the app is)

    late, early = someone(), someone()
    client, before = browse(late), files(settings)
    send_and_place(client, picture())
    placed = files(settings) - before
    send(client, picture())
    send(browse(early), picture())
    with database.connect() as connection:
        made = timedelta(hours=20)
        connection.execute("UPDATE photo_drafts SET made_at = made_at - %s WHERE person_id = %s", [made, late.id])
        due = connection.execute("SELECT max(due_at) - now() < '1 day' FROM files_to_remove").fetchone()
    forget_photo_drafts()
    forget_photo_drafts()
    assert [len(stored(person, PhotoDraft)) for person in (late, early)] == [0, 1]
    left = files(settings) - before
    assert (placed <= left, len(left), due) == (True, 3, (True,))
    assert client.get("/profile/photo").status_code == 200


def test_photo_on_the_first_visit_leads_on_when_it_is_placed(browse: Browse) -> None:
    client = browse(someone())
    answer = send(client, picture(), query="?tour=1")
    assert answer.location == f"{PREVIEW}?tour=1"
    page = client.get(answer.location).text
    assert ("Step 2 of 6" in page, f"{CHANGE}?tour=1" in page) == (True, True)
    assert place(client, query="?tour=1").location == "/profile/alias?tour=1"
