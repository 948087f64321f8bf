"""A small application with real portals and no database: just enough to see cookies and headers."""

import secrets
from functools import cache

from flask import Flask, flash, get_flashed_messages, session
from werkzeug.exceptions import ImATeapot
from werkzeug.wrappers import Response

from upguide import tenancy
from upguide.config import Settings
from upguide.security import headers, sessions

KEY, OLDER_KEY = "the-present-key-of-these-tests-0123456789", "the-former-key-of-these-tests-0123456789"
HOST, OTHER_HOST = "upguide.localhost", "gfs.localhost"


def make_app(secret_keys: tuple[str, ...] = (KEY,), *, development: bool = True) -> Flask:
    """Return the application; `development` serves the .localhost hosts."""
    app = Flask(__name__, static_folder=None)
    app.config["UPGUIDE"] = Settings(secret_keys=secret_keys, development=development)
    tenancy.install(app)
    sessions.install(app)
    headers.install(app)
    app.add_url_rule("/nothing", view_func=nothing)
    app.add_url_rule("/read", view_func=read)
    app.add_url_rule("/write/<value>", view_func=write)
    app.add_url_rule("/clear", view_func=clear)
    app.add_url_rule("/flash/<int:count>", view_func=flash_many)
    app.add_url_rule("/flashed", view_func=flashed)
    app.add_url_rule("/scripted", view_func=scripted)
    app.add_url_rule("/framed", view_func=framed)
    app.add_url_rule("/kept/<path:caching>", view_func=kept)
    app.add_url_rule("/teapot", view_func=teapot)
    return app


@cache
def shared_app(secret_keys: tuple[str, ...] = (KEY,)) -> Flask:
    """Return an application that no test changes."""
    return make_app(secret_keys)


def nothing() -> str:
    return "nothing"


def read() -> dict[str, object]:
    return dict(session)


def write(value: str) -> str:
    session["secret"] = value
    return "written"


def clear() -> str:
    session.clear()
    return "cleared"


def flash_many(count: int) -> str:
    for number in range(count):
        flash(f"message {number} " + secrets.token_hex(100))
    return "flashed"


def flashed() -> list[str]:
    return [message[:10].strip() for message in get_flashed_messages()]


def scripted() -> str:
    return f"{headers.csp_nonce()} {headers.csp_nonce()}"


def framed() -> str:
    headers.allow_own_frames()
    return "framed"


def kept(caching: str) -> Response:
    response = Response("kept")
    response.headers["Cache-Control"] = caching
    return response


def teapot() -> str:
    raise ImATeapot


__all__ = ["HOST", "KEY", "OLDER_KEY", "OTHER_HOST", "make_app", "shared_app"]
