"""Theme stylesheets and icons of a portal, and the two probes."""

from datetime import UTC, datetime

from flask import Blueprint, Response, abort, make_response, request
from sqlalchemy import text

from upguide.access import public
from upguide.extensions import db
from upguide.privacy.restored import lags_behind
from upguide.security.wellknown import PATH, security_txt
from upguide.tenancy import current_tenant

blueprint = Blueprint("assets", __name__)
FOR_GOOD = "public, max-age=31536000, immutable"


@blueprint.get("/theme/<string(length=12):version>.css")
@public("a stylesheet holds nobody's data", stateless=True)
def theme(version: str) -> Response:
    """The portal's tokens; the address changes with them."""
    tenant = current_tenant()
    if version != tenant.theme_version:
        abort(404)
    return _for_good(tenant.theme_css, "text/css; charset=utf-8")


@blueprint.get("/icon/<string(length=12):version>.svg")
@public("a logo holds nobody's data", stateless=True)
def icon(version: str) -> Response:
    """The portal's logo as the browser's tab shows it."""
    tenant = current_tenant()
    if version != tenant.theme_version:
        abort(404)
    return _for_good(tenant.icon, "image/svg+xml")


@blueprint.get(PATH)
@public("whoever finds a weakness must know where to tell us", stateless=True)
def security_contact() -> Response:
    """Where to report a weakness (RFC 9116)."""
    return _plain(security_txt(request.host_url.rstrip("/"), datetime.now(UTC)))


@blueprint.get("/robots.txt")
@public("search engines ask for it", stateless=True)
def robots() -> Response:
    """What search engines may read: the pages that are public, and nothing that needs a sign-in."""
    return _plain("User-agent: *\nAllow: /$\nAllow: /privacy\nAllow: /cookies\nDisallow: /\n")


@blueprint.get("/healthz")
@public("a probe learns only that the process answers", stateless=True)
def healthz() -> Response:
    """Answers as long as the process does."""
    return _plain("alive\n")


@blueprint.get("/readyz")
@public("a probe learns only that the database answers", stateless=True)
def readyz() -> Response:
    """Answers as long as the database does too, and is no restored copy that brings back who went."""
    db.session.execute(text("SELECT 1"))
    return _plain("restored copy\n", 503) if lags_behind() else _plain("ready\n")


def _for_good(body: str, content_type: str) -> Response:
    response = make_response(body)
    response.headers["Content-Type"] = content_type
    response.headers["Cache-Control"] = FOR_GOOD
    return response


def _plain(body: str, status: int = 200) -> Response:
    response = make_response(body, status)
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    return response
