"""The promises, one by one: each in words for people, and the page where it can be seen kept.

`CLAUSES` are made to users today, and each has tests that carry its number. `NOT_YET` are those that wait for the
part of the service that they are about; they are not made to anybody before they are kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from .words import N_


@dataclass(frozen=True, slots=True)
class Clause:
    """A promise as the statement words it; `kept_at` is the endpoint of the page where it is kept."""

    words: str
    kept_at: str


CLAUSES: Mapping[str, Clause] = {
    "P1": Clause(
        N_("Each kind of data has a purpose, stands in the list below, and is used for nothing else."),
        "statement.current",
    ),
    "P2": Clause(
        N_(
            "We ask only for what we need: a mail address and a password. All the rest is up to you, and a citizen service number (BSN) is refused."
        ),
        "profile.overview",
    ),
    "P3": Clause(
        N_(
            "Before you agree to this statement we process nothing of you, with one exception: a member may make an account for you. We then write to you who did so and what was entered. You take it over or delete it, without signing in; until then only that member sees it, and after 30 days it goes. We keep which version you read, in which language, and when."
        ),
        "rights.consents",
    ),
    "P4a": Clause(N_("You change your data whenever you like."), "profile.overview"),
    "P4b": Clause(
        N_(
            "You hide any item from other users with one button. It is then hidden from all of them, even from whoever filled it in."
        ),
        "profile.overview",
    ),
    "P4c": Clause(
        N_(
            "You remove any item, one portal or everything whenever you like, and it is gone: even a restored backup forgets it."
        ),
        "rights.erasure",
    ),
    "P5": Clause(
        N_(
            "What is most private is encrypted under a key of your own, and the database itself refuses to show one portal's data on another."
        ),
        "statement.current",
    ),
    "P6": Clause(
        N_("This site loads nothing from anybody else: no fonts, no scripts, no counters."), "statement.cookies"
    ),
    "P7": Clause(
        N_(
            "Each of your rights is a button. What a human must answer has an answer within a month, or you read why it takes at most two months more."
        ),
        "rights.overview",
    ),
    "W1": Clause(N_("Who searches for people sees names, and nothing but names."), "people.search"),
    "W2": Clause(
        N_(
            "Under what you write stands your alias, unless you choose your name for that one message. Nothing there leads from the one to the other."
        ),
        "profile.view_as",
    ),
    "W3": Clause(N_("Elsewhere another member sees your name and your photo."), "profile.view_as"),
    "W4": Clause(
        N_(
            "A professional member also shows a card: profession, specialisations, expertise and region, as long as the agreements with us are signed."
        ),
        "profile.view_as",
    ),
    "W5": Clause(
        N_(
            "A connection also sees what they entered about you themselves, until you change it. You are connected with nobody without your yes, unless they made your account; and you end any connection when you like."
        ),
        "connections.overview",
    ),
    "W6": Clause(N_("A supervisor sees your name and your photo."), "profile.view_as"),
    "W7a": Clause(N_("An expert who answers you knows your alias, until you make the connection."), "profile.view_as"),
    "W7b": Clause(
        N_(
            "An administrator of your organisation sees what the organisation entered. What you change yourself, they no longer see."
        ),
        "profile.view_as",
    ),
    "W8": Clause(
        N_(
            "The data-protection officer sees only named items of named people, for a reason and a period, and only while a webmaster attends. You read of each look."
        ),
        "rights.who_saw_what",
    ),
    "W9": Clause(
        N_(
            "A webmaster sees your data only under a signed duty of confidentiality and for a stated reason. Each look is recorded, you are told by mail, and you read the reason."
        ),
        "rights.who_saw_what",
    ),
    "W10": Clause(N_("Who is not signed in sees nothing of you."), "profile.view_as"),
    "W11": Clause(N_("You see everything of yourself, with who entered it and when."), "profile.overview"),
    "D1": Clause(N_("We share your data with nobody outside the parties that store it for us."), "statement.current"),
    "D3": Clause(
        N_(
            "Whoever looks at your data for their work has signed to keep silent, in the version of today and not too long ago. Without that the system shows them nothing."
        ),
        "statement.current",
    ),
    "T2": Clause(N_("Each entry keeps when it was made, and by whom."), "profile.overview"),
    "U1": Clause(N_("We use your data for your own development."), "statement.current"),
    "U2": Clause(
        N_(
            "Beyond what your account cannot do without, we mail you only as often as you choose, kind by kind; one click in such a mail turns it off. No such mail names a person, or tells what was written."
        ),
        "notices.choices",
    ),
    "U5": Clause(
        N_(
            "What you do not remove goes seven years after you last signed in, or after your account was made if you never did. We write to you 60, 30 and 7 days before, and signing in once keeps everything. If your mailbox refuses our letters, we go on trying for a year. While the use of your data is restricted because you asked for it, they stay until you end that."
        ),
        "rights.erasure",
    ),
    "U4": Clause(N_("Changing and removing happen on your own profile page."), "profile.overview"),
    "F1": Clause(N_("What we may keep of everybody stands in the list below."), "statement.current"),
    "F3": Clause(N_("What professionals add stands in that list as well."), "statement.current"),
    "F4": Clause(
        N_(
            "What is not in the list cannot be stored: the software refuses to be built with a field that is missing from it."
        ),
        "statement.current",
    ),
    "B1": Clause(
        N_(
            "Anybody can report a data breach, with or without an account. Professionals and organisations on our portals must."
        ),
        "breaches.report_a_breach",
    ),
    "B2": Clause(
        N_(
            "We register every breach, harmless ones too, with facts, effects and measures, and report to the authority within 72 hours where the law asks it."
        ),
        "breaches.report_a_breach",
    ),
    "B3": Clause(
        N_(
            "Whom a breach concerns we work out from the journal. Where the risk is high you hear from us: what happened, what it may mean, and what you can do."
        ),
        "breaches.report_a_breach",
    ),
    "A1": Clause(
        N_(
            "This statement has versions. You are told of a new one and of what changed; where a change needs your consent we ask for it, and a no costs you no more than that one thing. Old versions stay readable."
        ),
        "statement.current",
    ),
    "K1": Clause(
        N_("We set only the cookies that the site cannot work without, and list each of them."), "statement.cookies"
    ),
    "K2": Clause(N_("Refuse cookies and you can still read everything that is public."), "statement.cookies"),
    "A2": Clause(
        N_(
            "Whether we keep all this is checked all the time: each promise has tests, and the officer watches over the service itself."
        ),
        "oversight.kept",
    ),
}

_RIGHTS = "comes with the rights and their pages"
_MEETING = "comes with connections, questions and messages"
_TRAJECTORIES = "comes with trajectories"

NOT_YET: Mapping[str, str] = {
    "C1": "comes with the contact page",
    "D2": _TRAJECTORIES,
    "T1": _TRAJECTORIES,
    "T3": _MEETING,
    "T4": _TRAJECTORIES,
    "T5": _TRAJECTORIES,
    "F2": _TRAJECTORIES,
    "U3": "comes with invoices",
    "U6": "comes with invoices",
    "S1": "comes with articles",
    "E1": "comes with articles",
}
