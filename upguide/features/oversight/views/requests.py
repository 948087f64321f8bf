"""/oversight/requests: what people ask of a human, when it is due, the answer, and two months more (P7).

The officer's; a webmaster finds here only what no officer can answer (`privacy.requests`).
"""

from uuid import UUID

from flask import abort, flash, request, url_for
from flask.typing import ResponseReturnValue

from upguide.access import current_viewer, requires
from upguide.extensions import db
from upguide.features.oversight import blueprint
from upguide.features.oversight.forms import RequestForm
from upguide.i18n import format_date, format_datetime
from upguide.i18n import gettext as _
from upguide.navigation import page_number
from upguide.policy.permissions import Permission, may
from upguide.policy.purposes import PURPOSES
from upguide.policy.requests import KINDS
from upguide.privacy import requests
from upguide.privacy.requests import Asked

from .common import REFUSED, go_to, page


@blueprint.get("/oversight/requests")
@requires(Permission.ANSWER_REQUESTS)
def request_list() -> str:
    """Show what waits for an answer, the most urgent first; or what was answered."""
    answered = request.args.get("show") == "answered"
    read = requests.answered_requests if answered else requests.open_requests
    number = page_number()
    found = read(db.session(), number)
    show = "answered" if answered else None
    return page(
        "oversight/request_list.html",
        rows=[_row(one) for one in found.rows],
        answered=answered,
        officer=may(current_viewer(), Permission.OVERSEE),
        previous_url=url_for("oversight.request_list", page=number - 1, show=show) if number else "",
        next_url=url_for("oversight.request_list", page=number + 1, show=show) if found.more else "",
    )


@blueprint.route("/oversight/requests/<uuid:request_id>", methods=["GET", "POST"])
@requires(Permission.ANSWER_REQUESTS)
def request_page(request_id: UUID) -> ResponseReturnValue:
    """Show one request, and answer it."""
    asked, form = _asked(request_id), RequestForm()
    if form.validate_on_submit():
        if requests.answer(db.session(), request_id, form.words.data or ""):
            db.session.commit()
            flash(_("It is answered. The person is told by mail, and reads your words here."), "success")
        else:
            flash(_("This request was answered already."), "info")
        return go_to(url_for("oversight.request_list"))
    said = {"question": asked.words, "more_time": asked.reason, "told": asked.answer}
    shown = page("oversight/request.html", extensible=asked.extensible, row=_row(asked), form=form, **said)
    return shown, REFUSED if form.errors else 200


@blueprint.route("/oversight/requests/<uuid:request_id>/extend", methods=["GET", "POST"])
@requires(Permission.ANSWER_REQUESTS)
def extend_request(request_id: UUID) -> ResponseReturnValue:
    """Take two months more, once, for a reason that the person is told."""
    asked, form = _asked(request_id), RequestForm()
    if not asked.extensible:
        abort(404)
    if form.validate_on_submit():
        due = requests.extend(db.session(), request_id, form.words.data or "")
        if due is not None:
            db.session.commit()
            flash(_("The answer is now due on %(date)s. The person is told, with the reason.", date=format_date(due)))
        return go_to(url_for("oversight.request_page", request_id=request_id))
    shown = page("oversight/extend_request.html", row=_row(asked), form=form)
    return shown, REFUSED if form.errors else 200


def _asked(request_id: UUID) -> Asked:
    return requests.request_of(db.session(), request_id) or abort(404)


def _row(one: Asked) -> dict[str, object]:
    return {
        "url": url_for("oversight.request_page", request_id=one.id),
        "extend_url": url_for("oversight.extend_request", request_id=one.id),
        "heading": _(KINDS[one.kind].label),
        "about": _(PURPOSES[one.purpose].label) if one.purpose else "",
        "asked": format_datetime(one.asked_at),
        "due": format_date(one.due_on),
        "late": one.late,
        "answered": format_datetime(one.answered_at) if one.answered_at else "",
    }
