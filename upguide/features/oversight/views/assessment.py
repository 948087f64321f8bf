"""/oversight/assessment: a small help for an impact assessment (GDPR Art. 35). Nothing that is ticked is kept."""

from dataclasses import dataclass

from flask import request

from upguide.access import requires
from upguide.features.oversight import blueprint
from upguide.i18n import gettext as _
from upguide.policy.assessment import CRITERIA, ENOUGH
from upguide.policy.permissions import Permission
from upguide.privacy.register import register

from .common import page


@dataclass(frozen=True, slots=True)
class Criterion:
    """One of the nine, with its question."""

    place: int
    label: str
    question: str
    ticked: bool


@blueprint.route("/oversight/assessment", methods=["GET", "POST"])
@requires(Permission.OVERSEE)
def assessment() -> str:
    """Ask the nine criteria, say what follows from the answers, and list data, purposes and what is sealed."""
    given = set(request.form.getlist("criterion"))
    criteria = [
        Criterion(number, _(label), _(question), str(number) in given)
        for number, (label, question) in enumerate(CRITERIA, start=1)
    ]
    met = sum(one.ticked for one in criteria)
    asked = request.method == "POST"
    return page(
        "oversight/assessment.html",
        criteria=criteria,
        asked=asked,
        met=met,
        needed=met >= ENOUGH,
        activities=register().activities,
    )
