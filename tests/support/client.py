"""A browser for tests that looks over its own shoulder: every page test is a privacy test as well.

Each response, each mail written and the session's content is searched for canaries that this viewer may not see,
by a reading of its own (`Oracle`); each page is held against the conventions of `tests/support/conventions.py`.
"""

import hashlib
import html
import re
from collections.abc import Callable, Iterable
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.canaries import PLANTED, Canary, found_in
from tests.support.conventions import check_page
from tests.support.database import WorkerDatabase
from tests.support.factories import Made, start_session
from upguide.mail.sealed import open_envelope
from upguide.policy.items import Item
from upguide.tenancy import Tenant, all_tenants, hosts

Allowed = tuple[Made, Item]
NAME_ITEMS = frozenset({Item.FIRST_NAMES, Item.INFIX, Item.SURNAME})
TEXT = re.compile(r"text/|json|xml|javascript")
MOST_SENT = 50_000
# What a signed cookie holds is written in base64, in which no value shows but by chance: it did, once in some runs.
SIGNED = re.compile(r"(?<=session=)\.?[\w-]+\.[\w-]{6}\.[\w-]{27}(?=;)")
TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')


class Leak(AssertionError):
    """Something personal stood where its reader may not see it."""


@dataclass(frozen=True)
class Oracle:
    """Who may see a canary, asked of the tables as the superuser, without a word from `upguide.policy.sees`."""

    database: WorkerDatabase

    def viewer(self, secret: str | None, tenant: str) -> UUID | None:
        """Return who is wholly signed in on `tenant` with the session's `secret`."""
        if secret is None:
            return None
        row = self._one(
            "SELECT s.person_id FROM sessions s WHERE secret_hash = %s AND tenant_id = %s AND NOT pin_needed"
            " AND (second_factor_at IS NOT NULL"
            " OR NOT EXISTS (SELECT FROM totps t WHERE t.person_id = s.person_id AND set_at IS NOT NULL)"
            " AND NOT EXISTS (SELECT FROM passkeys k WHERE k.person_id = s.person_id))",
            hashlib.sha256(secret.encode()).digest(),
            tenant,
        )
        return row and row[0]

    def may_see(self, viewer: UUID | None, tenant: str, canary: Canary) -> bool:
        """A person sees all of their own; a member what others, whose data is used, do not hide of their name."""
        if viewer is None:
            return False
        if canary.person_id == viewer:
            return True
        return (
            canary.item in NAME_ITEMS
            and self._both_members(viewer, canary.person_id, tenant)
            and not self._one(
                "SELECT 1 FROM hidden_items WHERE person_id = %s AND item = %s", canary.person_id, canary.item.value
            )
        )

    def _both_members(self, viewer: UUID, person: UUID, tenant: str) -> bool:
        row = self._one(
            "SELECT count(*) FROM memberships m JOIN persons p ON p.id = m.person_id AND m.suspended_at IS NULL"
            " WHERE tenant_id = %s AND person_id = ANY(%s) AND p.blocked_at IS NULL"
            " AND (person_id = %s OR (p.restricted_at IS NULL AND p.objects_to = '{}'))",
            tenant,
            [viewer, person],
            viewer,
        )
        return row == (2,)

    def new_mails(self, known: set[UUID]) -> list[tuple[Any, ...]]:
        """Return the messages that are not in `known`, as (id, person, wrapped key, recipient, message)."""
        statement = "SELECT id, person_id, wrapped_key, recipient, message FROM mails WHERE id <> ALL(%s)"
        return self.database.kept().execute(statement, [list(known)]).fetchall()

    def _one(self, statement: str, *values: object) -> tuple[Any, ...] | None:
        return self.database.kept().execute(statement, values).fetchone()


