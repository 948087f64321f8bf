"""What is wrong with the portals' folders, told all at once: whoever mends them starts the site once."""

from collections.abc import Iterable
from dataclasses import dataclass

from upguide.config import SettingError


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing to mend. `key` is dotted (`theme.light.accent`), or empty where the file is at fault."""

    file: str
    key: str
    reason: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.key, self.reason) if part)


class BrandingError(SettingError):
    """The portals cannot start. `faults` holds every fault of every folder; the message has one a line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(map(str, self.faults)))
