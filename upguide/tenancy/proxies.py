"""What a proxy says about a request counts only from proxies that the settings name; from others it is a lie.

After this gate nothing of `X-Forwarded-…` is left: scheme, host and remote address are as found to be true.
A named proxy must set X-Forwarded-For, -Proto, -Host and -Port, or drop what the client sent of them.
"""

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Request

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

CLAIMS: Final = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PREFIX",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_PROTOCOL",
    "HTTP_X_FORWARDED_SSL",
    "HTTP_X_REAL_IP",
)
HIGHEST_PORT: Final = 65535
DEFAULT_PORTS: Final = {"http": "80", "https": "443"}
WITH_PORT: Final = re.compile(r"\[(?P<six>[^\]]+)\](:\d{1,5})?|(?P<four>[\d.]+):\d{1,5}")


class ProxyGate:
    """WSGI: takes a named proxy's word for address, scheme, host and port, and strips anyone else's."""

    def __init__(self, app: WSGIApplication, trusted: Sequence[Network]) -> None:
        self._app, self._trusted = app, tuple(trusted)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        claims: dict[str, str] = {name: environ.pop(name) for name in CLAIMS if name in environ}
        peer = parse_address(environ.get("REMOTE_ADDR", ""))
        if peer is not None and is_trusted(peer, self._trusted):
            environ["REMOTE_ADDR"] = str(client(peer, claims.get("HTTP_X_FORWARDED_FOR", ""), self._trusted))
            believe(environ, claims)
        return self._app(environ, start_response)


def client(peer: Address, chain: str, trusted: Sequence[Network]) -> Address:
    """The address that the nearest trusted proxy speaks for.

    Args:
        peer: who is connected to us, a trusted proxy.
        chain: X-Forwarded-For, in which each hop adds who was connected to it at the right.
        trusted: the networks of the proxies that we believe.
    """
    found = peer
    for entry in reversed(chain.split(",")):
        hop = parse_address(entry.strip())
        if hop is None:  # what stands left of nonsense was not written by a proxy of ours
            return found
        found = hop
        if not is_trusted(hop, trusted):
            return found
    return found


def believe(environ: WSGIEnvironment, claims: dict[str, str]) -> None:
    """Take over scheme, host and port: the last value of each, which the nearest proxy wrote."""
    scheme = last(claims.get("HTTP_X_FORWARDED_PROTO", "")).lower()
    if scheme in DEFAULT_PORTS:
        environ["wsgi.url_scheme"] = scheme
    if host := last(claims.get("HTTP_X_FORWARDED_HOST", "")):
        environ["HTTP_HOST"] = host
    port = last(claims.get("HTTP_X_FORWARDED_PORT", ""))
    if is_port(port):
        environ["SERVER_PORT"] = port
        host = environ.get("HTTP_HOST", "")
        if host and ":" not in host and port != DEFAULT_PORTS.get(environ["wsgi.url_scheme"]):
            environ["HTTP_HOST"] = f"{host}:{port}"


def is_port(text: str) -> bool:
    """Whether `text` is a port that something can listen on."""
    return re.fullmatch(r"[0-9]{1,5}", text, re.ASCII) is not None and 0 < int(text) <= HIGHEST_PORT


def last(joined: str) -> str:
    """The last of several values that are joined by commas."""
    return joined.rpartition(",")[2].strip()


def parse_address(text: str) -> Address | None:
    """An address, with or without a port, IPv4 in IPv6 (`::ffff:…`) made IPv4; None for anything else."""
    with_port = WITH_PORT.fullmatch(text)
    try:
        address = ip_address((with_port["six"] or with_port["four"]) if with_port else text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def is_trusted(address: Address, trusted: Sequence[Network]) -> bool:
    """Whether a named network holds `address`."""
    return any(address in network for network in trusted)


def client_address(request: Request) -> str:
    """Whom to count attempts against; "unknown" where the server knows no address (a local socket).

    An IPv4 address, or the /64 network of an IPv6 address: one household has a whole /64 to attempt from.
    """
    address = parse_address(request.environ.get("REMOTE_ADDR", ""))
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address), 64), strict=False))
    return "unknown" if address is None else str(address)
