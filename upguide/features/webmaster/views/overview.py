"""How the system fares, at a glance, and what webmasters did lately: they see each other's work."""

from dataclasses import dataclass

from upguide.access import requires
from upguide.extensions import db
from upguide.features.webmaster import blueprint, queries
from upguide.features.webmaster.queries import PERSON_ACTS, ROLE_ACTS, Act
from upguide.i18n import format_datetime
from upguide.i18n import gettext as _
from upguide.i18n import lazy_gettext as _l
from upguide.policy.permissions import Permission

from .common import page, why

ACTS = {
    "look": _l("Opened somebody's data"),
    "block": _l("Blocked an account"),
    "release": _l("Released an account"),
    "remove_factors": _l("Removed lost second factors"),
    "appoint": _l("Appointed somebody"),
    "ask_dismissal": _l("Asked to end a role"),
    "dismiss": _l("Ended a role"),
}
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Line:
    """An act in words, without whom it concerned."""

    moment: str
    what: str
    by: str
    why: str


@blueprint.get("")
@requires(Permission.ADMINISTER)
def overview() -> str:
    """Show what waits for a webmaster, and what was done."""
    session = db.session()
    jobs, unsent = queries.job_counts(session), queries.unsent_mails(session)
    acts = queries.recent_acts(session, (*PERSON_ACTS, *ROLE_ACTS), SHOWN)
    return page(
        "webmaster/overview.html",
        failed_jobs=jobs.get("failed", 0),
        unsent=len(unsent),
        most=queries.LISTED,
        acts=[_line(act) for act in acts],
    )


def _line(act: Act) -> Line:
    by = _("You") if act.mine else _("Another webmaster, or the owner")
    return Line(format_datetime(act.done_at), str(ACTS[act.act]), by, why(act.reason))
