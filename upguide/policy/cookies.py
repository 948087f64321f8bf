"""The cookies that the site sets, each with its purpose and life; a test compares the list with the site (K1)."""

from dataclasses import dataclass

from .words import N_


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie; over TLS its name starts with `__Host-`."""

    name: str
    purpose: str
    life: str


COOKIES = (
    Cookie(
        "session",
        N_(
            "Keeps you signed in, or knows that you asked for an account in this browser; protects forms against "
            "misuse, and carries a message to the next page."
        ),
        N_("Until you close the browser; at most 30 days."),
    ),
    Cookie("language", N_("Remembers the language that you chose."), N_("One year.")),
    Cookie(
        "device",
        N_("Knows this browser again, so that somebody who guesses passwords elsewhere cannot lock you out."),
        N_("One year after your last sign-in."),
    ),
)
