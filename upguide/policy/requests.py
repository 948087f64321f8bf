"""What a person may ask of a human, when the answer is due, and what an objection does (clause P7; GDPR Art. 12-21)."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from zoneinfo import ZoneInfo

from .purposes import Purpose
from .words import N_

# GDPR Art. 12(3): one month, and two more where it is hard, which the person is told with the reason.
MONTHS = 1
MONTHS_EXTENDED = 3
# The law counts days where the controller is.
ZONE = ZoneInfo("Europe/Amsterdam")
# Whoever answers is told so many days before the answer is due; below zero is after.
REMINDERS = (10, 3, -1)


class RequestKind(Enum):
    """What a request is about. The value is its key in the database."""

    ACCESS = "access"
    CORRECTION = "correction"
    OBJECTION = "objection"
    COMPLAINT = "complaint"
    QUESTION = "question"


class Answerer(Enum):
    """Who answered, as the person reads it."""

    OFFICER = "officer"
    WEBMASTER = "webmaster"


@dataclass(frozen=True, slots=True)
class KindWords:
    """A kind of request in a few words, and what it is for."""

    label: str
    explanation: str


KINDS: Mapping[RequestKind, KindWords] = {
    RequestKind.ACCESS: KindWords(
        N_("My data by letter"),
        N_("A copy on paper, or an explanation of what is kept. Write the address that it should go to."),
    ),
    RequestKind.CORRECTION: KindWords(
        N_("Something is wrong, and I cannot change it myself"),
        N_("What you entered yourself you change on your profile. This is for all the rest."),
    ),
    RequestKind.OBJECTION: KindWords(
        N_("I object to what my data is used for"),
        N_("We stop, unless a law or something that weighs more forbids that. Then you read what and why."),
    ),
    RequestKind.COMPLAINT: KindWords(
        N_("A complaint"), N_("About how your data was handled, by us or by somebody on this site.")
    ),
    RequestKind.QUESTION: KindWords(N_("A question"), N_("Anything about your data that this site does not tell.")),
}
ANSWERERS: Mapping[Answerer, str] = {
    Answerer.OFFICER: N_("the data-protection officer"),
    Answerer.WEBMASTER: N_("a webmaster"),
}


class Effect(Enum):
    """What an objection to a purpose does: it stops by itself, a human looks at it, or the ground leaves no room."""

    STOPS = "stops"
    ASKS = "asks"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Objection:
    """What happens when somebody objects to a purpose, told before."""

    effect: Effect
    words: str


OBJECTIONS: Mapping[Purpose, Objection] = {
    Purpose.DEVELOPMENT: Objection(
        Effect.STOPS,
        N_(
            "Works at once. Nobody finds you or sees your page, and nothing of you is used to bring people together. What you filled in stays for yourself."
        ),
    ),
    Purpose.MESSAGES: Objection(
        Effect.STOPS,
        N_(
            "Works at once. We mail you only what your account cannot do without, such as a link for a new password. What happens on the site you still find under Notifications."
        ),
    ),
    Purpose.ADMINISTRATION: Objection(
        Effect.ASKS, N_("Some of it the law asks for. Tell us what you object to, and a human looks at it.")
    ),
    Purpose.ACCOUNT: Objection(
        Effect.NONE,
        N_("Without this there is no account, so there is nothing to object to. You can erase your account."),
    ),
    Purpose.ACCOUNTABILITY: Objection(
        Effect.NONE, N_("The law asks for this proof, so that nobody can object to it. It goes when your account goes.")
    ),
}


def today(now: datetime) -> date:
    """Return the day that `now` falls on where the law counts."""
    return now.astimezone(ZONE).date()


def due_on(asked_on: date, *, extended: bool = False) -> date:
    """Return the last day for an answer: the same day of a later month, or the last day of a shorter one."""
    return months_after(asked_on, MONTHS_EXTENDED if extended else MONTHS)


def months_after(day: date, months: int) -> date:
    """Return the same day of the month so many months later; 31 January gives 28 or 29 February."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
