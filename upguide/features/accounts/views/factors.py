"""The second step at sign-in: setting one up, giving it, and what to do where the phone is lost."""

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit
from uuid import UUID

from flask import Response, abort, current_app, flash, request, url_for
from flask.typing import ResponseReturnValue

from upguide.access import current_viewer, requires
from upguide.config import Settings
from upguide.extensions import db
from upguide.features.accounts import actions, blueprint, queries
from upguide.features.accounts.actions.factors import Asked
from upguide.features.accounts.browsers import device_of, words_for
from upguide.features.accounts.forms import ClickForm, CodeForm, FactorForm, PasskeyForm
from upguide.i18n import gettext as _
from upguide.i18n import render
from upguide.policy.permissions import Permission
from upguide.security import passkeys, totp
from upguide.security.passkeys import Owner, Place
from upguide.security.throttle import Action, throttle
from upguide.tenancy import all_tenants, current_tenant

from .answers import address_of, form_page, go_on, go_to, next_path
from .entry import welcome


@blueprint.route("/second-step", methods=["GET", "POST"])
@requires(Permission.ENTER_SECOND_FACTOR)
def second_factor() -> ResponseReturnValue:
    """Ask the second factor after the password (and the PIN), of those who have set one."""
    if not current_viewer().second_factor_needed:
        return go_on()
    form, right = _given(Action.SECOND_FACTOR)
    return welcome(_me(), _account()) if right else _question("accounts/second_factor.html", form)


@blueprint.route("/second-step/recovery-code", methods=["GET", "POST"])
@requires(Permission.ENTER_SECOND_FACTOR)
def recovery_code() -> ResponseReturnValue:
    """Ask a recovery code instead."""
    if not current_viewer().second_factor_needed:
        return go_on()
    form = CodeForm()
    if form.validate_on_submit():
        account = _account()
        attempt = throttle(Action.SECOND_FACTOR, account=account)
        if actions.factors.give_recovery_code(db.session(), _asked(), form.code.data or ""):
            attempt.succeeded()
            return welcome(_me(), account)
        form.code.errors = [_("This is not one of your recovery codes, or you have used it already.")]
    return form_page("accounts/recovery_code.html", form)


@blueprint.route("/confirm/second-step", methods=["GET", "POST"])
@requires(Permission.OWN_DATA)
def confirm_second_factor() -> ResponseReturnValue:
    """Ask the second factor before a sensitive change, instead of the password or PIN."""
    if not current_viewer().second_factor:
        return go_to(url_for("accounts.confirm", next=next_path()))
    form, right = _given(Action.CONFIRM)
    if right:
        return go_to(next_path() or url_for("accounts.security"))
    return _question("accounts/confirm_second_factor.html", form)


@blueprint.get("/second-step/required")
@requires(Permission.OWN_DATA)
def second_factor_required() -> str:
    """Tell somebody whose work asks for a second factor that it comes first."""
    return render("accounts/second_factor_required.html")


@blueprint.route("/security/app", methods=["GET", "POST"])
@requires(Permission.OWN_DATA, fresh=True)
def authenticator() -> ResponseReturnValue:
    """Set up an authenticator app: scan, then give the first code."""
    factors, form = queries.factors(db.session(), _me()), CodeForm()
    if factors.app_set_at is not None:
        return go_to(url_for("accounts.security"))
    secret = queries.pending_secret(db.session(), _me())
    if secret and form.validate_on_submit():
        if actions.factors.confirm_totp(db.session(), _asked(), form.code.data or ""):
            return _set(_("Your app is set up."), factors)
        form.code.errors = [_("This is not the code of now. Wait for the next one, or check the clock of your phone.")]
    return form_page("accounts/authenticator.html", form, secret=_in_groups(secret), address=_app_address(secret))


@blueprint.post("/security/app/begin")
@requires(Permission.OWN_DATA, fresh=True)
def begin_authenticator() -> ResponseReturnValue:
    """Make a secret to be scanned; once more, where the first one did not arrive."""
    actions.factors.begin_totp(db.session(), _me())
    return go_to(url_for("accounts.authenticator"))


@blueprint.get("/security/app/code.svg")
@requires(Permission.OWN_DATA, fresh=True)
def authenticator_picture() -> Response:
    """The secret as a QR code, as long as the app is being set up."""
    address = _app_address(queries.pending_secret(db.session(), _me()))
    return Response(totp.picture_of(address or abort(404)), mimetype="image/svg+xml")


@blueprint.route("/security/app/remove", methods=["GET", "POST"])
@requires(Permission.OWN_DATA, fresh=True)
def remove_authenticator() -> ResponseReturnValue:
    """Take the app away."""
    form = ClickForm()
    if not form.validate_on_submit():
        return form_page("accounts/remove_authenticator.html", form)
    actions.factors.remove_totp(db.session(), _asked())
    return _done(_("Your app is no longer asked for codes."))


