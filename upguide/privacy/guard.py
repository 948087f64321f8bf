"""Templates cannot reach raw personal data: an attribute of a database row is refused, whatever its name (F4).

So is printing, unpacking or filtering one.
"""

from typing import Any

from sqlalchemy import Result, Row, RowMapping, ScalarResult

from upguide.extensions import Model


class RawPersonalData(RuntimeError):
    """A template reached for a database row; hand it a `PersonView`, or a value made for showing."""


# Whether each type met so far comes straight from the database: a page asks some hundred times.
_known: dict[type, bool] = {}


def guard_attribute(owner: Any, name: str) -> None:
    """Refuse `owner.name` in a template where `owner` comes straight from the database.

    Raises `RawPersonalData` for mapped objects, result rows and results.
    """
    kind = type(owner)
    raw = _known.get(kind)
    if raw is None:
        raw = _known[kind] = issubclass(kind, (Model, Row, RowMapping, Result, ScalarResult))
    if raw:
        raise RawPersonalData(
            f"a template asked {type(owner).__name__} for {name!r}: show persons through privacy.show, "
            "and give templates plain values"
        )
