"""What a person does to the own profile, through mapped objects, and only where something is really different.

An entry says that somebody entered a value: saving a form unread must not make one (T2, W7b).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from upguide.files.images import Photo as Picture
from upguide.models import Address, Employer, HiddenItem, Person, Phone, Photo, PhotoDraft, Professional
from upguide.policy.items import CATALOGUE, Item
from upguide.privacy import Field
from upguide.privacy.hidden import hide, unhide
from upguide.privacy.holdings import profile_holdings
from upguide.privacy.photos import Draft, keep_draft, keep_photo, note_files
from upguide.privacy.vault import Vault, vault_of
from upguide.security.handle import random_alias
from upguide.security.sealing import context, unseal

Row = Address | Employer | Phone
ROW_MODELS: Mapping[Item, type[Row]] = {Item.PHONE: Phone, Item.ADDRESS: Address, Item.EMPLOYER: Employer}
# Without these a row, or an account, is nothing.
NOT_REMOVABLE = frozenset({Item.MAIL_ADDRESS, Item.ALIAS, Item.NUMBER, Item.ADDRESS_KIND})
_MOST_TRIES = 500


def save_person(session: Session, person_id: UUID, values: Mapping[str, str | None]) -> None:
    """Give the person's own columns these values; an empty text is no value."""
    _assign(session, session.get_one(Person, person_id), values, vault_of(session, person_id))


def save_birth(session: Session, person_id: UUID, born: date | None, place: str | None, gender: str | None) -> None:
    """Store what the person tells of birth and gender; None where nothing is told."""
    values = {"birth_date": born.isoformat() if born else None, "birth_place": place, "gender": gender}
    save_person(session, person_id, values)


def choose_random_alias(session: Session, person_id: UUID, telling: Callable[[str], bool]) -> None:
    """Give the person a new random alias; `telling(alias)` says which would give the name away."""
    person = session.get_one(Person, person_id)
    tries = (random_alias() for _try in range(_MOST_TRIES))
    fitting = (alias for alias in tries if alias != person.alias and not telling(alias))
    # A name that every alias resembles is given away by none.
    person.alias = next(fitting, None) or random_alias()


def save_row(
    session: Session, person_id: UUID, item: Item, row_id: UUID | None, values: Mapping[str, str | None]
) -> None:
    """Change a phone, address or employer, or add one. Raises LookupError for a row of somebody else."""
    vault, model = vault_of(session, person_id), ROW_MODELS[item]
    if row_id is not None:
        _assign(session, _own_row(session, person_id, item, row_id), values, vault)
        return
    row = model(person_id=person_id)
    row.id = model.__table__.columns["id"].default.arg(None)
    _assign(session, row, values, vault)
    session.add(row)


def remove(session: Session, person_id: UUID, item: Item, row_id: UUID) -> str | None:
    """Remove one value; return the key of a photo whose files are to go after the commit.

    A phone, address or employer goes as a whole. That a value was hidden goes with it: what is entered later
    is seen by whom the form says. Raises LookupError where this person has no such value,
    ValueError where the item cannot go by itself.
    """
    if item in NOT_REMOVABLE:
        raise ValueError(item.value)
    if item is Item.PHOTO:
        return _remove_photo(session, person_id)
    if item in ROW_MODELS:
        session.delete(_own_row(session, person_id, item, row_id))
        _forget_hiding(session, person_id, row_id)
        return None
    for row, column in _columns(session, person_id, item, row_id):
        setattr(row, column, None)
    _forget_hiding(session, person_id, row_id, item)
    return None


def set_hidden(session: Session, person_id: UUID, fields: Iterable[Field], *, hidden: bool) -> bool:
    """Hide these values from every other user, or no longer; False where none of them can be hidden."""
    hideable = [field for field in fields if CATALOGUE[field.item].hideable]
    for field in hideable:
        (hide if hidden else unhide)(session, person_id, field.item, field.row_id)
    return bool(hideable)


@dataclass(frozen=True, slots=True)
class Files:
    """Keys of files: `made` go where the commit fails, `gone` after it."""

    made: str
    gone: tuple[str, ...] = ()


def draft_photo(session: Session, person_id: UUID, crops: Mapping[str, Picture]) -> Files:
    """Keep a photo to be looked at, in place of any other that waits. The one that is placed stays."""
    draft_id = uuid4()
    file_key = keep_draft(session, person_id, draft_id, crops)
    _one_at_a_time(session, person_id)
    before = _take_draft(session, person_id)
    session.add(PhotoDraft(id=draft_id, person_id=person_id, file_key=file_key))
    return Files(file_key, before)


def place_draft(session: Session, person_id: UUID, draft: Draft, crop: str) -> Files:
    """Place one square of a draft, which then is none. Raises LookupError where another tab was first."""
    _one_at_a_time(session, person_id)
    taken = _take_draft(session, person_id, draft.id)
    if not taken:
        raise LookupError(Item.PHOTO.value)
    placed = place_photo(session, person_id, draft.crops[crop])
    return Files(placed.made, placed.gone + taken)


