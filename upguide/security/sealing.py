"""Sealing: what is most private is unreadable in the database, and gone with its key (clauses P5, P4c).

Each person has a key, stored wrapped. What wraps it comes from the settings and is never stored. AES-256-GCM
for both, with column, row and person in what it authenticates: a value or key that was changed, or moved to another
place or person, is noticed. Nothing here caches: keep a `PersonKey` no
longer than one request or job.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"\x02"
NONCE, KEY, KEY_ID = 12, 32, 4  # bytes
# Values are padded to a multiple of this, so that a length does not tell which of a few answers was given.
BLOCK = 32
UNKNOWN_VERSION = "no sealed value of a version that is known here (a demo database: remove var/, and start anew)"


class SealBroken(Exception):
    """What should be opened was changed, stands in another place, or was sealed with a key that is gone."""


@dataclass(frozen=True, slots=True)
class PersonKey:
    """An unwrapped key, 256 bits, and whose it is: a person's, or of whatever else is erased as one."""

    secret: bytes = field(repr=False)
    owner: UUID

    def __post_init__(self) -> None:
        if len(self.secret) != KEY:
            raise ValueError("a key has 256 bits")


def context(column: str, row: UUID | str | int) -> bytes:
    """Return what a sealed value is bound to: its column (`addresses.town`) and the identity of its row."""
    return hashlib.sha256(f"{len(column)}:{column}:{row}".encode()).digest()


def seal(key: PersonKey, value: str | bytes, context: bytes) -> bytes:
    """Return `value` encrypted under `key`, to be opened only with its owner's key and the same `context`."""
    plain = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
    padded = plain + b"\x80" + bytes(-(len(plain) + 1) % BLOCK)
    nonce = os.urandom(NONCE)
    return VERSION + nonce + AESGCM(key.secret).encrypt(nonce, padded, VERSION + key.owner.bytes + context)


def unseal(key: PersonKey, sealed: bytes, context: bytes) -> str:
    """Return the text that was sealed. Raises SealBroken where anything at all is different from then."""
    try:
        return unseal_bytes(key, sealed, context).decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        raise SealBroken("no text was sealed here") from None


def unseal_bytes(key: PersonKey, sealed: bytes, context: bytes) -> bytes:
    """Return the bytes that were sealed. Raises SealBroken where anything at all is different from then."""
    padded = _open(key.secret, bytes(sealed), VERSION, key.owner.bytes + context)
    return padded[: padded.rindex(b"\x80")]


class Sealer:
    """Makes and opens people's keys with the keys of the settings: the first wraps, all of them unwrap."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        derived = [_derive(secret) for secret in secret_keys]
        self._current = derived[0][0]
        self._wrapping = dict(derived)

    def new_wrapped_key(self, owner: UUID) -> bytes:
        """Return a new random key of `owner`, wrapped for storage."""
        return self._wrap(os.urandom(KEY), owner)

    def unwrap(self, wrapped: bytes, owner: UUID) -> PersonKey:
        """Return the key of `owner`.

        Raises SealBroken where it was changed, is another's, or the secret that wrapped it is gone.
        """
        return PersonKey(self._unwrap(bytes(wrapped), owner), owner)

    def rewrap(self, wrapped: bytes, owner: UUID) -> bytes:
        """Return the same key under the first secret; `wrapped` itself where that is so already.

        Raises SealBroken as `unwrap` does. What the key sealed stays as it is.
        """
        if wrapped.startswith(VERSION + self._current):
            return bytes(wrapped)
        return self._wrap(self._unwrap(bytes(wrapped), owner), owner)

    def _wrap(self, key: bytes, owner: UUID) -> bytes:
        header, nonce = VERSION + self._current, os.urandom(NONCE)
        return header + nonce + AESGCM(self._wrapping[self._current]).encrypt(nonce, key, header + owner.bytes)

    def _unwrap(self, wrapped: bytes, owner: UUID) -> bytes:
        header = wrapped[: len(VERSION) + KEY_ID]
        if not header.startswith(VERSION):
            raise SealBroken(UNKNOWN_VERSION)
        wrapping = self._wrapping.get(header[len(VERSION) :])
        if wrapping is None:
            raise SealBroken("the secret that wrapped this key is not in the settings")
        return _open(wrapping, wrapped, header, owner.bytes)


def _open(key: bytes, sealed: bytes, header: bytes, context: bytes) -> bytes:
    nonce, body = sealed[len(header) : len(header) + NONCE], sealed[len(header) + NONCE :]
    if not sealed.startswith(VERSION) or len(nonce) < NONCE:
        raise SealBroken(UNKNOWN_VERSION)
    try:
        return AESGCM(key).decrypt(nonce, body, header + context)
    except InvalidTag:
        raise SealBroken("the value was changed, or belongs to another place, person or key") from None


def _derive(secret: str) -> tuple[bytes, bytes]:
    """Return the identity of a wrapping key, and the key, both from one secret of the settings."""
    material = HKDF(SHA256(), KEY_ID + KEY, salt=None, info=b"upguide sealing 1").derive(secret.encode())
    return material[:KEY_ID], material[KEY_ID:]


def seal_token(secret_keys: Sequence[str], plain: bytes, purpose: str) -> bytes:
    """Return `plain` encrypted under a key of the settings, for a link: nobody reads it, changes it or makes one."""
    nonce = os.urandom(NONCE)
    return VERSION + nonce + AESGCM(_token_key(secret_keys[0])).encrypt(nonce, plain, VERSION + purpose.encode())


def open_token(secret_keys: Sequence[str], sealed: bytes, purpose: str) -> bytes:
    """Return what `seal_token` sealed for the same purpose. Raises SealBroken for anything else."""
    for secret in secret_keys:
        try:
            return _open(_token_key(secret), sealed, VERSION, purpose.encode())
        except SealBroken:
            continue
    raise SealBroken("the token was changed, or the secret that sealed it is gone")


def _token_key(secret: str) -> bytes:
    return HKDF(SHA256(), KEY, salt=None, info=b"upguide token 1").derive(secret.encode())
