"""Limits of the officer's access, and what counts as unusual in the journal (clauses W8, A2)."""

from datetime import timedelta

# The officer's access. The gate of the database has the same limits (migration 0008).
LONGEST_ACCESS = timedelta(days=30)
MOST_PERSONS = 20
SILENCE = timedelta(hours=24)
STILL_THERE = timedelta(minutes=2)
HIDDEN_AT_MOST = timedelta(days=90)

# A webmaster counts for ending an officer's role after so long, and two of them are needed (migration 0015).
VOICE_AFTER = timedelta(days=7)
# So many webmasters must be able to attend: one alone could refuse every access.
FEWEST_WEBMASTERS = 2

# The journal: over how many days the statistics go, and from when on something is shown as unusual.
STATISTICS_DAYS = 30
MANY_PERSONS_A_DAY = 50
NIGHT_BEGINS, NIGHT_ENDS = 0, 5
LOOKS_AT_NIGHT = 10
LOOKS_AT_ONE_PERSON = 20
# Searches of one person for one name on one day; each process notes so many at a time, and never for whom.
SEARCHES_FOR_ONE_NAME = 10

# How long ago the daily pass of keeping terms may be.
RETENTION_EVERY = timedelta(hours=48)
