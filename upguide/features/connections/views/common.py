"""What the pages of connections share: whose they are, where they lead, how somebody in a list is printed."""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from flask import Response, abort, make_response, redirect, request, url_for

from upguide import navigation
from upguide.access import Viewer, current_viewer
from upguide.features.connections.queries import Other
from upguide.i18n import format_date
from upguide.i18n import gettext as _
from upguide.navigation import Link
from upguide.privacy import PersonView
from upguide.tenancy import current_tenant

REFUSED, GONE = 422, 410


class Step(NamedTuple):
    """A button: what it says, the endpoint that it posts to, and how it looks."""

    label: str
    name: str
    look: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody in a list: name, where their page is, since when, and what can be done."""

    name: str
    url: str
    text: str
    steps: tuple[Step, ...] = ()


def viewer() -> Viewer:
    """Return who looks; 404 on a portal without connections."""
    if "connections" not in current_tenant().modules:
        abort(404)
    return current_viewer()


def me() -> UUID:
    person_id = viewer().person_id
    assert person_id is not None  # what `requires` made sure of
    return person_id


def go_to(url: str) -> Response:
    """Answer a post: go to a page to be read."""
    return make_response(redirect(url, 303))


def page_number() -> int:
    """Return which page was asked for, the first being 0; in the address it is 1, as in `turns`."""
    return navigation.page_number(first=1)


def turns(endpoint: str, page: int, *, more: bool) -> dict[str, str]:
    """Return where the pages before and after this one are."""
    return {
        "previous_url": url_for(endpoint, page=page or None) if page else "",
        "next_url": url_for(endpoint, page=page + 2) if more else "",
    }


def line_of(view: PersonView, other: Other, words: str, *steps: Step) -> Line:
    """Return what a list prints of somebody; `words` has the place of a date."""
    name = view.name or _("Somebody who hides the name")
    url = url_for("people.member", handle=other.handle)
    ways = tuple(one._replace(url=url_for(f"connections.{one.name}", handle=other.handle)) for one in steps)
    return Line(name, url, words % {"date": format_date(other.since)}, ways)


def tabs() -> list[Link]:
    """Return the lists beside each other."""
    pages = (
        ("connections.overview", _("My connections")),
        ("connections.sent", _("Asked by me")),
        ("connections.accounts", _("Accounts for others")),
        ("connections.blocked", _("Blocked")),
    )
    return [Link(url_for(endpoint), label, current=request.endpoint == endpoint) for endpoint, label in pages]
