"""The privacy statement, written from `policy/`: chapters, matrix, list of data, version and hash (P1, P3, A1)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from upguide.i18n import current_locale, gettext, use_locale
from upguide.policy import statement as policy
from upguide.policy.clauses import CLAUSES
from upguide.policy.items import CATALOGUE, Group, Item
from upguide.policy.purposes import PURPOSES, TERMS, Purpose, Term
from upguide.policy.statement import CHAPTERS, INTRODUCTION, Chapter, Version

from .holdings import held_items
from .matrix import Matrix, matrix

FROZEN = Path(policy.__file__).parent / "versions"


@dataclass(frozen=True, slots=True)
class Promise:
    """A clause in words, and the endpoint of the page where it is kept."""

    number: str
    words: str
    kept_at: str


@dataclass(frozen=True, slots=True)
class ChapterText:
    """A chapter in the current language."""

    key: str
    title: str
    opening: tuple[str, ...]
    promises: tuple[Promise, ...]


@dataclass(frozen=True, slots=True)
class DataRow:
    """One item of the catalogue, in words; `term` is None where it is kept as long as the person wants."""

    label: str
    purposes: tuple[str, ...]
    term: str | None
    hideable: bool
    sealed: bool
    secret: bool
    held: bool


@dataclass(frozen=True, slots=True)
class DataGroup:
    """The items of one group."""

    label: str
    rows: tuple[DataRow, ...]


@dataclass(frozen=True, slots=True)
class PurposeRow:
    """A purpose with its explanation and ground in law."""

    label: str
    explanation: str
    ground: str


@dataclass(frozen=True, slots=True)
class StatementText:
    """The whole statement in one language and form of address; its hash is taken over all of it."""

    version: int
    since: date
    introduction: tuple[str, ...]
    chapters: tuple[ChapterText, ...]
    matrix: Matrix
    data: tuple[DataGroup, ...]
    purposes: tuple[PurposeRow, ...]
    terms: tuple[tuple[str, str], ...]


def current_version() -> int:
    """Return the number of the version in force."""
    return policy.VERSIONS[-1].number


def version_of(number: int) -> Version:
    """Return a version by its number. Raises LookupError where there is none."""
    found = [version for version in policy.VERSIONS if version.number == number]
    if not found:
        raise LookupError(number)
    return found[0]


def text_hash(locale: str | None = None) -> str:
    """Return the SHA-256 (hex) of the statement's text in `locale`, the current one by default (P3)."""
    return hash_of(as_written(locale or current_locale()))


def as_written(locale: str) -> dict[str, Any]:
    """Return the statement as it now reads in `locale`, as its file in `policy/versions/` holds it (A1)."""
    with use_locale(locale):
        return json.loads(json.dumps(asdict(statement()), default=str))  # type: ignore[no-any-return]


def hash_of(text: Mapping[str, Any]) -> str:
    """Return the SHA-256 (hex) of a statement's text."""
    return hashlib.sha256(json.dumps(text, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def frozen(number: int, locale: str) -> dict[str, Any]:
    """Return the text of a version as it was agreed to in `locale` (A1). Raises LookupError where there is none."""
    text: dict[str, Any] = json.loads(frozen_file(version_of(number).number, locale).read_text(encoding="utf-8"))
    return text | {"since": date.fromisoformat(text["since"])}


def frozen_file(number: int, locale: str) -> Path:
    """Return where the text of a version stands."""
    return FROZEN / f"{number}.{locale}.json"


def statement() -> StatementText:
    """Return the statement in the current locale."""
    version = policy.VERSIONS[-1]
    return StatementText(
        version=version.number,
        since=version.since,
        introduction=tuple(gettext(words) for words in INTRODUCTION),
        chapters=tuple(_chapter(chapter) for chapter in CHAPTERS),
        matrix=matrix(),
        data=tuple(_group(group) for group in Group),
        purposes=tuple(
            PurposeRow(gettext(words.label), gettext(words.explanation), gettext(words.ground))
            for words in PURPOSES.values()
        ),
        terms=tuple((gettext(words.label), gettext(words.explanation)) for words in TERMS.values()),
    )


def _chapter(chapter: Chapter) -> ChapterText:
    promises = tuple(
        Promise(number, gettext(CLAUSES[number].words), CLAUSES[number].kept_at) for number in chapter.clauses
    )
    return ChapterText(chapter.key, gettext(chapter.title), tuple(gettext(w) for w in chapter.opening), promises)


def _group(group: Group) -> DataGroup:
    items = [item for item, declared in CATALOGUE.items() if declared.group is group]
    held = held_items()
    return DataGroup(gettext(group.value), tuple(_row(item, held=item in held) for item in items))


def _row(item: Item, *, held: bool) -> DataRow:
    declared = CATALOGUE[item]
    return DataRow(
        label=gettext(declared.label),
        purposes=tuple(gettext(PURPOSES[purpose].label) for purpose in Purpose if purpose in declared.purposes),
        term=None if declared.term is Term.ACCOUNT else gettext(TERMS[declared.term].label),
        hideable=declared.hideable,
        sealed=declared.sealed,
        secret=declared.secret,
        held=held,
    )
