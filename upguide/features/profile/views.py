"""/profile: the person's own page, a small page for each change, and a look through others' eyes (P4, W11)."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from upguide.access import current_viewer, requires
from upguide.extensions import db
from upguide.files.images import MIME_TYPE, PhotoRefused, make_photo, read_upload
from upguide.forms import Form
from upguide.i18n import gettext as _
from upguide.i18n import render
from upguide.policy.items import Item
from upguide.policy.permissions import Permission
from upguide.privacy import PersonView
from upguide.privacy.photos import Size, drop_files, photo_bytes
from upguide.privacy.wording import TOGETHER, label_of, page_of, together, value_of

from . import actions, lines, queries, tour
from .forms import (
    CARD_ITEMS,
    AddressForm,
    AliasForm,
    BirthForm,
    CardForm,
    EmployerForm,
    NamesForm,
    PhoneForm,
    PhotoForm,
    PositionForm,
    tells_name,
)

blueprint = Blueprint("profile", __name__, url_prefix="/profile")
NAMES = (Item.FIRST_NAMES, Item.INFIX, Item.SURNAME)
UNPROCESSABLE = 422


@blueprint.get("")
@requires(Permission.OWN_DATA)
def overview() -> ResponseReturnValue:
    """Everything of mine: who sees it, who entered it, and what I can do about it."""
    viewer, page = current_viewer(), _own()
    found = lines.sections(page, _me(), queries.standing(viewer, page))
    account = lines.account_section(page, queries.made_at(db.session(), viewer), has_pin=viewer.has_pin)
    fresh = not any(page.field(item) for item in (*NAMES, Item.PHOTO, Item.BIRTH_DATE, Item.PHONE, Item.POSITION))
    return _page("overview", sections=[*found, account], has_photo=page.has_photo, fresh=fresh)


@blueprint.route("/name", methods=["GET", "POST"])
@requires(Permission.OWN_DATA)
def names() -> ResponseReturnValue:
    """First names, infix and surname."""
    form = NamesForm(data=_values(NAMES))
    if form.validate_on_submit():
        return _saved(Item.SURNAME, lambda: actions.save_person(db.session(), _me(), _data(form)))
    return _form_page("names", form, NAMES)


@blueprint.route("/alias", methods=["GET", "POST"])
@requires(Permission.OWN_DATA)
def alias() -> ResponseReturnValue:
    """The alias, chosen by the person."""
    form = AliasForm(data=_values([Item.ALIAS]), own_name=_own_name())
    if form.validate_on_submit():
        return _saved(Item.ALIAS, lambda: actions.save_person(db.session(), _me(), _data(form)))
    return _form_page("alias", form, [Item.ALIAS])


@blueprint.post("/alias/random")
@requires(Permission.OWN_DATA)
def random_alias() -> ResponseReturnValue:
    """The alias, chosen by chance."""
    own_name = _own_name()
    actions.choose_random_alias(db.session(), _me(), lambda alias: tells_name(alias, own_name))
    db.session.commit()
    flash(_("You have a new alias."), "success")
    return redirect(url_for("profile.alias", tour=request.args.get("tour")), 303)


@blueprint.route("/birth", methods=["GET", "POST"])
@requires(Permission.OWN_DATA)
def birth() -> ResponseReturnValue:
    """Date and place of birth, and gender."""
    items = (Item.BIRTH_DATE, Item.BIRTH_PLACE, Item.GENDER)
    values = _values(items)
    year, month, day = (values.pop("birth_date", "") or "--").split("-")
    form = BirthForm(data={**values, "year": year, "month": month.lstrip("0"), "day": day.lstrip("0")})
    if form.validate_on_submit():
        place, gender = form.birth_place.data, form.gender.data
        return _saved(Item.BIRTH_DATE, lambda: actions.save_birth(db.session(), _me(), form.birth_date, place, gender))
    return _form_page("birth", form, items)


@blueprint.route("/position", methods=["GET", "POST"])
@requires(Permission.OWN_DATA)
def position() -> ResponseReturnValue:
    """Position or profession."""
    form = PositionForm(data=_values([Item.POSITION]))
    if form.validate_on_submit():
        return _saved(Item.POSITION, lambda: actions.save_person(db.session(), _me(), _data(form)))
    return _form_page("position", form, [Item.POSITION])


@blueprint.route("/card/<item>", methods=["GET", "POST"])
@requires(Permission.OWN_DATA)
def card(item: str) -> ResponseReturnValue:
    """One text of the professional card, for whoever has one."""
    which = _item(item)
    has_card = any(field.item in CARD_ITEMS for field in _own().fields)
    if which not in CARD_ITEMS or not has_card:
        abort(404)
    form = CardForm(data={"text": "".join(_values([which]).values())})
    form.text.label.text = lines.name_of(which)
    if form.validate_on_submit():
        return _saved(which, lambda: actions.save_card_text(db.session(), _me(), which, form.text.data))
    return _form_page("card", form, [which], heading=lines.name_of(which), key=which.value)


@blueprint.route("/phones/new", methods=["GET", "POST"])
@blueprint.route("/phones/<uuid:row_id>", methods=["GET", "POST"])
@requires(Permission.OWN_DATA)
def phone(row_id: UUID | None = None) -> ResponseReturnValue:
    """One phone number."""

    def values(form: Form) -> dict[str, str | None]:
        assert isinstance(form, PhoneForm)
        return {"phone_number": form.read.international, "kind": "mobile" if form.read.mobile else "fixed"}

    return _row_page("phone", PhoneForm, Item.PHONE, row_id, values)


@blueprint.route("/addresses/new", methods=["GET", "POST"])
@blueprint.route("/addresses/<uuid:row_id>", methods=["GET", "POST"])
@requires(Permission.OWN_DATA)
def address(row_id: UUID | None = None) -> ResponseReturnValue:
    """One address with its kind."""
    return _row_page("address", AddressForm, Item.ADDRESS, row_id, _data)


@blueprint.route("/employers/new", methods=["GET", "POST"])
@blueprint.route("/employers/<uuid:row_id>", methods=["GET", "POST"])
@requires(Permission.OWN_DATA)
def employer(row_id: UUID | None = None) -> ResponseReturnValue:
    """One employer or other organisation."""
    return _row_page("employer", EmployerForm, Item.EMPLOYER, row_id, _data)


@blueprint.route("/photo/change", methods=["GET", "POST"])
@requires(Permission.OWN_DATA)
def change_photo() -> ResponseReturnValue:
    """The photo: see it as others do, place another one."""
    form = PhotoForm()
    if form.validate_on_submit() and _place_photo(form):
        flash(_("Your photo is placed. This is how others see it."), "success")
        return redirect(url_for("profile.change_photo", tour=request.args.get("tour")), 303)
    return _form_page("photo", form, [Item.PHOTO], has_photo=_own().has_photo)


@blueprint.get("/photo", defaults={"size": "large"})
@blueprint.get("/photo/<any(large, small):size>")
@requires(Permission.OWN_DATA)
def photo(size: str) -> ResponseReturnValue:
    """My own photo."""
    content = photo_bytes(db.session(), _me(), Size(size))
    if content is None:
        abort(404)
    return Response(content, content_type=MIME_TYPE, headers={"Cache-Control": "private, no-store"})


@blueprint.post("/values/<item>/hide")
@blueprint.post("/values/<item>/<uuid:row_id>/hide")
@requires(Permission.OWN_DATA)
def hide_value(item: str, row_id: UUID | None = None) -> ResponseReturnValue:
    """Hide one value; of an address or employer all parts (P4b)."""
    return _set_hidden(_together(item, row_id), hidden=True)


@blueprint.post("/values/<item>/show")
@blueprint.post("/values/<item>/<uuid:row_id>/show")
@requires(Permission.OWN_DATA)
def show_value(item: str, row_id: UUID | None = None) -> ResponseReturnValue:
    """Let one value be seen again, by whom section W says."""
    return _set_hidden(_together(item, row_id), hidden=False)


@blueprint.post("/parts/<item>/<uuid:row_id>/hide")
@requires(Permission.OWN_DATA)
def hide_part(item: str, row_id: UUID) -> ResponseReturnValue:
    """Hide one part of an address or employer."""
    return _set_hidden(_field(item, row_id), hidden=True, back=_row_url(item, row_id))


@blueprint.post("/parts/<item>/<uuid:row_id>/show")
@requires(Permission.OWN_DATA)
def show_part(item: str, row_id: UUID) -> ResponseReturnValue:
    """Let one part of an address or employer be seen again."""
    return _set_hidden(_field(item, row_id), hidden=False, back=_row_url(item, row_id))


@blueprint.route("/values/<item>/remove", methods=["GET", "POST"])
@blueprint.route("/values/<item>/<uuid:row_id>/remove", methods=["GET", "POST"])
@requires(Permission.OWN_DATA)
def remove(item: str, row_id: UUID | None = None) -> ResponseReturnValue:
    """Remove one value, after a question (P4c)."""
    fields = _together(item, row_id)
    which = fields[0].item
    if which in actions.NOT_REMOVABLE:
        abort(404)
    label, back = label_of(fields), url_for("profile.overview", _anchor=lines.section_of(which))
    if request.method == "GET":
        return _page("remove", label=label, value=value_of(fields), back=back)
    file_key = actions.remove(db.session(), _me(), which, fields[0].row_id)
    db.session.commit()
    if file_key:
        drop_files(file_key)
    flash(_("%(what)s: removed.", what=lines.name_of(which)), "success")
    return redirect(back, 303)


@blueprint.get("/view-as")
@requires(Permission.OWN_DATA)
def view_as() -> ResponseReturnValue:
    """My page as somebody else sees it; only a look, and nothing of theirs comes along."""
    viewer = current_viewer()
    looks = queries.looks(db.session(), viewer, _own())
    wanted = request.args.get("relation", looks[0].key)
    look = next((one for one in looks if one.key == wanted), None)
    if look is None:
        abort(404)
    person = page_of(queries.looked_at(viewer, look))
    return _page("view_as", looks=looks, look=look, person=person, member=viewer.member)


def _row_page(
    name: str,
    kind: type[Form],
    item: Item,
    row_id: UUID | None,
    values: Callable[[Any], dict[str, str | None]],
) -> ResponseReturnValue:
    known = _row(item, row_id) if row_id else {}
    form = kind(data=known)
    if form.validate_on_submit():
        return _saved(item, lambda: actions.save_row(db.session(), _me(), item, row_id, values(form)))
    return _form_page(name, form, lines.items_of_row(item), new=row_id is None, parts=_parts(item, row_id))


def _form_page(name: str, form: Form, items: Iterable[Item], **more: Any) -> ResponseReturnValue:
    standing = queries.standing(current_viewer(), _own())
    seen, on_tour = lines.seen_by(items, standing), tour.at(name, request.args)
    page = _page(name, form=form, seen=seen, tour=on_tour, back=url_for("profile.overview"), **more)
    return page, (UNPROCESSABLE if form.errors else 200)


def _saved(item: Item, save: Callable[[], None]) -> ResponseReturnValue:
    try:
        save()
    except LookupError:
        abort(404)
    db.session.commit()
    following = tour.following(request.endpoint, request.args)
    if following:
        return redirect(following, 303)
    flash(_("Saved."), "success")
    return redirect(url_for("profile.overview", _anchor=lines.section_of(item)), 303)


def _page(template: str, **context: Any) -> str:
    return render(f"profile/{template}.html", side=lines.side_links(), **context)


def _place_photo(form: PhotoForm) -> bool:
    """Place the photo that was sent; False where it is refused, with the reason in the form."""
    try:
        picture = make_photo(read_upload(form.photo.data.stream), form.crop)
    except PhotoRefused as refused:
        form.photo.errors = [*form.photo.errors, str(refused.reason)]
        return False
    file_key, before = actions.place_photo(db.session(), _me(), picture)
    try:
        db.session.commit()
    except Exception:
        drop_files(file_key)
        raise
    if before:
        drop_files(before)
    return True


def _set_hidden(fields: tuple[Any, ...], *, hidden: bool, back: str | None = None) -> ResponseReturnValue:
    item = fields[0].item
    # A flash stands in the cookie: it names the kind of data, never what stood there (F4).
    label = lines.name_of(item)
    if not actions.set_hidden(db.session(), _me(), fields, hidden=hidden):
        abort(404)
    db.session.commit()
    if hidden:
        flash(_("%(what)s: hidden from other users. “Show” undoes it.", what=label), "success")
    else:
        flash(_("%(what)s: no longer hidden. Beside it stands who sees it.", what=label), "success")
    return redirect(back or url_for("profile.overview", _anchor=lines.section_of(item)), 303)


def _field(item: str, row_id: UUID | None) -> tuple[Any, ...]:
    try:
        return (queries.value_in(_own(), _item(item), row_id or _me()),)
    except LookupError:
        abort(404)


def _together(item: str, row_id: UUID | None) -> tuple[Any, ...]:
    """Return the value and what is read as one with it; 404 where it is not one of the person's own."""
    (field,) = _field(item, row_id)
    if field.item in TOGETHER:
        abort(404)
    page = _own()
    return next(group for group in together(page.fields) if field in group)


