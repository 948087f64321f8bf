"""The terms of an erasure: how long one may think better of it, and how long backups still hold what went."""

from datetime import timedelta

GRACE = timedelta(days=1)
# Backups are kept no longer than this (docs/operations.md); the receipt names the last day.
BACKUPS_KEPT = timedelta(days=35)
EXPORT_KEPT = timedelta(days=7)
