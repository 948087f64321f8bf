"""Error pages in the portal's brand and language; each says what happened and what to do next."""

import structlog
from flask import Flask, Response, g, make_response
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from upguide.access.viewer import Viewer
from upguide.extensions import db
from upguide.i18n import render
from upguide.security.throttle import Throttled
from upguide.tenancy import find_tenant

log = structlog.get_logger()
PAGES = frozenset({400, 403, 404, 405, 413, 429, 500})


def install(app: Flask) -> None:
    """Answer every error with a page of our own."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _expired_form)
    app.register_error_handler(Throttled, _throttled)
    app.register_error_handler(Exception, _unforeseen)


def _http_error(error: HTTPException) -> Response:
    if error.response is not None or (error.code or 500) < 400:  # noqa: PLR2004  (a redirect is no error)
        return make_response(error.get_response())
    return _page(error.code or 500, dict(error.get_headers()))


def _expired_form(_error: CSRFError) -> Response:
    return _page(400, {}, expired=True)


def _throttled(error: Throttled) -> Response:
    return _page(429, {"Retry-After": str(error.retry_after)}, retry_after=error.retry_after)


def _unforeseen(error: Exception) -> Response:
    log.error("unforeseen_error", exc_info=error)
    db.session.rollback()
    return _page(500, dict(InternalServerError().get_headers()))


def _page(code: int, headers: dict[str, str], **context: object) -> Response:
    shown = code if code in PAGES else (400 if code < 500 else 500)  # noqa: PLR2004
    tenant = find_tenant()
    if tenant is None:
        body, kind = f"{code}\n", "text/plain; charset=utf-8"
    else:
        # The page must not need the database, which may be what failed.
        if code >= 500:  # noqa: PLR2004
            g.viewer = Viewer(tenant.slug)
        body, kind = render(f"errors/{shown}.html", **context), "text/html; charset=utf-8"
    response = make_response(body, code)
    response.headers["Content-Type"] = kind
    for name in ("Allow", "Retry-After"):
        if name in headers:
            response.headers[name] = headers[name]
    return response
