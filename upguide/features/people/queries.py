"""Who is found by which words. Only ids and a place in the order leave this module; names come from `privacy.show`.

Words are found by a range on a "C"-collated key: its operators are leakproof, so that row-level security leaves
the index in use, and it works with a plan that PostgreSQL prepared for any word. Three letters, which are typed first
and found most, are read from an index in the order of names: no more rows than are shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, Uuid, and_, bindparam, select, text, tuple_
from sqlalchemy.orm import Session, aliased

from upguide.models import Membership, NameWord
from upguide.privacy.names import MAX_WORD, fold
from upguide.security.handle import is_handle
from upguide.tenancy.scope import read

PAGE_SIZE = 25
MOST_WORDS = 10
LONGEST_QUESTION = 200
SIMILAR = 5
# Dutch infixes, and some of the neighbours': shared by so many that they tell nobody apart.
INFIXES = frozenset(
    [
        "aan",
        "bij",
        "da",
        "de",
        "del",
        "della",
        "den",
        "der",
        "di",
        "du",
        "el",
        "het",
        "in",
        "la",
        "las",
        "le",
        "los",
        "op",
        "t",
        "te",
        "ten",
        "ter",
        "tot",
        "van",
        "von",
        "zu",
    ]
)
_LAST_CHARACTER = "\U0010ffff"
_START = 3  # letters, as in `NameWord.start`
_SHORTEST_SIMILAR = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands in the order of names."""

    name_key: str
    person_id: UUID


@dataclass(frozen=True, slots=True)
class Found:
    """A page of persons in the order of their names, and whether there are more before and after it."""

    ids: tuple[UUID, ...] = ()
    earlier: bool = False
    later: bool = False


def search_words(question: str) -> tuple[str, ...]:
    """Return the folded words of a question, the most telling first; one that begins another says nothing more."""
    found = sorted({word[:MAX_WORD] for word in fold(question[:LONGEST_QUESTION]).split()}, key=lambda w: (-len(w), w))
    telling = [word for at, word in enumerate(found) if not any(longer.startswith(word) for longer in found[:at])]
    return tuple(sorted(telling[:MOST_WORDS], key=INFIXES.__contains__))


def find(
    session: Session,
    tenant: str,
    words: Sequence[str],
    *,
    after: Place | None = None,
    before: Place | None = None,
    size: int = PAGE_SIZE,
) -> Found:
    """Return up to `size` members whose names have a word that begins with each of `words`, in one statement."""
    place = after or before
    statement, values = search(tenant, words, None if place is None else before is None, size + 1)
    if place is not None:
        values |= {"place_key": place.name_key, "place_person": place.person_id}
    ids = [row.person_id for row in read(session, statement, values).all()]
    more, ids = len(ids) > size, ids[:size]
    if before is not None:
        return Found(tuple(reversed(ids)), earlier=more, later=True)
    return Found(tuple(ids), earlier=after is not None, later=more)


def search(
    tenant: str, words: Sequence[str], onwards: bool | None, most: int = PAGE_SIZE + 1
) -> tuple[Select[Any], dict[str, Any]]:
    """Return the search for these words with its values: from the start (None), onwards from a place, or back to it."""
    values: dict[str, Any] = {"tenant_id": tenant, "size": most}
    for at, word in enumerate(words):
        values |= {f"from_{at}": word, f"until_{at}": word + _LAST_CHARACTER}
    return _search(len(words), onwards, len(words[0]) == _START), values


@cache
def _search(words: int, onwards: bool | None, in_order: bool) -> Select[Any]:
    found = aliased(NameWord)
    others = [aliased(NameWord) for _ in range(words - 1)]
    order: tuple[Any, ...] = (found.name_key, found.person_id)
    statement = (
        select(*order)
        .where(
            _starts(found) if in_order else _begins(found, 0),
            # Somebody's first such word tells of them all: nobody is found twice, and nothing is sorted for that.
            found.earlier < bindparam("from_0", type_=String),
            *(_has_too(found, other, at) for at, other in enumerate(others, start=1)),
        )
        .order_by(*(order if onwards is not False else (column.desc() for column in order)))
        .limit(bindparam("size"))
    )
    if onwards is None:
        return statement
    place = tuple_(bindparam("place_key", type_=String), bindparam("place_person", type_=Uuid))
    here = tuple_(*order)
    return statement.where(here > place if onwards else here < place)


def _starts(words: type[NameWord]) -> ColumnElement[bool]:
    return and_(
        words.tenant_id == bindparam("tenant_id", type_=String),
        words.start == bindparam("from_0", type_=String),
    )


def _begins(words: type[NameWord], at: int) -> ColumnElement[bool]:
    return and_(
        words.tenant_id == bindparam("tenant_id", type_=String),
        words.word >= bindparam(f"from_{at}", type_=String),
        words.word < bindparam(f"until_{at}", type_=String),
    )


def _has_too(found: type[NameWord], other: type[NameWord], at: int) -> ColumnElement[bool]:
    # OFFSET keeps this a look-up for each person found. Made into a join, a plan prepared for any words may start
    # at the commonest of them: 19 seconds among a million members.
    same = select(other.person_id).where(other.person_id == found.person_id, _begins(other, at)).offset(0)
    return same.correlate(found).exists()


_PLACE = select(Membership.name_key, Membership.person_id).where(
    Membership.tenant_id == bindparam("tenant_id"), Membership.handle == bindparam("handle")
)


def place_of(session: Session, tenant: str, handle: str | None) -> Place | None:
    """Return where the member with this handle stands; None for an unknown handle and for a hidden name."""
    if handle is None or not is_handle(handle):
        return None
    row = read(session, _PLACE, {"tenant_id": tenant, "handle": handle}).one_or_none()
    return Place(row.name_key, row.person_id) if row is not None and row.name_key is not None else None


_SIMILAR = text("SELECT person_id FROM gate.similar_members(:tenant_id, :words, :at_most) AS person_id")


def similar(session: Session, tenant: str, words: Sequence[str]) -> list[UUID]:
    """Return the members whose names come nearest to all of `words`; infixes and very short words do not count."""
    telling = [word for word in words if len(word) >= _SHORTEST_SIMILAR and word not in INFIXES]
    if not telling:
        return []
    values = {"tenant_id": tenant, "words": telling, "at_most": SIMILAR}
    return list(session.scalars(_SIMILAR, values))


_PERSON = select(Membership.person_id).where(
    Membership.tenant_id == bindparam("tenant_id"), Membership.handle == bindparam("handle")
)


def person_of(session: Session, tenant: str, handle: str) -> UUID | None:
    """Return who has this handle on the portal, or None; another portal's handle is as unknown as any."""
    return session.scalar(_PERSON, {"tenant_id": tenant, "handle": handle}) if is_handle(handle) else None
