"""`/.well-known/security.txt` (RFC 9116): where somebody who found a weakness can tell us (clause B1)."""

from datetime import UTC, datetime, timedelta

from upguide.policy.statement import HELP_DESK

PATH = "/.well-known/security.txt"
# RFC 9116 advises less than a year. Counted from the first of the month, so that it changes once a month.
VALID_FOR = timedelta(days=182)


def security_txt(origin: str, now: datetime) -> str:
    """Return the file as served at `origin` (scheme and host, no slash at the end)."""
    month = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    fields = {
        "Contact": f"mailto:{HELP_DESK}",
        "Expires": (month + VALID_FOR).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "Preferred-Languages": "nl, en",
        "Canonical": origin + PATH,
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items())
