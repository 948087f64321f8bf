"""What people sign before they see anything of others: texts, versions, terms (clauses D3, W4, W9; GDPR Art. 28).

The texts stand here in each language, and in no catalogue: what somebody signed must not change with a translation.
They are written in the first person, so that they fit portals that say "je" and those that say "u".
Changing a word changes a hash, and a test then asks for a new version beside the old one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from .agreement_texts import TEXTS, AgreementText
from .permissions import AgreementKind, Role
from .statement import version_to_sign


@dataclass(frozen=True, slots=True)
class AgreementVersion:
    """A version of an agreement, with the hash of its text in each language."""

    number: int
    since: date
    hashes: Mapping[str, str]


VERSIONS: Mapping[AgreementKind, tuple[AgreementVersion, ...]] = {
    AgreementKind.CONFIDENTIALITY: (
        AgreementVersion(
            1,
            date(2026, 11, 22),
            {
                "en": "6957c743c91ffdbc33b04e10c625e927d66e910f9482b033b921b81e5f9fbdbc",
                "nl": "9e466708008cb156ed855e80e4380f035d420b87c1ecdee8bb637542eb4ea0bf",
            },
        ),
    ),
    AgreementKind.PROCESSOR: (
        AgreementVersion(
            1,
            date(2026, 11, 22),
            {
                "en": "59740d99bb89d7048b8dd86ea097f015be7312b1d20400907641590a2807cc40",
                "nl": "93db8bfaf4192ce741ac21e65cd11574ce2f9d88bd32ae025c5aed73263287c1",
            },
        ),
    ),
    AgreementKind.SUPERVISION: (
        AgreementVersion(
            1,
            date(2026, 11, 22),
            {
                "en": "6c8c91d5cb2cf0e60b21d9595533d8809d3d3a4d8a4bb985c5535ffc0b5a0094",
                "nl": "5ed8e19ba34d67e3b411c543491f8c07acd16abc268e61321e56f0b960963a78",
            },
        ),
    ),
}

# Those that have a page to be signed on; the statement is agreed to at registering, and for a card with it.
SIGNED_HERE = tuple(VERSIONS)

CURRENT: Mapping[AgreementKind, int] = {
    **{kind: versions[-1].number for kind, versions in VERSIONS.items()},
    AgreementKind.STATEMENT: version_to_sign(),
}

# How many years a signature counts; one that is not named here counts until there is a new version.
YEARS: Mapping[AgreementKind, int] = {AgreementKind.CONFIDENTIALITY: 2}

# Days before the end on which somebody is reminded.
REMINDERS = (60, 7)

# What a role may do nothing without.
NEEDED: Mapping[Role, AgreementKind] = dict.fromkeys(Role, AgreementKind.CONFIDENTIALITY)


def ends_at(kind: AgreementKind, signed_at: datetime) -> datetime | None:
    """Return when a signature ends that is set at `signed_at`, or None where only a new version ends it."""
    if kind not in YEARS:
        return None
    year = signed_at.year + YEARS[kind]
    try:
        return signed_at.replace(year=year)
    except ValueError:  # the 29th of February
        return signed_at.replace(year=year, day=28)


def text_of(kind: AgreementKind, version: int, language: str) -> AgreementText:
    """Return the words of one version; raises KeyError for a version or language that there never was."""
    return TEXTS[kind, version][language]


def plain_text(text: AgreementText) -> str:
    """Return a text as it is hashed, mailed and downloaded: paragraphs with an empty line between them."""
    parts = [text.heading, text.opening]
    for section in text.sections:
        parts += [section.heading, *section.paragraphs]
    return "\n\n".join(parts) + "\n"


def text_hash(kind: AgreementKind, version: int, language: str) -> str:
    """Return the hash that a signature keeps of what was read."""
    return sha256(plain_text(text_of(kind, version, language)).encode()).hexdigest()


def agreement_languages(kind: AgreementKind, version: int) -> tuple[str, ...]:
    """Return the languages in which a version can be read."""
    return tuple(TEXTS[kind, version])


__all__ = [
    "CURRENT",
    "NEEDED",
    "REMINDERS",
    "SIGNED_HERE",
    "TEXTS",
    "VERSIONS",
    "YEARS",
    "AgreementText",
    "AgreementVersion",
    "agreement_languages",
    "ends_at",
    "plain_text",
    "text_hash",
    "text_of",
]
