"""Finds what is wrong with the catalogues: stale, incomplete, mismatched, or in the wrong form of address."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from jinja2 import TemplateSyntaxError

from .address import addresses_reader, formal_fault, informal_fault, tenant_faults
from .catalogues import po_file, read_catalogue
from .environments import compile_all
from .extraction import NAMES, ROOT, extract, files, key_of

_PLACEHOLDER = re.compile(r"%\((\w+)\)([a-z])")
_TAG = re.compile(r"</?[a-z][^>]*>")


def faults() -> Iterator[str]:
    """Name every fault of the catalogues, one line each; none means that all is well."""
    try:
        compile_all()
        template = extract()
    except TemplateSyntaxError as error:
        yield f"{error.filename or error.name}:{error.lineno}: {error.message}"
        return
    yield from stale(files(template))
    dutch, formal = (read_catalogue(po_file(name)) for name in NAMES)
    yield from catalogue_faults("nl", dutch)
    yield from catalogue_faults("nl@formal", formal)
    yield from address_faults(dutch, formal)
    yield from tenant_faults(ROOT / "tenants")


def stale(wanted: Mapping[Path, str]) -> Iterator[str]:
    """Name each file that another extraction would change."""
    for path, text in wanted.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            yield f"{path.relative_to(ROOT)} is stale: run `flask --app wsgi translations update`"


def catalogue_faults(name: str, catalog: Catalog) -> Iterator[str]:
    """Name each message that is missing, unsure, left over, or does not match the English text."""
    for message in catalog:
        for fault in _message_faults(message) if message.id else ():
            yield f"{name}: {_shown(message)}: {fault}"
    for key in catalog.obsolete:
        yield f"{name}: {key!r}: is no longer used"


def address_faults(dutch: Catalog, formal: Catalog) -> Iterator[str]:
    """Name each Dutch message that calls the reader something else than its locale does."""
    overlay = {key_of(message): message for message in formal if message.id}
    for message in dutch:
        if not message.id:
            continue
        ours = overlay.pop(key_of(message), None)
        for fault in filter(None, map(informal_fault, _strings(message))):
            yield f"nl: {_shown(message)}: {fault}"
        if ours is None and any(map(addresses_reader, _strings(message))):
            yield f"nl@formal: {_shown(message)}: lacks the form for a reader whom we call “u”"
        if ours is not None and _strings(ours) == _strings(message):
            yield f"nl@formal: {_shown(message)}: is the same as in nl: leave it out"
        for fault in filter(None, map(formal_fault, _strings(ours) if ours else ())):
            yield f"nl@formal: {_shown(message)}: {fault}"


def _message_faults(message: Message) -> Iterator[str]:
    if message.fuzzy:
        yield "is marked fuzzy"
    sources, strings = _sources(message), _strings(message)
    if not all(strings) or len(strings) != len(sources):
        yield "is not translated"
        return
    for source, string in zip(sources, strings, strict=True):
        if _placeholders(string) != _placeholders(source):
            yield f"has other placeholders: {string}"
        if Counter(_TAG.findall(string)) != Counter(_TAG.findall(source)):
            yield f"has other tags: {string}"
        if string.strip() != string and source.strip() == source:
            yield f"has loose space around it: {string!r}"


def _placeholders(text: str) -> set[tuple[str, ...]]:
    return set(_PLACEHOLDER.findall(text))


def _sources(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def _shown(message: Message) -> str:
    return f"“{_sources(message)[0]}”"
