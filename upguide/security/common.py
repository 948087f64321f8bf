"""Common and leaked passwords, as a sorted file of fingerprints: small, quick, and repeating nobody's secret.

`python -m upguide.security.common LIST…` writes the file anew; README.md beside it says from which lists.
"""

import hashlib
import sys
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path

FILE = Path(__file__).with_name("common-passwords.bin")
WIDTH = 5  # bytes a fingerprint: one in seven million strangers is taken for a common password
LONG = 10  # of this length on, every known password is listed
WORDS = 20_000  # of the shorter ones, this many: the stems from which people make longer ones
# Words that Dutch people and users of a coaching portal choose, and that international lists miss.
LOCAL_WORDS = (
    *("zomer", "lente", "herfst", "winter", "vakantie", "sinterklaas", "koningsdag"),
    *(
        "januari",
        "februari",
        "maart",
        "april",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
    ),
    *("december", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    *("welkom", "wachtwoord", "geheim", "liefde", "lieverd", "schatje", "voetbal", "feyenoord", "ajax"),
    *("nederland", "holland", "utrecht", "rotterdam", "denhaag", "groningen"),
    *("coach", "coaching", "traject", "trajectory", "begeleiding", "doelen", "upguide"),
)


def is_common(word: str) -> bool:
    """Tell whether `word`, in lower case, is a common or leaked password."""
    return holds(_fingerprints(), word)


def holds(fingerprints: bytes, word: str) -> bool:
    """Tell whether the sorted `fingerprints` hold that of `word`."""
    data, wanted = fingerprints, fingerprint(word)
    place = WIDTH * bisect_left(range(len(data) // WIDTH), wanted, key=lambda n: data[n * WIDTH : (n + 1) * WIDTH])
    return data[place : place + WIDTH] == wanted


def fingerprint(word: str) -> bytes:
    """Return the first `WIDTH` bytes of the SHA-256 of `word`."""
    return hashlib.sha256(word.encode("utf-8", "surrogatepass")).digest()[:WIDTH]


@cache
def _fingerprints() -> bytes:
    return FILE.read_bytes()


def chosen(words: Iterable[str]) -> Iterator[str]:
    """Yield what is worth listing of `words`, the most common first: some short ones, every long one."""
    short = 0
    for word in words:
        if len(word) >= LONG:
            yield word
        elif short < WORDS:
            short += 1
            yield word


def main(lists: list[str]) -> None:
    """Write the file from `lists`, text files with one password a line, the most common first."""
    found: set[bytes] = {fingerprint(word) for word in LOCAL_WORDS}
    for name in lists:
        lines = Path(name).read_text(encoding="utf-8", errors="replace").split("\n")
        words = dict.fromkeys(line.strip().lower() for line in lines)
        found.update(fingerprint(word) for word in chosen(filter(None, words)))
    FILE.write_bytes(bytes(chain.from_iterable(sorted(found))))


if __name__ == "__main__":
    main(sys.argv[1:])
