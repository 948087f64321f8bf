"""A small page for each thing of which a person has one: name, alias, birth, work, the texts of a card (P4a)."""

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from upguide.access import requires
from upguide.extensions import db
from upguide.features.profile import actions, blueprint, lines
from upguide.features.profile.forms import (
    CARD_ITEMS,
    AliasForm,
    BirthForm,
    CardForm,
    NamesForm,
    PositionForm,
    tells_name,
)
from upguide.i18n import gettext as _
from upguide.policy.items import Item
from upguide.policy.permissions import Permission

from .common import NAMES, data_of, form_page, me, own_name, own_page, saved, values_of


@blueprint.route("/name", methods=["GET", "POST"])
@requires(Permission.OWN_DATA)
def names() -> ResponseReturnValue:
    """First names, infix and surname."""
    form = NamesForm(data=values_of(NAMES))
    if form.validate_on_submit():
        if tells_name(
            "".join(values_of([Item.ALIAS]).values()), tuple(name for name in data_of(form).values() if name)
        ):
            flash(_("Your alias now resembles your name, so that others could guess who you are."), "info")
        return saved(Item.SURNAME, lambda: actions.save_person(db.session(), me(), data_of(form)))
    return form_page("names", form, NAMES)


@blueprint.route("/alias", methods=["GET", "POST"])
@requires(Permission.OWN_DATA)
def alias() -> ResponseReturnValue:
    """The alias, chosen by the person."""
    form = AliasForm(data=values_of([Item.ALIAS]), own_name=own_name())
    if form.validate_on_submit():
        return saved(Item.ALIAS, lambda: actions.save_person(db.session(), me(), data_of(form)))
    return form_page("alias", form, [Item.ALIAS])


@blueprint.post("/alias/random")
@requires(Permission.OWN_DATA)
def random_alias() -> ResponseReturnValue:
    """The alias, chosen by chance."""
    named = own_name()
    actions.choose_random_alias(db.session(), me(), lambda alias: tells_name(alias, named))
    db.session.commit()
    flash(_("You have a new alias."), "success")
    return redirect(url_for("profile.alias", tour=request.args.get("tour")), 303)


@blueprint.route("/birth", methods=["GET", "POST"])
@requires(Permission.OWN_DATA)
def birth() -> ResponseReturnValue:
    """Date and place of birth, and gender."""
    items = (Item.BIRTH_DATE, Item.BIRTH_PLACE, Item.GENDER)
    values = values_of(items)
    year, month, day = (values.pop("birth_date", "") or "--").split("-")
    form = BirthForm(data={**values, "year": year, "month": month.lstrip("0"), "day": day.lstrip("0")})
    if form.validate_on_submit():
        place, gender = form.birth_place.data, form.gender.data
        return saved(Item.BIRTH_DATE, lambda: actions.save_birth(db.session(), me(), form.birth_date, place, gender))
    return form_page("birth", form, items)


@blueprint.route("/position", methods=["GET", "POST"])
@requires(Permission.OWN_DATA)
def position() -> ResponseReturnValue:
    """Position or profession."""
    form = PositionForm(data=values_of([Item.POSITION]))
    if form.validate_on_submit():
        return saved(Item.POSITION, lambda: actions.save_person(db.session(), me(), data_of(form)))
    return form_page("position", form, [Item.POSITION])


@blueprint.route("/card/<item:item>", methods=["GET", "POST"])
@requires(Permission.OWN_DATA)
def card(item: Item) -> ResponseReturnValue:
    """One text of the professional card, for whoever has one."""
    has_card = any(field.item in CARD_ITEMS for field in own_page().fields)
    if item not in CARD_ITEMS or not has_card:
        abort(404)
    form = CardForm(data={"text": "".join(values_of([item]).values())})
    form.text.label.text = lines.name_of(item)
    if form.validate_on_submit():
        return saved(item, lambda: actions.save_card_text(db.session(), me(), item, form.text.data))
    return form_page("card", form, [item], heading=lines.name_of(item), key=item.value)
