"""`/privacy`, its versions, answers to them, and `/cookies`: what is promised, written by the tables that keep it."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from upguide.access import current_viewer, public, requires
from upguide.access.paths import local_path
from upguide.extensions import db
from upguide.features.statement import actions, jobs
from upguide.features.statement.forms import AnswerForm
from upguide.i18n import current_language, current_locale, format_date, render
from upguide.i18n import gettext as _
from upguide.policy import statement as policy
from upguide.policy.cookies import COOKIES
from upguide.policy.permissions import Permission
from upguide.policy.statement import Version
from upguide.privacy import statement
from upguide.security.cookies import cookie_name

__all__ = ["blueprint", "jobs"]

blueprint = Blueprint("statement", __name__)
REFUSED = 422


@blueprint.get("/privacy")
@public("whoever may become a member must be able to read what they agree to")
def current() -> str:
    """The statement in force."""
    text = statement.statement()
    kept_at = {p.number: url_for(p.kept_at) for chapter in text.chapters for p in chapter.promises}
    return _page(statement.version_of(text.version), text, statement.text_hash(), kept_at)


@blueprint.get("/privacy/versions/<int:number>")
@public("what people agreed to stays readable")
def version(number: int) -> str:
    """A version as it read while it was in force (A1)."""
    try:
        found = statement.version_of(number)
    except LookupError:
        abort(404)
    return _page(found, statement.frozen(number, current_locale()), found.hashes[current_locale()], {})


@blueprint.route("/privacy/answer", methods=["GET", "POST"])
@requires(Permission.BE_MEMBER)
def answer() -> ResponseReturnValue:
    """What changed since a member agreed, and the answer to it; a no costs no more than what was asked (A1)."""
    viewer, form = current_viewer(), AnswerForm()
    news = policy.versions_after(viewer.consented_version)
    if not news:
        # A yes stands: it is taken back there, not by a late no.
        return redirect(url_for("rights.consents"), 303)
    if not form.validate_on_submit() or viewer.person_id is None:
        # What an earlier version asked is still asked, though the latest may ask nothing.
        asks, changes = any(one.asks for one in news), [words for one in news for words in _changes(one)]
        shown = render("statement/answer.html", form=form, version=news[0], changes=changes, asks=asks)
        return shown, REFUSED if form.errors else 200
    actions.answer(db.session(), viewer.tenant, viewer.person_id, current_language(), form.said.data)
    db.session.commit()
    flash(ANSWERED[form.said.data](), "success")
    # Who said no is not sent where only a yes leads.
    wish = local_path(request.args.get("next")) if form.said.data == "yes" else None
    return redirect(wish or url_for("home.today"), 303)


@blueprint.get("/cookies")
@public("cookies are set for visitors too")
def cookies() -> str:
    """Every cookie that the site sets (K1), and what works without them (K2)."""
    secure = request.is_secure
    rows = [(cookie_name(c.name, secure=secure), _(c.purpose), _(c.life)) for c in COOKIES]
    return render("statement/cookies.html", cookies=rows)


ANSWERED = {
    "yes": lambda: _("Thank you. That you agreed is kept under My data, and you can take it back there."),
    "no": lambda: _("That is noted. Nothing else changes for you."),
    "read": lambda: _("Thank you for reading it."),
}


def _page(found: Version, text: Any, text_hash: str, kept_at: dict[str, str]) -> str:
    versions = [
        (one.number, format_date(one.since), url_for("statement.version", number=one.number))
        for one in reversed(policy.VERSIONS)
    ]
    return render(
        "statement/text.html",
        statement=text,
        hash=text_hash,
        kept_at=kept_at,
        changes=_changes(found),
        versions=versions,
        in_force=found is policy.VERSIONS[-1],
    )


def _changes(found: Version) -> list[str]:
    return [_(words) for words in found.changes]
