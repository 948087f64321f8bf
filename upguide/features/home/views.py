"""`/` for visitors, `/home` for members, `/language/<language>` for both."""

from datetime import timedelta

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from upguide.access import current_viewer, public, requires
from upguide.access.paths import local_path
from upguide.extensions import csrf, db
from upguide.features.statement.queries import is_news
from upguide.i18n import render
from upguide.navigation import LANGUAGE_COOKIE
from upguide.policy.permissions import Permission
from upguide.privacy.matrix import SHORT, SHORT_COLUMNS, matrix
from upguide.security.cookies import set_cookie
from upguide.tenancy import current_tenant

from . import actions, queries

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@public("the portal's front page holds nobody's data")
def front() -> ResponseReturnValue:
    """The portal to a visitor; a member goes home."""
    if current_viewer().member:
        return redirect(url_for("home.today"), 303)
    return render("home/public.html", matrix=matrix(SHORT, SHORT_COLUMNS))


@blueprint.get("/home")
@requires(Permission.BE_MEMBER)
def today() -> ResponseReturnValue:
    """What to do first, who sees what of me, and the way to everything."""
    viewer = current_viewer()
    found = queries.today(viewer, current_tenant())
    steps = [
        {"label": s.label, "text": s.text, "url": url_for(s.endpoint, **s.values), "state": s.state}
        for s in found.pop("steps")
    ]
    return render("home/today.html", steps=steps, news=is_news(db.session(), viewer), **found)


@blueprint.post("/language/<string(length=2):language>")
@public("a visitor chooses a language too")
def language(language: str) -> ResponseReturnValue:
    """Remember the choice: in the account of somebody signed in, and in a cookie."""
    if language not in current_tenant().languages:
        abort(404)
    viewer = current_viewer()
    if viewer.person_id is not None:
        actions.choose_language(db.session(), viewer.person_id, language)
        db.session.commit()
    response = redirect(local_path(request.args.get("next")) or url_for("home.front"), 303)
    set_cookie(response, LANGUAGE_COOKIE, language, timedelta(days=365))
    return response


# It changes a taste, not a right, and a form without a token leaves a visitor without a cookie.
csrf.exempt(language)
