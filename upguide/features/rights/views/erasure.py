"""Making go: one item, one portal, or everything (P4c; GDPR Article 17); first we tell what goes and what stays."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import abort, flash, session, url_for
from flask.typing import ResponseReturnValue

from upguide.access import current_viewer, public, requires
from upguide.extensions import db
from upguide.features.rights import actions, blueprint, queries
from upguide.features.rights.forms import ClickForm, ErasureForm
from upguide.i18n import current_language, format_date, format_datetime, format_list, render
from upguide.i18n import gettext as _
from upguide.policy.erasure import BACKUPS_KEPT
from upguide.policy.items import CATALOGUE, Group, Item
from upguide.policy.permissions import Permission
from upguide.policy.purposes import TERMS
from upguide.privacy import retention
from upguide.privacy.erasure import Forecast, Kept, forecast
from upguide.tenancy import current_tenant

from .common import REFUSED, go_to, me, page, portal_names


@dataclass(frozen=True, slots=True)
class Portal:
    """A portal that the person belongs to, and where leaving it is asked."""

    name: str
    url: str


@blueprint.get("/my-data/erasure")
@requires(Permission.OWN_DATA)
def erasure() -> str:
    """Show the three ways, and what is under way."""
    names = portal_names()
    joined = queries.own_portals(db.session(), me())
    portals = [Portal(names[one], url_for("rights.leave_portal", portal=one)) for one in joined if one in names]
    pending = queries.own_erasure(db.session(), me())
    goes_on = retention.goes_on(db.session(), me())
    return page(
        "rights/erasure.html",
        portals=portals,
        pending=pending,
        due=format_datetime(pending.due_at) if pending else "",
        goes_on=format_date(goes_on) if goes_on else "",
    )


@blueprint.route("/my-data/erasure/everything", methods=["GET", "POST"])
@requires(Permission.OWN_DATA, fresh=True)
def erase_everything() -> ResponseReturnValue:
    """Tell what goes, what stays and why; then do it, after a day or at once."""
    form = ErasureForm()
    if not form.validate_on_submit():
        what = forecast(db.session(), me())
        text = {"goes": _goes(what), "kept": [_kept(one) for one in what.kept], "severed": _labels(what.severed)}
        backups = format_date((datetime.now(UTC) + BACKUPS_KEPT).date())
        shown = page("rights/erase_everything.html", form=form, backups=backups, has_words=what.has_words, **text)
        return shown, REFUSED if form.errors else 200
    at_once, language = form.when.data == "now", current_language()
    blank_words = bool(form.blank_words.data)
    due = actions.ask_erasure(db.session(), current_tenant(), me(), language, at_once=at_once, blank_words=blank_words)
    if at_once:
        session.clear()
        return go_to(url_for("rights.being_erased"))
    flash(_("Everything goes on %(moment)s. Until then you can withdraw it here.", moment=format_datetime(due)), "info")
    return go_to(url_for("rights.erasure"))


@blueprint.post("/my-data/erasure/withdraw")
@requires(Permission.OWN_DATA)
def withdraw_erasure() -> ResponseReturnValue:
    """Take the wish back, while nothing has begun."""
    if actions.withdraw_erasure(db.session(), me()):
        flash(_("Nothing is erased. Your account stays as it is."), "success")
    else:
        flash(_("There is nothing to withdraw, or it has begun already."), "info")
    return go_to(url_for("rights.erasure"))


@blueprint.get("/my-data/erasure/under-way")
@public("whoever asked for it is signed out by then")
def being_erased() -> str:
    """Say goodbye."""
    return render("rights/being_erased.html")


@blueprint.route("/my-data/erasure/portal/<string(maxlength=40):portal>", methods=["GET", "POST"])
@requires(Permission.OWN_DATA, fresh=True)
def leave_portal(portal: str) -> ResponseReturnValue:
    """Make one portal's membership go, with all that is the portal's own."""
    if portal not in queries.own_portals(db.session(), me()) or portal not in portal_names():
        abort(404)
    name = portal_names()[portal]
    if not ClickForm().validate_on_submit():
        return page("rights/leave_portal.html", name=name)
    actions.leave_portal(db.session(), portal, me())
    if portal == current_viewer().tenant:
        session.clear()
        flash(_("You have left %(portal)s. On other portals nothing has changed.", portal=name), "success")
        return go_to(url_for("home.front"))
    flash(_("You have left %(portal)s.", portal=name), "success")
    return go_to(url_for("rights.erasure"))


def _goes(what: Forecast) -> list[tuple[str, str]]:
    """Return what goes, as groups of the catalogue with the items in each."""
    found = [
        (group, [item for item in CATALOGUE if item in what.goes and CATALOGUE[item].group is group]) for group in Group
    ]
    return [(_(group.value), _labels(items)) for group, items in found if items]


def _labels(items: Collection[Item]) -> str:
    return format_list([_(CATALOGUE[item].label) for item in CATALOGUE if item in items])


def _kept(one: Kept) -> tuple[str, str, str]:
    until = format_date(one.until) if one.until else ""
    return _labels(one.items), _(TERMS[one.term].explanation), until
