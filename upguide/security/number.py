"""UpGuide numbers: random, easy to read aloud, and a slip in copying one is noticed (clause F1)."""

import secrets

# No look-alikes (0 O, 1 I L, U V, G Q) and no vowels, so no words. 23, a prime: see `check_character`.
ALPHABET = "23456789CDFHJKMNPRTVWXY"
PREFIX = "UG-"
LENGTH = 8


def new_number() -> str:
    """Return a random number, one of 23⁷ (3.4 billion); the table must refuse the rare double."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return PREFIX + body + check_character(body)


def check_character(body: str) -> str:
    """Return the character that completes `body`, seven characters of the alphabet.

    A sum with a different weight for each place, modulo a prime: it notices every single wrong character
    and every swap of two, neighbours or not. (ISO 7064's MOD 37,36 needs an alphabet with look-alikes.)
    """
    total = sum(weight * ALPHABET.index(character) for weight, character in enumerate(body, start=1))
    return ALPHABET[total % len(ALPHABET)]


def is_valid_number(number: str) -> bool:
    """Tell whether `number` is written as an UpGuide number is, check character included."""
    prefix, body, check = number[: len(PREFIX)], number[len(PREFIX) : -1], number[-1:]
    if prefix != PREFIX or len(body) != LENGTH - 1 or not set(body) <= set(ALPHABET):
        return False
    return check == check_character(body)
