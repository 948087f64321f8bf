"""/breaches: what waits for judgement, the register, and the judging itself (B2)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import abort, flash, url_for
from flask.typing import ResponseReturnValue

from upguide.access import requires
from upguide.extensions import db
from upguide.features.breaches import blueprint, queries
from upguide.features.breaches.actions import Conflict, register, reports
from upguide.features.breaches.forms import JudgementForm, OpeningForm, moment
from upguide.features.breaches.queries import PAGE, BreachView, Report, ReportLine
from upguide.features.breaches.words import JUDGEMENTS, ROLES
from upguide.i18n import format_datetime, render
from upguide.i18n import gettext as _
from upguide.i18n.formats import ZONE
from upguide.policy.permissions import Permission
from upguide.tenancy import all_tenants

from .common import REFUSED, clock_words, go_to, place, role


@blueprint.get("/breaches", endpoint="register")
@requires(Permission.HANDLE_BREACHES)
def show_register() -> str:
    """Show the reports that wait, and the register, newest first."""
    session = db.session()
    waiting = queries.waiting_reports(session)
    found = queries.register(session, place("before"))
    lines = [_line(one) for one in found[:PAGE]]
    return render(
        "breaches/register.html",
        waiting=_reports(waiting[:PAGE]),
        more_waiting=len(waiting) > PAGE,
        breaches=lines,
        first_page=place("before") is None,
        next_url=url_for("breaches.register", before=lines[-1]["place"]) if len(found) > PAGE else "",
    )


@blueprint.get("/breaches/reports", endpoint="reports")
@requires(Permission.HANDLE_BREACHES)
def show_reports() -> str:
    """Show the reports that wait, and those that were judged."""
    session = db.session()
    waiting = queries.waiting_reports(session)
    judged = queries.judged_reports(session, place("before"))
    later = url_for("breaches.reports", before=judged[PAGE - 1].place) if len(judged) > PAGE else ""
    return render(
        "breaches/reports.html",
        waiting=_reports(waiting[:PAGE]),
        more_waiting=len(waiting) > PAGE,
        judged=_reports(judged[:PAGE]),
        next_url=later,
    )


@blueprint.route("/breaches/reports/<uuid:report_id>", methods=["GET", "POST"], endpoint="judge")
@requires(Permission.HANDLE_BREACHES)
def judge(report_id: UUID) -> ResponseReturnValue:
    """Show one report, and judge it."""
    report = queries.report(db.session(), report_id)
    if report is None:
        abort(404)
    form = JudgementForm(data={"aware_at": report.made_at.astimezone(ZONE), "facts": report.story})
    if report.decision is not None or not form.validate_on_submit():
        shown = render("breaches/judge.html", report=_opened(report), form=form, judged=report.decision is not None)
        return shown, REFUSED if form.errors else 200
    return _judge(report, form)


def _judge(report: Report, form: JudgementForm) -> ResponseReturnValue:
    judgement = reports.Judgement(str(form.decision.data), form.reasons.data or "", form.merge_into.data)
    try:
        number = reports.judge(db.session(), role(), report, judgement, _opening(form))
    except Conflict:
        flash(_("Somebody else judged this report meanwhile. Your judgement was not kept."), "error")
        return go_to(url_for("breaches.judge", report_id=report.id))
    except LookupError:
        form.merge_into.errors = (_("There is no breach with this number."),)
        return render("breaches/judge.html", report=_opened(report), form=form, judged=False), REFUSED
    flash(_("Your judgement is kept, with its reasons."), "success")
    return go_to(url_for("breaches.reports") if number is None else url_for("breaches.breach", number=number))


def _opening(form: JudgementForm) -> register.Opening | None:
    if form.decision.data not in ("breach", "harmless"):
        return None
    return register.Opening(
        summary=form.summary.data or "",
        facts=form.facts.data or "",
        aware_at=_moment(form.aware_at.data),
        exercise=bool(form.exercise.data),
        harmless=form.decision.data == "harmless",
        reasons=form.reasons.data or "",
    )


@blueprint.route("/breaches/new", methods=["GET", "POST"])
@requires(Permission.HANDLE_BREACHES)
def new_breach() -> ResponseReturnValue:
    """Put a breach, or an exercise, in the register that nobody reported."""
    form = OpeningForm()
    if not form.validate_on_submit():
        return render("breaches/new_breach.html", form=form), REFUSED if form.errors else 200
    opening = register.Opening(
        summary=form.summary.data or "",
        facts=form.facts.data or "",
        aware_at=_moment(form.aware_at.data),
        exercise=bool(form.exercise.data),
    )
    number = register.open_breach(db.session(), role(), opening)
    flash(_("It stands in the register. The clock runs."), "success")
    return go_to(url_for("breaches.breach", number=number))


def _moment(given: datetime | None) -> datetime:
    found = moment(given)
    assert found is not None  # the form asks for it
    return found


def _line(one: BreachView) -> dict[str, Any]:
    return {
        "place": one.number,
        "name": one.words["summary"],
        "url": url_for("breaches.breach", number=one.number),
        "aware": format_datetime(one.aware_at),
        "practice": one.exercise,
        "harmless": one.harmless,
        "closed": one.closed_at is not None,
        "clock": clock_words(one),
    }


def _reports(lines: Sequence[ReportLine]) -> list[dict[str, Any]]:
    names = {tenant.slug: tenant.name for tenant in all_tenants()}
    return [
        {
            "reference": one.reference,
            "url": url_for("breaches.judge", report_id=one.id),
            "made": format_datetime(one.made_at),
            "portal": names.get(one.tenant, one.tenant),
            "judgement": JUDGEMENTS[one.decision] if one.decision else "",
        }
        for one in lines
    ]


def _opened(report: Report) -> dict[str, Any]:
    names = {tenant.slug: tenant.name for tenant in all_tenants()}
    number = report.breach_number
    return {
        "reference": report.reference,
        "portal": names.get(report.tenant, report.tenant),
        "said": report.story,
        "when": report.noticed,
        "reach": report.contact,
        "made": format_datetime(report.made_at),
        "judgement": JUDGEMENTS[report.decision] if report.decision else "",
        "why": report.reasons,
        "decided": format_datetime(report.decided_at) if report.decided_at else "",
        "by": ROLES[report.decided_role] if report.decided_role else "",
        "place": number,
        "breach_url": url_for("breaches.breach", number=number) if number else "",
    }
