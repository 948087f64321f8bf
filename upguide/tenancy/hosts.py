"""Host header → portal, or a refusal, before anything else looks at the request.

The gate stands around the application, not inside it: a session is opened before Flask's first hook, and
its key depends on the portal. What passes the gate has a Host that is one of ours, spelled as we spell it.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, current_app, g, has_request_context, request
from werkzeug.wrappers import Response

from upguide.tenancy.branding import Match, Tenant, Tenants
from upguide.tenancy.proxies import is_port
from upguide.tenancy.shapes import LONGEST_HOST

PROBES: Final = frozenset({"/healthz", "/readyz"})  # asked for by address, by what watches the machine
HEADER: Final = re.compile(r"(?P<name>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?")
LONGEST_HEADER: Final = LONGEST_HOST + len(".:65535")
EXTENSION: Final = "upguide.tenants"
CURRENT: Final = "upguide.tenant"
# Two years, without includeSubDomains: a portal's host does not speak for its neighbours.
STRICT_TRANSPORT: Final = ("Strict-Transport-Security", f"max-age={2 * 365 * 86400}")

REFUSED: Final = """\
This address is not one of our portals.
Check the address for a spelling mistake, or follow the link that you were given once more.

Dit adres is niet van een van onze portalen.
Kijk of er een tikfout in het adres staat, of volg nog eens de link die je kreeg.
"""


@dataclass(frozen=True, slots=True)
class Refusal:
    """No portal answers: 400 where the header breaks RFC 9112 (section 3.2), 421 where it is not ours."""

    status: int
    reason: str


def resolve(values: Sequence[str], tenants: Tenants, *, development: bool) -> Match | Refusal:
    """The portal that a request is for.

    Args:
        values: the values of all its Host headers, as sent.
        tenants: the portals of this site.
        development: whether development hosts are served too.
    """
    if reason := breach(values):
        return Refusal(400, reason)
    name = values[0].partition(":")[0].lower()
    match = tenants.by_host(name.removesuffix("."), development=development)
    if match is None:
        return Refusal(421, "unknown")
    return replace(match, canonical=False) if name.endswith(".") else match


def breach(values: Sequence[str]) -> str:
    """How these Host headers break the rules for one; empty where they do not."""
    if len(values) != 1:
        return "doubled" if values else "missing"
    if not values[0]:
        return "empty"
    if len(values[0]) > LONGEST_HEADER:
        return "oversized"
    parts = HEADER.fullmatch(values[0])
    if parts is None:
        return "malformed"
    return "" if parts["port"] is None or is_port(parts["port"]) else "port out of range"


class HostGate:
    """WSGI: refuses what is for nobody, redirects aliases for good, notes whose request it is.

    Whatever is answered over TLS, by the gate, as a file or by a page, asks for TLS from then on.
    """

    def __init__(self, app: WSGIApplication, tenants: Tenants, *, development: bool) -> None:
        self._app, self._tenants, self._development = app, tenants, development

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["wsgi.url_scheme"] == "https":
            start_response = strict(start_response)
        if environ["PATH_INFO"] in PROBES:
            environ["HTTP_HOST"] = "localhost"
            return self._app(environ, start_response)
        found = resolve(host_values(environ), self._tenants, development=self._development)
        if isinstance(found, Refusal):
            return refusal(found)(environ, start_response)
        port = environ["HTTP_HOST"].partition(":")[1:]
        if not found.canonical:
            # Ports are for development; elsewhere one would let the sender choose where we redirect.
            host = found.host + ("".join(port) if self._development else "")
            return redirect(environ, host)(environ, start_response)
        environ["HTTP_HOST"] = found.host + "".join(port)
        environ[CURRENT] = found.tenant
        return self._app(environ, start_response)


def host_values(environ: WSGIEnvironment) -> list[str]:
    """The Host headers of a request; servers join a doubled one by commas, which no host name holds."""
    joined: str | None = environ.get("HTTP_HOST")
    return [] if joined is None else joined.split(",")


def refusal(found: Refusal) -> Response:
    """A plain page without a brand: it says what to do, and nothing of what is served."""
    response = Response(REFUSED, found.status, content_type="text/plain; charset=utf-8")
    return guarded(response)


def redirect(environ: WSGIEnvironment, host: str) -> Response:
    """To the same path and query at `host`, one of ours, for good; 308 keeps the method of a POST.

    Nothing keeps the answer: a link in a mail carries a secret.
    """
    raw = (environ.get("SCRIPT_NAME", "") + environ["PATH_INFO"]).encode("latin-1")
    path = quote(raw, safe="/:@!$&'()*+,;=~-._")
    query = quote(environ.get("QUERY_STRING", "").encode("latin-1"), safe="/?:@!$&'()*+,;=~-._%[]")
    location = f"{environ['wsgi.url_scheme']}://{host}/{path.lstrip('/')}{'?' + query if query else ''}"
    status = 301 if environ["REQUEST_METHOD"] in ("GET", "HEAD") else 308
    return guarded(Response(status=status, headers={"Location": location}))


def strict(start_response: StartResponse) -> StartResponse:
    """Add the wish for TLS to whatever headers are sent."""

    def start(status: str, headers: list[tuple[str, str]], *failure: Any) -> Callable[[bytes], object]:
        return start_response(status, [*headers, STRICT_TRANSPORT], *failure)

    return start


def guarded(response: Response) -> Response:
    """The answer with the headers that the application would have given it."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Vary"] = "Host, X-Forwarded-Host, X-Forwarded-Proto"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def install(app: Flask, tenants: Tenants, *, development: bool) -> None:
    """Put the gate around `app`, and the portal of each request in `g.tenant` (none for a probe)."""
    app.extensions[EXTENSION] = tenants
    app.wsgi_app = HostGate(app.wsgi_app, tenants, development=development)  # type: ignore[method-assign]

    @app.before_request
    def set_tenant() -> None:
        g.tenant = find_tenant()


def all_tenants() -> Tenants:
    """The portals of the current application."""
    tenants: Tenants = current_app.extensions[EXTENSION]
    return tenants


def find_tenant() -> Tenant | None:
    """The portal of the current request, from its very beginning; None for a probe, which has none."""
    tenant: Tenant | None = g.get("tenant")
    if tenant is None and has_request_context():
        tenant = request.environ.get(CURRENT)
    return tenant


def current_tenant() -> Tenant:
    """The portal of the current request or task.

    Raises:
        LookupError: where there is none; a task sets `g.tenant` itself.
    """
    tenant = find_tenant()
    if tenant is None:
        raise LookupError("no portal here: go through the gate, with the host of a portal, or set g.tenant")
    return tenant
