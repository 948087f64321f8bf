"""What the pages of My data have in common."""

from uuid import UUID

from flask import Response, abort, make_response, redirect

from upguide.access import current_viewer
from upguide.features.rights.frame import side
from upguide.i18n import render

REFUSED = 422


def me() -> UUID:
    """Return who is signed in."""
    return current_viewer().person_id or abort(403)


def page(template: str, **context: object) -> str:
    """Render a page of My data, with the list beside it."""
    return render(template, side=side(), **context)


def go_to(url: str) -> Response:
    """Answer a post: go to a page to be read."""
    return make_response(redirect(url, 303))
