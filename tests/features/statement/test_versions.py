"""New versions of the statement: readable for good, told to everyone once, and asking no more than they must (A1)."""

import json
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from tests.features.rights.work import letters
from tests.support.client import Client
from tests.support.conventions import parse, words
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, join, make_person
from upguide.database.appoint import appoint
from upguide.extensions import db
from upguide.features.statement.jobs import remind_of_version, report_answers, tell_of_version
from upguide.features.statement.queries import Answers, answers
from upguide.i18n.catalogues import LOCALES
from upguide.policy import statement as policy
from upguide.policy.permissions import Permission
from upguide.policy.statement import VERSIONS, Version
from upguide.privacy.statement import as_written, current_version, frozen_file, hash_of

Browse = Callable[..., Client]
Publish = Callable[..., Version]

pytestmark = pytest.mark.clause("A1")


@pytest.fixture
def publish(monkeypatch: pytest.MonkeyPatch) -> Publish:
    """Publish a version after the last; what it asks a yes for is given."""

    def _publish(*asks: Permission, changes: str = "We now bake bread.") -> Version:
        number = policy.VERSIONS[-1].number + 1
        made = Version(number, date(2027, 1, 1), VERSIONS[-1].hashes, (changes,), frozenset(asks))
        monkeypatch.setattr(policy, "VERSIONS", (*policy.VERSIONS, made))
        return made

    return _publish


def told(database: WorkerDatabase, app: Flask) -> list[tuple[str, str]]:
    return sorted((kind, to) for kind, to, _text in letters(database, app) if kind.startswith("statement_"))


def consents(database: WorkerDatabase, person: Made) -> list[int]:
    with database.connect() as connection:
        rows = connection.execute("SELECT version FROM consents WHERE person_id = %s ORDER BY version", [person.id])
        return [row[0] for row in rows]


@pytest.mark.parametrize("locale", LOCALES)
def test_each_version_stands_in_a_file_with_the_hash_that_people_agreed_to(locale: str) -> None:
    for version in VERSIONS:
        text = json.loads(frozen_file(version.number, locale).read_text())
        assert (version.number, hash_of(text)) == (version.number, version.hashes[locale])


@pytest.mark.parametrize("locale", LOCALES)
def test_file_of_the_version_in_force_is_what_the_page_shows(locale: str) -> None:
    """Other words are another version: write it with `flask privacy freeze`, and paste `flask privacy hashes`."""
    assert json.loads(frozen_file(current_version(), locale).read_text()) == as_written(locale)


@pytest.mark.parametrize("tenant", ["upguide", "executive"])
def test_every_version_is_readable_and_names_the_others(browse: Browse, tenant: str) -> None:
    client = browse(tenant=tenant)
    for version in VERSIONS:
        page = client.get(f"/privacy/versions/{version.number}", headers={"Accept-Language": "nl"})
        assert page.status_code == 200
        assert version.hashes["nl@formal" if tenant == "executive" else "nl"] in page.text
        assert all(f"/privacy/versions/{one.number}" in page.text for one in VERSIONS)
    assert client.get("/privacy/versions/99").status_code == 404


def test_what_changed_stands_above_the_text(browse: Browse) -> None:
    page = words(parse(browse().get("/privacy", headers={"Accept-Language": "en"}).text).find(".//main"))
    assert VERSIONS[-1].changes
    assert [change for change in VERSIONS[-1].changes if " ".join(change.split()) not in page] == []


def test_everyone_is_told_once_where_they_are_a_member(app: Flask, database: WorkerDatabase, publish: Publish) -> None:
    one, other = make_person(), make_person("gfs")
    join(one, "gfs")
    publish()
    for _again in range(2):
        tell_of_version()
    expected = [one.mail_address, one.mail_address, other.mail_address]
    assert told(database, app) == sorted(("statement_changed", str(address)) for address in expected)


def test_nobody_is_told_of_what_they_agreed_to(app: Flask, database: WorkerDatabase) -> None:
    make_person()
    tell_of_version()
    assert told(database, app) == []


def test_letter_says_what_changed_and_names_nobody(app: Flask, database: WorkerDatabase, publish: Publish) -> None:
    make_person(language="en")
    publish()
    tell_of_version()
    [text] = [text for _kind, _to, text in letters(database, app)]
    assert "We now bake bread." in text
    assert "You need not do anything." in text


def test_home_tells_until_it_was_read(app: Flask, browse: Browse, publish: Publish) -> None:
    client = browse(make_person(language="en"))
    assert "/privacy/answer" not in client.get("/home").text
    publish()
    assert "/privacy/answer" in client.get("/home").text
    assert client.post("/privacy/answer", {"said": "read"}).location == "/home"
    assert "/privacy/answer" not in client.get("/home").text


