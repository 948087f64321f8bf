"""No single person silences the officer, not even the only webmaster there is: the owner hears of it (W8)."""

import pytest
from flask import Flask

from tests.features.oversight.attended import Attended, Browse
from tests.features.oversight.test_access import accesses, wish
from tests.features.rights.work import letters
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, end_signatures, make_officer, make_person, make_webmaster
from upguide.extensions import db
from upguide.policy.statement import HELP_DESK
from upguide.privacy.checks import Check, live_checks
from upguide.tenancy.scope import scope

pytestmark = pytest.mark.clause("W8")
LEFT = "No other webmaster is left to ask"


@pytest.fixture
def concerned(app: Flask) -> Made:
    return make_person()


@pytest.fixture
def attended(browse: Browse, database: WorkerDatabase, concerned: Made) -> Attended:
    """An access that the only webmaster was asked to attend."""
    return Attended(browse, database, [concerned])


def to_owner(database: WorkerDatabase, app: Flask) -> list[str]:
    return [text for kind, to, text in letters(database, app) if (kind, to) == ("no_webmaster_left", HELP_DESK)]


def told(database: WorkerDatabase, app: Flask) -> list[str]:
    return [to for kind, to, _text in letters(database, app) if kind == "access_asked"]


def test_refusal_of_the_only_webmaster_reaches_the_owner_without_a_word_of_what_it_is(
    app: Flask, attended: Attended, concerned: Made
) -> None:
    assert LEFT not in attended.desk.get(f"/oversight/accesses/{attended.access_id}").text
    assert attended.answer(agree=False)
    assert LEFT in attended.desk.get(f"/oversight/accesses/{attended.access_id}").text
    [letter] = to_owner(attended.database, app)
    secret = [concerned.number, concerned.surname, attended.officer.surname, attended.webmaster.surname, "complained"]
    assert [one for one in secret if str(one) in letter] == []
    assert "webmaster appoint" in letter


def test_while_another_is_left_the_owner_is_not_bothered(app: Flask, attended: Attended) -> None:
    second = make_webmaster()
    assert attended.answer(agree=False)
    page = attended.desk.get(f"/oversight/accesses/{attended.access_id}").text
    assert (LEFT in page, "Ask another webmaster" in page, to_owner(attended.database, app)) == (False, True, [])
    attended.desk.post(f"/oversight/accesses/{attended.access_id}/ask-again", {"webmaster": "any"})
    assert attended.answer(second, agree=False)
    assert len(to_owner(attended.database, app)) == 1


@pytest.mark.parametrize("how", ["refused", "silent", "over"])
def test_webmasters_who_are_left_do_not_keep_the_officer_from_the_owner(
    app: Flask, attended: Attended, how: str
) -> None:
    """Else one webmaster appointed accounts of their own, and there always was another to be asked."""
    make_webmaster()
    path = f"/oversight/accesses/{attended.access_id}"
    if how == "refused":
        assert attended.answer(agree=False)
    else:
        attended.change("UPDATE access_asks SET asked_at = now() - interval '25 hours'")
    if how == "over":
        attended.change("UPDATE officer_accesses SET starts_at = now() - interval '1 day', expires_at = now()")
    page = attended.desk.get(path).text
    assert (LEFT in page, 'id="doubts"' in page) == (False, True)
    attended.desk.post(f"{path}/ask-owner")
    [letter] = to_owner(attended.database, app)
    said = " ".join(letter.split())
    # In the portal's first language.
    assert ("er is geen andere die gevraagd kan worden" in said, "Er zijn anderen te vragen" in said) == (False, True)


def test_end_by_the_only_webmaster_reaches_the_owner_each_time(app: Flask, attended: Attended) -> None:
    """Accepting and then ending silences as refusing does."""
    for times in (1, 2):
        assert attended.answer()
        path = f"/webmaster/accesses/{attended.access_id}/end"
        assert attended.booth.post(path, {"reason": "I have no time for this after all."}).status_code == 303
        assert len(to_owner(attended.database, app)) == 2 * times - 1
        own = f"/oversight/accesses/{attended.access_id}"
        assert LEFT in attended.desk.get(own).text
        assert attended.desk.post(f"{own}/ask-owner").status_code == 303
        assert len(to_owner(attended.database, app)) == 2 * times
        attended.access_id = attended.ask(attended.officer, attended.webmaster.id)


def test_end_by_the_officer_is_nobody_else_s_matter(app: Flask, attended: Attended) -> None:
    assert attended.answer()
    path = f"/oversight/accesses/{attended.access_id}"
    attended.desk.post(f"{path}/end")
    page = attended.desk.get(path).text
    attended.desk.post(f"{path}/ask-owner")
    assert (LEFT in page, 'id="doubts"' in page, to_owner(attended.database, app)) == (
        False,
        False,
        [],
    )


