"""Words about a breach at rest: under a key of the report's or the breach's own, never under a person's (P5)."""

from collections.abc import Mapping
from uuid import UUID

from upguide.privacy.vault import sealer
from upguide.security.sealing import context, seal, unseal


def new_key(owner: UUID) -> bytes:
    """Return a new key for one report or breach, wrapped for storage."""
    return sealer().new_wrapped_key(owner)


class Words:
    """Closes and opens the words of one report or breach; `owner` is its row."""

    def __init__(self, owner: UUID, wrapped_key: bytes) -> None:
        self._owner = owner
        self._key = sealer().unwrap(wrapped_key, owner)

    def close(self, column: str, words: str | None) -> bytes | None:
        """Seal what stands in `column` (`breaches.facts`); nothing stays nothing."""
        return seal(self._key, words, context(column, self._owner)) if words else None

    def open(self, column: str, sealed: bytes | None) -> str:
        """Return the words, empty where there are none. Raises SealBroken where anything was changed."""
        return "" if sealed is None else unseal(self._key, sealed, context(column, self._owner))

    def close_all(self, table: str, words: Mapping[str, str | None]) -> dict[str, bytes | None]:
        """Seal several columns of one table."""
        return {name: self.close(f"{table}.{name}", text) for name, text in words.items()}
