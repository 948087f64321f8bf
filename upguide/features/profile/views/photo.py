"""The photo: looked at before it is placed, shown to its person, and never kept as it came (F1, P5)."""

from uuid import UUID

from flask import Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from upguide.access import requires
from upguide.extensions import db
from upguide.features.profile import actions, blueprint, lines, tour
from upguide.features.profile.actions import Files
from upguide.features.profile.forms import PhotoForm, PlacePhotoForm
from upguide.files.images import MIME_TYPE, PhotoRefused, make_crops, read_upload
from upguide.i18n import gettext as _
from upguide.policy.items import Item
from upguide.policy.permissions import Permission
from upguide.privacy.photos import Size, drop_files, photo_bytes, read_draft
from upguide.security.throttle import Action, throttle

from .common import form_page, hidden_items, me, own_page


@blueprint.route("/photo/change", methods=["GET", "POST"])
@requires(Permission.OWN_DATA)
def change_photo() -> ResponseReturnValue:
    """The photo as others see it, and the way to another one."""
    form = PhotoForm()
    if form.validate_on_submit() and _draft_photo(form):
        return redirect(_url("preview_photo"), 303)
    hidden, waiting = Item.PHOTO in hidden_items(), read_draft(db.session(), me()) is not None
    has_photo, preview = own_page().has_photo, _url("preview_photo") if waiting else ""
    return form_page("photo", form, [Item.PHOTO], has_photo=has_photo, hidden=hidden, preview=preview)


@blueprint.route("/photo/preview", methods=["GET", "POST"])
@requires(Permission.OWN_DATA)
def preview_photo() -> ResponseReturnValue:
    """The photo that was sent, exactly as others will see it once it is placed."""
    draft = read_draft(db.session(), me())
    if draft is None:
        return _none_waits()
    form = PlacePhotoForm(draft)
    if form.validate_on_submit():
        try:
            _commit(actions.place_draft(db.session(), me(), draft, form.crop.data))
        except LookupError:
            db.session.rollback()
            return _none_waits()
        flash(_("Your photo is placed."), "success")
        onward = tour.following("profile.change_photo", request.args)
        return redirect(onward or url_for("profile.overview", _anchor=lines.section_of(Item.PHOTO)), 303)
    return form_page(
        "photo_preview",
        form,
        [Item.PHOTO],
        draft=draft.id,
        has_photo=own_page().has_photo,
        another=_url("change_photo"),
        discard=_url("discard_photo", row_id=draft.id),
    )


@blueprint.post("/photo/preview/<uuid:row_id>/discard")
@requires(Permission.OWN_DATA)
def discard_photo(row_id: UUID) -> ResponseReturnValue:
    """Throw a photo away that was not placed. That it is gone already is no error."""
    gone = actions.throw_draft_away(db.session(), me(), row_id)
    db.session.commit()
    _drop(gone)
    flash(_("The photo that you did not place is gone."), "success")
    return redirect(_url("change_photo"), 303)


@blueprint.get("/photo", defaults={"size": "large"})
@blueprint.get("/photo/<any(large, small):size>")
@requires(Permission.OWN_DATA)
def photo(size: str) -> ResponseReturnValue:
    """My own photo."""
    return _picture(photo_bytes(db.session(), me(), Size(size)))


@blueprint.get("/photo/preview/<uuid:row_id>/<string(maxlength=12):crop>/<any(large, small):size>")
@requires(Permission.OWN_DATA)
def draft_photo(row_id: UUID, crop: str, size: str) -> ResponseReturnValue:
    """One square of the photo that I look at; nobody else has a way to it."""
    draft = read_draft(db.session(), me())
    if draft is None or draft.id != row_id or crop not in draft.crops:
        abort(404)
    return _picture(getattr(draft.crops[crop], Size(size).value))


def _picture(content: bytes | None) -> ResponseReturnValue:
    if content is None:
        abort(404)
    return Response(content, content_type=MIME_TYPE, headers={"Cache-Control": "private, no-store"})


def _draft_photo(form: PhotoForm) -> bool:
    """Keep the photo that was sent; False where it is refused, with the reason in the form."""
    throttle(Action.PHOTO, person=me())
    try:
        crops = make_crops(read_upload(form.photo.data.stream))
    except PhotoRefused as refused:
        form.photo.errors = [*form.photo.errors, str(refused.reason)]
        return False
    _commit(actions.draft_photo(db.session(), me(), crops))
    return True


def _commit(files: Files) -> None:
    try:
        db.session.commit()
    except Exception:
        drop_files(files.made)
        raise
    _drop(files.gone)


def _drop(file_keys: tuple[str, ...]) -> None:
    for file_key in file_keys:
        drop_files(file_key)


def _none_waits() -> ResponseReturnValue:
    flash(_("No photo waits to be placed. This page shows how it stands."), "info")
    return redirect(_url("change_photo"), 303)


def _url(view: str, row_id: UUID | None = None) -> str:
    """Return where a page of the photo is; on the first visit, on the tour."""
    return url_for(f"profile.{view}", row_id=row_id, tour=request.args.get("tour"))
