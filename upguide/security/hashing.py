"""Slow hashes of what people keep in their heads: argon2id, at a cost that fits two cores and two workers."""

from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app, has_app_context


@dataclass(frozen=True, slots=True)
class Cost:
    """What one hash costs: `memory` in KiB, `passes` over it, `lanes` at a time."""

    memory: int
    passes: int
    lanes: int = 1


# RFC 9106 wants memory first; its 64 MiB a hash would double a worker's memory. 19 MiB in 3 passes is one
# pass above the OWASP minimum, takes about 40 ms, and leaves the other core to readers.
NORMAL = Cost(memory=19 * 1024, passes=3)
# For tests alone, as app.config["PASSWORD_COST"]: no setting from the environment lowers the cost.
CHEAPEST = Cost(memory=8, passes=1)


def hash_secret(secret: str, cost: Cost | None = None) -> str:
    """Return the argon2id hash of `secret`, with its parameters and salt in it."""
    return _hasher(cost or _cost()).hash(_bytes(secret))


def verify_secret(stored: str | None, secret: str, cost: Cost | None = None) -> bool:
    """Tell whether `secret` made the hash `stored`.

    None stands for an unknown account: it takes as long as a known one, and is never right.
    """
    cost = cost or _cost()
    # Made in any case, so that the first unknown account after a start takes no longer than a known one.
    nobody = _nobody(cost)
    try:
        _hasher(cost).verify(stored or nobody, _bytes(secret))
    except (VerificationError, InvalidHashError):
        return False
    return bool(stored)


def needs_rehash(stored: str, cost: Cost | None = None) -> bool:
    """Tell whether `stored` was made at another cost than today's: make it anew at this sign-in."""
    return _hasher(cost or _cost()).check_needs_rehash(stored)


def _bytes(secret: str) -> bytes:
    return secret.encode("utf-8", "surrogatepass")


def _cost() -> Cost:
    if not has_app_context():
        return NORMAL
    chosen: Cost = current_app.config.get("PASSWORD_COST", NORMAL)
    return chosen


@cache
def _hasher(cost: Cost) -> PasswordHasher:
    return PasswordHasher(cost.passes, cost.memory, cost.lanes, type=Type.ID)


@cache
def _nobody(cost: Cost) -> str:
    return _hasher(cost).hash(b"the password of nobody")
