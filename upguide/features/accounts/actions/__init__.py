"""What changes: `registration` makes accounts and memberships, `entry` sessions, `own` what protects them."""

from . import entry, own, registration

__all__ = ["entry", "own", "registration"]
