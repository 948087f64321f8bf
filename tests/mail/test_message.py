"""Messages as mail servers get them: correct headers, nothing smuggled in, sealed where they wait."""

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests.mail.writing import TO, write
from tests.support.database import WorkerDatabase
from upguide.extensions import db
from upguide.mail import send
from upguide.mail.message import ascii_where_possible
from upguide.mail.sealed import open_envelope
from upguide.models.mail import Mail
from upguide.security.sealing import SealBroken
from upguide.tenancy import all_tenants
from upguide.tenancy.scope import scope


def parsed(app: Flask, mail_id: UUID, tenant: str = "gfs") -> EmailMessage:
    with app.app_context(), scope(tenant, None):
        row = db.session.get_one(Mail, (tenant, mail_id))
        envelope = open_envelope(row.id, row.person_id, row.wrapped_key, row.recipient, row.message)
    return message_from_bytes(envelope.message, EmailMessage, policy=default)


def test_headers_say_who_what_when_and_that_no_answer_is_awaited(app: Flask, database: WorkerDatabase) -> None:
    mail_id = write(app)
    message = parsed(app, mail_id)
    with database.connect() as connection:
        [(made_at, message_id)] = connection.execute("SELECT made_at, message_id FROM mails")
    assert message_id == f"<{mail_id}@gfs.nucoaching.nl>"
    assert {name: str(value) for name, value in message.items() if name not in {"Date", "Content-Type"}} == {
        "From": "NU coaching · GFS <no-reply@gfs.nucoaching.nl>",
        "To": TO,
        "Subject": "Confirm your mail address for NU coaching · GFS",
        "Message-ID": message_id,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Content-Language": "en",
        "MIME-Version": "1.0",
    }
    assert message["Date"].datetime == made_at.replace(microsecond=0)
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_the_message_is_plain_seven_bit_text_with_short_lines(app: Flask) -> None:
    mail_id = write(app, locale="nl")
    with app.app_context(), scope("gfs", None):
        row = db.session.get_one(Mail, ("gfs", mail_id))
        message = open_envelope(row.id, row.person_id, row.wrapped_key, row.recipient, row.message).message
    assert message.isascii()
    assert max(len(line) for line in message.split(b"\r\n")) <= 78
    assert b"\n" not in message.replace(b"\r\n", b"")


BREAKS = ["\r\n", "\n", "\r", "\r\nBcc: everybody@example.org\r\n", "\0", "\x0b", "\x85", "\u2028"]


@pytest.mark.parametrize("line_break", BREAKS)
def test_no_address_smuggles_in_a_header(app: Flask, database: WorkerDatabase, line_break: str) -> None:
    for to in (f"jan{line_break}@example.org", f"jan@example.org{line_break}", f"a@b.nl{line_break}c@d.nl"):
        with pytest.raises(ValueError):  # noqa: PT011 - whatever it says, nothing is written
            write(app, to=to)
    with database.connect() as connection:
        assert connection.execute("SELECT count(*) FROM mails").fetchone() == (0,)


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r"])
def test_no_name_smuggles_in_a_header(app: Flask, line_break: str) -> None:
    with app.app_context(), scope("gfs", None):
        portal: Any = replace(all_tenants()["gfs"], name=f"GFS{line_break}Bcc: everybody@example.org")
        with pytest.raises(ValueError):  # noqa: PT011
            send(db.session, "reset_password_unknown", TO, portal, "en", link="https://example.org")


@pytest.mark.parametrize(
    "to", ["", "jan", "@example.org", "jan@", "a@b.nl,c@d.nl", "Jan <jan@example.org>", "a b@c.nl"]
)
def test_what_is_not_one_address_is_refused(app: Flask, to: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        write(app, to=to)


@given(st.text(max_size=60))
def test_an_address_is_one_line_or_refused(text: str) -> None:
    try:
        found = ascii_where_possible(text)
    except ValueError:
        return
    assert found.count("@") >= 1
    assert not set(found) & set(" \t\r\n\0<>,;")


def test_domains_beyond_ascii_are_written_as_servers_know_them() -> None:
    assert ascii_where_possible("jan@bücher.example.org") == "jan@xn--bcher-kva.example.org"
    assert ascii_where_possible("jürgen@bücher.example.org") == "jürgen@xn--bcher-kva.example.org"


def test_an_address_beyond_ascii_is_written_out(app: Flask) -> None:
    assert str(parsed(app, write(app, to="jürgen@example.org"))["To"]) == "jürgen@example.org"


@pytest.mark.clause("P5")
def test_a_message_opens_in_its_own_row_alone(app: Flask) -> None:
    first, second = write(app), write(app, to="piet@example.org")
    with app.app_context(), scope("gfs", None):
        one, other = (db.session.get_one(Mail, ("gfs", mail_id)) for mail_id in (first, second))
        for mixed in (
            (one.id, None, other.wrapped_key, one.recipient, one.message),
            (other.id, None, one.wrapped_key, one.recipient, one.message),
            (one.id, uuid4(), one.wrapped_key, one.recipient, one.message),
            (one.id, None, one.wrapped_key, other.recipient, one.message),
            (one.id, None, one.wrapped_key, one.message, one.recipient),
            (one.id, None, one.wrapped_key, one.recipient, one.message[:-1]),
        ):
            with pytest.raises((SealBroken, InvalidTag)):
                open_envelope(*mixed)


def test_a_message_is_the_portals_own(app: Flask, database: WorkerDatabase) -> None:
    mail_id = write(app, tenant="gfs")
    with app.app_context(), scope("upguide", None):
        assert db.session.get(Mail, ("gfs", mail_id)) is None
