"""Accounts that a member makes for somebody else, and sees until that person takes them over (W5)."""

from dataclasses import dataclass

from flask import abort, flash, url_for
from flask.typing import ResponseReturnValue

from upguide.access import requires
from upguide.extensions import db
from upguide.features.connections import blueprint, queries
from upguide.features.connections.actions import made
from upguide.features.connections.forms import NewAccountForm, PlainForm
from upguide.i18n import format_date, render
from upguide.i18n import gettext as _
from upguide.policy.connections import UNCLAIMED
from upguide.policy.permissions import Permission
from upguide.policy.sees import Setting
from upguide.privacy import made_accounts, show_page
from upguide.privacy.show import show_each
from upguide.privacy.wording import page_of
from upguide.security.throttle import Action, throttle
from upguide.tenancy import current_tenant

from .common import REFUSED, go_to, me, page_number, tabs, turns, viewer


@dataclass(frozen=True, slots=True)
class MadeLine:
    """An account in the list."""

    name: str
    url: str
    text: str


@blueprint.get("/accounts")
@requires(Permission.BE_MEMBER)
def accounts() -> str:
    """Accounts that I made and that nobody took over yet."""
    page, tenant = page_number(), viewer().tenant
    found, more = queries.made_accounts(db.session(), tenant, me(), page)
    views = show_each([one.id for one in found], viewer(), Setting.PAGE) if found else {}
    lines = [
        MadeLine(
            views[one.id].name or _("Somebody without a name"),
            url_for("connections.account", handle=one.handle),
            _("Made on %(date)s. Goes on %(end)s.", date=format_date(one.made_at), end=format_date(one.goes_at)),
        )
        for one in found
        if one.id in views
    ]
    return render(
        "connections/accounts.html", tabs=tabs(), lines=lines, **turns("connections.accounts", page, more=more)
    )


@blueprint.route("/new-account", methods=["GET", "POST"])
@requires(Permission.BE_MEMBER)
def new_account() -> ResponseReturnValue:
    """Make an account for somebody else. What is answered does not depend on who has the mail address."""
    tenant, name = current_tenant(), made_accounts.maker_name(db.session(), viewer().tenant, me())
    form = NewAccountForm(tenant.languages)
    if not name:
        return render("connections/no_name.html", tabs=tabs()), REFUSED if form.is_submitted() else 200
    if not form.validate_on_submit():
        page = render("connections/new_account.html", form=form, maker=name, days=UNCLAIMED.days)
        return page, REFUSED if form.errors else 200
    account = form.account()
    throttle(Action.MAKE_ACCOUNT, person=me(), mailbox=account.mail_address)
    made.make(db.session(), tenant, me(), account)
    flash(
        _("The account is made, and a message is on its way. Until it is taken over, nobody but you sees it."),
        "success",
    )
    return go_to(url_for("connections.accounts"))


@blueprint.get("/accounts/<string(length=12):handle>")
@requires(Permission.BE_MEMBER)
def account(handle: str) -> ResponseReturnValue:
    """One account that I made: what I entered, and nothing else."""
    one = _made(handle)
    view = show_page(one.id, viewer())
    if view is None:
        abort(404)
    return render(
        "connections/account.html",
        person=page_of(view),
        made_on=format_date(one.made_at),
        goes_on=format_date(one.goes_at),
        remove_url=url_for("connections.remove_account", handle=handle),
    )


@blueprint.route("/accounts/<string(length=12):handle>/remove", methods=["GET", "POST"])
@requires(Permission.BE_MEMBER)
def remove_account(handle: str) -> ResponseReturnValue:
    """Make an account go that I made, after a question."""
    one, back = _made(handle), url_for("connections.account", handle=handle)
    if not PlainForm().validate_on_submit():
        return render("connections/remove_account.html", back=back)
    if made.take_back(db.session(), current_tenant(), me(), one.id):
        flash(_("The account is gone, with all that was in it."), "success")
    else:
        flash(_("This has changed in the meantime. Here is how it stands now."), "info")
    return go_to(url_for("connections.accounts"))


def _made(handle: str) -> queries.Made:
    one = queries.made_account(db.session(), viewer().tenant, me(), handle)
    if one is None:
        abort(404)
    return one
