"""What is done about breaches. Each action commits, and leaves a line in the breach's history."""


class Conflict(Exception):
    """Somebody else changed the same thing meanwhile: nothing was done."""
