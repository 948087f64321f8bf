"""Whom a breach concerns: UpGuide numbers and items, never names (B3). Each look at the list is journalled."""

from typing import Any
from uuid import UUID

from flask import abort, flash, request, url_for
from flask.typing import ResponseReturnValue

from upguide.access import current_viewer, requires
from upguide.extensions import db
from upguide.features.breaches import blueprint, queries
from upguide.features.breaches.actions import concerned as actions
from upguide.features.breaches.forms import AddForm, LooksForm, RemoveForm, moment
from upguide.features.breaches.queries import PAGE, Concerned
from upguide.i18n import format_datetime, ngettext, render
from upguide.i18n import gettext as _
from upguide.policy.permissions import Permission

from .common import REFUSED, go_to, heading, item_labels, known, role, side


@blueprint.get("/breaches/<int:number>/concerned", endpoint="concerned")
@requires(Permission.HANDLE_BREACHES)
def show_concerned(number: int) -> str:
    """Show the list, a page at a time, in the order of numbers."""
    of, session = known(number), db.session()
    counts = queries.counts(session, of.id)
    rows = queries.concerned(session, of.id, _after(), current_viewer().session_id)
    later = url_for("breaches.concerned", number=number, after=rows[-1].id) if len(rows) == PAGE else ""
    return render(
        "breaches/concerned.html",
        head=heading(of),
        side=side(of),
        counts=counts,
        rows=[_row(number, one) for one in rows],
        first_page=_after() is None,
        next_url=later,
    )


@blueprint.route("/breaches/<int:number>/concerned/from-the-journal", methods=["GET", "POST"])
@requires(Permission.HANDLE_BREACHES)
def compute(number: int) -> ResponseReturnValue:
    """Work out from the journal who was seen, by whom, when, in which session, of which items."""
    of, form = known(number), LooksForm()
    if not form.validate_on_submit():
        shown = render("breaches/compute.html", head=heading(of), side=side(of), form=form)
        return shown, REFUSED if form.errors else 200
    looks = actions.Looks(
        number=form.number.data or None,
        relation=form.relation.data or None,
        since=moment(form.since.data),
        until=moment(form.until.data),
        items=form.items.data or None,
        session_id=UUID(form.session.data) if form.session.data else None,
    )
    try:
        found = actions.compute(db.session(), role(), of, looks)
    except actions.UnknownNumber:
        form.number.errors = (_("Nobody has this number."),)
        return render("breaches/compute.html", head=heading(of), side=side(of), form=form), REFUSED
    told = ngettext(
        "The journal names %(num)s person: they stand on the list, unless you took them off.",
        "The journal names %(num)s persons: they stand on the list, but for those whom you took off.",
        found,
    )
    flash(told if found else _("The journal names nobody."), "success" if found else "info")
    return go_to(url_for("breaches.concerned", number=number))


@blueprint.route("/breaches/<int:number>/concerned/add", methods=["GET", "POST"], endpoint="add_concerned")
@requires(Permission.HANDLE_BREACHES)
def add(number: int) -> ResponseReturnValue:
    """Put one person on the list, by number, with a reason."""
    of, form = known(number), AddForm()
    if form.validate_on_submit():
        values = (str(form.number.data), list(form.items.data or ()), str(form.reason.data))
        try:
            actions.add_number(db.session(), role(), of, *values)
        except actions.UnknownNumber:
            form.number.errors = (_("Nobody has this number."),)
        else:
            flash(_("This person stands on the list."), "success")
            return go_to(url_for("breaches.concerned", number=number))
    shown = render("breaches/add_concerned.html", head=heading(of), side=side(of), form=form)
    return shown, REFUSED if form.errors else 200


@blueprint.route(
    "/breaches/<int:number>/concerned/<uuid:row_id>/remove", methods=["GET", "POST"], endpoint="remove_concerned"
)
@requires(Permission.HANDLE_BREACHES)
def remove(number: int, row_id: UUID) -> ResponseReturnValue:
    """Take one person off the list, with a reason; who was told already stays on it."""
    of, form = known(number), RemoveForm()
    if not queries.one_concerned(db.session(), of.id, row_id):
        abort(404)
    if not form.validate_on_submit():
        shown = render("breaches/remove_concerned.html", head=heading(of), side=side(of), form=form)
        return shown, REFUSED if form.errors else 200
    if actions.remove(db.session(), role(), of, row_id, str(form.reason.data)):
        flash(_("This person does not stand on the list any more."), "success")
    else:
        flash(_("This person was told already, or was taken off before."), "error")
    return go_to(url_for("breaches.concerned", number=number))


def _after() -> UUID | None:
    try:
        return UUID(request.args.get("after", ""))
    except ValueError:
        return None


def _row(number: int, one: Concerned) -> dict[str, Any]:
    if one.told_at is not None:
        state = _("Told on %(moment)s", moment=format_datetime(one.told_at))
    else:
        state = _("Taken off the list") if one.removed else _("Not told yet")
    standing = one.told_at is None and not one.removed
    return {
        "label": one.number,
        "about": item_labels(one.items),
        "state": state,
        "removed": one.removed,
        "source": _("From the journal") if one.source == "journal" else _("Added by hand"),
        "why": one.reason,
        "remove_url": url_for("breaches.remove_concerned", number=number, row_id=one.id) if standing else "",
    }
