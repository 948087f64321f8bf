"""Which parts of the long round stood, and on which source: who breaks it off goes on where it was."""

import hashlib
from functools import cache

from upguide.config import ROOT

# A line for each part that stood: the fingerprint of the source, and the part.
STOOD = ROOT / "var" / "test" / "audit"
MADE_FROM = ("upguide", "templates", "tenants", "translations", "tests/browser", "tests/support")


def on_this_source(stage: str) -> bool:
    """Tell whether a part of the round stood on the source as it is."""
    return STOOD.exists() and f"{fingerprint()} {stage}" in STOOD.read_text().splitlines()


def note(stage: str) -> None:
    """Remember that a part of the round stands on the source as it is."""
    STOOD.parent.mkdir(parents=True, exist_ok=True)
    with STOOD.open("a") as file:
        file.write(f"{fingerprint()} {stage}\n")


@cache
def fingerprint() -> str:
    """Return a hash over all that pages, and the look at them, are made from."""
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for folder in MADE_FROM:
        for file in sorted((ROOT / folder).rglob("*")):
            if file.is_file() and file.suffix != ".pyc":
                digest.update(f"{file.relative_to(ROOT)}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:16]
