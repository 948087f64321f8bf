"""/oversight/accesses: the officer asks for items of named persons, and sees them while a webmaster attends (W8)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from flask import Response, abort, flash, url_for
from flask.typing import ResponseReturnValue

from upguide.access import Viewer, current_viewer, requires
from upguide.extensions import db
from upguide.features.oversight import actions, blueprint, queries
from upguide.features.oversight.actions import Wish
from upguide.features.oversight.forms import ANY, AccessForm, AskAgainForm, ClickForm, HideForm, day_begins, today
from upguide.features.oversight.queries import Access, Concerned, Webmaster
from upguide.files.images import MIME_TYPE
from upguide.forms import _l, choice
from upguide.i18n import format_datetime
from upguide.i18n import gettext as _
from upguide.policy.items import CATALOGUE, Item
from upguide.policy.oversight import FEWEST_WEBMASTERS
from upguide.policy.permissions import Permission
from upguide.policy.sees import Setting
from upguide.policy.statement import HELP_DESK
from upguide.privacy import show, show_page
from upguide.privacy.photos import Size, photo_bytes
from upguide.privacy.wording import page_of
from upguide.security.pace import Limit, Pace
from upguide.security.throttle import Action, throttle
from upguide.tenancy import current_tenant

from .common import REFUSED, STATES, access_or_404, go_to, labels, page
from .lines import log_lines, state_rows

PRIVATE = {"Cache-Control": "private, no-store"}
# Whether a number or an address is known is told to the officer: seldom enough that nobody tries them out.
_naming = Pace((Limit(30, 3600), Limit(100, 86400)))


@blueprint.get("/oversight/accesses")
@requires(Permission.OVERSEE)
def access_list() -> str:
    """Show what the officer asked for, and how it stands."""
    return page("oversight/access_list.html", rows=state_rows(queries.accesses(db.session()), "oversight.access"))


@blueprint.route("/oversight/accesses/new", methods=["GET", "POST"])
@requires(Permission.OVERSEE)
def new_access() -> ResponseReturnValue:
    """Ask for an access, and for a webmaster to attend."""
    form, viewer = AccessForm(), current_viewer()
    form.items.choices = [(item.value, _(CATALOGUE[item].label)) for item in queries.askable_items()]
    known = queries.webmasters(db.session())
    _offer_webmasters(form, viewer, known)
    if form.validate_on_submit() and (persons := _persons(form, viewer)):
        starts, ends = form.period()
        items = [Item(value) for value in form.items.data or ()]
        wish = Wish(form.reason.data or "", items, persons, starts, ends, _webmaster(form))
        access_id = actions.ask(db.session(), current_tenant(), wish)
        if access_id is not None:
            flash(_("It is asked. You hear it by mail when a webmaster answers."), "success")
            return go_to(url_for("oversight.access", access_id=access_id))
        form.form_errors = [_("That webmaster is one of those whom it concerns, or is gone. Choose another.")]
    shown = page("oversight/new_access.html", form=form, enough=len(known) >= FEWEST_WEBMASTERS)
    return shown, REFUSED if form.errors else 200


@blueprint.get("/oversight/accesses/<uuid:access_id>")
@requires(Permission.OVERSEE)
def access(access_id: UUID) -> str:
    """Show one access: how it stands, whom it concerns, and what the officer looked at."""
    found, form = access_or_404(access_id, mine=True), AskAgainForm()
    askable = _askable(found)
    if askable:
        _offer_webmasters(form, current_viewer(), _unasked(found, askable))
    persons = [
        (number, url_for("oversight.person", access_id=access_id, place=place) if found.state == "open" else "")
        for place, number in enumerate(found.numbers, start=1)
    ]
    return page(
        "oversight/access.html",
        access=found,
        why=found.reason,
        ended_because=found.end_reason,
        state=STATES[found.state],
        items=labels(found.items),
        starts=format_datetime(found.starts_at),
        ends=format_datetime(found.expires_at),
        persons=persons,
        log=log_lines(queries.log_of(db.session(), access_id)),
        form=form if askable else None,
        alone=_hindered(found) and not _others(found),
        doubts=_hindered(found) and bool(_others(found)),
        running=found.state not in ("ended", "over"),
    )


@blueprint.post("/oversight/accesses/<uuid:access_id>/ask-again")
@requires(Permission.OVERSEE)
def ask_again(access_id: UUID) -> ResponseReturnValue:
    """Ask another webmaster."""
    found, form = access_or_404(access_id, mine=True), AskAgainForm()
    _offer_webmasters(form, current_viewer(), _unasked(found, _askable(found)))
    if form.validate_on_submit() and actions.ask_again(db.session(), current_tenant(), access_id, _webmaster(form)):
        flash(_("It is asked. You hear it by mail when a webmaster answers."), "success")
    else:
        flash(_("Another webmaster cannot be asked now."), "error")
    return go_to(url_for("oversight.access", access_id=access_id))


@blueprint.post("/oversight/accesses/<uuid:access_id>/ask-owner")
@requires(Permission.OVERSEE)
def ask_owner(access_id: UUID) -> ResponseReturnValue:
    """Ask the owner for another webmaster, after any refusal, end or silence, whoever is left to be asked."""
    found = access_or_404(access_id, mine=True)
    if not ClickForm().validate_on_submit() or not _hindered(found):
        flash(_("There is a webmaster whom you can ask."), "info")
    else:
        throttle(Action.ASK_OWNER, person=current_viewer().person_id)
        actions.ask_owner(db.session(), current_tenant(), others=bool(_others(found)))
        flash(_("The owner is asked, by mail to %(address)s, for another webmaster.", address=HELP_DESK), "success")
    return go_to(url_for("oversight.access", access_id=access_id))


@blueprint.post("/oversight/accesses/<uuid:access_id>/end")
@requires(Permission.OVERSEE)
def end_access(access_id: UUID) -> ResponseReturnValue:
    """End one's own access, when the work is done."""
    found = access_or_404(access_id, mine=True)
    if ClickForm().validate_on_submit() and actions.end(db.session(), current_tenant(), found.id, None):
        flash(_("The access is ended. Nothing of it can be seen any more."), "success")
    return go_to(url_for("oversight.access", access_id=access_id))


