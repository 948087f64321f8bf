"""Headers of every answer: what a browser may do with a page is said once, as strictly as our pages allow."""

import secrets

from flask import Flask, Response, current_app, g, request

from upguide.config import Settings

NONCE_BYTES = 16
# Every feature that a browser could be asked for by script or frame. Our pages ask for passkeys, and nothing else.
FEATURES = (
    *("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen"),
    *("geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer"),
    *("microphone", "midi", "payment", "picture-in-picture"),
    *("screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
)
PASSKEYS = ("publickey-credentials-create=(self)", "publickey-credentials-get=(self)")
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join((*(f"{feature}=()" for feature in FEATURES), *PASSKEYS)),
}


def install(app: Flask) -> None:
    """Add the headers to every answer of `app`, error pages included."""
    app.after_request(add_headers)


def csp_nonce() -> str:
    """Return the nonce that lets a script of this page run; the same for the whole request, new for each."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(NONCE_BYTES)
    return str(g.csp_nonce)


def allow_own_frames() -> None:
    """Let this page frame, and be framed by, pages of its own origin: for the developers' component page.

    Raises RuntimeError outside development.
    """
    settings: Settings = current_app.config["UPGUIDE"]
    if not settings.development:
        raise RuntimeError("no page of the service may stand in a frame")
    g.own_frames = True


def add_headers(response: Response) -> Response:
    """Add what every answer carries. That TLS is to be used from now on is said by `tenancy.hosts`, on files too."""
    response.headers.update(FIXED)
    response.headers["Content-Security-Policy"] = content_security_policy()
    caching = response.headers.get("Cache-Control", "")
    if "no-store" not in caching and "immutable" not in caching:
        response.headers["Cache-Control"] = "no-store"
    return response


def content_security_policy() -> str:
    """Return the policy of the current page: only our own files, scripts only with this page's nonce."""
    framing = "'self'" if g.get("own_frames") else "'none'"
    script = f"'nonce-{g.csp_nonce}'" if "csp_nonce" in g else "'none'"
    directives = [
        "default-src 'none'",
        f"script-src {script}",
        *(f"{kind}-src 'self'" for kind in ("style", "img", "font", "connect", "manifest")),
        *([f"frame-src {framing}"] if "own_frames" in g else []),
        "form-action 'self'",
        "base-uri 'none'",
        f"frame-ancestors {framing}",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
        *(["upgrade-insecure-requests"] if request.is_secure else []),
    ]
    return "; ".join(directives)
