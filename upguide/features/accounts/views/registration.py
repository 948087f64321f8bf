"""Making an account, and joining one more portal with it. Nobody's data is kept before a yes (clause P3)."""

import base64

from flask import flash, session, url_for
from flask.typing import ResponseReturnValue

from upguide.access import current_viewer, public, requires
from upguide.extensions import db
from upguide.features.accounts import actions, blueprint, queries
from upguide.features.accounts.actions.registration import Agreed, Letterbox
from upguide.features.accounts.forms import ChosenPasswordForm, ClickForm, JoinForm, RegisterForm
from upguide.i18n import current_language, render
from upguide.i18n import gettext as _
from upguide.policy.permissions import Permission
from upguide.privacy import statement
from upguide.security.passwords import verify_password
from upguide.security.throttle import Action, throttle
from upguide.security.tokens import hash_token
from upguide.tenancy import current_tenant

from .answers import address_of, form_page, go_on, go_to, over
from .entry import begin, sign_out

# What a browser has registered, in its session: the start of the hash of each link's secret, the latest few.
# A hash opens nothing; the secret itself goes to the mailbox alone.
_MARKS, _MOST = "registered", 3


@blueprint.route("/register", methods=["GET", "POST"])
@public("whoever registers has no account yet")
def register() -> ResponseReturnValue:
    """Ask for an account; the answer is the same whether the mail address is known or not."""
    if current_viewer().signed_in:
        return go_on()
    tenant = current_tenant()
    form = RegisterForm([tenant.name])
    if not form.validate_on_submit():
        return form_page("accounts/register.html", form)
    address = form.mail_address.data or ""
    throttle(Action.REGISTER, mailbox=address)
    password = form.password.data or ""
    secret_hash = actions.registration.register(db.session(), tenant, address, password, _agreed(), _box())
    session[_MARKS] = [*session.get(_MARKS, []), _mark(secret_hash)][-_MOST:]
    return go_to(url_for("accounts.registered"))


@blueprint.get("/register/sent")
@public("whoever registers has no account yet")
def registered() -> str:
    """Tell that a message is on its way."""
    return render("accounts/registered.html")


@blueprint.route("/register/<string(length=43):secret>", methods=["GET", "POST"])
@public("the link in the message is the proof")
def confirm_registration(secret: str) -> ResponseReturnValue:
    """Make the account. It takes a click, because mail scanners follow links and press no buttons.

    Anybody can register somebody else's address, with a password of their own. So the link makes an account only for
    who registered: the browser that did, or whoever knows the password.
    """
    here = _mark(hash_token(secret)) in session.get(_MARKS, [])
    form: ClickForm | ChosenPasswordForm = ClickForm() if here else ChosenPasswordForm()
    waiting = queries.waiting_registration(db.session(), current_tenant().slug, secret)
    if waiting is None:
        return go_on() if form.is_submitted() and current_viewer().signed_in else _registration_over()
    if not form.validate_on_submit() or not (isinstance(form, ClickForm) or _is_chosen(waiting, form)):
        return form_page("accounts/confirm_registration.html", form, here=here)
    person_id = actions.registration.confirm(db.session(), current_tenant(), secret)
    if person_id is None:
        return _registration_over()
    sign_out()
    response = begin(person_id)
    flash(_("Your account is made. Welcome!"), "success")
    return response


@blueprint.route("/join", methods=["GET", "POST"])
@requires(Permission.JOIN)
def join() -> ResponseReturnValue:
    """Become a member of this portal with an account from another one, after a yes; a no signs out."""
    viewer = current_viewer()
    if viewer.member:
        return go_on()
    form = JoinForm()
    if not form.validate_on_submit() or viewer.person_id is None:
        return form_page("accounts/join.html", form)
    actions.registration.join(db.session(), current_tenant(), viewer.person_id, _agreed())
    flash(_("You are a member of %(portal)s now. Welcome!", portal=current_tenant().name), "success")
    return go_on()


def _mark(secret_hash: bytes) -> str:
    return base64.urlsafe_b64encode(secret_hash[:15]).decode()


def _is_chosen(waiting: queries.Waiting, form: ChosenPasswordForm) -> bool:
    """Tell whether the password is the one of this registration; each wrong one counts."""
    attempt = throttle(Action.CONFIRM_REGISTRATION, account=waiting.mail_address)
    if verify_password(waiting.password_hash, form.password.data or ""):
        attempt.succeeded()
        return True
    form.password.errors = [_("This is not the password that was chosen with this link.")]
    return False


def _agreed() -> Agreed:
    language = current_language()
    return Agreed(statement.current_version(), statement.text_hash(), language)


def _box() -> Letterbox:
    return Letterbox(
        confirm=lambda secret: address_of("accounts.confirm_registration", secret=secret),
        login=address_of("accounts.login"),
        reset=address_of("accounts.forgotten"),
    )


def _registration_over() -> ResponseReturnValue:
    text = _("It was used already, or it is older than two days. If your account is made, you can sign in.")
    return over(text, url_for("accounts.login"), _("Sign in"))
