"""Tasks as a feature would declare them, which tell what they saw."""

import time
from datetime import timedelta
from uuid import UUID

from flask import g, has_app_context

from upguide.i18n import current_locale
from upguide.jobs import Again, Slug, task
from upguide.tenancy import current_tenant
from upguide.tenancy.scope import current_scope

SEEN: list[tuple[object, ...]] = []


@task
def tell_where(thing: UUID, number: int, word: Slug) -> None:
    """Note in whose name it runs, and with what."""
    portal = current_tenant().slug if "tenant" in g else None
    SEEN.append((has_app_context(), current_scope().tenant, portal, current_locale(), thing, number, word))


@task
def ask_again(minutes: int) -> None:
    """Always want another turn."""
    raise Again(timedelta(minutes=minutes))


@task
def break_down() -> None:
    """Fail as code with a fault does."""
    raise ZeroDivisionError


@task
def take_long() -> None:
    """Go on for longer than any test."""
    time.sleep(60)
