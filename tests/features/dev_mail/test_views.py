"""The messages of a development run: on their own portal, with links that work, and nowhere else."""

from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest
from flask import Flask

from tests.mail.writing import LINK, TO, write
from tests.support.app import closing
from tests.support.client import Client
from tests.support.database import WorkerDatabase
from upguide import create_app
from upguide.config import Settings

Browse = Callable[..., Client]


def test_an_empty_inbox_says_what_to_do(browse: Browse) -> None:
    inbox = browse(tenant="gfs").get("/dev/mail", headers={"Accept-Language": "en"})
    assert (inbox.status_code, "No messages yet" in inbox.text) == (200, True)


def test_a_portal_lists_its_own_messages(app: Flask, browse: Browse) -> None:
    here, elsewhere = write(app, tenant="gfs"), write(app, tenant="upguide")
    page = browse(tenant="gfs").get("/dev/mail").text
    assert (f"/dev/mail/{here}" in page, str(elsewhere) in page, TO in page) == (True, False, True)


def test_a_message_can_be_read_and_its_link_followed(app: Flask, browse: Browse) -> None:
    link = "http://gfs.localhost:8000/register/confirm/abc_-123"
    page = browse(tenant="gfs").get(f"/dev/mail/{write(app, link=link)}").text
    assert f'<a href="{link}" rel="noopener">{link}</a>' in page


def test_the_message_is_shown_in_the_portals_colours(app: Flask, browse: Browse) -> None:
    client = browse(tenant="gfs")
    mail_id = write(app)
    page = client.get(f"/dev/mail/{mail_id}/as-sent").text
    style = client.get(f"/dev/mail/{mail_id}/style.css")
    assert f'<link rel="stylesheet" href="/dev/mail/{mail_id}/style.css">' in page
    assert (style.mimetype, client.portal.theme.light.accent in style.text) == ("text/css", True)
    # Where the reader is: the portal's own host is not there in development.
    assert f'href="{client.base_url}/{LINK.split("/", 3)[3]}"' in page


@pytest.mark.parametrize("part", ["", "/as-sent", "/style.css"])
def test_a_message_of_another_portal_does_not_exist(app: Flask, browse: Browse, part: str) -> None:
    mail_id = write(app, tenant="upguide")
    client = browse(tenant="gfs")
    answers = [client.get(f"/dev/mail/{one}{part}").status_code for one in (uuid4(), mail_id)]
    assert answers == [404, 404]


def test_nobody_reads_messages_where_they_are_sent(settings: Settings, database: WorkerDatabase) -> None:
    with closing(create_app(replace(settings, smtp_url="smtp://127.0.0.1:25"))) as app:
        mail_id = write(app)
        client = Client(app, database, tenant="gfs")
        answers = [client.get(path).status_code for path in ("/dev/mail", f"/dev/mail/{mail_id}")]
    database.empty()
    assert answers == [404, 404]


def test_the_page_is_not_there_outside_development(settings: Settings) -> None:
    served = replace(settings, development=False, smtp_url="smtp://127.0.0.1:25")
    with closing(create_app(served)) as app:
        assert [rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/dev")] == []
