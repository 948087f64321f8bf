"""/notifications: what one was told, what of it comes by mail, and turning that off from the mail itself."""

import re
from collections.abc import Callable
from uuid import UUID, uuid4
from xml.etree.ElementTree import Element

import pytest
from flask import Flask

from tests.notices.world import happen, rows, want
from tests.support.client import Client
from tests.support.conventions import parse, words
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, make_person
from tests.support.statements import counting
from upguide.extensions import db
from upguide.features.notices.forms import CHOOSABLE
from upguide.notices import Kind
from upguide.notices.choices import Choices, choices_of
from upguide.notices.places import Off, off_link, open_off
from upguide.notices.quiet import Clock
from upguide.policy.notices import NOTICES, Frequency
from upguide.tenancy import all_tenants
from upguide.tenancy.scope import scope

Browse = Callable[..., Client]
LIST, CHOICES = "/notifications", "/notifications/choices"
ALL_DAILY = {f"mail_{kind.value}": "daily" for kind in CHOOSABLE}
GIVEN = {**ALL_DAILY, "time_zone": "Europe/Amsterdam", "quiet_from": "", "quiet_until": ""}

pytestmark = pytest.mark.clause("U2")


def chosen_by(person: Made) -> Choices:
    db.session.rollback()
    with scope("upguide", person.id, db.session()):
        return choices_of(db.session(), person.id)


def unread(database: WorkerDatabase) -> int:
    return sum(read_at is None for (read_at,) in rows(database, "read_at"))


def bell(client: Client) -> str:
    return words(parse(client.get("/home").text).find(".//a[@class='bell']"))