@blueprint.get("/oversight/accesses/<uuid:access_id>/persons/<int(min=1, max=20):place>")
@requires(Permission.OVERSEE)
def person(access_id: UUID, place: int) -> ResponseReturnValue:
    """Show the granted items of one person, while the webmaster attends. The look is journalled with the reason."""
    found = _concerned(access_id, place)
    view = show_page(found.id, _eyes(access_id, found))
    if view is None:
        flash(_("Closed: you see these data only while the webmaster attends."), "info")
        return go_to(url_for("oversight.access", access_id=access_id))
    photo_url = url_for("oversight.person_photo", access_id=access_id, place=place) if view.has_photo else ""
    shown = page_of(view)
    return page(
        "oversight/person.html",
        access_id=access_id,
        number=found.number,
        why=found.reason,
        person=shown,
        photo_url=photo_url,
    )


@blueprint.get("/oversight/accesses/<uuid:access_id>/persons/<int(min=1, max=20):place>/photo")
@requires(Permission.OVERSEE)
def person_photo(access_id: UUID, place: int) -> ResponseReturnValue:
    """Answer with the photo, where it was granted and the webmaster attends."""
    found = _concerned(access_id, place)
    views = show([found.id], _eyes(access_id, found), Setting.PAGE)
    content = photo_bytes(db.session(), found.id, Size.LARGE) if views and views[0].has_photo else None
    if content is None:
        abort(404)
    return Response(content, content_type=MIME_TYPE, headers=PRIVATE)


