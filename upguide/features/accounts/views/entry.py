"""Signing in and out, the second lock, and a forgotten password."""

from uuid import UUID

from flask import Response, current_app, flash, request, session, url_for
from flask.typing import ResponseReturnValue

from upguide.access import current_viewer, public, requires
from upguide.config import Settings
from upguide.extensions import db
from upguide.features.accounts import actions, blueprint, queries
from upguide.features.accounts.browsers import device_of
from upguide.features.accounts.forms import (
    LoginForm,
    MailAddressForm,
    NewPasswordForm,
    PasswordForm,
    PinForm,
)
from upguide.forms import normal_mail_address
from upguide.i18n import current_language, render
from upguide.i18n import gettext as _
from upguide.policy.permissions import Permission
from upguide.security.devices import known_device
from upguide.security.passwords import verify_password
from upguide.security.throttle import Action, normal, remember_device, throttle
from upguide.tenancy import current_tenant

from .answers import address_of, form_page, go_on, go_to, next_path, over


@blueprint.route("/login", methods=["GET", "POST"])
@public("whoever signs in is not known yet")
def login() -> ResponseReturnValue:
    """Sign in with mail address and password; wrong ones get one answer, whatever is wrong."""
    form = LoginForm()
    if not form.is_submitted() and current_viewer().signed_in:
        return go_on()
    if form.validate_on_submit():
        response = _sign_in(form.mail_address.data or "", form.password.data or "")
        if response is not None:
            return response
        form.form_errors.append(_("This mail address and this password do not belong together."))
    return form_page("accounts/login.html", form)


@blueprint.post("/logout")
@public("signing out works in every state, a second time too")
def logout() -> ResponseReturnValue:
    """End the session, here and in the database."""
    sign_out()
    flash(_("You are signed out."), "success")
    return go_to(url_for("home.front"))


@blueprint.route("/pin", methods=["GET", "POST"])
@requires(Permission.ENTER_PIN)
def pin() -> ResponseReturnValue:
    """Ask the PIN after the password, of those who have one."""
    viewer, form = current_viewer(), PinForm()
    if not viewer.pin_needed:
        return go_on()
    if form.validate_on_submit() and viewer.person_id and viewer.session_id:
        account = queries.owner(db.session(), viewer.person_id).mail_address
        attempt = throttle(Action.PIN, account=account)
        if actions.entry.confirm_session(
            db.session(), viewer.person_id, viewer.session_id, form.secret.data or "", by_pin=True
        ):
            attempt.succeeded()
            if viewer.second_factor_needed:
                return go_to(url_for("accounts.second_factor", next=next_path()))
            return welcome(viewer.person_id, account)
        form.secret.errors = [_("This is not your PIN.")]
    return form_page("accounts/pin.html", form)


@blueprint.route("/confirm", methods=["GET", "POST"])
@requires(Permission.OWN_DATA)
def confirm() -> ResponseReturnValue:
    """Ask the PIN, or the password of those who have none, before a sensitive change."""
    viewer = current_viewer()
    form = PinForm() if viewer.has_pin else PasswordForm()
    if form.validate_on_submit() and viewer.person_id and viewer.session_id:
        attempt = throttle(Action.CONFIRM, session=viewer.session_id)
        if actions.entry.confirm_session(
            db.session(), viewer.person_id, viewer.session_id, form.secret.data or "", by_pin=viewer.has_pin
        ):
            attempt.succeeded()
            return go_to(next_path() or url_for("accounts.security"))
        form.secret.errors = [_("This is not right.")]
    return form_page("accounts/confirm.html", form, has_pin=viewer.has_pin, has_second_factor=viewer.second_factor)


@blueprint.route("/forgotten-password", methods=["GET", "POST"])
@public("whoever forgot a password cannot sign in")
def forgotten() -> ResponseReturnValue:
    """Mail a link for a new password; the answer is the same whether the mail address is known or not."""
    form = MailAddressForm()
    if not form.validate_on_submit():
        return form_page("accounts/forgotten.html", form)
    address = form.mail_address.data or ""
    throttle(Action.FORGOTTEN_PASSWORD, account=address)
    actions.entry.ask_reset(
        db.session(),
        current_tenant(),
        address,
        current_language(),
        lambda secret: address_of("accounts.reset", secret=secret),
        address_of("accounts.register"),
    )
    return go_to(url_for("accounts.forgotten_sent"))


@blueprint.get("/forgotten-password/sent")
@public("whoever forgot a password cannot sign in")
def forgotten_sent() -> str:
    """Tell that a message is on its way."""
    return render("accounts/forgotten_sent.html")


@blueprint.route("/reset-password/<string(length=43):secret>", methods=["GET", "POST"])
@public("the link in the message is the proof")
def reset(secret: str) -> ResponseReturnValue:
    """Choose a new password with the link from the message."""
    tenant, token = current_tenant(), queries.open_token(db.session(), secret, queries.RESET)
    if token is None:
        return _reset_over()
    form = NewPasswordForm([tenant.name, *queries.owner_of(db.session(), tenant.slug, token.person_id).words])
    if not form.validate_on_submit():
        return form_page("accounts/reset.html", form)
    notice = address_of("accounts.forgotten")
    account = actions.entry.reset_password(db.session(), tenant, secret, form.password.data or "", notice)
    if account is None:
        return _reset_over()
    session.clear()
    flash(_("Your new password is set. Sign in with it."), "success")
    response = go_to(url_for("accounts.login"))
    remember_device(response, account)
    return response


def begin(person_id: UUID) -> Response:
    """Sign in somebody who just made the account."""
    secret = actions.entry.start_session(db.session(), current_tenant(), person_id, _device())
    account = queries.owner_of(db.session(), current_tenant().slug, person_id).mail_address
    _carry(secret)
    return welcome(person_id, account)


def sign_out() -> None:
    """End the session of this browser, where there is one."""
    viewer = current_viewer()
    if viewer.person_id and viewer.session_id:
        actions.entry.end_session(db.session(), viewer.person_id, viewer.session_id)
    session.clear()


def _sign_in(typed: str, password: str) -> ResponseReturnValue | None:
    attempt = throttle(Action.SIGN_IN, account=typed)
    address = normal_mail_address(typed) or ""
    known = queries.sign_in_record(db.session(), address)
    right = verify_password(known.password_hash if known else None, password)
    if known is None or not right:
        return None
    attempt.succeeded()
    sign_out()
    secret = actions.entry.sign_in(db.session(), current_tenant(), known, password, _device())
    _carry(secret)
    if known.has_pin:
        return go_to(url_for("accounts.pin", next=next_path()))
    if known.has_second_factor:
        return go_to(url_for("accounts.second_factor", next=next_path()))
    return welcome(known.person_id, address)


def _carry(secret: str) -> None:
    """Give the browser a new secret, and nothing of what it carried before: a planted one is worthless."""
    session.clear()
    session["secret"] = secret


def welcome(person_id: UUID, account: str) -> Response:
    """Let somebody in who has proven everything; tell the owner where the browser is a new one."""
    settings: Settings = current_app.config["UPGUIDE"]
    known = known_device(settings.secret_keys, current_tenant().slug, normal(account))
    link = None if known else address_of("accounts.security")
    actions.entry.note_sign_in(db.session(), current_tenant(), person_id, link, _device())
    response = go_on()
    remember_device(response, account)
    return response


def _device() -> str:
    return device_of(request.user_agent.string)


def _reset_over() -> ResponseReturnValue:
    text = _("It was used already, or it is older than two hours. You can ask for a new one.")
    return over(text, url_for("accounts.forgotten"), _("Ask for a new link"))
