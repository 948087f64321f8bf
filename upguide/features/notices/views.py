"""/notifications: what happened, what of it comes by mail, and turning that off from the mail itself (U2)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from upguide.access import current_viewer, public, requires
from upguide.extensions import csrf, db
from upguide.i18n import format_datetime, render
from upguide.i18n import gettext as _
from upguide.notices import mailing
from upguide.notices.choices import choices_of, choose
from upguide.notices.places import open_off, path_of
from upguide.policy.notices import NOTICES, Frequency, Kind
from upguide.policy.permissions import Permission
from upguide.tenancy import current_tenant

from . import actions
from .forms import ChoicesForm
from .queries import Told, told_to

__all__ = ["blueprint", "mailing"]

blueprint = Blueprint("notices", __name__)
REFUSED = 422


@blueprint.get("/notifications")
@requires(Permission.BE_MEMBER)
def overview() -> str:
    """Show what a member was told, the newest first, 25 a page."""
    viewer = current_viewer()
    before, after = _place("before"), _place("after")
    found = told_to(db.session(), viewer.tenant, _me(), before=before, after=after)
    first, last = (found.told[0].id, found.told[-1].id) if found.told else (None, None)
    return render(
        "notices/overview.html",
        lines=[_line(told) for told in found.told],
        unread=viewer.unread > 0,
        turned=before is not None or after is not None,
        previous_url=url_for("notices.overview", after=first) if found.newer and first else "",
        next_url=url_for("notices.overview", before=last) if found.older and last else "",
    )


@blueprint.post("/notifications/<uuid:notice_id>")
@requires(Permission.BE_MEMBER)
def follow(notice_id: UUID) -> ResponseReturnValue:
    """Mark one as read, and go where it leads."""
    found = actions.read(db.session(), current_viewer().tenant, _me(), notice_id)
    if found is None:
        abort(404)
    db.session.commit()
    return redirect(path_of(*found), 303)


@blueprint.post("/notifications/read")
@requires(Permission.BE_MEMBER)
def read_all() -> ResponseReturnValue:
    """Mark all as read."""
    actions.read_all(db.session(), current_viewer().tenant, _me())
    db.session.commit()
    flash(_("You are up to date."), "success")
    return redirect(url_for("notices.overview"), 303)


@blueprint.route("/notifications/choices", methods=["GET", "POST"])
@requires(Permission.OWN_DATA)
def choices() -> ResponseReturnValue:
    """Choose how often mail of each kind comes, and when it should be quiet (U2)."""
    form = ChoicesForm()
    if form.validate_on_submit():
        choose(db.session(), _me(), form.chosen())
        db.session.commit()
        flash(_("That is kept. From now on we mail you so."), "success")
        return redirect(url_for("notices.choices"), 303)
    if not form.is_submitted():
        form.fill(choices_of(db.session(), _me()))
    return render("notices/choices.html", form=form), REFUSED if form.errors else 200


@blueprint.route("/notifications/off/<string(maxlength=200):token>", methods=["GET", "POST"])
@public("a mail turns its own kind off without signing in")
def off(token: str) -> ResponseReturnValue:
    """Ask whether this mail is to stop, and stop it: by the button here, or by that of a mail program (RFC 8058)."""
    wanted = open_off(token) or abort(404)
    done = request.method == "POST"
    if done and not actions.turn_mail_off(db.session(), current_tenant().slug, wanted):
        abort(404)
    return render("notices/off.html", what=_what(wanted.what), done=done)


# The link is the proof: a mail program posts without a cookie, and whoever has no link can turn nothing off.
csrf.exempt(off)


def _me() -> UUID:
    return current_viewer().person_id or abort(403)


def _place(name: str) -> UUID | None:
    try:
        return UUID(request.args.get(name, ""))
    except ValueError:
        return None


def _line(told: Told) -> dict[str, Any]:
    way = url_for("notices.follow", notice_id=told.id) if told.unread else path_of(told.kind, told.subject_id)
    return {
        "happened": _(NOTICES[told.kind].happened),
        "when": format_datetime(told.made_at),
        "unread": told.unread,
        "url": way,
    }


def _what(what: Kind | Frequency) -> str:
    if isinstance(what, Kind):
        return _(NOTICES[what].happened)
    return _("The daily overview") if what is Frequency.DAILY else _("The weekly overview")
