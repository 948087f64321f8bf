"""What oversight reports: an overview, whether all is kept, who looks at whom, the register, retention (A2, W8)."""

from collections.abc import Mapping
from datetime import datetime

from flask import Response, abort

from upguide.access import public, requires
from upguide.extensions import db
from upguide.features.oversight import blueprint, queries, reading
from upguide.i18n import (
    LazyString,
    format_date,
    format_datetime,
    format_number,
    locale_for,
    ngettext,
    render,
    use_locale,
)
from upguide.i18n import gettext as _
from upguide.i18n import lazy_gettext as _l
from upguide.policy.clauses import CLAUSES, NOT_YET
from upguide.policy.oversight import SEARCHES_FOR_ONE_NAME, STATISTICS_DAYS
from upguide.policy.permissions import Permission
from upguide.privacy.checks import Check, Outcome, live_checks
from upguide.privacy.proofs import proofs
from upguide.privacy.register import as_csv, register_rows
from upguide.privacy.register import register as whole_register
from upguide.privacy.retention import runs
from upguide.tenancy import current_tenant

from .common import page

MOST_PASSES = 60
# What is looked at, what it says when it holds, and when it does not.
CHECKS: Mapping[Check, tuple[LazyString, LazyString, LazyString]] = {
    Check.ROW_SECURITY: (
        _l("Row-level security"),
        _l("Every table with somebody's data is protected by the database itself."),
        _l("A table is not protected."),
    ),
    Check.ROLE: (
        _l("The application's role"),
        _l("It cannot get around row-level security."),
        _l("It can get around row-level security."),
    ),
    Check.STATEMENT: (
        _l("The statement"),
        _l("The words that people read are those of the version that they agreed to."),
        _l("The words differ from the version that people agreed to."),
    ),
    Check.QUEUE: (_l("The queue"), _l("Jobs are done in time."), _l("Jobs wait too long, or failed.")),
    Check.MAILS: (_l("Mails"), _l("Messages leave."), _l("Messages wait too long, or could not be sent.")),
    Check.REQUESTS: (_l("Requests"), _l("No request is late."), _l("Requests are late.")),
    Check.RETENTION: (
        _l("Retention"),
        _l("The daily pass ran in the last two days."),
        _l("The daily pass did not run in the last two days."),
    ),
    Check.WEBMASTERS: (
        _l("Webmasters"),
        _l("There are two at least who can attend the officer's accesses: no single person can silence the officer."),
        _l(
            "Fewer than two can attend the officer's accesses: one alone could refuse them all. Ask the owner to "
            "appoint a second webmaster, at helpdesk@upguide.me."
        ),
    ),
    Check.LEDGER: (
        _l("Ledger of erasures"),
        _l("Erasures are noted outside the database."),
        _l("The ledger cannot be reached or written."),
    ),
}
PATTERNS: Mapping[str, LazyString] = {
    "many_persons": _l("Many persons in a day"),
    "odd_hours": _l("Looks at night"),
    "same_person": _l("The same person again and again"),
    "same_name": _l("Searches for one name again and again"),
}
RELATIONS: Mapping[str, LazyString] = {
    "self": _l("The person"),
    "member": _l("Member"),
    "professional_card": _l("Reader of a professional card"),
    "connection": _l("Connection"),
    "coach": _l("Coach"),
    "supervisor": _l("Supervisor"),
    "supervisor_of_shared": _l("Supervisor of a shared trajectory"),
    "expert": _l("Expert"),
    "administrator": _l("Administrator"),
    "officer": _l("Data-protection officer"),
    "webmaster": _l("Webmaster"),
    "public_listing": _l("Anybody"),
}


@blueprint.get("/oversight")
@requires(Permission.OVERSEE)
def overview() -> str:
    """Show what waits for the officer, and whether all holds."""
    outcomes = live_checks(db.session())
    states = [one.state for one in queries.accesses(db.session())]
    running = sum(state in ("asked", "nobody", "silent", "refused", "agreed", "open", "absent") for state in states)
    return page(
        "oversight/overview.html",
        failing=[_line(one) for one in outcomes if not one.holds],
        running=running,
        unusual=len(reading.unusual(db.session())),
    )


