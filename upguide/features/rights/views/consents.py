"""/my-data/consents: what was agreed to, and taking it back, with the effects told before (clauses P3, P7)."""

from dataclasses import dataclass

from flask import abort, flash, url_for
from flask.typing import ResponseReturnValue

from upguide.access import current_viewer, requires
from upguide.extensions import db
from upguide.features.rights import actions, blueprint
from upguide.features.rights.forms import ClickForm
from upguide.i18n import format_datetime
from upguide.i18n import gettext as _
from upguide.navigation import LANGUAGE_NAMES
from upguide.policy.permissions import Permission
from upguide.privacy.limits import OwnConsent, own_consents

from .common import go_to, me, page, portal_names


@dataclass(frozen=True, slots=True)
class Line:
    """One consent that stands, in words; `url` leads to taking it back."""

    portal: str
    statement: int
    tongue: str
    given: str
    url: str


@blueprint.get("/my-data/consents")
@requires(Permission.OWN_DATA)
def consents() -> str:
    """Show every consent, the latest first; those that stand can be taken back."""
    found = own_consents(db.session(), me())
    names = portal_names()
    known = [(consent, names[consent.tenant]) for consent in found if consent.tenant in names]
    here = current_viewer().tenant
    return page(
        "rights/consents.html",
        standing=[_line(*one) for one in known if one[0].stands],
        over=[_row(*one) for one in known if not one[0].stands],
        # Here it can be given again: on another portal one signs in there.
        again=not any(one.stands and one.tenant == here for one in found),
    )


@blueprint.route("/my-data/consents/<string(maxlength=40):portal>/withdraw", methods=["GET", "POST"])
@requires(Permission.OWN_DATA)
def withdraw_consent(portal: str) -> ResponseReturnValue:
    """Tell what taking the consent of one portal back does, and do it."""
    name = portal_names().get(portal)
    stands = any(one.stands and one.tenant == portal for one in own_consents(db.session(), me()))
    if name is None or not stands:
        abort(404)
    if not ClickForm().validate_on_submit():
        return page("rights/withdraw_consent.html", name=name, here=portal == current_viewer().tenant)
    actions.withdraw_consent(db.session(), portal, me())
    flash(_("Your consent on %(portal)s is taken back. On other portals nothing has changed.", portal=name))
    return go_to(url_for("rights.consents"))


def _line(consent: OwnConsent, portal: str) -> Line:
    return Line(
        portal=portal,
        statement=consent.version,
        tongue=LANGUAGE_NAMES.get(consent.language, consent.language),
        given=format_datetime(consent.given_at),
        url=url_for("rights.withdraw_consent", portal=consent.tenant),
    )


def _row(consent: OwnConsent, portal: str) -> tuple[str, ...]:
    """Return a row of the table of earlier consents: portal, version, language, given, taken back."""
    line = _line(consent, portal)
    taken_back = format_datetime(consent.withdrawn_at) if consent.withdrawn_at else _("Followed by a later one")
    return portal, str(line.statement), line.tongue, line.given, taken_back
