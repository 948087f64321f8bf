"""What the two links lead to, for somebody for whom an account was made: without signing in (W5)."""

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from upguide.access import public
from upguide.extensions import db
from upguide.features.connections import blueprint
from upguide.features.connections.actions import made
from upguide.features.connections.forms import PlainForm, TakeOverForm
from upguide.i18n import current_language, format_date, render
from upguide.i18n import gettext as _
from upguide.policy.connections import UNCLAIMED
from upguide.privacy import made_accounts, statement
from upguide.privacy.made_accounts import DELETE, TAKE_OVER, Taken, Yes
from upguide.privacy.wording import page_of
from upguide.security.passwords import hash_password
from upguide.tenancy import current_tenant

from .common import GONE, REFUSED, go_to

_PROOF = "the link in the message is the proof, and whoever it is for has no account yet"


@blueprint.route("/take-over/<string(length=43):secret>", methods=["GET", "POST"])
@public(_PROOF)
def take_over(secret: str) -> ResponseReturnValue:
    """Make an account one's own: a password, and a yes to the statement (P3)."""
    session, tenant = db.session(), current_tenant()
    opened = made_accounts.open_link(session, tenant.slug, secret, TAKE_OVER)
    if opened is None:
        return _over()
    if made_accounts.has_account(session, opened.mail_address):
        return render("connections/has_account.html"), GONE
    person, maker = (
        page_of(made_accounts.entered(session, tenant.slug, opened.person_id)),
        made_accounts.maker_name(session, tenant.slug, opened.maker_id),
    )
    words = tuple(word for word in (tenant.name, opened.mail_address, *(person.name or "").split()) if word)
    form = TakeOverForm(words, has_maker=bool(maker))
    if not form.validate_on_submit():
        context = {"person": person, "maker": maker, "goes_on": format_date(opened.made_at + UNCLAIMED)}
        return render("connections/take_over.html", form=form, **context), REFUSED if form.errors else 200
    try:
        made.take_over(session, tenant, opened, _yes(form, stay=bool(maker) and form.stay.data == "yes"))
    except (Taken, LookupError):
        session.rollback()
        return _over()
    flash(_("The account is yours. Sign in with your mail address and the password that you chose."), "success")
    return go_to(url_for("accounts.login"))


@blueprint.route("/delete-account/<string(length=43):secret>", methods=["GET", "POST"])
@public(_PROOF)
def delete_account(secret: str) -> ResponseReturnValue:
    """Make all of it go, at once. It takes a click, because mail scanners follow links and press no buttons."""
    session, tenant = db.session(), current_tenant()
    opened = made_accounts.open_link(session, tenant.slug, secret, DELETE)
    if opened is None:
        return _over()
    maker = made_accounts.maker_name(session, tenant.slug, opened.maker_id)
    if not PlainForm().validate_on_submit():
        cut_url = url_for("connections.cut", secret=secret) if opened.maker_id else ""
        context = {
            "person": page_of(made_accounts.entered(session, tenant.slug, opened.person_id)),
            "maker": maker,
            "goes_on": format_date(opened.made_at + UNCLAIMED),
        }
        return render("connections/delete_account.html", cut_url=cut_url, **context)
    if not made.delete(session, tenant, opened.person_id, current_language()):
        return _over()
    return go_to(url_for("connections.deleted"))


@blueprint.post("/delete-account/<string(length=43):secret>/cut")
@public(_PROOF)
def cut(secret: str) -> ResponseReturnValue:
    """End what ties the account to whoever made it, and leave it waiting."""
    opened = made_accounts.open_link(db.session(), current_tenant().slug, secret, DELETE)
    if opened is None:
        return _over()
    try:
        made.cut(db.session(), opened)
    except LookupError:
        db.session.rollback()
        return _over()
    flash(_("The connection has ended: whoever made the account sees nothing of it any more."), "success")
    return go_to(url_for("connections.delete_account", secret=secret))


@blueprint.get("/deleted-account")
@public("whoever deleted it has no account")
def deleted() -> str:
    """Say that it is done."""
    return render("connections/deleted.html")


def _yes(form: TakeOverForm, *, stay: bool) -> Yes:
    return Yes(
        password_hash=hash_password(form.password.data or ""),
        version=statement.current_version(),
        text_hash=statement.text_hash(),
        language=current_language(),
        stay_connected=stay,
    )


def _over() -> ResponseReturnValue:
    text = _("It was used already, or the account is gone. If you took it over, you can sign in.")
    url, action = url_for("accounts.login"), _("Sign in")
    return render("accounts/link_over.html", text=text, url=url, action=action), GONE
