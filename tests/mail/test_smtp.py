"""What we know after talking to a mail server, whatever it says and wherever it stops."""

from pathlib import Path

import pytest

from tests.mail.certificates import server_context
from tests.mail.servers import HANG_UP, Inbox, free_port, mail_server, scripted_server
from upguide.mail.sealed import Envelope
from upguide.mail.smtp import Outcome, Server, transmit

HELLO = ("220 ready", "250 fine", "250 fine", "250 fine")
MESSAGE = b"Subject: hello\r\n\r\n.leading dot\r\n..two\r\nend\r\n"


def talk(url: str, envelope: Envelope | None = None, *, ours: bool = True) -> Outcome:
    envelope = envelope or Envelope("jan@example.org", MESSAGE)
    return transmit(Server.from_url(url), "no-reply@gfs.nucoaching.nl", envelope, "gfs.nucoaching.nl", lambda: ours)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.org", Server("smtp", "mail.example.org", 25)),
        ("smtps://me:p%40ss@mail.example.org", Server("smtps", "mail.example.org", 465, "me", "p@ss")),
        (
            "smtp+starttls://me:x@mail.example.org",
            Server("smtp+starttls", "mail.example.org", 587, "me", "x"),
        ),
        ("smtp://me:x@localhost:1025", Server("smtp", "localhost", 1025, "me", "x")),
    ],
)
def test_an_address_names_server_port_and_user(url: str, server: Server) -> None:
    assert Server.from_url(url) == server


@pytest.mark.parametrize(
    "url", ["", "mail.example.org", "http://mail.example.org", "smtp://", "smtp://me:x@mail.example.org"]
)
def test_an_address_that_cannot_be_used_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="smtp"):
        Server.from_url(url)


def test_a_password_stays_out_of_sight() -> None:
    assert "hunter2" not in repr(Server.from_url("smtps://me:hunter2@mail.example.org"))


def test_a_message_arrives_as_it_was_written() -> None:
    inbox = Inbox()
    with mail_server(inbox) as url:
        assert talk(url) is Outcome.SENT
    [taken] = inbox.taken
    assert (taken.sender, taken.recipients) == ("no-reply@gfs.nucoaching.nl", ["jan@example.org"])
    assert taken.content.endswith(MESSAGE)


def test_nobody_listening_is_for_later() -> None:
    assert talk(f"smtp://127.0.0.1:{free_port()}") is Outcome.LATER


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ((HANG_UP,), Outcome.LATER),
        (("421 too busy",), Outcome.LATER),
        (("554 no service",), Outcome.LATER),
        (("not smtp at all",), Outcome.LATER),
        (("220 ready", HANG_UP), Outcome.LATER),
        ((*HELLO[:2], "451 greylisted"), Outcome.LATER),
        ((*HELLO[:2], "550 unwanted sender"), Outcome.REFUSED),
        ((*HELLO[:3], "450 mailbox busy"), Outcome.LATER),
        ((*HELLO[:3], "550 no such user"), Outcome.REFUSED),
        ((*HELLO[:3], HANG_UP), Outcome.LATER),
        ((*HELLO, "452 no room"), Outcome.LATER),
        ((*HELLO, "554 no valid recipients"), Outcome.REFUSED),
        ((*HELLO, "250 what?"), Outcome.LATER),
        ((*HELLO, HANG_UP), Outcome.LATER),
        ((*HELLO, "354 go on", "250 taken"), Outcome.SENT),
        ((*HELLO, "354 go on", "250 taken", HANG_UP), Outcome.SENT),
        ((*HELLO, "354 go on", "451 try again"), Outcome.LATER),
        ((*HELLO, "354 go on", "554 looks like spam"), Outcome.REFUSED),
        ((*HELLO, "354 go on", HANG_UP), Outcome.UNKNOWN),
        ((*HELLO, "354 go on", "gibberish"), Outcome.UNKNOWN),
    ],
)
def test_what_is_known_follows_from_what_was_said(answers: tuple[str, ...], outcome: Outcome) -> None:
    with scripted_server(*answers) as (url, _):
        assert talk(url) is outcome


def test_who_is_overtaken_hands_nothing_over() -> None:
    with scripted_server(*HELLO, "354 go on", "250 taken") as (url, heard):
        assert talk(url, ours=False) is Outcome.NOT_OURS
    assert b"Subject" not in b"".join(heard)


def test_an_address_beyond_ascii_needs_a_server_that_knows_such() -> None:
    envelope = Envelope("jürgen@example.org", MESSAGE)
    with scripted_server("220 ready", "250-fine\r\n250 SMTPUTF8", *HELLO[2:], "354 go on", "250 taken") as (
        url,
        heard,
    ):
        assert talk(url, envelope) is Outcome.SENT
    assert "RCPT TO:<jürgen@example.org>\r\n".encode() in [line.replace(b"rcpt", b"RCPT") for line in heard]
    with scripted_server(*HELLO[:2]) as (url, _):
        assert talk(url, envelope) is Outcome.REFUSED


def test_encryption_is_not_given_up_when_the_server_offers_none() -> None:
    inbox = Inbox()
    with mail_server(inbox) as url:
        assert talk(url.replace("smtp:", "smtp+starttls:")) is Outcome.LATER
    assert inbox.taken == []


def test_a_server_whose_certificate_nobody_vouches_for_gets_nothing(tmp_path: Path) -> None:
    inbox = Inbox()
    with mail_server(inbox, server_context(tmp_path)) as url:
        assert talk(url.replace("smtp:", "smtp+starttls:")) is Outcome.LATER
    assert inbox.taken == []


def test_a_message_travels_encrypted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = Inbox()
    with mail_server(inbox, server_context(tmp_path)) as url:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        assert talk(url) is Outcome.REFUSED  # the server wants STARTTLS first
        assert talk(url.replace("smtp:", "smtp+starttls:")) is Outcome.SENT
    assert len(inbox.taken) == 1
