"""/report-a-breach: anybody tells us of what may be a data breach, without saying who they are (B1)."""

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from upguide.access import public
from upguide.extensions import db
from upguide.features.breaches import blueprint
from upguide.features.breaches.actions import reports
from upguide.features.breaches.forms import ReportForm
from upguide.i18n import render
from upguide.security.throttle import Action, throttle
from upguide.tenancy import current_tenant

from .common import REFUSED, go_to


@blueprint.route("/report-a-breach", methods=["GET", "POST"])
@public("whoever notices a breach must be able to tell us, without an account")
def report_a_breach() -> ResponseReturnValue:
    """Take a report; nothing but the words is kept, whoever is signed in."""
    form = ReportForm()
    if not form.validate_on_submit():
        return render("breaches/report_a_breach.html", form=form), REFUSED if form.errors else 200
    throttle(Action.REPORT_BREACH)
    reference = reports.make_report(
        db.session(),
        current_tenant(),
        form.story.data or "",
        form.noticed.data or "",
        form.contact.data or "",
        url_for("breaches.reports", _external=True),
    )
    return go_to(url_for("breaches.reported", reference=reference))


@blueprint.get("/report-a-breach/<string(length=11):reference>")
@public("who reported is told so, signed in or not")
def reported(reference: str) -> ResponseReturnValue:
    """Say thank you, with the reference; whether there is such a report is told to nobody."""
    if not reports.is_reference(reference):
        abort(404)
    return render("breaches/reported.html", reference=reference)
