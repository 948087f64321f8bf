"""The words of the privacy statement around its tables, and its versions (clauses A1, P3).

Changing a word here, in the catalogue, in THE table or in a translation changes the statement's hash: a test then
asks for a new version.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from .words import N_

CONTROLLER = "Impr0ve-IT b.v."
HELP_DESK = "helpdesk@upguide.me"
AUTHORITY = "Autoriteit Persoonsgegevens"


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the statement, with the hash of its text in each locale."""

    number: int
    since: date
    hashes: Mapping[str, str]


VERSIONS = (
    Version(
        1,
        date(2026, 11, 22),
        {
            "en": "e7b5ec88f9eb0ab99712fd13c6bb1c238bf15af64a104e61ab5fb2440ef11e8e",
            "nl": "873acb5fc3c2e3f03d55b1f5379cc3a23aab5a5d8f989a82305b02c2ab39b233",
            "nl@formal": "88b999e7c07dfeb555a1f75354a4ca370fcd2bddfccaf447b2bfe51065bbd7a0",
        },
    ),
    Version(
        2,
        date(2026, 11, 22),
        {
            "en": "692075ed463c44230e8c899c3a2c40fd33bf0e49f7706f5e5f995a6a91db48d4",
            "nl": "6b453a81f50999da18a531c39fe4459910eee6998a2869a178c480b6836da2fe",
            "nl@formal": "8462be30b36631db0484389ae3c13781561a4c9cdcaf70471da2afe780905cf1",
        },
    ),
)

# The chapters' titles and openings; the promises that stand in each come from `clauses.CLAUSES`.
INTRODUCTION = (
    N_(
        "This statement is no small print. It is written by the same tables that the site itself works with: when the rules change, this page changes with them."
    ),
    N_(
        "It holds for all portals of UpGuide. Impr0ve-IT b.v. is responsible for your data. Questions? Write to helpdesk@upguide.me."
    ),
)


@dataclass(frozen=True, slots=True)
class Chapter:
    """One part of the statement: a title, what comes first, and which promises belong here."""

    key: str
    title: str
    opening: tuple[str, ...]
    clauses: tuple[str, ...] = ()


CHAPTERS = (
    Chapter(
        "promises",
        N_("What we promise"),
        (),
        ("P1", "P2", "P3", "P4a", "P4b", "P4c", "U4", "P5", "P6", "D1", "T2"),
    ),
    Chapter(
        "who-sees-what",
        N_("Who sees what"),
        (
            N_(
                "This table is the rule itself. What it does not show, nobody can see. Whoever is several things to you sees the sum, less what you hide."
            ),
            N_("Some rows wait for parts of the site that are still being built; the rule for them stands already."),
        ),
        ("W1", "W2", "W3", "W4", "W5", "W6", "W7a", "W7b", "W8", "W9", "W10", "W11"),
    ),
    Chapter(
        "data",
        N_("What we keep"),
        (
            N_("Everything in this list is optional, but for your mail address and your password."),
            N_("You keep it here as long as you want, unless the table names another term."),
        ),
        ("F1", "F3", "F4"),
    ),
    Chapter("purposes", N_("Why we keep it"), (), ("U1", "U2")),
    Chapter("terms", N_("How long we keep it"), ()),
    Chapter(
        "rights",
        N_("Your rights"),
        (
            N_(
                "You may see, correct, remove, take along and limit the use of your data, object to it, and take back a consent. Much of that you do yourself, on your profile page."
            ),
            N_(
                "You take a copy of everything along, or erase everything, with one button each. For all else write to helpdesk@upguide.me: you have an answer within a month."
            ),
            N_(
                "Not content with us? You may complain to the Autoriteit Persoonsgegevens, the Dutch supervisory authority."
            ),
        ),
    ),
    Chapter("cookies", N_("Cookies"), (), ("K1", "K2")),
)
