"""Hiding, showing again and removing: one button for each value, without a script (P4b, P4c)."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from upguide.access import requires
from upguide.extensions import db
from upguide.features.profile import actions, blueprint, lines, queries
from upguide.i18n import gettext as _
from upguide.policy.items import Item
from upguide.policy.permissions import Permission
from upguide.privacy.photos import drop_files
from upguide.privacy.wording import TOGETHER, label_of, together, value_of

from .common import me, own_page, profile_page


@blueprint.post("/values/<item:item>/hide")
@blueprint.post("/values/<item:item>/<uuid:row_id>/hide")
@requires(Permission.OWN_DATA)
def hide_value(item: Item, row_id: UUID | None = None) -> ResponseReturnValue:
    """Hide one value; of an address or employer all parts (P4b)."""
    return _set_hidden(_together(item, row_id), hidden=True)


@blueprint.post("/values/<item:item>/show")
@blueprint.post("/values/<item:item>/<uuid:row_id>/show")
@requires(Permission.OWN_DATA)
def show_value(item: Item, row_id: UUID | None = None) -> ResponseReturnValue:
    """Let one value be seen again, by whom section W says."""
    return _set_hidden(_together(item, row_id), hidden=False)


@blueprint.post("/parts/<item:item>/<uuid:row_id>/hide")
@requires(Permission.OWN_DATA)
def hide_part(item: Item, row_id: UUID) -> ResponseReturnValue:
    """Hide one part of an address or employer."""
    return _set_hidden(_field(item, row_id), hidden=True, back=_row_url(item, row_id))


@blueprint.post("/parts/<item:item>/<uuid:row_id>/show")
@requires(Permission.OWN_DATA)
def show_part(item: Item, row_id: UUID) -> ResponseReturnValue:
    """Let one part of an address or employer be seen again."""
    return _set_hidden(_field(item, row_id), hidden=False, back=_row_url(item, row_id))


@blueprint.route("/values/<item:item>/remove", methods=["GET", "POST"])
@blueprint.route("/values/<item:item>/<uuid:row_id>/remove", methods=["GET", "POST"])
@requires(Permission.OWN_DATA)
def remove(item: Item, row_id: UUID | None = None) -> ResponseReturnValue:
    """Remove one value, after a question (P4c)."""
    fields = _together(item, row_id)
    which = fields[0].item
    if which in actions.NOT_REMOVABLE:
        abort(404)
    label, back = label_of(fields), url_for("profile.overview", _anchor=lines.section_of(which))
    if request.method == "GET":
        return profile_page("remove", label=label, value=value_of(fields), back=back)
    try:
        file_key = actions.remove(db.session(), me(), which, fields[0].row_id)
    except LookupError:  # gone since the page was read
        abort(404)
    db.session.commit()
    if file_key:
        drop_files(file_key)
    flash(_("%(what)s: removed.", what=lines.name_of(which)), "success")
    return redirect(back, 303)


def _set_hidden(fields: tuple[Any, ...], *, hidden: bool, back: str | None = None) -> ResponseReturnValue:
    item = fields[0].item
    # A flash stands in the cookie: it names the kind of data, never what stood there (F4).
    label = lines.name_of(item)
    if not actions.set_hidden(db.session(), me(), fields, hidden=hidden):
        abort(404)
    db.session.commit()
    if hidden:
        flash(_("%(what)s: hidden from other users. “Show” undoes it.", what=label), "success")
    else:
        flash(_("%(what)s: no longer hidden. Beside it stands who sees it.", what=label), "success")
    return redirect(back or url_for("profile.overview", _anchor=lines.section_of(item)), 303)


def _field(item: Item, row_id: UUID | None) -> tuple[Any, ...]:
    try:
        return (queries.value_in(own_page(), item, row_id or me()),)
    except LookupError:
        abort(404)


def _together(item: Item, row_id: UUID | None) -> tuple[Any, ...]:
    """Return the value and what is read as one with it; 404 where it is not one of the person's own."""
    (field,) = _field(item, row_id)
    if field.item in TOGETHER:
        abort(404)
    page = own_page()
    return next(group for group in together(page.fields) if field in group)


def _row_url(item: Item, row_id: UUID) -> str:
    return lines.edit_url(TOGETHER.get(item, item), row_id)
