"""Accounts made for somebody else: how long and where the links work, and who may still take one back (W5)."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask

from tests.features.connections.people import days_pass, links_in, member
from tests.features.connections.test_made import a_maker, kinds, letter_to, make, unclaimed, yes
from tests.features.rights.work import letters, run_jobs
from tests.support.client import Client
from tests.support.database import WorkerDatabase
from upguide.extensions import db
from upguide.features.connections.actions import made
from upguide.features.connections.jobs import keep_as_of
from upguide.privacy import made_accounts
from upguide.privacy.made_accounts import Yes
from upguide.tenancy import all_tenants

Browse = Callable[..., Client]
pytestmark = pytest.mark.clause("W5")


def test_a_maker_who_was_cut_off_takes_nothing_back(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    maker, other = a_maker(), member()
    values = make(app, browse(maker))
    person_id, tenant = unclaimed(database), all_tenants()["upguide"]
    assert not made.take_back(db.session(), tenant, other.id, person_id)
    link = links_in(letter_to(database, app, values["mail_address"])[1])["delete-account"]
    # As if this had happened between the page that was asked for and the lock.
    assert browse().post(f"{link}/cut").status_code == 303
    assert not made.take_back(db.session(), tenant, maker.id, person_id)
    assert unclaimed(database) == person_id
    assert browse().post(link).location == "/connections/deleted-account"
    assert unclaimed(database) is None


def test_a_receipt_goes_to_who_deletes_and_to_nobody_else(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    client = browse(a_maker())
    values = make(app, client)
    [path] = {part for part in client.get("/connections/accounts").text.split('"') if "/accounts/" in part}
    client.post(f"{path}/remove")
    run_jobs(app)
    assert (unclaimed(database), kinds(database, app)) == (None, [])
    values = make(app, client)
    browse().post(links_in(letter_to(database, app, values["mail_address"])[1])["delete-account"])
    run_jobs(app)
    receipts = [to for kind, to, _text in letters(database, app) if kind == "erasure_receipt"]
    assert (unclaimed(database), receipts) == (None, [values["mail_address"]])


def test_links_work_on_the_portal_of_the_account_alone(app: Flask, browse: Browse, database: WorkerDatabase) -> None:
    values = make(app, browse(a_maker()))
    links, person_id = links_in(letter_to(database, app, values["mail_address"])[1]), unclaimed(database)
    here, elsewhere = browse(), browse(tenant="gfs")
    unknown = elsewhere.get(f"/connections/take-over/{'x' * 43}").status_code
    for path in links.values():
        assert (here.get(path).status_code, elsewhere.get(path).status_code) == (200, unknown), path
    posts: tuple[tuple[str, dict[str, str]], ...]
    posts = ((links["take-over"], yes()), (links["delete-account"], {}), (f"{links['delete-account']}/cut", {}))
    for path, values in posts:
        assert elsewhere.post(path, values).status_code == unknown, path
    opened = made_accounts.open_link(
        db.session(), "upguide", links["take-over"].rpartition("/")[2], made_accounts.TAKE_OVER
    )
    assert opened is not None
    answer = Yes("x", 1, "0" * 64, "en", stay_connected=True)
    with pytest.raises(LookupError):
        made_accounts.claim(db.session(), all_tenants()["gfs"], opened, answer)
    db.session.rollback()
    assert (unclaimed(database), here.get(links["take-over"]).status_code) == (person_id, 200)


@pytest.mark.parametrize("link", ["take-over", "delete-account"])
def test_the_links_of_a_late_reminder_work_as_long_as_the_account_is_there(
    app: Flask, browse: Browse, database: WorkerDatabase, link: str
) -> None:
    values = make(app, browse(a_maker()))
    days_pass(database, 60)
    keep_as_of(datetime.now(UTC))
    kind, text = letter_to(database, app, values["mail_address"])
    assert kind == "account_waits_for_you"
    days_pass(database, 6.9)
    keep_as_of(datetime.now(UTC))
    assert browse().get(links_in(text)[link]).status_code == 200
    assert browse().post(links_in(text)[link], yes()).status_code == 303
    assert unclaimed(database) is None
