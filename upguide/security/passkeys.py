"""Passkeys (WebAuthn): what the browser is asked, and whether its answer is right.

A challenge says itself when and for which session it was made, so that asking writes nothing. It counts for five
minutes, and no longer than until the passkey is next used.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

CHALLENGE_LIFE = timedelta(minutes=5)
TIMEOUT = 120_000  # milliseconds that the browser waits
_RANDOM, _TIME, _SIGNATURE = 16, 8, 32  # bytes
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class PasskeyRefused(Exception):
    """The answer of the browser is no proof: forged, for another site or session, too old, or used before."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passkey is asked: the host that it belongs to, the whole origin, and the session that asks."""

    host: str
    origin: str
    session_id: UUID


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose passkey it will be: `account` is shown on the device, and what identifies the person there is a hash."""

    id: UUID
    account: str


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """What is kept of a passkey: its identity, and the public key that its answers are checked with."""

    credential_id: str
    public_key: str
    sign_count: int


@dataclass(frozen=True, slots=True)
class Known:
    """A passkey that may answer; `used_at` is when it last did."""

    credential_id: str
    public_key: str
    sign_count: int
    used_at: datetime


def registration_options(
    keys: Sequence[str], place: Place, portal: str, owner: Owner, known: Iterable[str], now: datetime
) -> str:
    """Return what the browser needs to make a passkey, as JSON; those in `known` are not made twice."""
    options = {
        "challenge": _text(_challenge(keys, place, "register", now)),
        "rp": {"id": place.host, "name": portal},
        "user": {"id": _text(_user_handle(owner.id)), "name": owner.account, "displayName": owner.account},
        # Ed25519, ECDSA with P-256, and RSA for older Windows.
        "pubKeyCredParams": [{"type": "public-key", "alg": number} for number in (-8, -7, -257)],
        "timeout": TIMEOUT,
        "excludeCredentials": [_descriptor(one) for one in known],
        "authenticatorSelection": {"residentKey": "preferred", "userVerification": "preferred"},
        "attestation": "none",
    }
    return json.dumps(options)


def question(keys: Sequence[str], place: Place, known: Iterable[str], now: datetime) -> str:
    """Return what the browser needs to answer with one of the passkeys in `known`, as JSON."""
    options = {
        "challenge": _text(_challenge(keys, place, "answer", now)),
        "rpId": place.host,
        "timeout": TIMEOUT,
        "userVerification": "preferred",
        "allowCredentials": [_descriptor(one) for one in known],
    }
    return json.dumps(options)


def register(keys: Sequence[str], place: Place, answer: str, now: datetime) -> NewPasskey:
    """Return the passkey that the browser made. Raises PasskeyRefused where the answer is no proof."""
    # Imported when first used: few need it, and every worker would carry its 15 MB.
    from webauthn import verify_registration_response  # noqa: PLC0415
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415

    challenge, _made_at = _accept(keys, place, "register", answer, now)
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise PasskeyRefused("the passkey was not made as it was asked") from error
    return NewPasskey(_text(made.credential_id), _text(made.credential_public_key), made.sign_count)


def check(keys: Sequence[str], place: Place, answer: str, known: Known, now: datetime) -> int:
    """Return the new count of signatures of a passkey that answered. Raises PasskeyRefused where that is no proof."""
    from webauthn import verify_authentication_response  # noqa: PLC0415  (as above)
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415

    challenge, made_at = _accept(keys, place, "answer", answer, now)
    if made_at <= known.used_at:
        raise PasskeyRefused("this question was answered before")
    try:
        found = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=_bytes(known.public_key),
            credential_current_sign_count=known.sign_count,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise PasskeyRefused("the passkey did not answer as it was asked") from error
    return found.new_sign_count


def credential_of(answer: str) -> str | None:
    """Return the identity of the passkey that an answer speaks for, or None where it says none."""
    try:
        return _text(_bytes(json.loads(answer)["id"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _challenge(keys: Sequence[str], place: Place, purpose: str, now: datetime) -> bytes:
    body = secrets.token_bytes(_RANDOM) + ((now - _EPOCH) // _MICROSECOND).to_bytes(_TIME, "big")
    return body + _sign(keys[0], place, purpose, body)


def _accept(keys: Sequence[str], place: Place, purpose: str, answer: str, now: datetime) -> tuple[bytes, datetime]:
    """Return the challenge that an answer holds, which must be one of ours, and when we made it."""
    challenge = _challenge_in(answer)
    body, signature = challenge[: _RANDOM + _TIME], challenge[_RANDOM + _TIME :]
    if not any(hmac.compare_digest(signature, _sign(key, place, purpose, body)) for key in keys):
        raise PasskeyRefused("this is no question of ours, or one for another session")
    made_at = _EPOCH + int.from_bytes(body[_RANDOM:], "big") * _MICROSECOND
    if not now - CHALLENGE_LIFE <= made_at <= now:
        raise PasskeyRefused("the answer came too late")
    return challenge, made_at


def _challenge_in(answer: str) -> bytes:
    try:
        return _bytes(json.loads(_bytes(json.loads(answer)["response"]["clientDataJSON"]))["challenge"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise PasskeyRefused("this is no answer of a browser") from error


def _sign(key: str, place: Place, purpose: str, body: bytes) -> bytes:
    where = f"passkey\0{purpose}\0{place.origin}\0{place.session_id}\0".encode()
    return hmac.digest(key.encode(), where + body, hashlib.sha256)[:_SIGNATURE]


def _user_handle(person_id: UUID) -> bytes:
    return hashlib.sha256(b"passkey user\0" + person_id.bytes).digest()


def _descriptor(credential_id: str) -> dict[str, str]:
    return {"type": "public-key", "id": credential_id}


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
