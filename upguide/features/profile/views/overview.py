"""Everything of mine on one page, and the same page through others' eyes (W11)."""

from flask import abort, request
from flask.typing import ResponseReturnValue

from upguide.access import current_viewer, requires
from upguide.extensions import db
from upguide.features.profile import blueprint, lines, queries
from upguide.policy.items import Item
from upguide.policy.permissions import Permission
from upguide.privacy.wording import page_of

from .common import NAMES, me, own_page, profile_page


@blueprint.get("")
@requires(Permission.OWN_DATA)
def overview() -> ResponseReturnValue:
    """Everything of mine: who sees it, who entered it, and what I can do about it."""
    viewer, page = current_viewer(), own_page()
    found = lines.sections(page, me(), queries.standing(viewer, page))
    account = lines.account_section(page, queries.made_at(db.session(), viewer), has_pin=viewer.has_pin)
    fresh = not any(page.field(item) for item in (*NAMES, Item.PHOTO, Item.BIRTH_DATE, Item.PHONE, Item.POSITION))
    waits = queries.photo_waits(db.session(), viewer)
    return profile_page(
        "overview", sections=[*found, account], has_photo=page.has_photo, photo_waits=waits, fresh=fresh
    )


@blueprint.get("/view-as")
@requires(Permission.OWN_DATA)
def view_as() -> ResponseReturnValue:
    """My page as somebody else sees it; only a look, and nothing of theirs comes along."""
    viewer = current_viewer()
    looks = queries.looks(db.session(), viewer, own_page())
    wanted = request.args.get("relation", looks[0].key)
    look = next((one for one in looks if one.key == wanted), None)
    if look is None:
        abort(404)
    person = page_of(queries.looked_at(viewer, look))
    return profile_page("view_as", looks=looks, look=look, person=person, member=viewer.member)
