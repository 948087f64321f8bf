"""`/privacy` and `/cookies`: what is promised, written by the tables that keep it."""

from flask import Blueprint, request, url_for

from upguide.access import public
from upguide.i18n import gettext as _
from upguide.i18n import render
from upguide.policy.cookies import COOKIES
from upguide.privacy import statement
from upguide.security.cookies import cookie_name

blueprint = Blueprint("statement", __name__)


@blueprint.get("/privacy")
@public("whoever may become a member must be able to read what they agree to")
def current() -> str:
    """The statement in force."""
    text = statement.statement()
    kept_at = {p.number: url_for(p.kept_at) for chapter in text.chapters for p in chapter.promises}
    return render("statement/current.html", statement=text, hash=statement.text_hash(), kept_at=kept_at)


@blueprint.get("/cookies")
@public("cookies are set for visitors too")
def cookies() -> str:
    """Every cookie that the site sets (K1), and what works without them (K2)."""
    secure = request.is_secure
    rows = [(cookie_name(c.name, secure=secure), _(c.purpose), _(c.life)) for c in COOKIES]
    return render("statement/cookies.html", cookies=rows)
