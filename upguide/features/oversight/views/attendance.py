"""/webmaster/accesses: a webmaster answers the officer, attends, reads the log as it grows, and may end it (W8)."""

from uuid import UUID

from flask import flash, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from upguide.access import current_viewer, requires
from upguide.extensions import db
from upguide.features.oversight import actions, blueprint, queries
from upguide.features.oversight.forms import AnswerForm, ClickForm, EndForm
from upguide.features.oversight.queries import Access
from upguide.forms import _l, choice
from upguide.i18n import format_datetime, render
from upguide.i18n import gettext as _
from upguide.policy.permissions import Permission
from upguide.tenancy import current_tenant

from .access import hidden_rows
from .common import REFUSED, STATES, access_or_404, go_to, labels
from .lines import log_lines, state_rows


@blueprint.get("/webmaster/accesses")
@requires(Permission.ADMINISTER)
def attendance_list() -> str:
    """Show what the officer asks of this webmaster, and what was answered."""
    rows = state_rows(queries.accesses(db.session()), "oversight.attendance")
    return render("oversight/attendance_list.html", rows=rows, hidden=hidden_rows())


@blueprint.get("/webmaster/accesses/<uuid:access_id>")
@requires(Permission.ADMINISTER)
def attendance(access_id: UUID) -> str:
    """Show one access: to be answered, or to be attended with the log beside it."""
    return _page(access_or_404(access_id, mine=False), _answer_form(), EndForm(formdata=None))


@blueprint.post("/webmaster/accesses/<uuid:access_id>/answer")
@requires(Permission.ADMINISTER)
def answer_access(access_id: UUID) -> ResponseReturnValue:
    """Accept to attend, or refuse with a reason."""
    found, form = access_or_404(access_id, mine=False), _answer_form()
    if not form.validate_on_submit():
        return _page(found, form, EndForm(formdata=None)), REFUSED
    agree = form.answer.data == "accept"
    if actions.answer(db.session(), current_tenant(), found.id, agree=agree, reason=form.reason.data):
        flash(_("You attend this access. The officer is told.") if agree else _("You refused. The officer is told."))
    else:
        flash(_("Another webmaster was first, or it is no longer asked of you."), "info")
    return go_to(url_for("oversight.attendance_list" if not agree else "oversight.attendance", access_id=access_id))


@blueprint.post("/webmaster/accesses/<uuid:access_id>/attend")
@requires(Permission.ADMINISTER)
def attend_access(access_id: UUID) -> ResponseReturnValue:
    """Show that one is still there; the page's script asks for the log in return."""
    access_or_404(access_id, mine=False)
    ClickForm().validate_on_submit()
    here = actions.attend(db.session(), access_id, current_viewer().session_id)
    if request.accept_mimetypes.best == "application/json":
        lines = log_lines(queries.log_of(db.session(), access_id)) if here else []
        return jsonify(here=here, looks=[[one.seen, one.whom, one.data] for one in lines])
    if not here:
        flash(_("This access is over, or no longer yours to attend."), "info")
    return go_to(url_for("oversight.attendance", access_id=access_id))


@blueprint.post("/webmaster/accesses/<uuid:access_id>/end")
@requires(Permission.ADMINISTER)
def stop_access(access_id: UUID) -> ResponseReturnValue:
    """End an access that one attends, with a reason."""
    found, form = access_or_404(access_id, mine=False), EndForm()
    if not form.validate_on_submit():
        return _page(found, _answer_form(), form), REFUSED
    if actions.end(db.session(), current_tenant(), found.id, form.reason.data):
        flash(_("The access is ended. Nothing of it can be seen any more."), "success")
    return go_to(url_for("oversight.attendance", access_id=access_id))


def _answer_form() -> AnswerForm:
    form = AnswerForm()
    form.answer.choices = [
        choice("accept", _l("I will attend")),
        choice("refuse", _l("I refuse, for the reason below")),
    ]
    return form


def _page(found: Access, form: AnswerForm, end_form: EndForm) -> str:
    mine = found.webmaster_id == current_viewer().person_id
    return render(
        "oversight/attendance.html",
        access=found,
        why=found.reason,
        state=STATES[found.state],
        items=labels(found.items),
        starts=format_datetime(found.starts_at),
        ends=format_datetime(found.expires_at),
        form=form if found.may_answer else None,
        end_form=end_form,
        attends=mine and found.state in ("agreed", "open", "absent"),
        here=mine and found.state == "open",
        log=log_lines(queries.log_of(db.session(), found.id)) if mine else [],
    )
