"""What people are told of, kind by kind, and how often by mail until they choose otherwise (clause U2).

A kind says what happened and nothing else: no name, no alias, no word of what was written. It stands so in the list
of notifications and as the subject of the mail.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from .words import N_


class Frequency(Enum):
    """How soon a person hears by mail of what stands in their notifications."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


FREQUENCIES: Mapping[Frequency, str] = {
    Frequency.AT_ONCE: N_("At once"),
    Frequency.DAILY: N_("Daily"),
    Frequency.WEEKLY: N_("Weekly"),
    Frequency.NEVER: N_("No mail"),
}


class Kind(Enum):
    """What a notification tells of. The value is its stable key in the database."""

    __hash__ = object.__hash__  # members are single objects, as in `items`

    CONNECTION_ASKED = "connection_asked"
    CONNECTION_ACCEPTED = "connection_accepted"
    ACCOUNT_TAKEN_OVER = "account_taken_over"
    QUESTION_ANSWERED = "question_answered"
    QUESTION_MATCHES = "question_matches"
    COMMENTED = "commented"
    HELPED = "helped"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """What is said of a kind.

    `happened`: a sentence for the list and the mail. `endpoint`: the page that it leads to; `parameter`: what that page
    calls the subject in its address, None where it needs none. Any of them can be turned off: what the service itself
    must send is no notification but a letter of its own (U2).
    """

    happened: str
    endpoint: str
    parameter: str | None = None
    frequency: Frequency = Frequency.AT_ONCE

    @property
    def made(self) -> bool:
        """False until the part of the site that tells of it is there: nobody is asked how often they want to hear."""
        return self.endpoint != _LIST


# Whoever builds questions and messages names the page here, and what it calls its subject.
_LIST = "notices.overview"

NOTICES: Mapping[Kind, NoticeKind] = {
    Kind.CONNECTION_ASKED: NoticeKind(N_("Somebody wants to connect with you"), "connections.overview"),
    Kind.CONNECTION_ACCEPTED: NoticeKind(N_("Somebody accepted your request to connect"), "connections.overview"),
    Kind.ACCOUNT_TAKEN_OVER: NoticeKind(N_("An account that you made was taken over"), "connections.overview"),
    Kind.QUESTION_ANSWERED: NoticeKind(N_("Your question has an answer"), _LIST),
    Kind.QUESTION_MATCHES: NoticeKind(N_("A question fits your expertise"), _LIST, frequency=Frequency.DAILY),
    Kind.COMMENTED: NoticeKind(N_("Somebody commented on something you wrote"), _LIST, frequency=Frequency.DAILY),
    Kind.HELPED: NoticeKind(N_("Your answer helped somebody"), _LIST, frequency=Frequency.WEEKLY),
    Kind.MESSAGE: NoticeKind(N_("You have a new message"), _LIST),
}

# Of a quarter of a year ago nobody needs telling any more (Term.NOTICES).
KEPT_DAYS = 90
# When the daily and the weekly mail are written, on the clock of who reads them; the weekly one on Mondays.
DIGEST_HOUR = 7
TIME_ZONE = "Europe/Amsterdam"
