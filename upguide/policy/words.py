"""Marks words of the policy for translation; whoever prints them translates them."""


def N_(message: str) -> str:  # noqa: N802  (the conventional name of a deferred gettext)
    """Return `message` unchanged, so that extraction finds it and the printer translates it."""
    return message
