"""The pages of accounts: `registration` makes one, `entry` opens it, in `own` its owner keeps it safe."""

from upguide.features.accounts import blueprint, jobs

from . import entry, own, registration

__all__ = ["blueprint", "entry", "jobs", "own", "registration"]
