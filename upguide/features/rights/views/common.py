"""What the pages of My data have in common."""

from uuid import UUID

from flask import Response, abort, make_response, redirect, request

from upguide.access import current_viewer
from upguide.features.rights.frame import side
from upguide.i18n import render
from upguide.tenancy import all_tenants

REFUSED = 422
# What fits in any place of any list.
MOST_DIGITS = 15


def me() -> UUID:
    """Return who is signed in."""
    return current_viewer().person_id or abort(403)


def page(template: str, **context: object) -> str:
    """Render a page of My data, with the list beside it."""
    return render(template, side=side(), **context)


def portal_names() -> dict[str, str]:
    """Return the name of each portal by its slug; one that is closed is not there."""
    return {tenant.slug: tenant.name for tenant in all_tenants()}


def whole_number(name: str) -> int | None:
    """Return a whole number from the address, or None for what is none."""
    typed = request.args.get(name, "")
    return int(typed) if typed.isdecimal() and typed.isascii() and len(typed) <= MOST_DIGITS else None


def go_to(url: str) -> Response:
    """Answer a post: go to a page to be read."""
    return make_response(redirect(url, 303))