@blueprint.route("/security/passkeys/new", methods=["GET", "POST"])
@requires(Permission.OWN_DATA, fresh=True)
def new_passkey() -> ResponseReturnValue:
    """Let the browser make a passkey for this portal."""
    factors, form = queries.factors(db.session(), _me()), PasskeyForm()
    if len(factors.passkeys) >= actions.factors.MOST_PASSKEYS:
        most = actions.factors.MOST_PASSKEYS
        told = _("You have %(most)s passkeys, and no more fit. Remove one that you do not use first.", most=most)
        flash(told, "error")
        return go_to(url_for("accounts.security"))
    if form.validate_on_submit():
        device, answer = device_of(request.user_agent.string), form.credential.data or ""
        if actions.factors.add_passkey(db.session(), _asked(), _secret_keys(), _place(), device, answer):
            return _set(_("Your passkey is made."), factors)
        form.form_errors.append(_("That did not work. Try it once more."))
    known = queries.passkeys_here(db.session(), current_tenant().slug, _me())
    options = passkeys.registration_options(
        _secret_keys(), _place(), current_tenant().name, Owner(_me(), _account()), known, datetime.now(UTC)
    )
    return form_page("accounts/new_passkey.html", form, options=options)


@blueprint.route("/security/passkeys/<uuid:passkey_id>/remove", methods=["GET", "POST"])
@requires(Permission.OWN_DATA, fresh=True)
def remove_passkey(passkey_id: UUID) -> ResponseReturnValue:
    """Take a passkey away."""
    mine = queries.factors(db.session(), _me()).passkeys
    found = next((one for one in mine if one.id == passkey_id), None) or abort(404)
    form = ClickForm()
    if not form.validate_on_submit():
        return form_page("accounts/remove_passkey.html", form, device=words_for(found.device))
    actions.factors.remove_passkey(db.session(), _asked(), passkey_id)
    return _done(_("Your passkey is removed here. On your device you can remove it too."))


@blueprint.route("/security/recovery-codes", methods=["GET", "POST"])
@requires(Permission.OWN_DATA, fresh=True)
def recovery_codes() -> ResponseReturnValue:
    """Make new recovery codes, and show them this once."""
    factors, form = queries.factors(db.session(), _me()), ClickForm()
    if not factors:
        return go_to(url_for("accounts.security"))
    if not form.validate_on_submit():
        return form_page("accounts/new_recovery_codes.html", form, left=factors.codes_left)
    return _codes(actions.factors.renew_recovery_codes(db.session(), _asked()), "")


def _given(action: Action) -> tuple[FactorForm, bool]:
    """Tell whether the post holds a factor that is right: what a passkey answered, or a code of the app."""
    form = FactorForm()
    if not form.validate_on_submit():
        return form, False
    attempt = throttle(action, account=_account(), session=current_viewer().session_id)
    answer = form.credential.data
    if answer:
        right = actions.factors.give_passkey(db.session(), _asked(), _secret_keys(), _place(), answer)
    else:
        right = actions.factors.give_totp(db.session(), _asked(), form.code.data or "")
    if right:
        attempt.succeeded()
    elif answer:
        form.form_errors.append(_("This passkey could not be checked. Try it once more."))
    else:
        form.code.errors = [_("This is not the code of this moment, or you used it already. Wait for the next one.")]
    return form, right


def _question(template: str, form: FactorForm) -> ResponseReturnValue:
    """Show what a person can prove with: the app, a passkey of this portal, or where the passkeys belong."""
    factors = queries.factors(db.session(), _me())
    here = queries.passkeys_here(db.session(), current_tenant().slug, _me())
    names = {tenant.slug: tenant.name for tenant in all_tenants()}
    return form_page(
        template,
        form,
        has_app=factors.app_set_at is not None,
        options=passkeys.question(_secret_keys(), _place(), here, datetime.now(UTC)) if here else None,
        elsewhere=sorted({names.get(one.tenant, one.tenant) for one in factors.passkeys}),
    )


def _set(text: str, before: queries.Factors) -> ResponseReturnValue:
    """Say that a factor is set; with the first one come recovery codes, before there is need of them."""
    if before.codes_left:
        return _done(text)
    return _codes(actions.factors.first_recovery_codes(db.session(), _me()), text)


def _codes(codes: Sequence[str], text: str) -> ResponseReturnValue:
    """Show ten new codes in the answer to the post itself: no address leads to them later."""
    return render("accounts/recovery_codes.html", codes=codes, text=text)


def _asked() -> Asked:
    session_id = current_viewer().session_id or abort(403)
    return Asked(current_tenant(), _me(), session_id, address_of("accounts.security"))


def _place() -> Place:
    """A browser ties a passkey to the host, without the port, and answers with the whole origin."""
    origin = urlsplit(request.host_url)
    return Place(origin.hostname or "", f"{origin.scheme}://{origin.netloc}", current_viewer().session_id or abort(403))


def _account() -> str:
    return queries.owner(db.session(), _me()).mail_address


def _app_address(secret: str | None) -> str | None:
    return secret and totp.app_address(secret, _account(), current_tenant().name)


def _in_groups(secret: str | None) -> str:
    """Return a secret as people type it over."""
    return " ".join((secret or "")[at : at + 4] for at in range(0, len(secret or ""), 4))


def _me() -> UUID:
    return current_viewer().person_id or abort(403)


def _done(text: str) -> ResponseReturnValue:
    flash(text, "success")
    return go_to(url_for("accounts.security"))


def _secret_keys() -> Sequence[str]:
    settings: Settings = current_app.config["UPGUIDE"]
    return settings.secret_keys
