"""Known devices: a browser in which somebody signed in before has tries of its own, so that nobody else's
failures keep its owner out (docs/decisions/0005).

The cookie `device` names no account. Each entry is a random number and a signature over that number and the
account: only who types the same mail address again can tell that they belong together.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import timedelta

from flask import Response

from .cookies import read_cookie, set_cookie

NAME = "device"
LIFE = timedelta(days=365)
MOST = 4  # people who share one browser
NUMBER_BYTES = 12
SIGNATURE_BYTES = 18


def known_device(secret_keys: Sequence[str], tenant: str, account: str) -> str | None:
    """Return the number of this browser as a device of `account` on `tenant`, or None where it is none.

    `account` is the mail address in the form that `throttle.normal` gives it.
    """
    entry = _entry_of(secret_keys, tenant, account)
    return None if entry is None else entry.partition(".")[0]


def remember_device(response: Response, secret_keys: Sequence[str], tenant: str, account: str) -> None:
    """Make this browser a known device of `account`, whose owner has just proven to be there.

    That is a complete sign-in, or a new password set through the link in a message. It lasts a year from then.
    """
    former = _entry_of(secret_keys, tenant, account)
    number = former.partition(".")[0] if former else _text(secrets.token_bytes(NUMBER_BYTES))
    latest = f"{number}.{_sign(secret_keys[0], tenant, account, number)}"
    others = [entry for entry in _entries() if entry != former]
    set_cookie(response, NAME, "~".join([latest, *others][:MOST]), LIFE)


def _entry_of(secret_keys: Sequence[str], tenant: str, account: str) -> str | None:
    for entry in _entries():
        number, _, signature = entry.partition(".")
        if any(hmac.compare_digest(signature, _sign(key, tenant, account, number)) for key in secret_keys):
            return entry
    return None


def _entries() -> list[str]:
    cookie = read_cookie(NAME) or ""
    return [entry for entry in cookie.split("~")[:MOST] if entry.isascii() and entry.count(".") == 1]


def _sign(secret_key: str, tenant: str, account: str, number: str) -> str:
    parts = f"device\0{tenant}\0{account}\0{number}".encode("utf-8", "surrogatepass")
    return _text(hmac.digest(secret_key.encode(), parts, hashlib.sha256)[:SIGNATURE_BYTES])


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
