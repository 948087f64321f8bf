"""/my-data/restriction and /my-data/objections: limits that work at once, and can be lifted (GDPR Art. 18 and 21)."""

from dataclasses import dataclass

from flask import abort, flash, url_for
from flask.typing import ResponseReturnValue

from upguide.access import requires
from upguide.extensions import db
from upguide.features.rights import actions, blueprint
from upguide.features.rights.forms import ReasonForm
from upguide.i18n import format_datetime
from upguide.i18n import gettext as _
from upguide.policy.permissions import Permission
from upguide.policy.purposes import PURPOSES, Purpose
from upguide.policy.requests import OBJECTIONS, Effect, RequestKind
from upguide.privacy.limits import OwnLimit, own_limits, standing_of

from .common import REFUSED, go_to, me, page


@dataclass(frozen=True, slots=True)
class Line:
    """One purpose: what it is, what it rests on, what objecting does, and where that is done."""

    label: str
    explanation: str
    ground: str
    told: str
    effect: str
    url: str
    stands: bool


@blueprint.route("/my-data/restriction", methods=["GET", "POST"])
@requires(Permission.OWN_DATA)
def restriction() -> ResponseReturnValue:
    """Tell what a restriction does, and set it."""
    form = ReasonForm()
    if form.validate_on_submit():
        actions.restrict(db.session(), me(), form.reason.data or "")
        flash(_("Your data is kept, and used for nothing, until you lift this here."), "success")
        return go_to(url_for("rights.restriction"))
    standing, limits = standing_of(db.session(), me()), own_limits(db.session(), me())
    since = format_datetime(standing.restricted_at) if standing.restricted_at else ""
    past = [_past(limit) for limit in limits if limit.purpose is None]
    return page("rights/restriction.html", form=form, since=since, past=past), REFUSED if form.errors else 200


@blueprint.post("/my-data/restriction/lift")
@requires(Permission.OWN_DATA)
def lift_restriction() -> ResponseReturnValue:
    """Let the data be used again, as it was before."""
    actions.lift(db.session(), me())
    flash(_("The restriction is lifted. All is as it was before."), "success")
    return go_to(url_for("rights.restriction"))


@blueprint.get("/my-data/objections")
@requires(Permission.OWN_DATA)
def objections() -> str:
    """Show every purpose, and what objecting to it does."""
    standing, limits = standing_of(db.session(), me()), own_limits(db.session(), me())
    lines = [_line(purpose, stands=purpose in standing.objects_to) for purpose in Purpose]
    return page("rights/objections.html", lines=lines, past=[_past(limit) for limit in limits if limit.purpose])


@blueprint.route("/my-data/objections/<string(maxlength=20):purpose>", methods=["GET", "POST"])
@requires(Permission.OWN_DATA)
def object_to(purpose: str) -> ResponseReturnValue:
    """Tell what the objection does, and make it stand."""
    which, form = _stopping(purpose), ReasonForm()
    if form.validate_on_submit():
        actions.object_to(db.session(), me(), which, form.reason.data or "")
        flash(_("Your objection stands, until you take it back here."), "success")
        return go_to(url_for("rights.objections"))
    line = _line(which, stands=False)
    return page("rights/object_to.html", form=form, line=line), REFUSED if form.errors else 200


@blueprint.post("/my-data/objections/<string(maxlength=20):purpose>/take-back")
@requires(Permission.OWN_DATA)
def take_back_objection(purpose: str) -> ResponseReturnValue:
    """End an objection."""
    actions.take_back(db.session(), me(), _stopping(purpose))
    flash(_("Your objection is taken back. All is as it was before."), "success")
    return go_to(url_for("rights.objections"))


def _stopping(value: str) -> Purpose:
    found = [purpose for purpose in Purpose if purpose.value == value and OBJECTIONS[purpose].effect is Effect.STOPS]
    return found[0] if found else abort(404)


def _line(purpose: Purpose, *, stands: bool) -> Line:
    words, objection = PURPOSES[purpose], OBJECTIONS[purpose]
    return Line(
        label=_(words.label),
        explanation=_(words.explanation),
        ground=_(words.ground),
        told=_(objection.words),
        effect=objection.effect.value,
        url=_way(purpose, stands=stands),
        stands=stands,
    )


def _way(purpose: Purpose, *, stands: bool) -> str:
    effect = OBJECTIONS[purpose].effect
    if effect is Effect.NONE:
        return ""
    if effect is Effect.ASKS:
        return url_for("rights.new_request", kind=RequestKind.OBJECTION.value, purpose=purpose.value)
    return url_for("rights.take_back_objection" if stands else "rights.object_to", purpose=purpose.value)


def _past(limit: OwnLimit) -> tuple[str, ...]:
    """Return a row of the table of limits: what, from when, until when, why."""
    return (
        _(PURPOSES[limit.purpose].label) if limit.purpose else _("Restriction"),
        format_datetime(limit.began_at),
        format_datetime(limit.ended_at) if limit.ended_at else _("Still stands"),
        limit.reason or _("Not told"),
    )
