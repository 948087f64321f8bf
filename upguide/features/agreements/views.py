"""/agreements: what somebody with a role signs, what they signed before, and a copy of it to keep (D3, W9)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from flask import Blueprint, Response, abort, flash, make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from upguide.access import Viewer, current_viewer, requires
from upguide.extensions import db
from upguide.i18n import current_language, format_date, format_datetime, render
from upguide.i18n import gettext as _
from upguide.i18n import lazy_gettext as _l
from upguide.policy.agreements import (
    CURRENT,
    NEEDED,
    SIGNED_HERE,
    AgreementText,
    agreement_languages,
    plain_text,
    text_hash,
    text_of,
)
from upguide.policy.permissions import AgreementKind, Permission
from upguide.tenancy import current_tenant

from . import actions, jobs, queries
from .forms import ClickForm, SignForm
from .queries import OwnSignature

blueprint = Blueprint("agreements", __name__, url_prefix="/agreements")
KINDS = ", ".join(kind.value for kind in SIGNED_HERE)
REFUSED = 422
FOR_WHOM = {
    AgreementKind.CONFIDENTIALITY: _l("For webmasters and data-protection officers."),
    AgreementKind.PROCESSOR: _l("For professionals who guide people here."),
    AgreementKind.SUPERVISION: _l("For supervisors with whom a trajectory is shared."),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """An agreement in the list: what it is called, for whom it is, how it stands, and whether it is to be signed."""

    heading: str
    for_whom: str
    state: str
    url: str
    needed: bool
    signed: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A signature of one's own in the list; without a text it was set before there were texts."""

    heading: str
    edition: int
    moment: str
    until: str
    has_text: bool
    id: UUID


@blueprint.get("")
@requires(Permission.SIGN)
def overview() -> str:
    """Show what there is to sign, and what was signed."""
    viewer = current_viewer()
    found = queries.own_signatures(db.session(), _me(viewer))
    offers = [_offer(kind, viewer, found) for kind in SIGNED_HERE]
    return render("agreements/overview.html", offers=offers, kept=[_kept(one) for one in found])


@blueprint.route(f"/<any({KINDS}):kind>", methods=["GET", "POST"])
@requires(Permission.SIGN, fresh=True)
def agreement(kind: str) -> ResponseReturnValue:
    """Read an agreement, and sign it: the password was given a moment ago."""
    which, language, viewer = AgreementKind(kind), current_language(), current_viewer()
    version, form = CURRENT[which], SignForm()
    digest = text_hash(which, version, language)
    if form.validate_on_submit():
        if form.read.data == digest:
            actions.sign(db.session(), _me(viewer), viewer.session_id, which, language)
            flash(_("You have signed. Take a copy with you, or have it mailed."), "success")
            return _go_to(url_for("agreements.overview"))
        form.agree.errors = [_("The text has changed since you opened it. Read it again, please.")]
    status = REFUSED if form.errors else 200
    form.read.data, form.agree.data = digest, False
    shown = {"text": text_of(which, version, language), "version": version, "signed": which in viewer.signed}
    return render("agreements/agreement.html", form=form, digest=digest, **shown), status


@blueprint.get("/signed/<uuid:signature_id>/<any(txt, html):form>")
@requires(Permission.SIGN)
def copy(signature_id: UUID, form: str) -> ResponseReturnValue:
    """Hand over what was signed, as a file."""
    signature, text = _signed(signature_id)
    if form == "html":
        content = render("agreements/copy.html", text=text, moment=_moment(signature), **_words(signature))
    else:
        content = f"{plain_text(text)}\n{_proof(signature)}\n"
    response = make_response(content)
    response.mimetype = "text/html" if form == "html" else "text/plain"
    response.headers["Content-Disposition"] = f'attachment; filename="upguide-{signature.kind.value}.{form}"'
    return response


@blueprint.post("/signed/<uuid:signature_id>/mail")
@requires(Permission.SIGN)
def mail(signature_id: UUID) -> ResponseReturnValue:
    """Send a copy to the person's own mail address."""
    if not ClickForm().validate_on_submit():
        abort(400)
    link = url_for("agreements.overview", _external=True)
    if not actions.mail_copy(db.session(), current_tenant(), _me(current_viewer()), signature_id, link):
        abort(404)
    flash(_("A copy is on its way to your mail address."), "success")
    return _go_to(url_for("agreements.overview"))


def _me(viewer: Viewer) -> UUID:
    assert viewer.person_id is not None  # what `requires` made sure of
    return viewer.person_id


def _go_to(url: str) -> Response:
    return make_response(redirect(url, 303))


def _signed(signature_id: UUID) -> tuple[OwnSignature, AgreementText]:
    signature = queries.own_signature(db.session(), _me(current_viewer()), signature_id)
    if signature is None or not _has_text(signature):
        abort(404)
    return signature, text_of(signature.kind, signature.version, signature.language)


def _has_text(one: OwnSignature) -> bool:
    try:
        return one.language in agreement_languages(one.kind, one.version)
    except KeyError:
        return False


def _offer(kind: AgreementKind, viewer: Viewer, found: list[OwnSignature]) -> Offer:
    signed, latest = kind in viewer.signed, next((one for one in found if one.kind is kind), None)
    return Offer(
        heading=text_of(kind, CURRENT[kind], current_language()).heading,
        for_whom=str(FOR_WHOM[kind]),
        state=_state(signed, latest),
        url=url_for("agreements.agreement", kind=kind.value),
        needed=any(NEEDED[role] is kind for role in viewer.roles),
        signed=signed,
    )


def _state(signed: bool, latest: OwnSignature | None) -> str:
    if latest is None:
        return _("Not signed")
    if signed and latest.expires_at:
        return _("Signed, and counts until %(date)s", date=format_date(latest.expires_at))
    if signed:
        return _("Signed, and counts until there is a new version")
    ended = latest.expires_at is not None and latest.expires_at <= datetime.now(UTC)
    return _("Your signature has ended: sign again") if ended else _("There is a new version: read it and sign again")


def _kept(one: OwnSignature) -> Kept:
    has_text = _has_text(one)
    heading = text_of(one.kind, one.version, current_language()).heading if has_text else _("Privacy statement")
    until = format_date(one.expires_at) if one.expires_at else ""
    return Kept(heading, one.version, format_datetime(one.signed_at), until, has_text, one.id)


def _words(one: OwnSignature) -> dict[str, object]:
    return {"language": one.language, "version": one.version, "digest": one.text_hash}


def _moment(one: OwnSignature) -> str:
    return format_datetime(one.signed_at)


def _proof(one: OwnSignature) -> str:
    return _(
        "Signed on %(moment)s, version %(version)s. Hash of the text (SHA-256): %(digest)s",
        moment=_moment(one),
        version=one.version,
        digest=one.text_hash,
    )


__all__ = ["blueprint", "jobs"]
