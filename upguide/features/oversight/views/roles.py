"""/oversight/roles: who may see much of others, since when, and who gave it to them: all of it (W8, W9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from flask import url_for

from upguide.access import current_viewer, requires
from upguide.extensions import db
from upguide.features.oversight import blueprint, queries
from upguide.features.oversight.queries import Holder, Named, RoleChange
from upguide.i18n import LazyString, format_date, format_datetime
from upguide.i18n import gettext as _
from upguide.i18n import lazy_gettext as _l
from upguide.navigation import page_number
from upguide.policy.oversight import VOICE_AFTER
from upguide.policy.permissions import Permission, Role
from upguide.tenancy import all_tenants

from .common import page

ROLES: Mapping[str, LazyString] = {
    Role.WEBMASTER.value: _l("Webmaster"),
    Role.OFFICER.value: _l("Data-protection officer"),
}
CHANGES: Mapping[str, LazyString] = {
    "appoint": _l("Role given"),
    "ask_dismissal": _l("Asked to end the role"),
    "dismiss": _l("Role ended"),
    "gone": _l("Ended with the account"),
}


@dataclass(frozen=True, slots=True)
class HolderLine:
    """Somebody with a role, in words; `voice_from` is empty for who counts already."""

    who: str
    role_name: str
    since: str
    stands: str
    voice_from: str


@blueprint.get("/oversight/roles")
@requires(Permission.OVERSEE)
def roles() -> str:
    """Show who has which role, and each change of one: whose, by whom, where and why."""
    number = page_number()
    holders = queries.role_register(db.session())
    changes, more = queries.role_changes(db.session(), number)
    people: list[Named] = [one.who for one in holders]
    people += [one for change in changes for one in (change.who, change.by) if one]
    names = queries.shown_names(people, current_viewer())
    return page(
        "oversight/roles.html",
        holders=[_holder(one, names) for one in holders],
        changes=[_change(one, names) for one in changes],
        previous_url=url_for("oversight.roles", page=number - 1) if number else "",
        next_url=url_for("oversight.roles", page=number + 1) if more else "",
    )


def _holder(one: Holder, names: Mapping[UUID, str]) -> HolderLine:
    counts_from = one.granted_at + VOICE_AFTER
    young = one.role == Role.WEBMASTER.value and counts_from > datetime.now(UTC)
    return HolderLine(
        _name(one.who, names),
        str(ROLES[one.role]),
        format_datetime(one.granted_at),
        _stands(one),
        format_datetime(counts_from) if young else "",
    )


def _stands(one: Holder) -> str:
    if one.blocked:
        return _("sees nothing: the account is blocked")
    if one.signed_until is None:
        return _("sees nothing: the confidentiality agreement is not signed, or not any more")
    return _("bound to confidentiality until %(date)s", date=format_date(one.signed_until))


def _change(one: RoleChange, names: Mapping[UUID, str]) -> list[str]:
    return [
        format_datetime(one.done_at),
        str(CHANGES[one.act]),
        _name(one.who, names) if one.who else _("Somebody who is gone"),
        str(ROLES[one.role]),
        _by(one, names),
        _reason(one),
    ]


def _reason(one: RoleChange) -> str:
    if one.act == "gone":
        return _("The account was erased.")
    if one.portal is None:
        return _("None is given at the command line.")
    return one.reason or _("Gone with the account: it may say who it was.")


def _by(one: RoleChange, names: Mapping[UUID, str]) -> str:
    """Return who made a change. Without a portal it was made outside all of them."""
    if one.act == "gone":
        return _("Nobody")
    if one.portal is None:
        return _("The owner, at the command line")
    portal = next((tenant.name for tenant in all_tenants() if tenant.slug == one.portal), one.portal)
    who = _name(one.by, names) if one.by else _("A webmaster who is gone")
    return _("%(who)s, on %(portal)s", who=who, portal=portal)


def _name(who: Named, names: Mapping[UUID, str]) -> str:
    """Return a name as any member of this portal sees it (W1); else the number, as in all lists of the officer."""
    if who.person_id == current_viewer().person_id:
        return _("You")
    return names.get(who.person_id) or who.number
