"""Templates cannot reach raw personal data: an attribute of a database row is refused, whatever its name (F4)."""

from typing import Any

from sqlalchemy import Row, RowMapping

from upguide.extensions import Model


class RawPersonalData(RuntimeError):
    """A template reached for a database row; hand it a `PersonView`, or a value made for showing."""


def guard_attribute(owner: Any, name: str) -> None:
    """Refuse `owner.name` in a template where `owner` comes straight from the database.

    Raises `RawPersonalData` for mapped objects and for result rows.
    """
    if isinstance(owner, (Model, Row, RowMapping)):
        raise RawPersonalData(
            f"a template asked {type(owner).__name__} for {name!r}: show persons through privacy.show, "
            "and give templates plain values"
        )
