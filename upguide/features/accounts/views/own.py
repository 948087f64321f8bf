"""What keeps an account safe, for the eyes of its owner alone: password, PIN, mail address, sessions."""

from dataclasses import dataclass
from uuid import UUID

from flask import abort, flash, url_for
from flask.typing import ResponseReturnValue

from upguide.access import current_viewer, public, requires
from upguide.extensions import db
from upguide.features.accounts import actions, blueprint, queries
from upguide.features.accounts.actions.own import MailChange
from upguide.features.accounts.browsers import words_for
from upguide.features.accounts.forms import ClickForm, NewMailAddressForm, NewPasswordForm, NewPinForm
from upguide.i18n import format_date, format_datetime, render
from upguide.i18n import gettext as _
from upguide.policy.permissions import Permission
from upguide.security.throttle import Action, throttle
from upguide.tenancy import all_tenants, current_tenant

from .answers import address_of, form_page, go_to, over
from .entry import sign_out

SIDES = {"old": queries.MAIL_OLD, "new": queries.MAIL_NEW}


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One line of the list of sessions."""

    device: str
    portal: str
    since: str
    current: bool
    end_url: str


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    """One line of the list of passkeys."""

    device: str
    portal: str
    since: str
    used: str
    remove_url: str


@blueprint.get("/security")
@requires(Permission.OWN_DATA)
def security() -> str:
    """Show what protects the account, and where it is in use."""
    viewer = current_viewer()
    account = queries.account(db.session(), _me(), viewer.session_id)
    portals = [(_portal(one.tenant), format_date(one.joined_at)) for one in account.portals]
    sessions = [
        SessionRow(
            words_for(one.device),
            _portal(one.tenant),
            format_datetime(one.started_at),
            one.current,
            url_for("accounts.end_session", session_id=one.id),
        )
        for one in account.sessions
    ]
    passkeys = [
        PasskeyRow(
            words_for(one.device),
            _portal(one.tenant),
            format_date(one.made_at),
            format_date(one.used_at),
            url_for("accounts.remove_passkey", passkey_id=one.id),
        )
        for one in account.factors.passkeys
    ]
    return render("accounts/security.html", account=account, portals=portals, sessions=sessions, passkeys=passkeys)


@blueprint.route("/security/password", methods=["GET", "POST"])
@requires(Permission.OWN_DATA, fresh=True)
def password() -> ResponseReturnValue:
    """Choose another password; all other sessions end."""
    tenant = current_tenant()
    form = NewPasswordForm([tenant.name, *queries.owner(db.session(), _me()).words])
    if not form.validate_on_submit():
        return form_page("accounts/password.html", form)
    notice, kept = address_of("accounts.forgotten"), current_viewer().session_id
    actions.own.change_password(db.session(), tenant, _me(), kept, form.password.data or "", notice)
    return _done(_("Your password is changed, and all other sessions are ended."))


@blueprint.route("/security/pin", methods=["GET", "POST"])
@requires(Permission.OWN_DATA, fresh=True)
def new_pin() -> ResponseReturnValue:
    """Set or change the PIN."""
    form = NewPinForm()
    if not form.validate_on_submit():
        return form_page("accounts/new_pin.html", form, has_pin=current_viewer().has_pin)
    actions.own.set_pin(db.session(), current_tenant(), _me(), form.pin.data, address_of("accounts.security"))
    return _done(_("Your PIN is set. From now on we ask it after your password."))


@blueprint.route("/security/pin/remove", methods=["GET", "POST"])
@requires(Permission.OWN_DATA, fresh=True)
def remove_pin() -> ResponseReturnValue:
    """Take the PIN away."""
    form = ClickForm()
    if not form.validate_on_submit():
        return form_page("accounts/remove_pin.html", form)
    actions.own.set_pin(db.session(), current_tenant(), _me(), None, address_of("accounts.security"))
    return _done(_("Your PIN is removed."))


@blueprint.route("/pin/forgotten", methods=["GET", "POST"])
@requires(Permission.ENTER_PIN)
def forgotten_pin() -> ResponseReturnValue:
    """Mail a link that removes the PIN, to somebody who gave the password."""
    form = ClickForm()
    if not form.validate_on_submit():
        return form_page("accounts/forgotten_pin.html", form)
    account = queries.owner(db.session(), _me()).mail_address
    throttle(Action.FORGOTTEN_PASSWORD, account=account)
    actions.own.ask_pin_removal(
        db.session(),
        current_tenant(),
        _me(),
        lambda secret: address_of("accounts.remove_forgotten_pin", secret=secret),
    )
    flash(_("We have sent you a message with a link. Open it on this device."), "success")
    return go_to(url_for("accounts.pin"))


@blueprint.route("/pin/remove/<string(length=43):secret>", methods=["GET", "POST"])
@requires(Permission.ENTER_PIN)
def remove_forgotten_pin(secret: str) -> ResponseReturnValue:
    """Remove the PIN with the link from the message; the password was given, or is asked first."""
    form, works = ClickForm(), queries.opens_own(db.session(), secret, queries.REMOVE_PIN, _me())
    if works and not form.validate_on_submit():
        return form_page("accounts/remove_pin.html", form)
    if not works:
        return over(_("It was used already, or it is too old."), url_for("accounts.pin"), _("Enter your PIN"))
    actions.own.set_pin(db.session(), current_tenant(), _me(), None, address_of("accounts.security"))
    sign_out()
    flash(_("Your PIN is removed. Sign in with your password."), "success")
    return go_to(url_for("accounts.login"))


@blueprint.route("/security/mail-address", methods=["GET", "POST"])
@requires(Permission.OWN_DATA, fresh=True)
def mail_address() -> ResponseReturnValue:
    """Ask for another mail address; both addresses are asked for a yes."""
    form = NewMailAddressForm()
    if not form.validate_on_submit():
        return form_page("accounts/mail_address.html", form)
    wish, former = form.mail_address.data or "", queries.owner(db.session(), _me()).mail_address
    if wish == former:
        form.mail_address.errors = [_("This is your mail address already.")]
        return form_page("accounts/mail_address.html", form)
    throttle(Action.MAIL_CHANGE, account=former, mailbox=wish)
    actions.own.ask_mail_change(db.session(), current_tenant(), _me(), wish, _mail_change_link)
    return _done(_("We have sent a message to both addresses. Follow the link in each of them."))


@blueprint.post("/security/mail-address/withdraw")
@requires(Permission.OWN_DATA)
def withdraw_mail_address() -> ResponseReturnValue:
    """Forget the wish for another mail address."""
    actions.own.withdraw_mail_change(db.session(), _me())
    db.session.commit()
    return _done(_("Your mail address stays as it is."))


@blueprint.route("/mail-address/<any(old, new):side>/<string(length=43):secret>", methods=["GET", "POST"])
@public("the link in the message is the proof")
def confirm_mail_address(side: str, secret: str) -> ResponseReturnValue:
    """Say yes to another mail address, at the old or the new one; by a click, not by opening the link."""
    form = ClickForm()
    if not form.validate_on_submit():
        if queries.open_token(db.session(), secret, SIDES[side]) is None:
            return _mail_change_over()
        return form_page("accounts/confirm_mail_address.html", form, side=side)
    outcome = actions.own.confirm_mail_change(db.session(), current_tenant(), SIDES[side], secret)
    if outcome in (MailChange.OVER, MailChange.TAKEN):
        return _mail_change_over()
    return render("accounts/mail_address_confirmed.html", done=outcome is MailChange.DONE, side=side)


@blueprint.post("/security/sessions/<uuid:session_id>/end")
@requires(Permission.OWN_DATA)
def end_session(session_id: UUID) -> ResponseReturnValue:
    """End one of one's own sessions; a second time, or somebody else's, it does nothing and says the same."""
    actions.entry.end_session(db.session(), _me(), session_id)
    return _done(_("That session is ended."))


@blueprint.post("/security/sessions/end-others")
@requires(Permission.OWN_DATA)
def end_other_sessions() -> ResponseReturnValue:
    """End all of one's own sessions but this one."""
    actions.entry.end_other_sessions(db.session(), _me(), current_viewer().session_id)
    db.session.commit()
    return _done(_("All other sessions are ended."))


def _me() -> UUID:
    return current_viewer().person_id or abort(403)


def _done(text: str) -> ResponseReturnValue:
    flash(text, "success")
    return go_to(url_for("accounts.security"))


def _portal(slug: str) -> str:
    return {tenant.slug: tenant.name for tenant in all_tenants()}.get(slug, slug)


def _mail_change_link(kind: str, secret: str) -> str:
    side = next(side for side, known in SIDES.items() if known == kind)
    return address_of("accounts.confirm_mail_address", side=side, secret=secret)


def _mail_change_over() -> ResponseReturnValue:
    text = _("It was used already, it is older than a day, or the change cannot be made any more.")
    return over(text, url_for("accounts.security"), _("To your security page"))