def test_a_no_costs_no_more_than_what_was_asked(
    app: Flask, browse: Browse, database: WorkerDatabase, publish: Publish
) -> None:
    person = make_person()
    client = browse(person)
    assert client.get("/people").status_code == 200
    version = publish(Permission.SEARCH_PEOPLE)
    assert client.get("/people").location == "/privacy/answer?next=/people"
    client.post("/privacy/answer", {"said": "no"})
    assert client.get("/people").location == "/privacy/answer?next=/people"
    for path in ("/home", "/profile", "/my-data/export"):
        assert (path, client.get(path).status_code) == (path, 200)
    assert consents(database, person) == [version.number - 1]
    assert client.post("/privacy/answer?next=/people", {"said": "yes"}).location == "/people"
    assert client.get("/people").status_code == 200
    assert consents(database, person) == [version.number - 1, version.number]


def test_what_an_earlier_version_asked_is_asked_until_it_has_a_yes(
    app: Flask, browse: Browse, publish: Publish
) -> None:
    client = browse(make_person(language="en"))
    publish(Permission.SEARCH_PEOPLE, changes="We now bake bread.")
    publish(changes="We moved house.")
    page = client.get("/privacy/answer?next=/people").text
    assert [words in page for words in ("We now bake bread.", "We moved house.", "I have read it")] == [
        True,
        True,
        False,
    ]
    assert client.post("/privacy/answer?next=/people", {"said": "yes"}).location == "/people"
    assert client.get("/people").status_code == 200


def test_a_yes_is_taken_back_under_my_data_and_by_no_late_no(
    app: Flask, browse: Browse, database: WorkerDatabase, publish: Publish
) -> None:
    person = make_person()
    client, version = browse(person), publish(Permission.SEARCH_PEOPLE)
    for said in ("yes", "no", "yes"):
        client.post("/privacy/answer", {"said": said})
    assert client.get("/privacy/answer").location == "/my-data/consents"
    assert consents(database, person) == [version.number - 1, version.number]
    with database.connect() as connection:
        assert connection.execute("SELECT answer FROM statement_notices").fetchall() == [("yes",)]


def test_one_who_cannot_be_written_to_keeps_nobody_from_being_told(
    app: Flask, database: WorkerDatabase, publish: Publish
) -> None:
    people = [make_person() for _ in range(3)]
    with database.connect() as connection:
        connection.execute("UPDATE persons SET mail_address = 'no address' WHERE id = %s", [people[1].id])
    publish(Permission.SEARCH_PEOPLE)
    tell_of_version()
    reached = sorted(("statement_changed", str(one.mail_address)) for one in (people[0], people[2]))
    assert told(database, app) == reached


def test_an_answer_that_is_none_is_refused(app: Flask, browse: Browse, publish: Publish) -> None:
    client = browse(make_person())
    publish()
    assert client.post("/privacy/answer", {"said": "perhaps"}).status_code == 422


def test_silence_is_reminded_of_once_and_reported_without_names(
    app: Flask, browse: Browse, database: WorkerDatabase, publish: Publish
) -> None:
    silent, agreed, refused = make_person(), make_person(), make_person()
    version = publish(Permission.SEARCH_PEOPLE)
    tell_of_version()
    browse(agreed).post("/privacy/answer", {"said": "yes"})
    browse(refused).post("/privacy/answer", {"said": "no"})
    remind_of_version()
    assert [kind for kind, _to in told(database, app)] == ["statement_changed"] * 3
    with database.connect() as connection:
        connection.execute("UPDATE statement_notices SET told_at = told_at - interval '15 days'")
    for _again in range(2):
        remind_of_version()
    assert [one for one in told(database, app) if one[0] == "statement_reminder"] == [
        ("statement_reminder", silent.mail_address)
    ]
    assert answers(db.session(), version.number) == [Answers("upguide", 3, 1, 1, 0, 1)]
    db.session.rollback()


def test_officers_hear_each_week_how_many_are_silent(app: Flask, database: WorkerDatabase, publish: Publish) -> None:
    officer = make_person(language="en")
    publish(Permission.SEARCH_PEOPLE)
    tell_of_version()
    appoint(app.config["UPGUIDE"], officer.id, "officer")
    report_answers()
    [text] = [text for kind, _to, text in letters(database, app) if kind == "statement_answers"]
    assert "1 told, 0 said yes, 0 said no, 1 have not answered" in text


def test_versions_are_numbered_in_order() -> None:
    assert [version.number for version in VERSIONS] == list(range(1, len(VERSIONS) + 1))
    assert [version.since for version in VERSIONS] == sorted(version.since for version in VERSIONS)
