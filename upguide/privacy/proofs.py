"""How many tests prove each promise, as the last build counted: a released copy carries the count, not them (A2)."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("proofs.json")


@cache
def proofs() -> Mapping[str, int]:
    """Return how many tests carry each clause's number. `flask privacy clauses --json` counts them."""
    return json.loads(FILE.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def write_proofs(found: Mapping[str, Sequence[str]]) -> None:
    """Write anew how many tests there are, given their names."""
    text = json.dumps({number: len(found[number]) for number in sorted(found)}, indent=1)
    FILE.write_text(f"{text}\n", encoding="utf-8")
