"""A small page for each thing of which a person may have several: phones, addresses, employers (P4a, T4)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import abort
from flask.typing import ResponseReturnValue

from upguide.access import current_viewer, requires
from upguide.extensions import db
from upguide.features.profile import actions, blueprint, lines, queries
from upguide.features.profile.forms import AddressForm, EmployerForm, PhoneForm
from upguide.forms import Form
from upguide.policy.items import Item
from upguide.policy.permissions import Permission

from .common import data_of, form_page, me, own_page, saved


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
    return _row_page("address", AddressForm, Item.ADDRESS, row_id, data_of)


@blueprint.route("/employers/new", methods=["GET", "POST"])
@blueprint.route("/employers/<uuid:row_id>", methods=["GET", "POST"])
@requires(Permission.OWN_DATA)
def employer(row_id: UUID | None = None) -> ResponseReturnValue:
    """One employer or other organisation."""
    return _row_page("employer", EmployerForm, Item.EMPLOYER, row_id, data_of)


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
        return saved(item, lambda: actions.save_row(db.session(), me(), item, row_id, values(form)))
    new, parts = row_id is None, _parts(item, row_id)
    return form_page(name, form, lines.items_of_row(item), row_id, new=new, parts=parts)


def _parts(item: Item, row_id: UUID | None) -> list[lines.Line]:
    if row_id is None or item is Item.PHONE:
        return []
    page = own_page()
    found = [field for field in page.fields if field.row_id == row_id]
    return lines.part_lines(found, queries.standing(current_viewer(), page)) if len(found) > 1 else []


def _row(item: Item, row_id: UUID) -> dict[str, str]:
    try:
        return queries.row_in(own_page(), item, row_id)
    except LookupError:
        abort(404)
