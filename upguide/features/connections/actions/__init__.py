"""What members do with each other: `meeting`; accounts made for others: `made`."""

from . import made, meeting

__all__ = ["made", "meeting"]
