"""Sending the letters: to those who stand on the list now, and whom whoever handles the breach names (B3)."""

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from upguide.access import requires
from upguide.extensions import db
from upguide.features.breaches import blueprint, on_list, queries
from upguide.features.breaches.actions import Conflict, concerned
from upguide.features.breaches.forms import LettersForm
from upguide.features.breaches.on_list import MORE, UNSURE
from upguide.i18n import gettext as _
from upguide.policy.permissions import Permission

from .common import changed_meanwhile, form_page, go_to, known, role
from .telling import OFFERS, letters_ready


@blueprint.route("/breaches/<int:number>/letters", methods=["GET", "POST"])
@requires(Permission.HANDLE_BREACHES, fresh=True)
def letters(number: int) -> ResponseReturnValue:
    """Ask once more to whom, and let the letters go out to them alone."""
    of, session = known(number), db.session()
    due = on_list.due(session, of.id)
    back = go_to(url_for("breaches.texts", number=number))
    if not (of.persons == "tell" and due and letters_ready(queries.texts(session, of.id))):
        flash(_("First decide to tell the persons, fill the list, and freeze the letter in each language."), "error")
        return back
    # The value of a box is who is meant by it: once the list is another, it is none of those offered.
    groups = {f"{one.group}-{one.mark}": one for one in due}
    form = LettersForm(data={"groups": [value for value, one in groups.items() if one.group != UNSURE]})
    form.offer((value, OFFERS[one.group](one.count)) for value, one in groups.items())
    if not form.validate_on_submit():
        return form_page(of, "breaches/letters.html", form, more=any(one.group == MORE for one in due))
    try:
        concerned.ask_letters(session, role(), of, [groups[value] for value in form.groups.data or ()])
    except Conflict:
        return changed_meanwhile(of)
    flash(_("The letters are on their way."), "success")
    return back
