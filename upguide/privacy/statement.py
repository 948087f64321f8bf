"""The privacy statement, written from `policy/`: chapters, matrix, list of data, version and hash (P1, P3, A1)."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date

from upguide.i18n import current_locale, gettext, use_locale
from upguide.policy.clauses import CLAUSES
from upguide.policy.items import CATALOGUE, Group, Item
from upguide.policy.purposes import PURPOSES, TERMS, Purpose, Term
from upguide.policy.statement import CHAPTERS, INTRODUCTION, VERSIONS, Chapter

from .holdings import held_items
from .matrix import Matrix, matrix


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
    return VERSIONS[-1].number


def text_hash(locale: str | None = None) -> str:
    """Return the SHA-256 (hex) of the statement's text in `locale`, the current one by default (P3)."""
    with use_locale(locale or current_locale()):
        text = json.dumps(asdict(statement()), ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def statement() -> StatementText:
    """Return the statement in the current locale."""
    version = VERSIONS[-1]
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
    return DataGroup(gettext(group.value), tuple(_row(item) for item in items))


def _row(item: Item) -> DataRow:
    declared = CATALOGUE[item]
    return DataRow(
        label=gettext(declared.label),
        purposes=tuple(gettext(PURPOSES[purpose].label) for purpose in Purpose if purpose in declared.purposes),
        term=None if declared.term is Term.ACCOUNT else gettext(TERMS[declared.term].label),
        hideable=declared.hideable,
        sealed=declared.sealed,
        secret=declared.secret,
        held=item in held_items(),
    )
