"""What a job may carry. Jobs lie in the database as plain text: they name things and never tell them (F4)."""

import re
from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any, NewType, get_type_hints
from uuid import UUID

Slug = NewType("Slug", str)
"""A name that the code or an operator made, such as a portal's: lower-case letters, digits and hyphens."""

_SLUG = re.compile(r"[a-z][a-z0-9-]{0,39}")


class JobArgumentError(TypeError):
    """A task declares, or a job is given, something other than a UUID, an int or a slug."""


def parameters_of(function: Callable[..., None]) -> Mapping[str, object]:
    """Return the type of each parameter of a task.

    Raises JobArgumentError for a type that could hold personal data, and for `*args` or `**kwargs`.
    """
    hints = get_type_hints(function)
    types = {name: hints.get(name) for name in signature(function).parameters}
    for name, kind in types.items():
        if kind not in (UUID, int, Slug):
            raise JobArgumentError(f"{function.__qualname__}({name}) must be a UUID, an int or a Slug")
    return types


def pack(types: Mapping[str, object], values: Mapping[str, object]) -> dict[str, Any]:
    """Return `values` as JSON-ready values; raises JobArgumentError when they are not what `types` says."""
    if types.keys() != values.keys():
        raise JobArgumentError(f"expected {sorted(types)}, got {sorted(values)}")
    return {name: _pack_one(name, types[name], value) for name, value in values.items()}


def unpack(types: Mapping[str, object], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `pack` packed."""
    return {name: UUID(value) if types[name] is UUID else value for name, value in values.items()}


def _pack_one(name: str, kind: object, value: object) -> str | int:
    if kind is UUID and isinstance(value, UUID):
        return str(value)
    if kind is int and type(value) is int:
        return value
    if kind is Slug and isinstance(value, str) and _SLUG.fullmatch(value):
        return value
    # The value itself stays out of the message: it may be what must not be written down.
    raise JobArgumentError(f"{name} got a {type(value).__name__} that it may not carry")
