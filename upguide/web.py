"""The way of a request through the house, and what every template may use.

1. `tenancy` has found the portal.  2. The scope names it to the database.  3. The language is chosen.
4. The endpoint's access is checked.  5. The view runs.  6. What was journalled is kept, or nothing is sent.
   Where the answer is that there is nothing (404), nobody was seen, and nothing is journalled.
"""

import hashlib
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, Response, current_app, get_flashed_messages, request, session, url_for
from flask_wtf.csrf import generate_csrf
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import InternalServerError, NotFound
from werkzeug.local import LocalProxy
from whitenoise import WhiteNoise

from upguide import i18n, navigation
from upguide.access.requires import access_of, check_access
from upguide.access.viewer import current_viewer
from upguide.config import Settings
from upguide.extensions import db
from upguide.privacy import guard, journal
from upguide.security.cookies import read_cookie
from upguide.security.headers import csp_nonce
from upguide.tenancy import current_tenant, find_tenant
from upguide.tenancy.scope import set_scope

log = structlog.get_logger()
STATIC = Path(__file__).parent / "static"
ENGINE_OPTIONS: dict[str, Any] = {"hide_parameters": True, "pool_size": 4, "max_overflow": 4}

LIMITS: dict[str, Any] = {
    # A photo of 10 MB and its form; everything else is far smaller.
    "MAX_CONTENT_LENGTH": 11 * 1024 * 1024,
    "MAX_FORM_MEMORY_SIZE": 256 * 1024,
    "MAX_FORM_PARTS": 200,
    "WTF_CSRF_TIME_LIMIT": None,
    "WTF_CSRF_SSL_STRICT": True,
}


def install(app: Flask) -> None:
    """Attach the steps of a request, and the words that templates may use."""
    app.before_request(_enter)
    app.before_request(check_access)
    app.after_request(_keep)
    app.teardown_request(_leave)
    i18n.set_attribute_guard(guard.guard_attribute)
    for name, value in _template_globals(app).items():
        i18n.add_global(name, value)
    settings: Settings = app.config["UPGUIDE"]
    if settings.development:
        i18n.reload_changed_templates()


def serve_static(app: Flask) -> None:
    """Serve our own files under an address that changes with their content, so that they may be kept for good."""
    settings: Settings = app.config["UPGUIDE"]
    prefix = f"static/{static_version()}/"
    app.config["STATIC_PREFIX"] = "/" + prefix
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=STATIC,
        prefix=prefix,
        autorefresh=settings.development,
        max_age=0 if settings.development else 365 * 24 * 3600,
        allow_all_origins=False,
        add_headers_function=_static_headers,
    )


def static_version() -> str:
    """Return a short hash over all static files."""
    digest = hashlib.sha256()
    for path in sorted(p for p in STATIC.rglob("*") if p.is_file()):
        digest.update(path.relative_to(STATIC).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _static_headers(headers: Any, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Referrer-Policy"] = "same-origin"
    headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"


def _enter() -> None:
    tenant = find_tenant()
    set_scope(tenant.slug if tenant else None, None)
    if tenant is None:
        return
    stateless = request.endpoint is not None and access_of(current_app, request.endpoint).stateless
    chosen = None if stateless else current_viewer().language
    wish = request.accept_languages.to_header()
    language = i18n.choose_language(chosen, read_cookie(navigation.LANGUAGE_COOKIE), wish, tenant)
    i18n.set_locale(i18n.locale_for(language, tenant))


def _keep(response: Response) -> Response:
    if response.status_code == NotFound.code:
        journal.forget(db.session())
        return response
    try:
        journal.keep(db.session())
    except SQLAlchemyError:
        # The database may be what failed before, too. The error page shows nobody, and must stay whole.
        if response.status_code < InternalServerError.code:
            raise
        log.exception("look_not_kept")
    return response


def _leave(_error: BaseException | None) -> None:
    set_scope(None, None)


def _url_for(endpoint: str, **values: Any) -> str:
    return url_for(endpoint, **values) if values or endpoint.startswith(".") else navigation.address(endpoint)


def _template_globals(app: Flask) -> dict[str, Any]:
    def static_url(path: str) -> str:
        return str(app.config["STATIC_PREFIX"]) + path

    return {
        "tenant": LocalProxy(current_tenant),
        "viewer": LocalProxy(current_viewer),
        "request": LocalProxy(lambda: request),
        "session": LocalProxy(lambda: session),
        "url_for": _url_for,
        "static_url": static_url,
        "csp_nonce": csp_nonce,
        "csrf_token": generate_csrf,
        "get_flashed_messages": get_flashed_messages,
        "language_links": navigation.language_links,
        "nav_items": navigation.nav_items,
        "bell": navigation.bell,
        "footer_links": navigation.footer_links,
        "current_language": i18n.current_language,
        "format_date": i18n.format_date,
        "format_datetime": i18n.format_datetime,
        "format_number": i18n.format_number,
        "format_list": i18n.format_list,
    }
