"""How long what of connections and of accounts made for others (clause W5)."""

from datetime import timedelta

# Whoever was declined leaves the other one in peace for so long.
ASK_AGAIN = timedelta(days=30)
# An account that nobody took over goes after this, and never before the reminder is so old.
UNCLAIMED = timedelta(days=30)
REMINDED_BEFORE = timedelta(days=7)
