"""The shapes that a portal's values may have.

Each takes a raw TOML value and returns it clean, or raises ShapeError with a reason that a person can act on.
"""

import ipaddress
import re
from collections.abc import Callable, Collection
from typing import Final, TypeVar

import idna
from email_validator import EmailNotValidError, validate_email

Value = TypeVar("Value")

LONGEST_TEXT: Final = 300
LONGEST_HOST: Final = 253
COLOUR: Final = re.compile(r"#[0-9a-f]{6}")
LENGTH: Final = re.compile(r"0|(\d{1,3}|\d{0,2}\.\d{1,3})(rem|em|px)")
TRACKING: Final = re.compile(r"0|-?0?\.\d{1,3}em")
SLUG: Final = re.compile(r"[a-z]([a-z0-9-]{0,30}[a-z0-9])?")
SLUG_MEANING: Final = "a-z, 0-9 and hyphens, a letter first and no hyphen last, at most 32 characters"


class ShapeError(ValueError):
    """A value of the wrong shape; the message says what it must be."""


def text(value: object) -> str:
    """One line of text, not empty, without control characters, at most LONGEST_TEXT characters."""
    if not isinstance(value, str):
        raise ShapeError("must be text in quotes")
    if not value.strip() or value != value.strip():
        raise ShapeError("must not be empty, nor begin or end with a space")
    if not value.isprintable():
        raise ShapeError("must be one line, without control characters")
    if len(value) > LONGEST_TEXT:
        raise ShapeError(f"has {len(value)} characters, and may have {LONGEST_TEXT}")
    return value


def claimless(value: object) -> str:
    """Text without digits: a number on a home page would be a claim that nobody counted."""
    found = text(value)
    if any(character.isdigit() for character in found):
        raise ShapeError("holds a digit: home pages claim no numbers, so write small numbers as words")
    return found


def flag(value: object) -> bool:
    """A yes or a no."""
    if not isinstance(value, bool):
        raise ShapeError("must be true or false")
    return value


def whole(least: int, most: int) -> Callable[[object], int]:
    """A whole number from `least` to `most`."""

    def shape(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ShapeError(f"must be a whole number from {least} to {most}")
        return value

    return shape


def matching(pattern: re.Pattern[str], meaning: str) -> Callable[[object], str]:
    """Text of which `pattern` matches the whole; `meaning` says what it must be."""

    def shape(value: object) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise ShapeError(f"must be {meaning}")
        return value

    return shape


def one_of(options: Collection[str]) -> Callable[[object], str]:
    """One of `options`, written exactly so."""

    def shape(value: object) -> str:
        if not isinstance(value, str) or value not in options:
            raise ShapeError(f"{value!r} is not one of: {', '.join(sorted(options))}")
        return value

    return shape


def several(shape: Callable[[object], Value], least: int) -> Callable[[object], tuple[Value, ...]]:
    """A list of at least `least` different values, each of `shape`."""

    def shape_all(value: object) -> tuple[Value, ...]:
        if not isinstance(value, list) or len(value) < least:
            raise ShapeError(f"must be a list of at least {least}" if least else "must be a list")
        found = tuple(shape(entry) for entry in value)
        twice = sorted({str(entry) for entry in found if found.count(entry) > 1})
        if twice:
            raise ShapeError(f"names {', '.join(twice)} more than once")
        return found

    return shape_all


def mail_address(value: object) -> str:
    """A mail address by its form; nobody is asked whether it takes mail."""
    try:
        return validate_email(text(value), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise ShapeError(f"{value!r} is not a mail address: {error}") from None


def host_name(value: object) -> str:
    """A host name as the registry keeps it: lower case, no dot at the end, non-ASCII labels in punycode.

    Raises:
        ShapeError: for an address (IPv4, IPv6), a port, one single label, or what no DNS name may look like.
    """
    found = text(value).removesuffix(".")
    try:
        name = idna.encode(found, uts46=True, std3_rules=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        raise ShapeError(f"{value!r} is not a host name") from None
    if len(name) > LONGEST_HOST or "." not in name or is_address(name):
        raise ShapeError(f"{value!r} is not a host name")
    return name


def is_address(name: str) -> bool:
    """Whether a host is an IP address, or ends as one: browsers read a last label of digits as IPv4."""
    if name.rpartition(".")[2].isdigit():
        return True
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def public_host(value: object) -> str:
    """A host name that the world may use."""
    name = host_name(value)
    if name.endswith(".localhost"):
        raise ShapeError(f"{value!r} is a development host: put it under development_hosts")
    return name


def development_host(value: object) -> str:
    """A host name that always means this machine (RFC 6761), so that it can never be served to the world."""
    name = host_name(value)
    if not name.endswith(".localhost"):
        raise ShapeError(f"{value!r} does not end in .localhost")
    return name
