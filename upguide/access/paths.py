"""Where to go on after signing in: addresses within this portal alone, never another site's."""

import unicodedata

LONGEST = 2_000


def local_path(wish: str | None) -> str | None:
    """Return `wish` where it is a path on this portal, else None.

    Browsers take two slashes, a backslash, or a tab between slashes for the start of another host's address:
    so only a path of plain, visible characters counts.
    """
    if not wish or len(wish) > LONGEST or not wish.startswith("/") or wish.startswith("//"):
        return None
    if "\\" in wish or any(unicodedata.category(c)[0] in "CZ" for c in wish):
        return None
    return wish
