"""What the pages about breaches have in common: who handles, which breach, how its clock reads."""

from datetime import UTC, datetime
from typing import Any

from flask import Response, abort, flash, make_response, redirect, request, url_for

from upguide.access import current_viewer
from upguide.extensions import db
from upguide.features.breaches import queries
from upguide.features.breaches.clock import Clock, clock
from upguide.features.breaches.queries import BreachView
from upguide.forms import Form
from upguide.i18n import format_datetime, format_list, ngettext, render
from upguide.i18n import gettext as _
from upguide.navigation import Link
from upguide.policy.items import CATALOGUE
from upguide.policy.permissions import Role, a_bound_officer

REFUSED = 422


def role() -> str:
    """Return in which role the one who asks handles breaches; the history keeps no more than that."""
    return str((Role.OFFICER if a_bound_officer(current_viewer()) else Role.WEBMASTER).value)


def known(number: int) -> BreachView:
    """Return a breach of the register; 404 where there is none."""
    if number > 2**31 - 1:
        abort(404)
    found = queries.breach(db.session(), number)
    if found is None:
        abort(404)
    return found


def page(of: BreachView, template: str, **context: object) -> str:
    """Render a page of one breach, with its heading and the list beside it."""
    return render(template, head=heading(of), side=side(of), **context)


def form_page(of: BreachView, template: str, form: Form, **context: object) -> tuple[str, int]:
    """Render a page of one breach with a form, refused where the form has errors."""
    return page(of, template, form=form, **context), REFUSED if form.errors else 200


def go_to(url: str) -> Response:
    """Answer a post: go to a page to be read."""
    return make_response(redirect(url, 303))


def changed_meanwhile(of: BreachView) -> Response:
    """Tell that somebody else was first, and show what is there now."""
    flash(_("Somebody else changed this breach meanwhile. Nothing was changed: look again."), "error")
    return go_to(url_for("breaches.breach", number=of.number))


def place(name: str) -> int | None:
    """Return from where a list goes on, as its address says; None for its beginning."""
    given = request.args.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 18 else None  # noqa: PLR2004


def clock_of(of: BreachView) -> Clock:
    """Return the clock of a breach as it stands now."""
    decided = of.authority == "no" or of.closed_at is not None
    return clock(of.aware_at, of.reported_at, decided=decided, now=datetime.now(UTC))


def clock_words(of: BreachView) -> dict[str, Any]:
    """Return what a page says of the clock."""
    now = clock_of(of)
    hours = ngettext("%(num)s hour", "%(num)s hours", now.hours)
    span = _("%(hours)s and %(minutes)s minutes", hours=hours, minutes=now.minutes)
    if of.reported_at is not None:
        told = _("Reported on %(moment)s.", moment=format_datetime(of.reported_at))
        late = _("That was later than 72 hours: the report must give the reasons.")
        words = f"{told} {late}" if now.late else told
    elif not now.running:
        words = _("The clock stands still: no report to the authority is needed.")
    elif now.late:
        words = _("The 72 hours are over, %(span)s ago. Report it now, with the reasons of the delay.", span=span)
    else:
        words = _("%(span)s left to report it to the authority.", span=span)
    return {
        "says": words,
        "deadline": format_datetime(now.deadline),
        "running": now.running,
        "late": now.late,
        "passed": now.passed,
    }


def item_labels(items: tuple[str, ...] | list[str]) -> str:
    """Return items of the catalogue in words."""
    return format_list([_(CATALOGUE[item].label) for item in CATALOGUE if item.value in items])


def side(of: BreachView) -> list[Link]:
    """Return the pages of one breach."""
    pages = (
        ("breaches.breach", _("Overview"), "info"),
        ("breaches.facts", _("Description"), "pencil"),
        ("breaches.decisions", _("Decisions"), "check"),
        ("breaches.concerned", _("Who is concerned"), "people"),
        ("breaches.texts", _("Reports and letters"), "mail"),
    )
    return [
        Link(url, label, icon, request.path == url or (endpoint in BELOW and _below(of, endpoint, url)))
        for endpoint, label, icon in pages
        for url in [url_for(endpoint, number=of.number)]
    ]


# What lies below a page of the list beside, though not below its address.
BELOW = {"breaches.concerned": (), "breaches.texts": ("breaches.letters",)}


def _below(of: BreachView, endpoint: str, url: str) -> bool:
    others = [url_for(other, number=of.number) for other in BELOW[endpoint]]
    return request.path.startswith(f"{url}/") or request.path in others


def heading(of: BreachView) -> dict[str, Any]:
    """Return what stands at the head of each page of a breach."""
    return {
        "place": of.number,
        "name": of.words["summary"],
        "practice": of.exercise,
        "harmless": of.harmless,
        "closed": of.closed_at is not None,
        "url": url_for("breaches.breach", number=of.number),
    }
