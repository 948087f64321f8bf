"""Taking everything along (P7; GDPR Articles 15 and 20): asked for, made by a job, taken once."""

from uuid import UUID

from flask import Response, flash, jsonify, url_for
from flask.typing import ResponseReturnValue

from upguide.access import current_viewer, public, requires
from upguide.extensions import db
from upguide.features.rights import actions, blueprint, queries
from upguide.features.rights.forms import ClickForm
from upguide.i18n import current_language, format_datetime
from upguide.i18n import gettext as _
from upguide.policy.erasure import EXPORT_KEPT
from upguide.policy.permissions import Permission
from upguide.privacy.export import read_pieces, schema
from upguide.privacy.vault import vault_of
from upguide.tenancy import current_tenant

from .common import go_to, me, page

FILE_NAME = "upguide-my-data.zip"


@blueprint.get("/my-data/export")
@requires(Permission.OWN_DATA)
def export() -> str:
    """Show how far the copy is, or how to ask for one."""
    found = queries.own_export(db.session(), me())
    return page("rights/export.html", export=found, until=format_datetime(found.expires_at) if found else "")


@blueprint.route("/my-data/export/new", methods=["GET", "POST"])
@requires(Permission.OWN_DATA, fresh=True)
def new_export() -> ResponseReturnValue:
    """Ask for a copy of everything; the password was given a moment ago."""
    if not ClickForm().validate_on_submit():
        return page("rights/new_export.html", kept_days=EXPORT_KEPT.days)
    if actions.ask_export(db.session(), current_tenant(), me(), current_language()):
        flash(_("We are making your copy. You have a message when it is ready."), "success")
    else:
        flash(_("You have asked for a copy already. Here you see how far it is."), "info")
    return go_to(url_for("rights.export"))


@blueprint.route("/my-data/export/<uuid:export_id>/take", methods=["GET", "POST"])
@requires(Permission.OWN_DATA, fresh=True)
def take_export(export_id: UUID) -> ResponseReturnValue:
    """Hand the copy over, once."""
    if not ClickForm().validate_on_submit():
        return page("rights/take_export.html", export_id=export_id)
    key, viewer = vault_of(db.session(), me()).key, current_viewer()
    pieces = actions.take_export(db.session(), viewer.tenant, me(), viewer.session_id, export_id)
    if not pieces:
        flash(_("This copy was taken already, or it is too old. Ask for a new one."), "error")
        return go_to(url_for("rights.export"))
    response = Response(read_pieces(key, export_id, pieces), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    return response


@blueprint.get("/my-data/export/schema.json")
@public("what a copy looks like tells nothing about anybody", stateless=True)
def export_schema() -> Response:
    """Publish how to read `data.json`."""
    return jsonify(schema())
