"""The pages of accounts: `registration` makes one, `entry` opens it, `factors` asks for more than a password.

In `own` its owner keeps it safe.
"""

from upguide.features.accounts import blueprint, jobs

from . import entry, factors, own, registration

__all__ = ["blueprint", "entry", "factors", "jobs", "own", "registration"]