@blueprint.get("/oversight/clauses")
@requires(Permission.OVERSEE)
def clauses() -> str:
    """Show which promises hold: what is looked at now, and the tests of each as the build listed them (A2)."""
    known = proofs()
    rows = [[number, _(clause.words), format_number(known.get(number, 0))] for number, clause in CLAUSES.items()]
    return page(
        "oversight/clauses.html",
        checks=[_line(one) for one in live_checks(db.session())],
        rows=rows,
        waiting=sorted(NOT_YET),
    )


@blueprint.get("/privacy/kept")
@public("what is promised and proved is for everybody to read")
def kept() -> str:
    """Show everybody each promise, and how many tests prove it (A2)."""
    known = proofs()
    rows = [[_(clause.words), format_number(known.get(number, 0))] for number, clause in CLAUSES.items()]
    return render("oversight/kept.html", rows=rows)


@blueprint.get("/oversight/statistics")
@requires(Permission.OVERSEE)
def statistics() -> str:
    """Show how much was looked at, and what stands out; viewers are numbers that hold for this page alone."""
    days = [
        [
            format_date(one.day),
            _relations((one.relation,)),
            *map(format_number, (one.looks, one.persons, one.viewers)),
        ]
        for one in reading.look_days(db.session())
    ]
    unusual = [
        [
            str(PATTERNS[one.pattern]),
            format_date(one.day),
            _("Viewer %(number)s", number=one.viewer),
            _relations(one.relations),
            format_number(one.looks),
            format_number(one.persons) if one.persons else "–",
        ]
        for one in reading.unusual(db.session())
    ]
    return page(
        "oversight/statistics.html", days=days, unusual=unusual, since=STATISTICS_DAYS, searches=SEARCHES_FOR_ONE_NAME
    )


@blueprint.get("/oversight/register")
@requires(Permission.OVERSEE)
def register() -> str:
    """Show the register of processing activities (GDPR Art. 30)."""
    return page("oversight/register.html", register=whole_register(), sheets=current_tenant().languages)


@blueprint.get("/oversight/register/<string(length=2):language>.csv")
@requires(Permission.OVERSEE)
def register_csv(language: str) -> Response:
    """Answer with the register as a sheet, in one of the portal's languages."""
    tenant = current_tenant()
    if language not in tenant.languages:
        abort(404)
    with use_locale(locale_for(language, tenant)):
        # The mark tells programs for sheets that it is UTF-8.
        body = "\ufeff" + as_csv(register_rows(whole_register()))
    response = Response(body, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="register-{language}.csv"'
    return response


@blueprint.get("/oversight/retention")
@requires(Permission.OVERSEE)
def retention() -> str:
    """Show what the daily passes warned of, erased and removed (U5)."""
    rows = [
        [
            format_datetime(one.began_at),
            _warned(one.warned),
            *map(format_number, (one.repeated, one.erased, one.held, one.failed, sum(one.removed.values()))),
            _("%(seconds)s s", seconds=format_number(one.took.total_seconds())) if one.took is not None else "…",
        ]
        for one in runs(db.session(), MOST_PASSES)
    ]
    return page("oversight/retention.html", rows=rows)


def _line(outcome: Outcome) -> dict[str, object]:
    what, kept, broken = CHECKS[outcome.check]
    detail = outcome.detail
    if isinstance(detail, datetime):
        more = format_datetime(detail)
    else:
        more = _("Number: %(number)s", number=format_number(detail)) if detail else ""
    return {"label": str(what), "holds": outcome.holds, "text": str(kept if outcome.holds else broken), "more": more}


def _relations(keys: tuple[str, ...]) -> str:
    return ", ".join(str(RELATIONS.get(key, key)) for key in keys)


def _warned(warned: Mapping[int, int]) -> str:
    """Return warnings by how many days before: "60 days: 3"."""
    told = [
        ngettext("%(num)s day before: %(count)s", "%(num)s days before: %(count)s", days, count=count)
        for days, count in sorted(warned.items(), reverse=True)
    ]
    return ", ".join(told) or format_number(0)
