"""The PIN, for those who want a second lock: digits only, so the obvious ones are refused (clause F1).

A PIN of six digits is safe only because tries are counted: `throttle` allows few (docs/decisions/0005).
"""

from itertools import pairwise

from upguide.i18n import lazy_gettext as _l
from upguide.i18n.messages import LazyString

from .common import is_common
from .hashing import Cost, hash_secret, verify_secret

SHORTEST = 6
LONGEST = 12
FEWEST_DIFFERENT = 3


def hash_pin(pin: str, cost: Cost | None = None) -> str:
    """Return the hash to store. Raises ValueError for what is no PIN at all."""
    if not _is_pin(pin):
        raise ValueError("a PIN has 6 to 12 digits; ask weak_pin_reason first")
    return hash_secret(pin, cost)


def verify_pin(stored: str | None, pin: str, cost: Cost | None = None) -> bool:
    """Tell whether `pin` is the one whose hash is `stored`; None takes as long, and is no."""
    return verify_secret(stored, pin[: LONGEST + 1], cost)


def weak_pin_reason(pin: str) -> LazyString | None:
    """Return why `pin` is refused, as a sentence for its owner, or None where it will do."""
    if not _is_pin(pin):
        return _l("A PIN has 6 to 12 digits and nothing else.")
    if _is_pattern(pin) or is_common(pin):
        return _l("This PIN is among the first that are guessed. Choose another one.")
    return None


def _is_pin(pin: str) -> bool:
    return SHORTEST <= len(pin) <= LONGEST and pin.isascii() and pin.isdigit()


def _is_pattern(pin: str) -> bool:
    """One or two different digits, a piece over and over, or a run up or down (also over the 9: 890123)."""
    repeats = (pin + pin).find(pin, 1) < len(pin)
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    return len(set(pin)) < FEWEST_DIFFERENT or repeats or len(steps) == 1