def test_end_while_another_is_left_does_not_write_to_the_owner_by_itself(app: Flask, attended: Attended) -> None:
    make_webmaster()
    assert attended.answer()
    attended.booth.post(f"/webmaster/accesses/{attended.access_id}/end", {"reason": "I have no time for it."})
    assert to_owner(attended.database, app) == []
    assert 'id="doubts"' in attended.desk.get(f"/oversight/accesses/{attended.access_id}").text


def test_silence_of_the_only_webmaster_is_told_to_the_owner_at_a_button(app: Flask, attended: Attended) -> None:
    path = f"/oversight/accesses/{attended.access_id}"
    attended.change("UPDATE access_asks SET asked_at = now() - interval '25 hours'")
    page = attended.desk.get(path).text
    assert (LEFT in page, "Ask another webmaster" in page) == (True, True)  # the silent one may be asked once more
    answers = [attended.desk.post(f"{path}/ask-owner").status_code for _ in range(4)]
    assert (answers, len(to_owner(attended.database, app))) == ([303, 303, 303, 429], 3)


def test_owner_is_asked_for_nothing_while_an_answer_is_awaited(app: Flask, attended: Attended) -> None:
    attended.desk.post(f"/oversight/accesses/{attended.access_id}/ask-owner")
    assert to_owner(attended.database, app) == []


def test_without_a_webmaster_the_wish_stands_and_the_owner_is_told(
    app: Flask, browse: Browse, database: WorkerDatabase, concerned: Made
) -> None:
    desk = browse(make_officer(language="en"), second_factor=True)
    assert "Fewer than two webmasters can attend." in desk.get("/oversight/accesses/new").text
    response = desk.post("/oversight/accesses/new", wish(str(concerned.number)))
    page = desk.get(str(response.location)).text
    assert ("No webmaster can attend" in page, LEFT in page) == (True, True)
    assert (len(accesses(database)), len(to_owner(database, app))) == (1, 1)
    make_webmaster()
    assert "Waits for an answer" in desk.get(str(response.location)).text


def test_any_webmaster_is_neither_whom_it_concerns_nor_who_refused(
    app: Flask, browse: Browse, database: WorkerDatabase
) -> None:
    concerned = make_webmaster()
    attended = Attended(browse, database, [concerned])
    third = make_webmaster()
    assert attended.answer(agree=False)
    again = f"/oversight/accesses/{attended.access_id}/ask-again"
    page = attended.desk.get(f"/oversight/accesses/{attended.access_id}").text
    offered = [f'value="{one.id}"' in page for one in (concerned, attended.webmaster, third)]
    assert attended.desk.post(again, {"webmaster": "any"}).status_code == 303
    assert offered == [False, False, True]
    assert told(database, app) == [attended.webmaster.mail_address, third.mail_address]


def test_nobody_is_asked_where_nobody_may_answer(app: Flask, attended: Attended) -> None:
    assert attended.answer(agree=False)
    attended.desk.post(f"/oversight/accesses/{attended.access_id}/ask-again", {"webmaster": "any"})
    with attended.database.connect() as connection:
        asks = connection.execute("SELECT count(*) FROM access_asks").fetchone()
    assert (asks, told(attended.database, app)) == ((1,), [attended.webmaster.mail_address])


@pytest.mark.clause("A2")
@pytest.mark.parametrize(
    ("how", "holds"), [("two", True), ("one", False), ("unsigned", False), ("ended", False), ("blocked", False)]
)
def test_officer_sees_whether_two_can_attend(app: Flask, database: WorkerDatabase, how: str, holds: bool) -> None:
    officer, _first = make_officer(), make_webmaster()
    if how != "one":
        second = make_webmaster(bound=how != "unsigned")
        if how == "ended":
            end_signatures(database, second)
        if how == "blocked":
            with database.connect() as connection:
                connection.execute("UPDATE persons SET blocked_at = now() WHERE id = %s", [second.id])
    with scope("upguide", officer.id, db.session()):
        found = {one.check: one for one in live_checks(db.session())}[Check.WEBMASTERS]
        db.session.rollback()
    assert (found.holds, found.detail) == (holds, 2 if holds else 1)


@pytest.mark.clause("A2")
def test_overview_tells_the_officer_to_ask_the_owner(browse: Browse) -> None:
    desk = browse(make_officer(language="en"), second_factor=True)
    words = "Ask the owner to appoint a second webmaster"
    assert [words in desk.get(path).text for path in ("/oversight", "/oversight/clauses")] == [True, True]
    for _ in range(2):
        make_webmaster()
    assert [words in desk.get(path).text for path in ("/oversight", "/oversight/clauses")] == [False, False]
