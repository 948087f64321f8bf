"""Limits of the officer's access, and what counts as unusual in the journal (clauses W8, A2)."""

from datetime import timedelta

# The officer's access. The gate of the database has the same limits (migration 0008).
LONGEST_ACCESS = timedelta(days=30)
MOST_PERSONS = 20
SILENCE = timedelta(hours=24)
STILL_THERE = timedelta(minutes=2)
HIDDEN_AT_MOST = timedelta(days=90)

# The journal: over how many days the statistics go, and from when on something is shown as unusual.
STATISTICS_DAYS = 30
MANY_PERSONS_A_DAY = 50
NIGHT_BEGINS, NIGHT_ENDS = 0, 5
LOOKS_AT_NIGHT = 10
LOOKS_AT_ONE_PERSON = 20

# How long ago the daily pass of keeping terms may be.
RETENTION_EVERY = timedelta(hours=48)
