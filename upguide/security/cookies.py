"""How every cookie of ours is set: for this host alone, out of scripts' reach, over TLS by a name for it."""

from datetime import timedelta

from flask import request
from werkzeug.wrappers import Response


def cookie_name(name: str, *, secure: bool) -> str:
    """Return the name that travels. Browsers take `__Host-` only from this very host over TLS."""
    return f"__Host-{name}" if secure else name


def read_cookie(name: str) -> str | None:
    """Return the cookie `name` of this request.

    Over TLS the plain name does not count: a neighbouring host could have set it.
    """
    return request.cookies.get(cookie_name(name, secure=request.is_secure))


def set_cookie(response: Response, name: str, value: str, life: timedelta | None = None) -> None:
    """Set a cookie; without `life` it goes when the browser closes."""
    response.set_cookie(
        cookie_name(name, secure=request.is_secure),
        value,
        max_age=life,
        path="/",
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def delete_cookie(response: Response, name: str) -> None:
    """Take a cookie back."""
    response.delete_cookie(
        cookie_name(name, secure=request.is_secure),
        path="/",
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
