"""The register of processing activities, written from the catalogue, the purposes and the terms (GDPR Art. 30)."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from upguide.i18n import gettext
from upguide.policy.items import CATALOGUE, Item
from upguide.policy.purposes import PURPOSES, TERMS, Purpose
from upguide.policy.register import (
    CONTACT,
    MEASURES,
    PROCESSED,
    PROCESSED_FOR,
    RECIPIENTS,
    SUBJECTS,
    TRANSFERS,
)

from .holdings import held_items

# A program for sheets takes what begins so for a formula, and would carry it out.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Activity:
    """One processing activity: a purpose, whom it concerns, what is kept for it, and how long."""

    heading: str
    explanation: str
    ground: str
    subjects: str
    data: tuple[str, ...]
    sealed: tuple[str, ...]
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Register:
    """The register in the current language: as controller (Art. 30(1)), and as processor (Art. 30(2))."""

    controller: str
    activities: tuple[Activity, ...]
    recipients: tuple[str, ...]
    transfers: str
    processed_for: str
    processed: tuple[str, ...]
    security: tuple[str, ...]


def register() -> Register:
    """Return the register in the current language, of what is kept today."""
    return Register(
        controller=CONTACT,
        activities=tuple(_activity(purpose) for purpose in PURPOSES if _items_for(purpose)),
        recipients=tuple(map(gettext, RECIPIENTS)),
        transfers=gettext(TRANSFERS),
        processed_for=gettext(PROCESSED_FOR),
        processed=tuple(map(gettext, PROCESSED)),
        security=tuple(map(gettext, MEASURES)),
    )


def register_rows(found: Register) -> list[list[str]]:
    """Return the register as rows of a sheet, the first of them its headings."""
    headings = [
        *(gettext("Part"), gettext("Responsible"), gettext("Purpose"), gettext("Ground"), gettext("Whom it concerns")),
        *(gettext("Data"), gettext("Kept"), gettext("Who receives it"), gettext("Transfers"), gettext("Security")),
    ]
    around = ["; ".join(found.recipients), found.transfers, " ".join(found.security)]
    controller = [
        [
            gettext("As controller"),
            found.controller,
            f"{one.heading}: {one.explanation}",
            one.ground,
            one.subjects,
            "; ".join(one.data),
            "; ".join(one.terms),
            *around,
        ]
        for one in found.activities
    ]
    processor = [
        [gettext("As processor"), found.controller, one, "", found.processed_for, "", "", *around]
        for one in found.processed
    ]
    return [headings, *controller, *processor]


def as_csv(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as CSV, safe to open with a program for sheets: nothing in it begins a formula."""
    sheet = io.StringIO()
    csv.writer(sheet).writerows([[_harmless(cell) for cell in row] for row in rows])
    return sheet.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _items_for(purpose: Purpose) -> list[Item]:
    kept = held_items()
    return [item for item, declared in CATALOGUE.items() if purpose in declared.purposes and item in kept]


def _activity(purpose: Purpose) -> Activity:
    words, items = PURPOSES[purpose], _items_for(purpose)
    terms = dict.fromkeys(CATALOGUE[item].term for item in items)
    return Activity(
        heading=gettext(words.label),
        explanation=gettext(words.explanation),
        ground=gettext(words.ground),
        subjects=gettext(SUBJECTS[purpose]),
        data=tuple(gettext(CATALOGUE[item].label) for item in items),
        sealed=tuple(gettext(CATALOGUE[item].label) for item in items if CATALOGUE[item].sealed),
        terms=tuple(gettext(TERMS[term].explanation) for term in terms),
    )
