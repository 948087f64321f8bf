"""What changes: `registration` makes accounts and memberships, `entry` sessions; what protects them is changed by
`own`, and by `factors` what is asked beside the password.
"""

from . import entry, factors, own, registration

__all__ = ["entry", "factors", "own", "registration"]
