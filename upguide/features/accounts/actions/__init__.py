"""What changes: `registration` makes accounts and memberships, `entry` sessions, `own` secrets and mail address."""

from . import entry, own, registration

__all__ = ["entry", "own", "registration"]