def _parts(item: Item, row_id: UUID | None) -> list[lines.Line]:
    if row_id is None or item is Item.PHONE:
        return []
    page = _own()
    found = [field for field in page.fields if field.row_id == row_id]
    return lines.part_lines(found, queries.standing(current_viewer(), page)) if len(found) > 1 else []


def _row_url(item: str, row_id: UUID) -> str:
    which = _item(item)
    return lines.edit_url(TOGETHER.get(which, which), row_id)


def _row(item: Item, row_id: UUID) -> dict[str, str]:
    try:
        return queries.row_in(_own(), item, row_id)
    except LookupError:
        abort(404)


def _item(key: str) -> Item:
    try:
        return Item(key)
    except ValueError:
        abort(404)


def _values(items: Iterable[Item]) -> dict[str, str]:
    page = _own()
    return {column: value for item in items if (field := page.field(item)) for column, value in field.parts.items()}


def _data(form: Form) -> dict[str, str | None]:
    return {field.name: field.data for field in form if field.name != "csrf_token"}


def _own_name() -> tuple[str, ...]:
    return tuple(_values(NAMES).values())


def _own() -> PersonView:
    """My own page as it was when the request came in; read once."""
    if "own_page" not in g:
        g.own_page = queries.own_page(current_viewer())
    page: PersonView = g.own_page
    return page


def _me() -> UUID:
    person_id = current_viewer().person_id
    assert person_id is not None  # what `requires` made sure of
    return person_id
