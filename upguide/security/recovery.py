"""Recovery codes: for who lost the phone. Ten, shown once, each good for once; only their keyed hashes are kept."""

import hashlib
import hmac
import secrets

from .number import ALPHABET
from .sealing import PersonKey

MANY = 10
GROUPS, GROUP = 3, 4  # 12 characters of 23: 54 bits
_CONTEXT = b"recovery code\0"


def new_codes() -> tuple[str, ...]:
    """Return ten new codes, such as `7KXT-M2RC-94WH`."""
    return tuple("-".join(_group() for _ in range(GROUPS)) for _ in range(MANY))


def hash_code(key: PersonKey, code: str) -> str:
    """Return the hash under which a code is kept: keyed, since 54 bits alone could be tried out on a stolen copy.

    Small letters, spaces and missing dashes do not matter. With the person's key, the codes are worthless too.
    """
    plain = "".join(character for character in code.upper() if character in ALPHABET)
    return hmac.digest(key.secret, _CONTEXT + plain.encode(), hashlib.sha256).hex()


def _group() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(GROUP))
