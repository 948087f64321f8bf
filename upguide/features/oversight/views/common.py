"""What the pages of oversight have in common."""

from uuid import UUID

from flask import Response, abort, make_response, redirect

from upguide.extensions import db
from upguide.features.oversight import queries
from upguide.features.oversight.frame import side
from upguide.features.oversight.queries import Access
from upguide.i18n import LazyString, format_list, render
from upguide.i18n import gettext as _
from upguide.i18n import lazy_gettext as _l
from upguide.policy.items import CATALOGUE, Item

REFUSED = 422
STATES: dict[str, LazyString] = {
    "asked": _l("Waits for an answer"),
    "nobody": _l("No webmaster can attend"),
    "silent": _l("No answer for a day"),
    "refused": _l("Refused"),
    "agreed": _l("Agreed, nobody attends now"),
    "open": _l("Open: the webmaster attends"),
    "absent": _l("Agreed, but the webmaster stays away"),
    "over": _l("Over"),
    "ended": _l("Ended"),
}


def page(template: str, **context: object) -> str:
    """Render a page of oversight, with the list beside it."""
    return render(template, side=side(), **context)


def go_to(url: str) -> Response:
    """Answer a post: go to a page to be read."""
    return make_response(redirect(url, 303))


def access_or_404(access_id: UUID, *, mine: bool) -> Access:
    """Return an access of the officer who asks (`mine`), or one that the webmaster who asks has to do with."""
    found = [one for one in queries.accesses(db.session(), access_id) if one.mine == mine]
    return found[0] if found else abort(404)


def labels(items: tuple[Item, ...]) -> str:
    """Return the names of items, as a list in words."""
    return format_list([_(CATALOGUE[item].label) for item in items])
