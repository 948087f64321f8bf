"""Opens and closes the sealed values of one person, under that person's key (clause P5)."""

from base64 import b64decode
from functools import cache
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from upguide.config import Settings
from upguide.models import PersonKey
from upguide.security.sealing import PersonKey as Key
from upguide.security.sealing import Sealer, context, seal, unseal

from .holdings import Holding


class Vault:
    """A person's key for the length of one request; it is unwrapped when first used."""

    def __init__(self, person_id: UUID, wrapped: bytes | None) -> None:
        self._person_id = person_id
        self._wrapped = wrapped
        self._key: Key | None = None

    @property
    def key(self) -> Key:
        """The unwrapped key. Raises LookupError where the person's key was destroyed."""
        if self._key is None:
            if self._wrapped is None:
                raise LookupError("this person's key was destroyed")
            self._key = sealer().unwrap(self._wrapped, self._person_id)
        return self._key

    def open(self, holding: Holding, row_id: UUID, value: Any) -> str:
        """Return one value as text; sealed values come base64-encoded out of the details statement."""
        if not holding.sealed:
            return str(value)
        return unseal(self.key, b64decode(value), context(f"{holding.table.name}.{holding.column}", row_id))

    def close(self, column: str, row_id: UUID, value: str) -> bytes:
        """Seal `value` for the column (`phones.phone_number`) of the row."""
        return seal(self.key, value, context(column, row_id))


def sealer() -> Sealer:
    """Return the sealer of the current application's secret keys."""
    settings: Settings = current_app.config["UPGUIDE"]
    return _sealer(settings.secret_keys)


@cache
def _sealer(secret_keys: tuple[str, ...]) -> Sealer:
    return Sealer(secret_keys)


def vault_of(session: Session, person_id: UUID) -> Vault:
    """Return the vault of a person; opening anything in it raises LookupError where the key was destroyed."""
    wrapped = session.scalar(select(PersonKey.wrapped).where(PersonKey.person_id == person_id))
    return Vault(person_id, wrapped)
