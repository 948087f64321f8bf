"""The words of the privacy statement around its tables, and its versions (clauses A1, P3).

Changing a word here, in the catalogue, in THE table or in a translation changes the statement's hash: a test then
asks for a new version.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from .permissions import Permission
from .words import N_

CONTROLLER = "Impr0ve-IT b.v."
HELP_DESK = "helpdesk@upguide.me"
AUTHORITY = "Autoriteit Persoonsgegevens"


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the statement, with the hash of its text in each locale, which stands in `versions/`.

    `changes`: what is different from the one before, for people. `asks`: what may not be done without a yes to this
    version; whoever says no keeps all the rest (A1). `signed`: professionals sign it anew before their cards are
    shown (W4), after a month's notice; the gate of the database must know its number on that day, by a migration.
    """

    number: int
    since: date
    hashes: Mapping[str, str]
    changes: tuple[str, ...] = ()
    asks: frozenset[Permission] = frozenset()
    signed: bool = False


VERSIONS = (
    Version(
        1,
        date(2026, 11, 22),
        {
            "en": "e7b5ec88f9eb0ab99712fd13c6bb1c238bf15af64a104e61ab5fb2440ef11e8e",
            "nl": "873acb5fc3c2e3f03d55b1f5379cc3a23aab5a5d8f989a82305b02c2ab39b233",
            "nl@formal": "88b999e7c07dfeb555a1f75354a4ca370fcd2bddfccaf447b2bfe51065bbd7a0",
        },
        signed=True,
    ),
    Version(
        2,
        date(2026, 11, 22),
        {
            "en": "310a0e78a4d80c6bccfaf86d2e25f292a4cd50c84ecdf765e94d50e3d6c65ca7",
            "nl": "ecb9f557393a5eac9ee1bdc3889cd9e3069cad5ab485c6d289530c7ebc07137f",
            "nl@formal": "168e87361a73410baa9dc1bc09cf7928bfb5695844e8e5d1f81bdf4b00e0a052",
        },
        changes=(
            N_(
                "Your rights are buttons now. Under My data you take everything along, erase one item, one portal or everything, see who saw what, take a consent back, limit or object to the use of your data, and ask us what only a human can answer."
            ),
            N_(
                "The data-protection officer sees named items of named people for a stated reason, and only while a webmaster attends. You find it in your journal."
            ),
            N_("Anyone can report a data breach. Each is registered, and whoever it concerns is told."),
            N_(
                "What you do not remove yourself goes seven years after you last signed in. You are warned three times."
            ),
            N_("For signing in you may add a second step: an app or a passkey."),
        ),
    ),
    Version(
        3,
        date(2026, 11, 22),
        {
            "en": "1b54cd5f5324b67f0505d9cbd3896dfcdf358c181401fa2faaaaeedb6f0411a8",
            "nl": "bebcd84c335f39360a21a4ecdc1fb2fc54e5025f84a8c33ed9a4fc3a157d366e",
            "nl@formal": "8295e23427598ffc4a2aab1bcf465092ea6a9f62e38f44218e80ee4629867edd",
        },
        changes=(
            N_(
                "If you had the use of your data restricted, they are not erased after seven years without you: they stay until you end the restriction."
            ),
            N_(
                "You connect with other members, with your yes alone. A member may make an account for you: you hear who did so and what was entered, and take it over or delete it without signing in."
            ),
            N_(
                "You get notifications, on the site and by mail, as often as you choose for each kind. We keep what they were about for 90 days, and never a name or a word in the mail."
            ),
        ),
    ),
)


def versions_after(agreed: int | None) -> tuple[Version, ...]:
    """Return the versions later than the one that was agreed to (None: to none), the latest first."""
    return tuple(version for version in reversed(VERSIONS) if version.number > (agreed or 0))


def yes_needed(permission: Permission) -> int:
    """Return the version of the statement that must have been agreed to before `permission` is used; 0 for none."""
    return max((version.number for version in VERSIONS if permission in version.asks), default=0)


def version_to_sign() -> int:
    """Return the version that a professional's card rests on (W4): the last that is to be signed, not the last of all.

    Cards need exactly this number. Were it the latest, each new version would take every card down without the month's
    notice that W4 promises, though most versions change nothing for professionals.
    """
    return max(version.number for version in VERSIONS if version.signed)


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
        ("P1", "P2", "P3", "P4a", "P4b", "P4c", "U4", "P5", "P6", "D1", "D3", "T2", "A1", "A2"),
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
    Chapter("terms", N_("How long we keep it"), (), ("U5",)),
    Chapter(
        "rights",
        N_("Your rights"),
        (
            N_(
                "You may see, correct, remove, take along and limit the use of your data, object to it, and take back a consent. You do that yourself, on your profile and under My data."
            ),
            N_(
                "All of this stays within your reach when your account is restricted or blocked, or belongs to no portal. For what no button does you ask a human, under Requests. Without an account write to helpdesk@upguide.me: you have an answer within a month."
            ),
            N_(
                "Not content with us? You may complain to the Autoriteit Persoonsgegevens, the Dutch supervisory authority."
            ),
        ),
        ("P7",),
    ),
    Chapter(
        "breaches",
        N_("When something goes wrong"),
        (
            N_(
                "A data breach is when personal data get lost, or where they do not belong. Tell us as soon as you think that you see one."
            ),
            N_(
                "Are you a professional, or do you work for an organisation? Then you must report a breach to us as soon as you know of it."
            ),
        ),
        ("B1", "B2", "B3"),
    ),
    Chapter("cookies", N_("Cookies"), (), ("K1", "K2")),
)
