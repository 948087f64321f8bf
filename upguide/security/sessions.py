"""The session cookie: small, signed for one portal, set only when there is something to remember (clause K1).

It carries the session's secret (a row holds the hash), the CSRF token, flash messages, and which registrations were
made in this browser (hashes); nothing personal.
"""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Flask, Request, Response
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SecureCookieSession, SessionInterface, SessionMixin
from itsdangerous import BadData, URLSafeTimedSerializer

from upguide.config import Settings
from upguide.tenancy import find_tenant

from .cookies import delete_cookie, read_cookie, set_cookie

# How long a signature counts; the session's row may end sooner. The cookie goes when the browser closes.
LIFE = timedelta(days=30)
# Browsers drop a cookie whose name, value and attributes together exceed 4,096 bytes.
LARGEST = 3_900
NAME = "session"

_json = TaggedJSONSerializer()


class CookieOverflowError(RuntimeError):
    """Something that is no flash message has filled the session: keep it in the database instead."""


class CookieSessions(SessionInterface):
    """Reads and writes the cookie. What cannot be read, for whatever reason, is an empty session."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._keys = tuple(reversed(secret_keys))  # itsdangerous signs with the last

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:  # noqa: ARG002
        value = read_cookie(NAME)
        return SecureCookieSession(self._read(value) if value and len(value) <= LARGEST else None)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:  # noqa: ARG002
        """Send the cookie where the session was changed; take it back where nothing is left in it."""
        if session.accessed:
            response.vary.add("Cookie")
        if not session.modified or find_tenant() is None:
            return
        if session:
            set_cookie(response, NAME, self._write(dict(session)))
        elif read_cookie(NAME) is not None:
            delete_cookie(response, NAME)

    def _read(self, value: str) -> dict[str, Any] | None:
        try:
            content = self._signer().loads(value, max_age=int(LIFE.total_seconds()))
        except (BadData, ValueError, TypeError, RecursionError, OverflowError):
            return None
        return content if isinstance(content, dict) else None

    def _write(self, content: dict[str, Any]) -> str:
        """Sign the content; the oldest flash messages give way where there are too many."""
        while len(value := str(self._signer().dumps(content))) > LARGEST:
            flashes = content.get("_flashes")
            if not flashes:
                raise CookieOverflowError(f"the session holds {sorted(content)}, {len(value)} bytes")
            content["_flashes"] = flashes[1:]
        return value

    def _signer(self) -> URLSafeTimedSerializer:
        """A signature counts on one portal only, although the keys are the same for all."""
        tenant = find_tenant()
        return URLSafeTimedSerializer(
            list(self._keys),
            salt=f"session on {tenant.slug if tenant else ''}",
            serializer=_json,
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )


def install(app: Flask) -> None:
    """Make `app` keep its sessions in our cookie."""
    settings: Settings = app.config["UPGUIDE"]
    app.session_interface = CookieSessions(settings.secret_keys)