def test_list_tells_what_happened_the_newest_first(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    actor, person = make_person(), make_person(language="en")
    for kind in Kind:
        happen(actor, person, kind, uuid4())
    found = [words(line) for line in parse(browse(person).get(LIST).text).findall(".//ul[@class='people told']/li")]
    told = [NOTICES[kind].happened for kind in reversed(Kind)]  # type: ignore[call-overload]
    assert [line.startswith(sentence) for line, sentence in zip(found, told, strict=True)] == [True] * len(Kind)


def test_following_one_marks_it_as_read_and_leads_to_its_place(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    actor, person = make_person(), make_person()
    happen(actor, person, Kind.QUESTION_ANSWERED)
    [(notice_id,)] = rows(database, "id")
    client = browse(person)
    client.get(LIST)
    assert unread(database) == 1
    for _again in range(2):
        answer = client.post(f"{LIST}/{notice_id}")
        assert answer.status_code == 303
    assert unread(database) == 0


def test_nobody_reads_or_marks_those_of_another(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    actor, person = make_person(), make_person(language="en")
    happen(actor, person)
    [(notice_id,)] = rows(database, "id")
    other = browse(actor)
    assert NOTICES[Kind.MESSAGE].happened not in other.get(LIST).text
    assert other.post(f"{LIST}/{notice_id}").status_code == 404
    other.post(f"{LIST}/read")
    assert unread(database) == 1


def test_all_are_marked_as_read_at_once(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    actor, person = make_person(), make_person()
    for _ in range(3):
        happen(actor, person, Kind.MESSAGE, uuid4())
    assert browse(person).post(f"{LIST}/read").location == LIST
    assert unread(database) == 0


def turn(page: Element, way: str) -> str:
    found = page.find(f".//a[@rel='{way}']")
    return "" if found is None else str(found.get("href"))


def test_pages_turn_both_ways_and_show_each_once(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    actor, person = make_person(), make_person(language="en")
    for _ in range(60):
        happen(actor, person, Kind.MESSAGE, uuid4())
    client, path, seen, back = browse(person), LIST, [], ""
    while path:
        page = parse(client.get(path).text)
        seen += [form.get("action") for form in page.findall(".//ul[@class='people told']/li/form")]
        back, path = turn(page, "prev"), turn(page, "next")
    assert (len(seen), len(set(seen))) == (60, 60)
    page = parse(client.get(back).text)
    assert [form.get("action") for form in page.findall(".//ul[@class='people told']/li/form")] == seen[25:50]


def test_a_place_that_is_gone_leads_back_to_the_newest(app: Flask, browse: Browse) -> None:
    client = browse(make_person(language="en"))
    for place in (uuid4(), "nonsense"):
        assert client.get(f"{LIST}?before={place}").status_code == 200
    assert f'href="{LIST}"' in client.get(f"{LIST}?before={uuid4()}").text


def test_bell_counts_what_is_new_up_to_ninety_nine(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    actor, person = make_person(), make_person(language="en")
    client = browse(person)
    assert bell(client) == "Notifications"
    happen(actor, person)
    assert bell(client) == "Notifications: 1 new one1"
    with database.connect() as connection:
        connection.execute(
            "INSERT INTO notices (tenant_id, id, person_id, kind, subject_id) SELECT 'upguide', gen_random_uuid(), %s,"
            " 'message', gen_random_uuid() FROM generate_series(1, 150)",
            [person.id],
        )
    assert bell(client).endswith("99+")


def test_bell_costs_no_page_a_statement(app: Flask, browse: Browse) -> None:
    actor, person = make_person(), make_person()
    client, counts = browse(person), []
    for _ in range(2):
        client.get("/people?q=somebody")
        with counting() as statements:
            client.get("/people?q=somebody")
        counts.append(len(statements))
        happen(actor, person)
    assert counts[0] == counts[1]


def test_visitors_and_who_is_no_member_here_have_no_bell(app: Flask, browse: Browse) -> None:
    assert 'class="bell"' not in browse().get("/").text
    assert 'class="bell"' not in browse(make_person("gfs"), tenant="upguide").get("/join").text


def test_choices_are_kept_and_shown_again(app: Flask, browse: Browse) -> None:
    person = make_person()
    client = browse(person)
    given = GIVEN | {
        "mail_connection_asked": "never",
        "mail_account_taken_over": "at_once",
        "time_zone": "America/Paramaribo",
        "quiet_from": "22:30",
        "quiet_until": "07:00",
    }
    assert client.post(CHOICES, given).location == CHOICES
    expected = dict.fromkeys(CHOOSABLE, Frequency.DAILY)
    expected |= {Kind.CONNECTION_ASKED: Frequency.NEVER, Kind.ACCOUNT_TAKEN_OVER: Frequency.AT_ONCE}
    assert chosen_by(person) == Choices(expected, Clock("America/Paramaribo", 22 * 60 + 30, 7 * 60))
    page = parse(client.get(CHOICES).text)
    shown = {
        field.get("name"): [option.get("value") for option in field.findall("./option[@selected]")]
        for field in page.findall(".//main//select")
    }
    times = {field.get("name"): field.get("value") for field in page.findall(".//main//input[@type='time']")}
    assert shown == {name: [value] for name, value in given.items() if not name.startswith("quiet")}
    assert times == {"quiet_from": "22:30", "quiet_until": "07:00"}


def test_what_the_site_does_not_tell_of_yet_is_not_asked(app: Flask, browse: Browse) -> None:
    offered = {
        name.removeprefix("mail_") for name in re.findall(r'name="(mail_\w+)"', browse(make_person()).get(CHOICES).text)
    }
    assert offered == {kind.value for kind in Kind if NOTICES[kind].made}
    assert "message" not in offered


def test_without_a_choice_it_is_as_the_policy_says(app: Flask) -> None:
    choices = chosen_by(make_person())
    assert {kind: choices.of(kind) for kind in Kind} == {kind: told.frequency for kind, told in NOTICES.items()}
    assert choices.clock == Clock()


@pytest.mark.parametrize(
    "wrong",
    [
        {"quiet_from": "22:00"},
        {"quiet_until": "07:00"},
        {"quiet_from": "22:00", "quiet_until": "22:00"},
        {"quiet_from": "late", "quiet_until": "07:00"},
        {"time_zone": "Middle/Earth"},
        {"time_zone": "../../etc/passwd"},
        {"mail_connection_asked": "hourly"},
        {"mail_connection_asked": ""},
    ],
)
def test_a_choice_that_there_is_not_is_refused(app: Flask, browse: Browse, wrong: dict[str, str]) -> None:
    person = make_person()
    before = chosen_by(person)
    assert browse(person).post(CHOICES, GIVEN | wrong).status_code == 422
    assert chosen_by(person) == before


def link_for(person: Made, what: Kind | Frequency) -> str:
    return off_link(all_tenants()["upguide"], Off(person.id, what)).partition("upguide.me")[2]


def test_link_in_a_mail_asks_first_and_then_turns_its_kind_off(app: Flask, browse: Browse) -> None:
    person, visitor = make_person(), browse()
    path = link_for(person, Kind.MESSAGE)
    page = visitor.get(path)
    assert (page.status_code, "csrf_token" in page.text, chosen_by(person).chosen) == (200, False, {})
    assert visitor.post(path, csrf=False).status_code == 200
    assert chosen_by(person).chosen == {Kind.MESSAGE: Frequency.NEVER}


def test_a_mail_program_turns_it_off_with_one_post_without_cookie_or_page(app: Flask, browse: Browse) -> None:
    person, visitor = make_person(), browse()
    path = link_for(person, Kind.HELPED)
    for _again in range(2):
        answer = visitor.post(path, {"List-Unsubscribe": "One-Click"}, csrf=False)
        assert (answer.status_code, answer.headers.get("Set-Cookie")) == (200, None)
    assert chosen_by(person).chosen == {Kind.HELPED: Frequency.NEVER}


def test_link_of_a_digest_turns_off_what_comes_in_it_and_nothing_else(app: Flask, browse: Browse) -> None:
    person = make_person()
    want(person, message="daily", helped="daily", commented="at_once", question_matches="weekly")
    browse().post(link_for(person, Frequency.DAILY), csrf=False)
    choices = chosen_by(person)
    assert choices.kinds(Frequency.NEVER) == (Kind.HELPED, Kind.MESSAGE)
    assert (choices.of(Kind.COMMENTED), choices.of(Kind.QUESTION_MATCHES)) == (Frequency.AT_ONCE, Frequency.WEEKLY)


def test_link_turns_off_what_is_its_reader_s_whoever_is_signed_in(app: Flask, browse: Browse) -> None:
    person, other = make_person(), make_person()
    browse(other).post(link_for(person, Kind.MESSAGE), csrf=False)
    assert (chosen_by(person).chosen, chosen_by(other).chosen) == ({Kind.MESSAGE: Frequency.NEVER}, {})


def test_a_link_that_was_changed_or_made_up_turns_nothing_off(app: Flask, browse: Browse) -> None:
    person, visitor = make_person(), browse()
    path = link_for(person, Kind.MESSAGE)
    other = "B" if path[-5] != "B" else "C"
    changed = [path[:-1], f"{path[:-5]}{other}{path[-4:]}", f"{LIST}/off/x", f"{LIST}/off/{'A' * 86}", f"{LIST}/off/é"]
    assert [visitor.post(one, csrf=False).status_code for one in changed] == [404] * 5
    assert chosen_by(person).chosen == {}


def test_link_of_somebody_who_is_gone_turns_nothing_off(app: Flask, browse: Browse) -> None:
    gone = Made(uuid4(), "upguide", "gone")
    assert browse().post(link_for(gone, Kind.MESSAGE), csrf=False).status_code == 404


def test_link_tells_nobody_whose_it_is(app: Flask) -> None:
    person = make_person()
    path = link_for(person, Kind.MESSAGE)
    token = path.rpartition("/")[2]
    assert open_off(token) == Off(person.id, Kind.MESSAGE)
    assert link_for(person, Kind.MESSAGE) != path
    assert str(UUID(int=person.id.int)) not in path
