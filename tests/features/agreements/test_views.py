"""Reading, signing, a copy to keep, and a word in time before a signature ends (D3, W9)."""

from collections.abc import Callable
from contextvars import Context
from typing import Any

import pytest
from flask import Flask

from tests.support.client import Client
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, end_signatures, make_officer, make_person, make_webmaster
from upguide.features.agreements.jobs import remind_signers
from upguide.policy.agreements import CURRENT, plain_text, text_hash, text_of
from upguide.policy.permissions import AgreementKind

Browse = Callable[..., Client]
pytestmark = pytest.mark.clause("D3")
KIND = AgreementKind.CONFIDENTIALITY
ENGLISH = {"Accept-Language": "en"}
PATH = f"/agreements/{KIND.value}"


def read(language: str = "en") -> str:
    return text_hash(KIND, CURRENT[KIND], language)


def rows(database: WorkerDatabase, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with database.connect() as connection:
        return connection.execute(statement, values).fetchall()


def sign_here(client: Client, digest: str) -> int:
    return client.post(PATH, {"read": digest, "agree": "y"}, headers=ENGLISH).status_code


@pytest.mark.parametrize("language", ["en", "nl"])
def test_signature_keeps_version_language_text_time_and_session(
    browse: Browse, database: WorkerDatabase, language: str
) -> None:
    webmaster = make_webmaster(bound=False)
    client = browse(webmaster, second_factor=True)
    page = client.get(PATH, headers={"Accept-Language": language})
    assert text_of(KIND, CURRENT[KIND], language).opening in page.text
    signed = client.post(PATH, {"read": read(language), "agree": "y"}, headers={"Accept-Language": language})
    assert signed.location == "/agreements"
    found = rows(
        database,
        "SELECT s.agreement, s.version, s.language, s.text_hash, s.session_id = x.id, s.signed_at > now() - interval"
        " '1 minute', s.expires_at::date = (s.signed_at + interval '2 years')::date FROM signatures s, sessions x"
        " WHERE s.person_id = %s AND x.person_id = s.person_id",
        webmaster.id,
    )
    assert found == [(KIND.value, CURRENT[KIND], language, read(language), True, True, True)]


@pytest.mark.clause("W9")
def test_signing_opens_what_the_role_is_for_and_ending_closes_it(browse: Browse, database: WorkerDatabase) -> None:
    webmaster = make_webmaster(bound=False)
    client = browse(webmaster, second_factor=True)
    before = client.get("/webmaster").status_code
    sign_here(client, read())
    signed = client.get("/webmaster").status_code
    end_signatures(database, webmaster)
    ended = client.get("/webmaster").status_code
    assert (before, signed, ended) == (403, 200, 403)
    assert "Your signature has ended" in client.get("/agreements", headers=ENGLISH).text
    assert sign_here(client, read()) == 303
    assert client.get("/webmaster").status_code == 200


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"read": "", "agree": "y"}, "The text has changed"),
        ({"read": "0" * 64, "agree": "y"}, "The text has changed"),
        ({"read": "<read>"}, "Tick the box"),
    ],
)
def test_nothing_is_signed_unread_or_without_a_yes(
    browse: Browse, database: WorkerDatabase, form: dict[str, str], said: str
) -> None:
    client = browse(make_officer(bound=False), second_factor=True)
    sent = {name: read() if value == "<read>" else value for name, value in form.items()}
    answer = client.post(PATH, sent, headers=ENGLISH)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert rows(database, "SELECT id FROM signatures") == []


@pytest.mark.parametrize("make", [make_person, make_webmaster])
def test_only_the_appointed_with_a_second_factor_come_here(browse: Browse, make: Callable[[], Made]) -> None:
    client = browse(make())
    expected = (403, None) if make is make_person else (303, "/second-step/required")
    answers = [client.get(path) for path in ("/agreements", PATH)]
    assert [(answer.status_code, answer.location) for answer in answers] == [expected] * 2


def signed_copy(browse: Browse, database: WorkerDatabase) -> tuple[Client, str]:
    client = browse(make_webmaster(bound=False), second_factor=True)
    sign_here(client, read())
    ((signature_id,),) = rows(database, "SELECT id FROM signatures")
    return client, f"/agreements/signed/{signature_id}"


def test_copy_is_the_text_that_was_signed_with_its_hash(browse: Browse, database: WorkerDatabase) -> None:
    client, path = signed_copy(browse, database)
    text, page = client.get(f"{path}/txt", headers=ENGLISH), client.get(f"{path}/html", headers=ENGLISH)
    assert text.text.startswith(plain_text(text_of(KIND, CURRENT[KIND], "en")))
    for answer, kind in ((text, "txt"), (page, "html")):
        assert read() in answer.text
        assert answer.headers["Content-Disposition"] == f'attachment; filename="upguide-{KIND.value}.{kind}"'


def test_copy_goes_by_mail_to_oneself(browse: Browse, database: WorkerDatabase) -> None:
    client, path = signed_copy(browse, database)
    assert client.post(f"{path}/mail").location == "/agreements"
    assert rows(database, "SELECT kind, language FROM mails") == [("agreement_copy", "en")]


def test_copy_of_somebody_else_is_not_there(browse: Browse, database: WorkerDatabase) -> None:
    _client, path = signed_copy(browse, database)
    other = browse(make_webmaster(), second_factor=True)
    answers = [other.get(f"{path}/txt"), other.get(f"{path}/html"), other.post(f"{path}/mail")]
    assert [answer.status_code for answer in answers] == [404] * 3


def ends_in(database: WorkerDatabase, person: Made, days: float) -> None:
    with database.connect() as connection:
        connection.execute(
            "UPDATE signatures SET signed_at = now() - interval '600 days', expires_at = now() + %s * interval '1 day'"
            " WHERE person_id = %s",
            [days, person.id],
        )


def remind(app: Flask) -> None:
    def inside() -> None:
        with app.app_context():
            remind_signers()

    Context().run(inside)


@pytest.mark.parametrize(("days", "reminders"), [(61, []), (59, [60]), (6, [7]), (-1, [])])
def test_reminder_goes_60_and_7_days_before_the_end_once(
    app: Flask, database: WorkerDatabase, days: int, reminders: list[int]
) -> None:
    officer = make_officer("gfs")
    ends_in(database, officer, days)
    for _ in range(2):
        remind(app)
    noted = rows(database, "SELECT days FROM agreement_reminders WHERE person_id = %s", officer.id)
    mails = rows(database, "SELECT kind, tenant_id FROM mails WHERE person_id = %s", officer.id)
    assert (noted, mails) == ([(day,) for day in reminders], [("agreement_ends", "gfs")] * len(reminders))


def test_both_reminders_come_in_turn_and_none_after_signing_again(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    webmaster = make_webmaster()
    ends_in(database, webmaster, 50)
    remind(app)
    with database.connect() as connection:
        connection.execute("UPDATE signatures SET expires_at = expires_at - interval '44 days'")
        connection.execute("UPDATE agreement_reminders SET ends_at = ends_at - interval '44 days'")
    remind(app)
    assert len(rows(database, "SELECT id FROM mails")) == 2
    sign_here(browse(webmaster, second_factor=True), read())
    remind(app)
    assert len(rows(database, "SELECT id FROM mails")) == 2