def throw_draft_away(session: Session, person_id: UUID, draft_id: UUID | None = None) -> tuple[str, ...]:
    """Remove the draft, or just this one; return the keys of files that are to go after the commit."""
    _one_at_a_time(session, person_id)
    return _take_draft(session, person_id, draft_id)


def place_photo(session: Session, person_id: UUID, picture: Picture) -> Files:
    """Place a photo, in place of any other."""
    file_key, photo = keep_photo(session, person_id, picture), session.get(Photo, person_id)
    if photo is None:
        session.add(Photo(person_id=person_id, file_key=file_key))
        return Files(file_key)
    before, photo.file_key, photo.placed_at = photo.file_key, file_key, datetime.now(UTC)
    note_files(session, before)
    return Files(file_key, (before,))


def save_card_text(session: Session, person_id: UUID, item: Item, text: str | None) -> None:
    """Change one text of the professional card. Raises LookupError where the person has no card."""
    card = session.get(Professional, person_id)
    if card is None:
        raise LookupError(item.value)
    _assign(session, card, {_column_of(item, Professional): text}, vault_of(session, person_id))


def _one_at_a_time(session: Session, person_id: UUID) -> None:
    """Let two tabs change a person's photo one after the other, until the commit."""
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))


def _take_draft(session: Session, person_id: UUID, draft_id: UUID | None = None) -> tuple[str, ...]:
    mine = PhotoDraft.person_id == person_id
    which = mine if draft_id is None else mine & (PhotoDraft.id == draft_id)
    gone = tuple(session.scalars(delete(PhotoDraft).where(which).returning(PhotoDraft.file_key)))
    for file_key in gone:
        note_files(session, file_key)
    return gone


def _remove_photo(session: Session, person_id: UUID) -> str:
    _one_at_a_time(session, person_id)
    photo = session.get(Photo, person_id)
    if photo is None:
        raise LookupError(Item.PHOTO.value)
    session.delete(photo)
    note_files(session, photo.file_key)
    _forget_hiding(session, person_id, person_id, Item.PHOTO)
    return photo.file_key


def _own_row(session: Session, person_id: UUID, item: Item, row_id: UUID) -> Row:
    row = session.get(ROW_MODELS[item], row_id)
    if not isinstance(row, Row) or row.person_id != person_id:
        raise LookupError(item.value)
    return row


def _columns(session: Session, person_id: UUID, item: Item, row_id: UUID) -> list[tuple[Any, str]]:
    """Return the mapped objects of this person, with the columns, that hold `item` in the row."""
    found = []
    for model in (Person, Professional, Address, Employer):
        held = [h.column for h in profile_holdings() if h.item is item and h.table is model.__table__]
        row = session.get(model, row_id) if held else None
        if row is not None and (row_id == person_id or getattr(row, "person_id", None) == person_id):
            found += [(row, column) for column in held]
    if not found:
        raise LookupError(item.value)
    return found


def _column_of(item: Item, model: type[Any]) -> str:
    return next(h.column for h in profile_holdings() if h.item is item and h.table is model.__table__)


def _forget_hiding(session: Session, person_id: UUID, row_id: UUID, item: Item | None = None) -> None:
    """What is gone needs no note that it was hidden; without `item`, all of the row."""
    notes = select(HiddenItem).where(HiddenItem.person_id == person_id, HiddenItem.row_id == row_id)
    for note in session.scalars(notes if item is None else notes.where(HiddenItem.item == item.value)):
        session.delete(note)


def _assign(session: Session, row: Any, values: Mapping[str, str | None], vault: Vault) -> None:
    gone: set[Item] = set()
    for column, value in values.items():
        new = value or None
        if new != _now(row, column, vault):
            setattr(row, column, _stored(row, column, new, vault))
            gone |= set() if new else _emptied(row, column)
    for item in gone:
        _forget_hiding(session, row.id if isinstance(row, Person) else row.person_id, _identity(row), item)


def _emptied(row: Any, column: str) -> set[Item]:
    """Return the item of which `column` held the last value in its row."""
    held = [h for h in profile_holdings() if h.table is row.__table__]
    items = {h.item for h in held if h.column == column}
    return {item for item in items if all(getattr(row, h.column) is None for h in held if h.item is item)}


def _now(row: Any, column: str, vault: Vault) -> str | None:
    value: str | bytes | None = getattr(row, column)
    if isinstance(value, bytes):
        return unseal(vault.key, value, _context(row, column))
    return value


def _stored(row: Any, column: str, value: str | None, vault: Vault) -> str | bytes | None:
    sealed = any(h.sealed for h in profile_holdings() if h.table is row.__table__ and h.column == column)
    return vault.close(f"{row.__tablename__}.{column}", _identity(row), value) if sealed and value else value


def _context(row: Any, column: str) -> bytes:
    return context(f"{row.__tablename__}.{column}", _identity(row))


def _identity(row: Any) -> UUID:
    return getattr(row, "id", None) or row.person_id  # type: ignore[no-any-return]
