"""The demo world: believable, always the same, refused outside development; and synthetic members for load."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

from flask import Flask
from flask.testing import FlaskCliRunner
from PIL import Image

from tests.support.client import Client
from tests.support.conventions import parse, words
from tests.support.database import WorkerDatabase
from upguide.commands._demo.cast import PASSWORD, SIGN_INS, everybody
from upguide.commands._demo.portraits import portrait
from upguide.policy.permissions import Role

SLUGS = ("coachingnederland", "executive", "gfs", "upguide")
Browse = Callable[..., Client]
WITH_SECOND_FACTOR = ("administrator", "officer", "webmaster", "webmaster2")


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = FlaskCliRunner(app).invoke(args=["demo", *arguments])
    return result.exit_code, result.output


def count(database: WorkerDatabase, question: str) -> int:
    with database.connect() as connection:
        return (connection.execute(question).fetchone() or (0,))[0]


def sign_in(browser: Client, mail_address: str) -> str:
    answer = browser.post("/login", {"mail_address": mail_address, "password": PASSWORD})
    return answer.location or f"stayed: {answer.status_code}"


def test_world_is_made_once_and_lets_each_role_in(app: Flask, database: WorkerDatabase, browse: Browse) -> None:
    code, output = run(app, "world")
    assert (code, output.splitlines()[-1]) == (0, "Made 154 invented people.")
    assert run(app, "world") == (0, "")
    for one in SIGN_INS:
        arrived = "/second-step" if one.local_part in WITH_SECOND_FACTOR else "/home"
        assert (one.local_part, sign_in(browse(), one.mail_address)) == (one.local_part, arrived)
    browser = browse()
    sign_in(browser, "member@demo.upguide.example")
    found = parse(browser.get("/people?q=ploeg").text)
    assert "Marijke van der Ploeg" in [words(link) for link in found.iter("a")]
    assert count(database, "SELECT count(*) FROM memberships WHERE tenant_id = 'gfs'") > 40
    assert count(database, "SELECT count(*) FROM hidden_items") > 5
    assert count(database, "SELECT count(*) FROM photos") > 50
    assert (
        count(
            database,
            "SELECT count(*) FROM persons p"
            " WHERE NOT p.unclaimed AND NOT EXISTS (SELECT FROM consents c WHERE c.person_id = p.id)",
        )
        == 0
    )
    assert count(database, "SELECT count(*) FROM made_accounts") == 1
    lotte = "(SELECT id FROM persons WHERE mail_address = 'member@demo.upguide.example')"
    assert count(database, f"SELECT count(*) FROM connections WHERE stage = 'accepted' AND asked_id = {lotte}") == 0
    assert count(database, f"SELECT count(*) FROM connections WHERE stage = 'asked' AND asked_id = {lotte}") == 1


def test_cast_is_the_same_each_time() -> None:
    assert list(everybody(SLUGS)) == list(everybody(SLUGS))


def test_sign_ins_are_one_a_role() -> None:
    assert [one.local_part for one in SIGN_INS] == [
        *("newcomer", "member", "client", "coach", "expert", "supervisor", "administrator"),
        *("officer", "webmaster", "webmaster2"),
    ]
    assert [one.roles for one in SIGN_INS[-3:]] == [{Role.OFFICER}, {Role.WEBMASTER}, {Role.WEBMASTER}]


def test_sign_ins_are_printed(app: Flask) -> None:
    code, output = run(app, "sign-ins")
    assert code == 0
    assert [line.split()[0] for line in output.splitlines() if "@" in line] == [one.mail_address for one in SIGN_INS]
    assert PASSWORD in output


def test_portrait_is_a_photo_and_the_same_for_the_same_seed() -> None:
    first, again = portrait("somebody", woman=True), portrait("somebody", woman=True)
    assert first == again
    assert Image.open(BytesIO(first.large)).size == (512, 512)


def test_synthetic_members_are_found_by_name(app: Flask, database: WorkerDatabase) -> None:
    assert run(app, "people", "--count", "300", "--tenant", "gfs")[0] == 0
    assert run(app, "people", "--count", "200", "--tenant", "gfs")[0] == 0
    assert count(database, "SELECT count(*) FROM memberships WHERE tenant_id = 'gfs'") == 500
    assert (
        count(
            database,
            "SELECT count(DISTINCT mail_address) FROM persons WHERE mail_address LIKE '%@people.upguide.example'",
        )
        == 500
    )
    assert count(database, "SELECT count(*) FROM credentials") == 0
    assert count(database, "SELECT count(DISTINCT person_id) FROM name_words WHERE tenant_id = 'gfs'") == 500


def test_row_security_is_forced_again_afterwards(app: Flask, database: WorkerDatabase) -> None:
    run(app, "people", "--count", "3")
    unforced = "SELECT count(*) FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity"
    assert count(database, unforced) == 0
    assert count(database, "SELECT count(*) FROM pg_indexes WHERE indexname = 'ix_name_words_similar'") == 1


def test_unknown_portal_is_refused(app: Flask) -> None:
    code, output = run(app, "people", "--count", "1", "--tenant", "nowhere")
    assert (code, "gfs" in output) == (2, True)


def test_demo_is_refused_outside_development(app: Flask, database: WorkerDatabase) -> None:
    before, app.config["UPGUIDE"] = app.config["UPGUIDE"], replace(app.config["UPGUIDE"], development=False)
    try:
        answers = [run(app, "world"), run(app, "sign-ins"), run(app, "people", "--count", "1")]
    finally:
        app.config["UPGUIDE"] = before
    line = "upguide: demo data is for development alone (UPGUIDE_DEVELOPMENT=1)\n"
    assert answers == [(2, line)] * 3
    assert count(database, "SELECT count(*) FROM persons") == 0
