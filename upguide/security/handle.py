"""Random names that tell nothing about their bearer: handles in addresses, aliases with posts (W2)."""

import secrets

from .number import ALPHABET

HANDLE_LENGTH = 12
_HANDLE = ALPHABET.lower()
_CHARACTERS = frozenset(_HANDLE)
# Letter, digit, letter: no words, no initials of parties or insults, no 88. Without digits that stand in for
# vowels or for H, so that nothing can be read into them.
_LETTERS = "CDFJKMNPRTVWX"
_DIGITS = "25679"


def new_handle() -> str:
    """Return a random handle, 12 lower-case characters without look-alikes or vowels (54 bits)."""
    return "".join(secrets.choice(_HANDLE) for _ in range(HANDLE_LENGTH))


def is_handle(text: str) -> bool:
    """Tell whether `text` is written as a handle is; anything else need not be looked for."""
    return len(text) == HANDLE_LENGTH and set(text) <= _CHARACTERS


def random_alias() -> str:
    """Return a random alias of three characters, such as `K7P`; never derived from a name, not unique."""
    return secrets.choice(_LETTERS) + secrets.choice(_DIGITS) + secrets.choice(_LETTERS)
