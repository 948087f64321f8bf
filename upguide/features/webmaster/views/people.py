"""Looking somebody up (W9): whom and why first, then half an hour; the person is told, and each page is journalled."""

from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from flask import Response, abort, flash, url_for
from flask.typing import ResponseReturnValue

from upguide.access import Viewer, current_viewer, requires
from upguide.extensions import db
from upguide.features.people import queries as people_queries
from upguide.features.webmaster import actions, blueprint, queries
from upguide.features.webmaster.actions import Wanted
from upguide.features.webmaster.forms import ChooseForm, LookUpForm, ReasonForm
from upguide.features.webmaster.queries import Account, Look
from upguide.files.images import MIME_TYPE
from upguide.forms import normal_mail_address
from upguide.i18n import format_datetime, format_list, format_time
from upguide.i18n import gettext as _
from upguide.i18n import lazy_gettext as _l
from upguide.policy.permissions import Permission, may
from upguide.policy.sees import Setting
from upguide.privacy import show, show_page
from upguide.privacy.photos import Size, photo_bytes
from upguide.privacy.searches import searched
from upguide.privacy.wording import page_of
from upguide.security.number import is_valid_number
from upguide.security.throttle import Action, throttle
from upguide.tenancy import all_tenants

from .common import ROLES, form_page, go_to, here, page

GONE: Final = 410
PRIVATE: Final = {"Cache-Control": "private, no-store"}
ACTS = {"block": "block", "release": "release", "factors": "remove_factors"}
OUTCOMES = {
    "block": _l("The account is blocked, and all of its sessions have ended. The person is told by mail."),
    "release": _l("The account works again. The person is told by mail."),
    "remove_factors": _l("The second factors are gone, and all sessions have ended. The person is told by mail."),
}
REFUSALS = {
    "has_role": _l("This person has a role. End the role first: colleagues are told of that."),
    "unchanged": _l("There was nothing to change."),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody whose name fits, to be chosen; names alone (W1)."""

    name: str
    key: str


@blueprint.route("/people", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def people() -> ResponseReturnValue:
    """Ask whom and why; an exact address or number opens the person's page, a name gives a choice."""
    form = LookUpForm()
    if form.validate_on_submit():
        _pace()
        who, reason = form.who.data or "", form.reason.data or ""
        wanted = _wanted(who)
        if wanted is None:
            found = _candidates(who)
            if found:
                return page("webmaster/choose.html", people=found, reason=reason, who=who)
            form.who.errors = [
                _("No member of this portal has such a name. Try the mail address or the number: they find everybody.")
            ]
        else:
            look_id = actions.open_look(db.session(), here(), wanted, reason)
            if look_id is not None:
                return go_to(url_for("webmaster.person", look_id=look_id))
            form.who.errors = [_("Nobody else has this address or number.")]
    return form_page("webmaster/people.html", form)


@blueprint.post("/people/choose")
@requires(Permission.ADMINISTER)
def choose() -> ResponseReturnValue:
    """Open the page of one of several people with that name."""
    form = ChooseForm()
    if not form.validate_on_submit():
        return go_to(url_for("webmaster.people"))
    _pace()
    person_id = people_queries.person_of(db.session(), current_viewer().tenant, form.handle.data or "")
    wanted = Wanted(person_id=person_id)
    look_id = actions.open_look(db.session(), here(), wanted, form.reason.data or "") if person_id else None
    if look_id is None:
        abort(404)
    return go_to(url_for("webmaster.person", look_id=look_id))


@blueprint.get("/people/<uuid:look_id>")
@requires(Permission.ADMINISTER)
def person(look_id: UUID) -> ResponseReturnValue:
    """Show everything of whom a look is open at; the look is journalled with its reason."""
    look = queries.look(db.session(), look_id)
    if look is None:
        return page("webmaster/over.html"), GONE
    account = queries.account_of(db.session(), look_id)
    view = show_page(look.person_id, _viewer(look))
    if view is None or account is None:
        abort(404)
    return page(
        "webmaster/person.html",
        person=page_of(view),
        photo_url=url_for("webmaster.photo", look_id=look_id) if view.has_photo else "",
        why=look.reason,
        look_id=look_id,
        until=format_time(look.closes_at),
        account=account,
        **_account_words(account),
    )


@blueprint.get("/people/<uuid:look_id>/photo")
@requires(Permission.ADMINISTER)
def photo(look_id: UUID) -> ResponseReturnValue:
    """The photo of whom a look is open at."""
    look = queries.look(db.session(), look_id)
    views = show([look.person_id], _viewer(look), Setting.PAGE) if look else []
    content = photo_bytes(db.session(), look.person_id, Size.LARGE) if look and views and views[0].has_photo else None
    if content is None:
        abort(404)
    return Response(content, content_type=MIME_TYPE, headers=PRIVATE)


@blueprint.route("/people/<uuid:look_id>/<any(block, release, factors):act>", methods=["GET", "POST"])
@requires(Permission.ADMINISTER, fresh=True)
def act(look_id: UUID, act: str) -> ResponseReturnValue:
    """Block or release the account, or remove lost second factors, for a reason that the person reads."""
    if queries.look(db.session(), look_id) is None:
        return page("webmaster/over.html"), GONE
    form = ReasonForm()
    if form.validate_on_submit():
        outcome = actions.act_on(db.session(), here(), look_id, ACTS[act], form.reason.data or "")
        done = outcome == actions.DONE
        flash(
            str(OUTCOMES[ACTS[act]] if done else REFUSALS.get(outcome, REFUSALS["unchanged"])),
            "success" if done else "error",
        )
        return go_to(url_for("webmaster.person", look_id=look_id))
    return form_page(f"webmaster/{ACTS[act]}.html", form, back=url_for("webmaster.person", look_id=look_id))


def _pace() -> None:
    """Let nobody go through people one after the other, nor try out addresses: too many are answered with 429."""
    throttle(Action.LOOK_UP, person=current_viewer().person_id)


def _viewer(look: Look) -> Viewer:
    """Return the webmaster as one who gave a reason: it comes from the gate, and nowhere else."""
    return replace(current_viewer(), reason=look.reason)


def _wanted(who: str) -> Wanted | None:
    """Return the address or number that was typed, None for a name."""
    address, number = normal_mail_address(who), who.upper().replace(" ", "")
    if address is not None:
        return Wanted(address=address)
    return Wanted(number=number) if is_valid_number(number) else None


def _candidates(who: str) -> list[Candidate]:
    """Return the members of this portal with such a name, as any member finds them (W1)."""
    viewer, words = current_viewer(), people_queries.search_words(who)
    if not words or not may(viewer, Permission.SEARCH_PEOPLE):
        return []
    searched(db.session(), viewer, words)
    found = people_queries.find(db.session(), viewer.tenant, words)
    views = show(found.ids, viewer, Setting.SEARCH) if found.ids else []
    return [Candidate(view.name, view.handle) for view in views if view.name and view.handle]


def _account_words(account: Account) -> dict[str, str]:
    names = {tenant.slug: tenant.name for tenant in all_tenants()}
    return {
        "portals": format_list([names.get(slug, slug) for slug in account.portals]),
        "role": str(ROLES[account.role]) if account.role else "",
        "blocked_why": account.blocked_reason or "",
        "blocked": format_datetime(account.blocked_at) if account.blocked_at else "",
    }
