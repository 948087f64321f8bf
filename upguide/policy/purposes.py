"""Why data is kept, on which legal ground, and for how long (clauses P1, U1-U6; GDPR Art. 5 and 6)."""

from dataclasses import dataclass
from enum import Enum

from .words import N_


@dataclass(frozen=True, slots=True)
class PurposeWords:
    """What a purpose is called, what it means, and the ground in law that it rests on."""

    label: str
    explanation: str
    ground: str


class Purpose(Enum):
    """The purposes that data may be used for; an item has exactly the ones it declares."""

    DEVELOPMENT = "development"
    MESSAGES = "messages"
    ADMINISTRATION = "administration"
    ACCOUNT = "account"
    ACCOUNTABILITY = "accountability"


PURPOSES: dict[Purpose, PurposeWords] = {
    Purpose.DEVELOPMENT: PurposeWords(
        N_("Your development"),
        N_("Working on goals with a coach, meeting other members, asking and answering questions."),
        N_("your consent (GDPR Article 6(1)(a))"),
    ),
    Purpose.MESSAGES: PurposeWords(
        N_("Messages that matter"),
        N_("Telling you what you asked for or need to know. What the service can do without, you can turn off."),
        N_("your consent (GDPR Article 6(1)(a))"),
    ),
    Purpose.ADMINISTRATION: PurposeWords(
        N_("Administration"),
        N_("Invoices for what was bought, and the books that the law asks for."),
        N_("a contract and the law (GDPR Article 6(1)(b) and (c))"),
    ),
    Purpose.ACCOUNT: PurposeWords(
        N_("Your account"),
        N_("Letting you in, and nobody else."),
        N_("the agreement to give you an account (GDPR Article 6(1)(b))"),
    ),
    Purpose.ACCOUNTABILITY: PurposeWords(
        N_("Proof"),
        N_("Showing you and the supervisory authority that this statement is kept."),
        N_("the law (GDPR Articles 5(2), 7(1), 30 and 33)"),
    ),
}


class Term(Enum):
    """How long an item is kept; a later removal by the person always comes first unless the law forbids it."""

    ACCOUNT = "account"
    SESSION = "session"
    MAIL = "mail"
    NOTICES = "notices"
    REGISTRATION = "registration"
    PROOF = "proof"
    BREACH = "breach"


@dataclass(frozen=True, slots=True)
class TermWords:
    """A term in a few words for tables, and in full."""

    label: str
    explanation: str


TERMS: dict[Term, TermWords] = {
    Term.ACCOUNT: TermWords(
        N_("as long as you want"),
        N_("Until you remove it, and at the latest seven years after you last signed in."),
    ),
    Term.SESSION: TermWords(N_("30 days"), N_("Until you sign out or end the session, and at most 30 days.")),
    Term.MAIL: TermWords(N_("7 days"), N_("Seven days after the message was sent.")),
    Term.NOTICES: TermWords(N_("90 days"), N_("Ninety days after the notification was made, read or not.")),
    Term.REGISTRATION: TermWords(N_("2 days"), N_("Two days, unless you confirm your mail address.")),
    Term.PROOF: TermWords(
        N_("as long as your account"),
        N_("As long as you have an account, as proof of what was agreed and seen."),
    ),
    Term.BREACH: TermWords(
        N_("5 years after the breach is closed"),
        N_(
            "Five years after the breach is closed, as long as the supervisory authority may ask for it. A report that was no breach goes a year after it was judged."
        ),
    ),
}
