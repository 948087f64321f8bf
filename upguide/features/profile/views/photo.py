"""The photo: placed after a look at it, shown to its person, and never kept as it came (F1, P5)."""

from flask import Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from upguide.access import requires
from upguide.extensions import db
from upguide.features.profile import actions, blueprint
from upguide.features.profile.forms import PhotoForm
from upguide.files.images import MIME_TYPE, PhotoRefused, make_photo, read_upload
from upguide.i18n import gettext as _
from upguide.policy.items import Item
from upguide.policy.permissions import Permission
from upguide.privacy.photos import Size, drop_files, photo_bytes
from upguide.security.throttle import Action, throttle

from .common import form_page, hidden_items, me, own_page


@blueprint.route("/photo/change", methods=["GET", "POST"])
@requires(Permission.OWN_DATA)
def change_photo() -> ResponseReturnValue:
    """The photo: see it as others do, place another one."""
    form = PhotoForm()
    if form.validate_on_submit() and _place_photo(form):
        flash(_("Your photo is placed."), "success")
        return redirect(url_for("profile.change_photo", tour=request.args.get("tour")), 303)
    hidden = Item.PHOTO in hidden_items()
    return form_page("photo", form, [Item.PHOTO], has_photo=own_page().has_photo, hidden=hidden)


@blueprint.get("/photo", defaults={"size": "large"})
@blueprint.get("/photo/<any(large, small):size>")
@requires(Permission.OWN_DATA)
def photo(size: str) -> ResponseReturnValue:
    """My own photo."""
    content = photo_bytes(db.session(), me(), Size(size))
    if content is None:
        abort(404)
    return Response(content, content_type=MIME_TYPE, headers={"Cache-Control": "private, no-store"})


def _place_photo(form: PhotoForm) -> bool:
    """Place the photo that was sent; False where it is refused, with the reason in the form."""
    throttle(Action.PHOTO, person=me())
    try:
        picture = make_photo(read_upload(form.photo.data.stream), form.crop)
    except PhotoRefused as refused:
        form.photo.errors = [*form.photo.errors, str(refused.reason)]
        return False
    file_key, before = actions.place_photo(db.session(), me(), picture)
    try:
        db.session.commit()
    except Exception:
        drop_files(file_key)
        raise
    if before:
        drop_files(before)
    return True
