"""One conversation with a mail server, and what is known after it.

The content is handed over in one place only, and `may_hand_over` is asked just before: from then on the
server may have the message, whatever happens to us.
"""

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import unquote, urlsplit

from .sealed import Envelope

_SECONDS_TO_ANSWER = 30
# RFC 5321, 4.5.3.2.6 gives a server ten minutes to answer the end of a message. Hanging up sooner leaves us
# not knowing, so wait long; but not so long that a stopped worker is thought dead.
_SECONDS_TO_ACCEPT = 300
# RFC 5321, 4.2.1: the first figure of an answer; and the answer that asks for the content.
_YES, _LATER, _NEVER, _GO_AHEAD = 2, 4, 5, 354
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)

# The standard ports: RFC 5321, and RFC 8314 for TLS from the first byte.
_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class Outcome(Enum):
    """How a conversation ended."""

    SENT = "the server has taken the message"
    REFUSED = "the server will never take the message"
    LATER = "the server has not taken the message, and may do so later"
    UNKNOWN = "the server has had the message, and nobody heard whether it took it"
    NOT_OURS = "another worker took over: nothing was handed over"


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server and how to talk to it."""

    scheme: str
    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def from_url(cls, url: str) -> "Server":
        """Read `smtp://user:password@host:port`; `smtps://` and `smtp+starttls://` encrypt.

        Raises ValueError where it is none of these, or would send a password unencrypted to another machine.
        """
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("give an address such as smtp+starttls://user:password@mail.example.org")
        if parts.username and parts.scheme == "smtp" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
            raise ValueError("a password travels encrypted only: use smtps:// or smtp+starttls://")
        return cls(
            parts.scheme,
            parts.hostname,
            parts.port or _PORTS[parts.scheme],
            unquote(parts.username) if parts.username else None,
            unquote(parts.password) if parts.password else None,
        )


def transmit(server: Server, sender: str, envelope: Envelope, helo: str, may_hand_over: Callable[[], bool]) -> Outcome:
    """Offer a message to `server`; once it asks for the content, hand that over if `may_hand_over` agrees.

    `helo` is the name by which we present ourselves. Never raises for what the server or the network does.
    """
    try:
        with _connected(server, helo) as smtp:
            refusal = _offer(smtp, sender, envelope)
            if refusal is not None:
                return refusal
            if not may_hand_over():
                return Outcome.NOT_OURS
            return _hand_over(smtp, envelope.message)
    except (OSError, smtplib.SMTPException):
        # Before the content, or it would have been caught in `_hand_over`: the server has nothing.
        return Outcome.LATER


@contextmanager
def _connected(server: Server, helo: str) -> Iterator[smtplib.SMTP]:
    tls = ssl.create_default_context()
    if server.scheme == "smtps":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, helo, timeout=_SECONDS_TO_ANSWER, context=tls)
    else:
        smtp = smtplib.SMTP(server.host, server.port, helo, timeout=_SECONDS_TO_ANSWER)
    try:
        if server.scheme == "smtp+starttls":
            smtp.starttls(context=tls)
        smtp.ehlo_or_helo_if_needed()
        if server.user is not None:
            smtp.login(server.user, server.password or "")
        yield smtp
    finally:
        smtp.close()


def _offer(smtp: smtplib.SMTP, sender: str, envelope: Envelope) -> Outcome | None:
    """Say who writes to whom, until the server asks for the content; return how it refused, if it did."""
    beyond_ascii = not envelope.recipient.isascii()
    if beyond_ascii and not smtp.has_extn("smtputf8"):
        return Outcome.REFUSED
    options = ["SMTPUTF8"] if beyond_ascii else []
    code, _ = smtp.mail(sender, options)
    if _is_yes(code):
        code, _ = smtp.rcpt(envelope.recipient)
    if _is_yes(code):
        code, _ = smtp.docmd("DATA")
    return None if code == _GO_AHEAD else _refusal(code)


def _hand_over(smtp: smtplib.SMTP, message: bytes) -> Outcome:
    assert smtp.sock is not None
    smtp.sock.settimeout(_SECONDS_TO_ACCEPT)
    # A line that is a dot ends the message: RFC 5321, 4.5.2.
    stuffed = _LEADING_DOT.sub(b"..", message)
    try:
        smtp.send(stuffed + (b"" if stuffed.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        code = smtp.getreply()[0]
    except (OSError, smtplib.SMTPException):
        return Outcome.UNKNOWN
    with suppress(OSError, smtplib.SMTPException):
        smtp.docmd("QUIT")
    # Anything that is not an answer to this question (-1 among it) tells us nothing.
    return {_YES: Outcome.SENT, _LATER: Outcome.LATER, _NEVER: Outcome.REFUSED}.get(code // 100, Outcome.UNKNOWN)


def _is_yes(code: int) -> bool:
    return code // 100 == _YES


def _refusal(code: int) -> Outcome:
    return Outcome.REFUSED if code // 100 == _NEVER else Outcome.LATER
