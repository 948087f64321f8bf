"""Reads TOML strictly: what is missing, unknown or of a wrong shape becomes a fault, and reading goes on."""

import difflib
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from upguide.tenancy.faults import Fault
from upguide.tenancy.shapes import ShapeError

Value = TypeVar("Value")


class Table:
    """One table of a TOML file. Each key is asked for once; `close` names those that nobody asked for.

    After a fault a placeholder is returned, so that one run finds all faults; what was read must not be used
    when `faults` is not empty. A table that is itself missing is reported once, not once for each key in it.
    """

    def __init__(self, file: str, data: Mapping[str, object] | None, faults: list[Fault], prefix: str = "") -> None:
        self._file, self._data, self._faults, self._prefix = file, data, faults, prefix
        self._asked: set[str] = set()
        self._inner: list[Table] = []

    def fault(self, key: str, reason: str) -> None:
        """Keep a fault of `key`, a key of this table."""
        self._faults.append(Fault(self._file, self._prefix + key, reason))

    def take(self, key: str, shape: Callable[[object], Value], placeholder: Value) -> Value:
        """The value of `key` as `shape` returns it, or after a ShapeError the placeholder."""
        self._asked.add(key)
        if self._data is None:
            return placeholder
        if key not in self._data:
            self.fault(key, "is missing")
            return placeholder
        try:
            return shape(self._data[key])
        except ShapeError as refusal:
            self.fault(key, str(refusal))
            return placeholder

    def table(self, key: str) -> "Table":
        """The table under `key`."""
        return self._keep(f"{key}.", self.take(key, as_table, None))

    def tables(self, key: str, least: int, most: int) -> list["Table"]:
        """The array of tables under `key`, from `least` to `most` of them."""
        found = self.take(key, as_tables, None)
        if found is not None and not least <= len(found) <= most:
            self.fault(key, f"has {len(found)} entries, and needs {least} to {most}")
        return [self._keep(f"{key}[{at}].", data) for at, data in enumerate(found or [], start=1)]

    def close(self) -> None:
        """Report the keys that nobody asked for, here and in every table taken from here."""
        for key in sorted(set(self._data or ()) - self._asked):
            near = difflib.get_close_matches(key, sorted(self._asked), n=1)
            self.fault(key, "unknown key" + (f", did you mean {near[0]}?" if near else ""))
        for inner in self._inner:
            inner.close()

    def _keep(self, key: str, data: Mapping[str, object] | None) -> "Table":
        inner = Table(self._file, data, self._faults, self._prefix + key)
        self._inner.append(inner)
        return inner


def as_table(value: object) -> Mapping[str, object] | None:
    """`value` as a TOML table."""
    if not isinstance(value, dict):
        raise ShapeError("must be a table")
    return value


def as_tables(value: object) -> list[Mapping[str, object]] | None:
    """`value` as a TOML array of tables."""
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise ShapeError("must be an array of tables")
    return value


def read_text(path: Path, file: str, faults: list[Fault], at_most: int = 50_000) -> str | None:
    """The file's text; None, with a fault kept, where it is missing, not UTF-8, or over `at_most` bytes."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        faults.append(Fault(file, "", "the file is missing"))
        return None
    except OSError as error:
        faults.append(Fault(file, "", f"cannot be read: {error.strerror}"))
        return None
    if len(content) > at_most:
        faults.append(Fault(file, "", f"has {len(content)} bytes, and may have {at_most}"))
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        faults.append(Fault(file, "", f"is not UTF-8 at byte {error.start}"))
        return None


def read_toml(path: Path, file: str, faults: list[Fault]) -> Table:
    """The file's outermost table; that of an unreadable file is silent after the one fault kept."""
    text = read_text(path, file, faults)
    data: Mapping[str, object] | None = None
    if text is not None:
        try:
            data = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            faults.append(Fault(file, "", f"is not TOML: {error}"))
    return Table(file, data, faults)
