"""Passwords: kept as argon2id, refused when they are guessed first, else left to the person (clause F1)."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

from upguide.i18n import lazy_gettext as _l
from upguide.i18n.messages import LazyString

from .common import is_common
from .hashing import Cost, hash_secret, needs_rehash, verify_secret

# NIST SP 800-63B asks for 8 at least. Ten, because a password alone opens an account (a PIN is a choice), and
# because the list of leaked passwords is complete from ten on.
SHORTEST = 10
# Long enough for any sentence; bounds the work that a request can ask for. At most 1,024 bytes.
LONGEST = 256
# What may stand around a known word and still be guessed with it: a date of eight digits, say.
DECORATION = 8
# What may be left beside words about the person and still be guessed with them.
MOST_LEFT = 6
FEWEST_DIFFERENT = 4
SHORTEST_PERSONAL_WORD = 3

_LEET = str.maketrans("@4301$5!7", "aaeoissit")


def hash_password(password: str, cost: Cost | None = None) -> str:
    """Return the hash to store, at the application's cost unless `cost` is given.

    Raises ValueError where `password` is longer than `weak_password_reason` allows.
    """
    plain = _plain(password)
    if len(plain) > LONGEST:
        raise ValueError("the password is too long; ask weak_password_reason first")
    return hash_secret(plain, cost)


def verify_password(stored: str | None, password: str, cost: Cost | None = None) -> bool:
    """Tell whether `password` made the hash `stored`; None (no such account) takes as long, and is no."""
    return verify_secret(stored, _plain(password), cost)


def weak_password_reason(password: str, personal_words: Iterable[str] = ()) -> LazyString | None:
    """Return why `password` is refused, as a sentence for its owner, or None where it will do.

    `personal_words`: the person's mail address and names, the name of the portal. No rule asks for capitals,
    digits or signs (NIST SP 800-63B, section 3.1.1.2).
    """
    plain = _plain(password)
    if len(plain) < SHORTEST:
        return _l("Use at least 10 characters. Three or four words in a row are easy to remember.")
    if max(len(password), len(plain)) > LONGEST:
        return _l("Use at most 256 characters.")
    folded = plain.casefold()
    if _is_pattern(folded):
        return _l("This password is a simple pattern, which is guessed quickly. Choose another one.")
    if _is_personal(folded, personal_words):
        return _l("This password is too much like your name, your mail address or this site. Choose another one.")
    if _is_decorated_word(folded):
        return _l("This password is among the first that are guessed. Choose another one.")
    return None


def _plain(password: str) -> str:
    """One form for the several ways of writing a character; cut to what can ever be right."""
    return unicodedata.normalize("NFKC", password[: LONGEST + 1])[: LONGEST + 1]


def _is_pattern(folded: str) -> bool:
    """A few characters only, a short piece over and over, or a run such as abcdefghij or 0987654321."""
    pieces = range(1, min(SHORTEST - 1, len(folded) // 2) + 1)
    repeats = any(folded[piece:] == folded[:-piece] for piece in pieces)
    steps = {ord(after) - ord(before) for before, after in pairwise(folded)}
    return len(set(folded)) < FEWEST_DIFFERENT or repeats or steps in ({1}, {-1})


def _is_decorated_word(folded: str) -> bool:
    """A known password, or a common word with a few characters around it, also with @ for a and 0 for o."""
    stem = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)
    if is_common(folded) or is_common(folded.translate(_LEET)):
        return True
    few = len(folded) - len(stem) <= DECORATION
    return few and bool(stem) and (is_common(stem) or is_common(stem.translate(_LEET)))


def _is_personal(folded: str, personal_words: Iterable[str]) -> bool:
    """What is left without the person's own words is too little to be a password."""
    pieces = {piece for word in personal_words for piece in re.split(r"[\W_]+", _plain(word).casefold())}
    left = folded
    for piece in sorted(pieces, key=len, reverse=True):
        if len(piece) >= SHORTEST_PERSONAL_WORD:
            left = left.replace(piece, "")
    own = re.sub(r"[\W_]+", "", left)
    is_date = own.isdecimal() and len(own) <= DECORATION
    return left != folded and (len(own) <= MOST_LEFT or is_date)


__all__ = ["hash_password", "needs_rehash", "verify_password", "weak_password_reason"]
