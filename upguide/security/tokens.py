"""Random secrets for links and sessions: whoever reads the database finds only their hashes."""

import hashlib
import secrets

SECRET_BYTES = 32


def new_token() -> tuple[str, bytes]:
    """Return a new secret of 256 random bits, safe in an address, and the hash under which it is stored."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    return secret, hash_token(secret)


def hash_token(secret: str) -> bytes:
    """Return the SHA-256 of `secret`, 32 bytes. No stretching: a secret of 256 bits cannot be guessed.

    Any text is accepted, since it comes from outside.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
