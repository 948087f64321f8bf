"""Taking everything along: asked with the password, made by a job, taken once, gone after a week (P7)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from flask import Flask

from tests.features.accounts.people import set_passkey
from tests.features.profile.photos import picture, send, send_and_place
from tests.features.rights.killed import KILLS, points, run_and_kill
from tests.features.rights.work import archive_of, at_one_moment, files, letters, run_jobs, take, valid
from tests.privacy.filled import fill
from tests.support.client import Client
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, join, make_person
from upguide.config import Settings
from upguide.features.rights.jobs import forget_exports
from upguide.privacy.export import schema
from upguide.privacy.farewell import remove_files
from upguide.privacy.holdings import held_items

Browse = Callable[..., Client]


def ask(client: Client, app: Flask) -> None:
    """Ask for a copy, and let the worker make it."""
    assert client.post("/my-data/export/new").location == "/my-data/export"
    run_jobs(app)


def row_of(database: WorkerDatabase, person: Made) -> tuple[object, ...]:
    with database.connect() as connection:
        row = connection.execute(
            "SELECT id, state, progress, attempt, cardinality(pieces) FROM exports WHERE person_id = %s", [person.id]
        ).fetchone()
    assert row is not None
    return row


def test_a_copy_holds_every_item_by_the_published_schema(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    person, other = make_person(), make_person()
    fill(database, person, other)
    with database.connect() as connection:
        connection.execute("DELETE FROM exports")
        connection.execute("DELETE FROM erasures")
    client = browse(person, second_factor=True)
    ask(client, app)
    data, archive = archive_of(take(client))
    assert valid(data, schema())
    assert client.get("/my-data/export/schema.json").get_json() == schema()
    records = [record for part in ("about_me", "by_me", "shared") for record in data[part]]
    assert {held["item"] for record in records for held in record["items"]} == {item.value for item in held_items()}
    assert all(data[part] for part in ("about_me", "by_me", "shared"))
    assert str(other.id) not in str(data)
    page = archive.read("index.html").decode()
    for value in (person.surname, person.mail_address, person.birth_place, person.position):
        assert str(value) in page
    assert "about somebody else" in page or "iemand anders" in page


def test_the_photo_and_one_that_waits_to_be_placed_come_along(app: Flask, browse: Browse) -> None:
    person = make_person()
    client = browse(person)
    send_and_place(client, picture())
    send(client, picture())
    ask(client, app)
    data, archive = archive_of(take(client))
    [photo] = [record for record in data["about_me"] if record["table"] == "photos"]
    assert photo["files"] == ["files/photo.webp"]
    assert archive.read("files/photo.webp")[8:12] == b"WEBP"
    [waiting] = [record for record in data["about_me"] if record["table"] == "photo_drafts"]
    assert waiting["files"] == [
        f"files/photo-not-placed-{name}.webp"
        for name in ("left", "middle", "right", "left-near", "middle-near", "right-near")
    ]
    assert {archive.read(name)[8:12] for name in waiting["files"]} == {b"WEBP"}


def test_the_password_is_asked_again(app: Flask, browse: Browse) -> None:
    person = make_person()
    late = browse(person, confirmed_at=datetime.now(UTC) - timedelta(minutes=11))
    for path in ("/my-data/export/new", f"/my-data/export/{UUID(int=1)}/take"):
        assert str(late.get(path).location).startswith("/confirm?next=")
        assert str(late.post(path).location).startswith("/confirm")


def test_a_copy_is_taken_once_and_that_is_journalled(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    person = make_person()
    client = browse(person)
    ask(client, app)
    export_id = row_of(database, person)[0]
    take(client)
    again = client.post(f"/my-data/export/{export_id}/take")
    assert (again.status_code, again.location) == (303, "/my-data/export")
    with database.connect() as connection:
        rows = connection.execute("SELECT person_id, viewer_id, setting FROM journal").fetchall()
    assert rows == [(person.id, person.id, "export")]


def test_a_copy_of_somebody_else_is_out_of_reach(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    person, other = make_person(), make_person()
    ask(browse(person), app)
    stranger = browse(other)
    answer = stranger.post(f"/my-data/export/{row_of(database, person)[0]}/take")
    assert (answer.status_code, answer.location) == (303, "/my-data/export")
    assert row_of(database, person)[1] == "ready"


def test_asking_twice_is_asking_once_and_one_letter_tells_of_it(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    person = make_person()
    client = browse(person)
    client.post("/my-data/export/new")
    ask(client, app)
    assert row_of(database, person)[1:4] == ("ready", 100, 1)
    assert [(kind, to) for kind, to, _text in letters(database, app)] == [("export_ready", person.mail_address)]


def test_of_several_who_ask_at_one_moment_one_begins_a_copy_and_the_others_are_told(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    person = make_person(language="en")
    browsers = [browse(person) for _ in range(4)]
    answers = at_one_moment(browsers, "/my-data/export/new", [{}] * 4)
    assert [(answer.status_code, answer.location) for answer in answers] == [(303, "/my-data/export")] * 4
    with database.connect() as connection:
        jobs = connection.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name ~ 'make_export'").fetchone()
        copies = connection.execute("SELECT count(*) FROM exports").fetchone()
    assert (jobs, copies) == ((1,), (1,))
    pages = [browser.get("/my-data/export").text for browser in browsers]
    assert sorted("We are making your copy" in page for page in pages) == [False, False, False, True]
    assert sorted("You have asked for a copy already" in page for page in pages) == [False, True, True, True]


def test_passkeys_stand_in_the_copy_each_with_its_portal(app: Flask, browse: Browse) -> None:
    person = make_person("gfs")
    set_passkey(person)
    set_passkey(join(person, "upguide"))
    client = browse(person, second_factor=True)
    ask(client, app)
    data, _archive = archive_of(take(client))
    records = [record for record in data["about_me"] if record["table"] == "passkeys"]
    values = [record["items"][0]["values"] for record in records]
    assert sorted((one["tenant_id"], one["device"]) for one in values) == [
        ("gfs", "Chrome/Windows"),
        ("upguide", "Chrome/Windows"),
    ]


def test_a_copy_lies_sealed_and_goes_after_a_week(
    app: Flask, browse: Browse, database: WorkerDatabase, settings: Settings
) -> None:
    person = make_person()
    before = set(files(settings))
    ask(browse(person), app)
    [piece] = set(files(settings)) - before
    content = piece.read_bytes()
    assert b"data.json" not in content
    assert str(person.surname).encode() not in content
    with database.connect() as connection:
        connection.execute("UPDATE exports SET expires_at = now()")
    forget_exports()
    remove_files()
    assert set(files(settings)) - before == set()
    assert "/take" not in browse(person).get("/my-data/export").text


def test_rights_are_within_reach_without_any_membership(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    person = make_person()
    with database.connect() as connection:
        connection.execute("DELETE FROM memberships")
    client = browse(person)
    for path in ("/my-data/export", "/my-data/export/new", "/my-data/erasure", "/my-data/erasure/everything"):
        assert client.get(path).status_code == 200


@KILLS
def test_an_export_that_is_killed_ends_right_once(
    app: Flask, browse: Browse, database: WorkerDatabase, settings: Settings, kills: int
) -> None:
    person = make_person()
    before = set(files(settings))
    client, asked, at, killed = browse(person), 0, points(55), 0
    while killed < kills:
        if asked == 0 or row_of(database, person)[1] == "ready":
            if asked:
                take(client)
            client.post("/my-data/export/new")
            asked += 1
        values = {"person_id": person.id, "export_id": row_of(database, person)[0]}
        killed += run_and_kill(settings, "make_export", next(at), **values)
    run_jobs(app)
    assert row_of(database, person)[1:3] == ("ready", 100)
    # The letters that wait are those of copies that are kept; each is told of once.
    assert [kind for kind, _to, _text in letters(database, app)] == ["export_ready"] * asked
    data, _archive = archive_of(take(client))
    assert valid(data, schema())
    with database.connect() as connection:
        connection.execute("UPDATE files_to_remove SET due_at = now()")
    remove_files()
    assert set(files(settings)) - before == set()