@blueprint.route("/oversight/accesses/<uuid:access_id>/looks/<int:entry>/hide", methods=["GET", "POST"])
@requires(Permission.OVERSEE)
def hide_look(access_id: UUID, entry: int) -> ResponseReturnValue:
    """Keep a look from its person until a day, for a reason."""
    access_or_404(access_id, mine=True)
    known = [one for one in queries.log_of(db.session(), access_id) if one.id == entry]
    if not known:
        abort(404)
    form = HideForm(until=today() + timedelta(days=30))
    if form.validate_on_submit() and form.until.data:
        if actions.hide_look(db.session(), entry, day_begins(form.until.data), form.reason.data or ""):
            flash(_("The person is not told of this look until that day."), "success")
        return go_to(url_for("oversight.access", access_id=access_id))
    look = log_lines(known)[0]
    return page("oversight/hide_look.html", form=form, look=look, access_id=access_id), REFUSED if form.errors else 200


@blueprint.get("/oversight/kept-from-people")
@requires(Permission.OVERSEE)
def hidden_list() -> str:
    """List the looks that their persons are not told of now."""
    return page("oversight/hidden_list.html", rows=hidden_rows())


def hidden_rows() -> list[list[str]]:
    """Return the looks that are kept from their persons, as rows of a table."""
    looks = queries.hidden_looks(db.session())
    return [[one.number, format_datetime(one.seen_at), format_datetime(one.hidden_until), one.reason] for one in looks]


def _concerned(access_id: UUID, place: int) -> Concerned:
    return queries.person_at(db.session(), access_id, place) or abort(404)


def _eyes(access_id: UUID, found: Concerned) -> Viewer:
    """Return the officer with this access and nothing else: what a fellow member sees does not add up here."""
    return replace(current_viewer(), member=False, reason=found.reason, access_id=access_id)


def _persons(form: AccessForm, viewer: Viewer) -> list[UUID]:
    """Return who was named; none, and an error at the field, where somebody is not known."""
    assert viewer.person_id is not None  # what `requires` made sure of
    named = form.named()
    for one in named:
        _naming.ask(viewer.tenant, viewer.person_id, one)
    found = {one: queries.named_person(db.session(), one) for one in named}
    unknown = [one for one, person_id in found.items() if person_id is None]
    if unknown:
        told = _("Nobody else has this UpGuide number or mail address: %(named)s", named=", ".join(unknown))
        form.persons.errors = [*form.persons.errors, told]
        return []
    return list(dict.fromkeys(person_id for person_id in found.values() if person_id is not None))


def _waits(found: Access) -> bool:
    """Tell whether nobody attends, and another may be asked."""
    return found.state in ("nobody", "refused", "silent", "absent")


def _hindered(found: Access) -> bool:
    """Tell whether the officer was refused, left waiting, or cut short by the webmaster."""
    never = found.state == "over" and not found.attended
    return _waits(found) or never or (found.state == "ended" and found.end_reason is not None)


def _others(found: Access) -> list[Webmaster]:
    """Return who was not asked yet, for this access or one that the officer asks anew."""
    return _unasked(found, queries.askable_webmasters(db.session(), found.id))


def _askable(found: Access) -> list[Webmaster]:
    """Return whom the officer may ask again now: none while an answer is awaited."""
    return queries.askable_webmasters(db.session(), found.id) if _waits(found) else []


def _unasked(found: Access, askable: Sequence[Webmaster]) -> list[Webmaster]:
    return [one for one in askable if one.id not in found.asked_ids]


def _offer_webmasters(form: AccessForm | AskAgainForm, viewer: Viewer, offered: Sequence[Webmaster]) -> None:
    others = [one.id for one in offered]
    names = queries.names_of(db.session(), others, viewer)
    named = [
        choice(str(one), names.get(one) or _("Webmaster %(place)s", place=place))
        for place, one in enumerate(others, start=1)
    ]
    form.webmaster.choices = [choice(ANY, _l("Any webmaster")), *named]


def _webmaster(form: AccessForm | AskAgainForm) -> UUID | None:
    return None if form.webmaster.data == ANY else UUID(form.webmaster.data)