@dataclass
class Client:
    """A browser on one portal, signed in where `person` is given; `allow` names what else this viewer may see.

    Requests run in a context of their own, as on a server: nothing of the test's scope or session is seen there.
    """

    app: Flask
    database: WorkerDatabase
    person: Made | None = None
    tenant: str = ""
    allow: Iterable[Allowed] = ()
    secure: bool = False
    pin_needed: bool = False
    second_factor: bool = False
    confirmed_at: Any = None
    browser: FlaskClient = field(init=False)
    known_mails: set[UUID] = field(default_factory=set)
    _token: tuple[str | None, str] = (None, "")

    def __post_init__(self) -> None:
        self.tenant = self.tenant or (self.person.tenant if self.person else "upguide")
        self.browser = self.app.test_client()
        self.oracle = Oracle(self.database)
        self.known_mails |= {mail[0] for mail in self.oracle.new_mails(set())}
        if self.person is not None:
            self.sign_in(self.person)

    @property
    def portal(self) -> Tenant:
        """The portal that this browser visits."""
        with self.app.app_context():
            return all_tenants()[self.tenant]

    @property
    def base_url(self) -> str:
        """Where the portal stands."""
        return f"http{'s' if self.secure else ''}://{self.portal.development_hosts[0]}"

    def sign_in(self, person: Made) -> None:
        """Sign a person in, without the pages for it: a session row, and the cookie that the application reads."""
        with self.app.app_context():
            secret = start_session(
                Made(person.id, self.tenant, person.handle, person.values),
                pin_needed=self.pin_needed,
                second_factor=self.second_factor,
                confirmed_at=self.confirmed_at,
            )
        self._session(lambda session: session.update(secret=secret))

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        """Get a page of the portal."""
        return self.open(path, method="GET", **kwargs)

    def post(self, path: str, data: Any = None, *, csrf: bool = True, **kwargs: Any) -> TestResponse:
        """Send a form of the portal, with the token that its pages carry unless `csrf` says otherwise."""
        if csrf:
            data = {"csrf_token": self.token(), **(data or {})}
        return self.open(path, method="POST", data=data, **kwargs)

    def follow(self, response: TestResponse) -> TestResponse:
        """Get the page that a redirect names, and those that it leads to."""
        for _step in range(5):
            if response.location is None:
                return response
            response = self.get(response.location)
        raise AssertionError(f"redirected round and round: {response.location}")

    def open(self, path: str, **kwargs: Any) -> TestResponse:
        """Send a request; look through all that it brought about."""
        kwargs = {"base_url": self.base_url, "buffered": True, **kwargs}
        before = self._viewer()
        response: TestResponse = Context().run(self.browser.open, path, **kwargs)
        sent = _sent(path, kwargs)
        self._check_text(response, sent, {before, self._viewer()})
        self._check_session(response)
        self._check_mails(response)
        if response.mimetype == "text/html" and response.request.method != "HEAD":
            check_page(response, self.portal.languages)
        return response

    def token(self) -> str:
        """Return a token against forged forms, from a page that this browser may see."""
        secret = self.session().get("csrf_token")
        if secret is not None and self._token[0] == secret:
            return self._token[1]
        for path in ("/login", "/cookies", "/pin"):
            response = Context().run(self.browser.get, path, base_url=self.base_url)
            found = TOKEN.search(response.text)
            if found:
                self._token = (self.session().get("csrf_token"), html.unescape(found[1]))
                return self._token[1]
        raise AssertionError("no page with a form was found")

    def session(self) -> dict[str, Any]:
        """Return what the session cookie holds."""
        return self._session(dict)

    def _session(self, use: Callable[[Any], Any]) -> Any:
        def inside() -> Any:
            environ = {hosts.CURRENT: self.portal}
            with self.browser.session_transaction(base_url=self.base_url, environ_overrides=environ) as session:
                return use(session)

        return Context().run(inside)

    def _viewer(self) -> UUID | None:
        return self.oracle.viewer(self.session().get("secret"), self.tenant)

    def _check_text(self, response: TestResponse, sent: str, viewers: set[UUID | None]) -> None:
        parts = [SIGNED.sub("", str(response.headers))]
        if TEXT.search(response.mimetype or ""):
            parts.append(response.get_data().decode("utf-8", "replace"))
        granted = {(person.id, item) for person, item in self.allow}
        for canary in seen_in("\n".join(parts)):
            if (canary.person_id, canary.item) in granted or canary.value.casefold() in sent:
                continue
            if not any(self.oracle.may_see(viewer, self.tenant, canary) for viewer in viewers):
                raise Leak(f"{_name(response)} shows {canary.item.value} of somebody else: {canary.value}")

    def _check_session(self, response: TestResponse) -> None:
        """Nothing personal may stand in a cookie (F4), flashed messages included."""
        for canary in seen_in(repr(self.session())):
            raise Leak(f"the session cookie after {_name(response)} holds {canary.item.value}: {canary.value}")

    def _check_mails(self, response: TestResponse) -> None:
        for mail_id, person_id, *sealed in self.oracle.new_mails(self.known_mails):
            self.known_mails.add(mail_id)
            with self.app.app_context():
                envelope = open_envelope(mail_id, person_id, *(bytes(part) for part in sealed))
            addressee = PLANTED.get(envelope.recipient.casefold())
            readers = {person_id, addressee and addressee.person_id}
            for canary in seen_in(mail_text(envelope.message)):
                if canary.person_id not in readers:
                    raise Leak(f"a mail written by {_name(response)} tells {canary.item.value}: {canary.value}")


def seen_in(text: str) -> list[Canary]:
    """Return the canaries in `text`, also where it is escaped for HTML or an address, or its digits are grouped."""
    bare = html.unescape(text)
    return found_in("\n".join((bare, unquote_plus(bare), re.sub(r"[\s\u00a0().-]", "", bare))))


def mail_text(message: bytes) -> str:
    """Return a message with all of its parts decoded."""
    from email import message_from_bytes  # noqa: PLC0415
    from email.policy import default  # noqa: PLC0415

    mail = message_from_bytes(message, policy=default)
    return "\n".join([str(mail.items()), *(str(p.get_content()) for p in mail.walk() if not p.is_multipart())])


def _sent(path: str, kwargs: dict[str, Any]) -> str:
    """What the browser sent, which may come back to it: it tells nobody anything new."""
    data = kwargs.get("data")
    text = data[:MOST_SENT].decode("utf-8", "replace") if isinstance(data, bytes) else str(data)[:MOST_SENT]
    return unquote_plus(f"{path} {text} {kwargs.get('query_string')}").casefold()


def _name(response: TestResponse) -> str:
    return f"{response.request.method} {response.request.path} ({response.status_code})"
