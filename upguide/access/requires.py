"""Every endpoint says who may call it. The tag is read before each request; an endpoint without one is refused."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from flask import Flask, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response

from upguide.policy.permissions import Permission, may
from upguide.policy.statement import yes_needed

from .viewer import Viewer, current_viewer

View = TypeVar("View", bound=Callable[..., Any])
FRESH_FOR = timedelta(minutes=10)


class UndeclaredAccess(RuntimeError):
    """An endpoint says neither what permission it asks nor why it is public."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call an endpoint: holders of `permission`, or everybody, for a `reason`.

    `fresh`: the password or PIN must have been given in the last ten minutes.
    `stateless`: nobody is looked up, so no statement runs.
    """

    permission: Permission | None = None
    fresh: bool = False
    reason: str | None = None
    stateless: bool = False


def requires(permission: Permission, *, fresh: bool = False) -> Callable[[View], View]:
    """Let holders of `permission` call the view; others are sent to sign in, to join, or are refused."""
    return _tag(Access(permission=Permission(permission), fresh=fresh))


def public(reason: str, *, stateless: bool = False) -> Callable[[View], View]:
    """Let everybody call the view, because of `reason`."""
    if not reason.strip():
        raise ValueError("a public endpoint needs a reason")
    return _tag(Access(reason=reason, stateless=stateless))


def _tag(access: Access) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]
        return view

    return decorate


def access_of(app: Flask, endpoint: str) -> Access:
    """Return what `endpoint` declared; raises `UndeclaredAccess` where it declared nothing."""
    access = getattr(app.view_functions[endpoint], "access", None)
    if not isinstance(access, Access):
        raise UndeclaredAccess(f"{endpoint}: add @requires(Permission…) or @public('reason') to its view")
    return access


def check_access() -> ResponseReturnValue | None:
    """Refuse, redirect or let pass the current request (a `before_request` function)."""
    if request.endpoint is None:
        return None
    access = access_of(current_app, request.endpoint)
    if access.permission is None:
        return None
    viewer = current_viewer()
    if not may(viewer, access.permission):
        return _turn_away(viewer, access.permission)
    if (viewer.consented_version or 0) < yes_needed(access.permission):
        return redirect(url_for("statement.answer", next=_here()), 303)
    if access.fresh and not is_fresh(viewer):
        return redirect(url_for("accounts.confirm", next=_here()), 303)
    return None


def is_fresh(viewer: Viewer) -> bool:
    """Tell whether the password or PIN was given less than ten minutes ago."""
    return viewer.confirmed_at is not None and datetime.now(UTC) - viewer.confirmed_at < FRESH_FOR


def _turn_away(viewer: Viewer, permission: Permission) -> Response:
    if not viewer.signed_in:
        return redirect(url_for("accounts.login", next=_here()), 303)
    if viewer.pin_needed:
        return redirect(url_for("accounts.pin", next=_here()), 303)
    if viewer.second_factor_needed:
        return redirect(url_for("accounts.second_factor", next=_here()), 303)
    if may(replace(viewer, second_factor=True), permission):
        return redirect(url_for("accounts.second_factor_required"), 303)
    if viewer.blocked:
        return redirect(url_for("rights.overview"), 303)
    if not viewer.member:
        return redirect(url_for("accounts.join", next=_here()), 303)
    raise Forbidden


def _here() -> str | None:
    return request.full_path.rstrip("?") if request.method == "GET" else None
