"""Whom a breach concerns: UpGuide numbers and items, never names (B3). Each look at the list is journalled."""

from typing import Any
from uuid import UUID

from flask import abort, flash, request, url_for
from flask.typing import ResponseReturnValue

from upguide.access import current_viewer, requires
from upguide.extensions import db
from upguide.features.breaches import blueprint, on_list
from upguide.features.breaches.actions import concerned as actions
from upguide.features.breaches.forms import ROLE_LABELS, AddForm, LooksForm, RemoveForm
from upguide.features.breaches.on_list import Concerned, LookingSession
from upguide.features.breaches.queries import PAGE, BreachView
from upguide.i18n import format_datetime, format_list, ngettext
from upguide.i18n import gettext as _
from upguide.policy.permissions import Permission
from upguide.policy.sees import Relation

from .common import form_page, go_to, item_labels, known, page, role
from .telling import row_words, told_words


@blueprint.get("/breaches/<int:number>/concerned", endpoint="concerned")
@requires(Permission.HANDLE_BREACHES)
def show_concerned(number: int) -> str:
    """Show the list, a page at a time, in the order of numbers."""
    of, session = known(number), db.session()
    counts = on_list.counts(session, of.id)
    rows = on_list.concerned(session, of.id, _after(), current_viewer().session_id)
    later = url_for("breaches.concerned", number=number, after=rows[-1].id) if len(rows) == PAGE else ""
    return page(
        of,
        "breaches/concerned.html",
        told=told_words(of, counts),
        rows=[_row(number, one) for one in rows],
        first_page=_after() is None,
        next_url=later,
    )


@blueprint.route("/breaches/<int:number>/concerned/from-the-journal", methods=["GET", "POST"])
@requires(Permission.HANDLE_BREACHES)
def compute(number: int) -> ResponseReturnValue:
    """Work out from the journal who was seen, by whom, when, in which session, of which items."""
    of, form = known(number), LooksForm()
    sessions = _sessions(of, form)
    form.offer(sessions)
    form.session.data = form.session.data or ""
    if not form.validate_on_submit() or request.form.get("do") == "sessions":
        shown = {"offered": bool(sessions), "looked": "do" in request.form and not form.errors}
        return form_page(of, "breaches/compute.html", form, **shown)
    looks = actions.Looks(
        **form.looks, items=form.items.data or None, session_id=UUID(form.session.data) if form.session.data else None
    )
    try:
        found = actions.compute(db.session(), role(), of, looks)
    except actions.UnknownNumber:
        form.number.errors = (_("Nobody has this number."),)
        return form_page(of, "breaches/compute.html", form, offered=bool(sessions), looked=False)
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
    return form_page(of, "breaches/add_concerned.html", form)


@blueprint.route(
    "/breaches/<int:number>/concerned/<uuid:row_id>/remove", methods=["GET", "POST"], endpoint="remove_concerned"
)
@requires(Permission.HANDLE_BREACHES)
def remove(number: int, row_id: UUID) -> ResponseReturnValue:
    """Take one person off the list, with a reason; who was told already stays on it."""
    of, form = known(number), RemoveForm()
    if not on_list.one_concerned(db.session(), of.id, row_id):
        abort(404)
    if not form.validate_on_submit():
        return form_page(of, "breaches/remove_concerned.html", form)
    if actions.remove(db.session(), role(), of, row_id, str(form.reason.data)):
        flash(_("This person does not stand on the list any more."), "success")
    else:
        flash(_("A letter went to this person already, or they were taken off before."), "error")
    return go_to(url_for("breaches.concerned", number=number))


def _after() -> UUID | None:
    try:
        return UUID(request.args.get("after", ""))
    except ValueError:
        return None


def _sessions(of: BreachView, form: LooksForm) -> list[tuple[str, str]]:
    """Return the sessions that fit the form, where it asks for them or one was chosen."""
    if request.form.get("do") != "sessions" and not form.session.data:
        return []
    if not form.number.validate(form) or not all(field.validate(form) for field in (form.since, form.until)):
        return []
    found = actions.look_up_sessions(db.session(), role(), of, form.looks, current_viewer().session_id)
    return [(str(one.id), _session(one)) for one in found]


def _session(one: LookingSession) -> str:
    looked = ngettext("%(num)s person looked at", "%(num)s persons looked at", one.persons)
    roles = format_list([str(ROLE_LABELS.get(Relation(relation), relation)) for relation in one.relations])
    began, ended = format_datetime(one.began_at), format_datetime(one.ended_at)
    when = began if began == ended else _("%(starts)s to %(ends)s", starts=began, ends=ended)
    return f"{when}: {roles}, {looked}"


def _row(number: int, one: Concerned) -> dict[str, Any]:
    open_to_removal = one.told_at is None and one.letter not in ("queued", "unsure") and not one.removed
    return {
        "label": one.number,
        "about": item_labels(one.items),
        "state": row_words(one),
        "source": _("From the journal") if one.source == "journal" else _("Added by hand"),
        "why": one.reason,
        "remove_url": url_for("breaches.remove_concerned", number=number, row_id=one.id) if open_to_removal else "",
    }
