"""Which language and form of address hold right now, and how they are chosen."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from .catalogues import LOCALES

_current: ContextVar[str] = ContextVar("upguide_locale", default="en")


class Portal(Protocol):
    """What the choice needs to know of a tenant."""

    @property
    def languages(self) -> tuple[str, ...]: ...

    @property
    def formal(self) -> bool: ...


def current_locale() -> str:
    """Return "en", "nl" or "nl@formal": the language with the form of address."""
    return _current.get()


def current_language() -> str:
    """Return "en" or "nl": what stands in `<html lang>` and in the person's own choice."""
    return _current.get().partition("@")[0]


def set_locale(locale: str) -> None:
    """Let `locale` hold from here on, as at the start of a request. Raises `KeyError` for an unknown one."""
    _current.set(_known(locale))


@contextmanager
def use_locale(locale: str) -> Iterator[None]:
    """Let `locale` hold inside the block: for mails and the worker. Raises `KeyError` for an unknown one."""
    token = _current.set(_known(locale))
    try:
        yield
    finally:
        _current.reset(token)


def choose_language(chosen: str | None, cookie: str | None, accept_language: str | None, tenant: Portal) -> str:
    """Choose a language that `tenant` offers.

    The person's own choice goes first, then the cookie, then the browser's Accept-Language
    header, then the tenant's default. Values that the tenant does not offer are passed over.
    """
    for wish in (chosen, cookie):
        if wish in tenant.languages:
            return wish
    for tag, quality in parse_accept_header(accept_language, LanguageAccept):
        language = tag.partition("-")[0].lower()
        if quality > 0 and language in tenant.languages:
            return language
    return tenant.languages[0]


def locale_for(language: str, tenant: Portal) -> str:
    """Return the locale of `language` on `tenant`: a formal portal says "u" in Dutch."""
    formal = f"{language}@formal"
    return formal if tenant.formal and formal in LOCALES else _known(language)


def _known(locale: str) -> str:
    if locale not in LOCALES:
        raise KeyError(locale)
    return locale
