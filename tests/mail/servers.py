"""Mail servers on loopback: a real one, which a test can hold back, and one that says what it is told to."""

# ruff: noqa: ARG002, N802 - the names and arguments are aiosmtpd's

import asyncio
import socket
import ssl
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from threading import Event, Thread

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask

from upguide.config import Settings


@dataclass
class Taken:
    """A message as the server got it."""

    sender: str
    recipients: list[str]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, EmailMessage, policy=default)


@dataclass
class Inbox:
    """What the server does: `answers` to MAIL, RCPT and CONTENT before it says yes; where it stops to wait."""

    taken: list[Taken] = field(default_factory=list)
    answers: dict[str, deque[str]] = field(default_factory=dict)
    wait_at: str | None = None
    hang_up_after_content: bool = False
    reached: Event = field(default_factory=Event)
    go_on: Event = field(default_factory=Event)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return await self._answer("MAIL")

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._answer("RCPT")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self._next("CONTENT")
        if answer.startswith("2"):
            assert isinstance(envelope.content, bytes)
            self.taken.append(Taken(str(envelope.mail_from), list(envelope.rcpt_tos), envelope.content))
        # It has the message from here on, however long it takes to say so.
        await self._hold("CONTENT")
        if self.hang_up_after_content:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return answer

    async def _answer(self, step: str) -> str:
        await self._hold(step)
        return self._next(step)

    async def _hold(self, step: str) -> None:
        if self.wait_at == step:
            self.reached.set()
            await server_waits_for(self.go_on)

    def _next(self, step: str) -> str:
        waiting = self.answers.get(step)
        return waiting.popleft() if waiting else "250 fine"


async def server_waits_for(event: Event) -> None:
    """Let other conversations go on meanwhile."""
    while not event.is_set():  # noqa: ASYNC110 - the event is set by another thread
        await asyncio.sleep(0.01)


@contextmanager
def mail_server(inbox: Inbox, tls: ssl.SSLContext | None = None, port: int | None = None) -> Iterator[str]:
    """Run a real mail server for the block; give its address. With `tls`, one that wants STARTTLS."""
    port = port or free_port()
    controller = Controller(inbox, hostname="127.0.0.1", port=port, tls_context=tls, require_starttls=tls is not None)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        inbox.go_on.set()
        controller.stop()


@contextmanager
def with_mail_server(app: Flask, settings: Settings, inbox: Inbox) -> Iterator[None]:
    """Let the application have a mail server for the block."""
    with mail_server(inbox) as url:
        app.config["UPGUIDE"] = replace(settings, smtp_url=url)
        try:
            yield
        finally:
            app.config["UPGUIDE"] = settings


def free_port() -> int:
    """Return a port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


HANG_UP = ""


@contextmanager
def scripted_server(*answers: str) -> Iterator[tuple[str, list[bytes]]]:
    """Run a server for one conversation; give its address and what it hears.

    It says one answer at once, and the next to each line, or to the whole content after a 354. HANG_UP ends it.
    """
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=_converse, args=(listener, answers, heard))
        thread.start()
        yield f"smtp://127.0.0.1:{listener.getsockname()[1]}", heard
        thread.join(10)
        assert not thread.is_alive()


def _converse(listener: socket.socket, answers: tuple[str, ...], heard: list[bytes]) -> None:
    connection, _ = listener.accept()
    # A client that hangs up in the middle is what some tests are about.
    with connection, connection.makefile("rb") as lines, suppress(OSError):
        for answer in answers:
            if answer == HANG_UP:
                return
            connection.sendall(answer.encode() + b"\r\n")
            line = lines.readline()
            while content_goes_on(answer, line):
                heard.append(line)
                line = lines.readline()
            heard.append(line)


def content_goes_on(answer: str, line: bytes) -> bool:
    """Tell whether more of the content follows."""
    return answer.startswith("354") and line not in {b".\r\n", b""}
