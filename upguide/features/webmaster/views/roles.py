"""Who has which role: seen by every webmaster, changed by none alone where it is the officer's (W8)."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from upguide.access import requires
from upguide.extensions import db
from upguide.features.webmaster import actions, blueprint, queries
from upguide.features.webmaster.forms import RoleForm
from upguide.features.webmaster.queries import ROLE_ACTS
from upguide.i18n import format_date, format_datetime
from upguide.i18n import lazy_gettext as _l
from upguide.policy.oversight import VOICE_AFTER
from upguide.policy.permissions import Permission, Role

from .common import ROLES, form_page, go_to, here, name_in, names_of, page, why
from .overview import ACTS

DONE = {
    "appoint": _l(
        "The appointment is made. The person, all other webmasters and the data-protection officer are told."
    ),
    "dismiss": _l("The role has ended. The person, all other webmasters and the data-protection officer are told."),
    "ask_dismissal": _l(
        "Asked. It happens when another webmaster does the same within a week; they and the officer are told. Only "
        "webmasters of seven days or longer count."
    ),
}
REFUSED = {
    "nobody": _l("Nobody has an account with this mail address."),
    "self": _l("Nobody changes their own role: ask another webmaster."),
    "has_role": _l("This person has a role already, and nobody has two."),
    "has_not": _l("This person does not have that role."),
    "blocked": _l("This account is blocked: release it first."),
    "has_officer": _l("There is a data-protection officer already: the owner appoints another, at the command line."),
}
LATEST = 10


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody with a role; `until` is empty for one who has not signed, or not any more.

    `voice_from`: from when on a new webmaster counts for ending an officer's role; empty for all others.
    """

    name: str
    role_name: str
    since: str
    until: str
    voice_from: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change of roles, in words."""

    moment: str
    what: str
    name: str
    role_name: str
    why: str


@blueprint.get("/roles")
@requires(Permission.ADMINISTER)
def roles() -> str:
    """Show who has which role, and what was changed lately."""
    found = queries.role_holders(db.session())
    acts = queries.recent_acts(db.session(), ROLE_ACTS, LATEST)
    names = names_of([*((one.person_id, one.handle) for one in found), *((one.person_id, one.handle) for one in acts)])
    holders = [
        Holder(
            name_in(names, one.person_id),
            str(ROLES[one.role]),
            format_date(one.granted_at),
            format_date(one.signed_until) if one.signed_until else "",
            _voice_from(one),
        )
        for one in found
    ]
    changes = [
        Change(
            format_datetime(one.done_at),
            str(ACTS[one.act]),
            name_in(names, one.person_id),
            str(ROLES[one.role]) if one.role else "",
            why(one.reason),
        )
        for one in acts
    ]
    return page("webmaster/roles.html", holders=holders, changes=changes)


@blueprint.route("/roles/<any(appoint, dismiss):change>", methods=["GET", "POST"])
@requires(Permission.ADMINISTER, fresh=True)
def change_role(change: str) -> ResponseReturnValue:
    """Appoint or dismiss somebody else, with a reason."""
    form = RoleForm()
    if form.validate_on_submit():
        address, role, reason = form.mail_address.data or "", form.role.data, form.reason.data or ""
        outcome = actions.change_role(db.session(), here(), address, role, change, reason)
        if outcome in DONE:
            flash(str(DONE[outcome]), "success")
            return go_to(url_for("webmaster.roles"))
        form.mail_address.errors = [str(REFUSED[outcome])]
    return form_page(f"webmaster/{change}.html", form, back=url_for("webmaster.roles"))


def _voice_from(one: queries.Holder) -> str:
    counts_from = one.granted_at + VOICE_AFTER
    young = one.role == Role.WEBMASTER.value and counts_from > datetime.now(UTC)
    return format_datetime(counts_from) if young else ""
