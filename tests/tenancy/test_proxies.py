from ipaddress import ip_network
from pathlib import Path

import pytest
from flask import Flask, request
from hypothesis import given
from hypothesis import strategies as st

from tests.tenancy.portals import two_portals
from tests.tenancy.servers import get, served
from upguide.tenancy import hosts
from upguide.tenancy.proxies import CLAIMS, Network, ProxyGate, client_address

PROXIES = ("10.0.0.0/8", "192.168.7.7", "2001:db8:1::/48")
SPOOFED = {
    "Forwarded": "for=6.6.6.6;host=evil.example;proto=https",
    "X-Forwarded-For": "6.6.6.6",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Port": "666",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Protocol": "ssl",
    "X-Forwarded-Ssl": "on",
    "X-Real-Ip": "6.6.6.6",
}
EVERY_CLAIM = sorted(SPOOFED)


def mirror(*proxies: str) -> Flask:
    """An application behind `proxies` that tells what it believes of a request."""
    app = Flask(__name__)
    networks: tuple[Network, ...] = tuple(map(ip_network, proxies))
    app.wsgi_app = ProxyGate(app.wsgi_app, networks)  # type: ignore[method-assign]

    @app.get("/")
    def seen() -> dict[str, object]:
        claims = sorted(set(request.headers.keys()) & set(EVERY_CLAIM))
        return {"url": request.url, "from": request.remote_addr, "claims": claims}

    return app


MIRROR = mirror(*PROXIES).test_client()


def believed(peer: str, headers: dict[str, str]) -> object:
    """What is believed when `peer` sends `headers`, with Host alpha.example, to a site behind PROXIES."""
    headers = {"Host": "alpha.example", **headers}
    return MIRROR.get("/", headers=headers, environ_overrides={"REMOTE_ADDR": peer}).get_json()


@pytest.mark.parametrize("peer", ["6.6.6.7", "11.0.0.1", "192.168.7.8", "2001:db8:2::1", "::1", "127.0.0.1"])
def test_nothing_that_a_stranger_claims_counts(peer: str) -> None:
    assert believed(peer, SPOOFED) == {"url": "http://alpha.example/", "from": peer, "claims": []}


@pytest.mark.parametrize("peer", ["", "unix:", "not an address", "10.0.0.1 "])
def test_peer_without_an_address_is_a_stranger(peer: str) -> None:
    assert believed(peer, SPOOFED) == {"url": "http://alpha.example/", "from": peer, "claims": []}


def test_without_trusted_proxies_even_this_machine_is_a_stranger() -> None:
    client = mirror().test_client()
    answer = client.get("/", headers={"Host": "alpha.example", **SPOOFED}).get_json()
    assert answer == {"url": "http://alpha.example/", "from": "127.0.0.1", "claims": []}


@pytest.mark.parametrize("peer", ["10.1.2.3", "192.168.7.7", "2001:db8:1::9", "::ffff:10.1.2.3"])
def test_what_a_trusted_proxy_claims_counts_and_nothing_of_it_stays(peer: str) -> None:
    claims = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Host": "bravo.example",
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https",
    }
    assert believed(peer, claims) == {"url": "https://bravo.example/", "from": "203.0.113.9", "claims": []}


@pytest.mark.parametrize(
    ("chain", "client"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("6.6.6.6, 203.0.113.9", "203.0.113.9"),  # the client wrote the left one itself
        ("10.9.9.9, 203.0.113.9", "203.0.113.9"),  # … even when it claims to be a proxy
        ("6.6.6.6, 203.0.113.9, 10.2.2.2", "203.0.113.9"),
        ("203.0.113.9,10.2.2.2 ,192.168.7.7", "203.0.113.9"),
        ("10.3.3.3, 10.2.2.2", "10.3.3.3"),  # all of them proxies: the farthest is where it began
        ("2001:db8:9::1", "2001:db8:9::1"),
        ("[2001:db8:9::1]:4711", "2001:db8:9::1"),
        ("203.0.113.9:4711", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("", "10.1.2.3"),
        ("unknown", "10.1.2.3"),
        ("203.0.113.9, unknown", "10.1.2.3"),
        ("203.0.113.9, , 10.2.2.2", "10.2.2.2"),
        ("<script>, 10.2.2.2", "10.2.2.2"),
        ("203.0.113.999", "10.1.2.3"),
        ("203.0.113.9'--", "10.1.2.3"),
    ],
)
def test_client_is_the_first_stranger_from_the_right(chain: str, client: str) -> None:
    expected = {"url": "http://alpha.example/", "from": client, "claims": []}
    assert believed("10.1.2.3", {"X-Forwarded-For": chain}) == expected


@pytest.mark.parametrize(
    ("claims", "url"),
    [
        ({"X-Forwarded-Proto": "https"}, "https://alpha.example/"),
        ({"X-Forwarded-Proto": "HTTPS"}, "https://alpha.example/"),
        ({"X-Forwarded-Proto": "http, https"}, "https://alpha.example/"),
        ({"X-Forwarded-Proto": "https, http"}, "http://alpha.example/"),
        ({"X-Forwarded-Proto": "javascript"}, "http://alpha.example/"),
        ({"X-Forwarded-Proto": ""}, "http://alpha.example/"),
        ({"X-Forwarded-Host": "evil.example, bravo.example"}, "http://bravo.example/"),
        ({"X-Forwarded-Host": ""}, "http://alpha.example/"),
        ({"X-Forwarded-Port": "8443"}, "http://alpha.example:8443/"),
        ({"X-Forwarded-Port": "8443", "X-Forwarded-Host": "bravo.example:9"}, "http://bravo.example:9/"),
        ({"X-Forwarded-Port": "80"}, "http://alpha.example/"),
        ({"X-Forwarded-Port": "443", "X-Forwarded-Proto": "https"}, "https://alpha.example/"),
        ({"X-Forwarded-Port": "443"}, "http://alpha.example:443/"),
        ({"X-Forwarded-Port": "0"}, "http://alpha.example/"),
        ({"X-Forwarded-Port": "99999"}, "http://alpha.example/"),
        ({"X-Forwarded-Port": "8443;evil"}, "http://alpha.example/"),
        ({"X-Forwarded-Port": "8443, "}, "http://alpha.example/"),
        ({"X-Forwarded-Prefix": "/evil", "Forwarded": "host=evil.example"}, "http://alpha.example/"),
    ],
)
def test_scheme_host_and_port_are_those_of_the_nearest_proxy(claims: dict[str, str], url: str) -> None:
    assert believed("10.1.2.3", claims) == {"url": url, "from": "10.1.2.3", "claims": []}


@given(
    st.sampled_from(["10.1.2.3", "6.6.6.6"]),
    st.dictionaries(st.sampled_from(CLAIMS), st.text(st.characters(max_codepoint=255))),
)
def test_no_claim_gives_a_server_error(peer: str, claims: dict[str, str]) -> None:
    claims.pop("HTTP_X_FORWARDED_HOST", None)  # a host is judged by the gate that follows
    answer = MIRROR.get("/", environ_overrides={**claims, "REMOTE_ADDR": peer})
    assert (answer.status_code, answer.get_json()["claims"]) == (200, [])


def test_claimed_host_chooses_the_portal_only_behind_a_trusted_proxy(tmp_path: Path) -> None:
    app = Flask(__name__)
    hosts.install(app, two_portals(tmp_path), development=False)
    app.add_url_rule("/", "portal", lambda: hosts.current_tenant().slug)
    inner = app.wsgi_app
    lines = ("Host: alpha.example", "X-Forwarded-Host: bravo.example")
    answers = []
    for trusted in ("127.0.0.0/8", "10.0.0.0/8"):
        app.wsgi_app = ProxyGate(inner, (ip_network(trusted),))  # type: ignore[method-assign]
        with served(app) as port:
            answers.append(get(port, "/", *lines).split("\r\n")[-1])
    assert answers == ["bravo", "alpha"]


@pytest.mark.parametrize(
    ("claimed", "status"),
    [("bravo.example", 200), ("www.alpha.example", 301), ("evil.example", 421), ("a b", 400), ("", 200)],
)
def test_claimed_host_is_judged_like_any_other(tmp_path: Path, claimed: str, status: int) -> None:
    app = Flask(__name__)
    hosts.install(app, two_portals(tmp_path), development=False)
    app.add_url_rule("/", "portal", lambda: hosts.current_tenant().slug)
    app.wsgi_app = ProxyGate(app.wsgi_app, (ip_network("127.0.0.1"),))  # type: ignore[method-assign]
    answer = app.test_client().get("/", headers={"Host": "alpha.example", "X-Forwarded-Host": claimed})
    assert answer.status_code == status


def test_redirect_takes_the_scheme_that_the_proxy_tells(tmp_path: Path) -> None:
    app = Flask(__name__)
    hosts.install(app, two_portals(tmp_path), development=False)
    app.wsgi_app = ProxyGate(app.wsgi_app, (ip_network("127.0.0.1"),))  # type: ignore[method-assign]
    headers = {"Host": "www.alpha.example", "X-Forwarded-Proto": "https", "X-Forwarded-Port": "443"}
    assert app.test_client().get("/x", headers=headers).location == "https://alpha.example/x"


@pytest.mark.parametrize(
    ("peer", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:9:1:aaaa::1", "2001:db8:9:1::/64"),
        ("2001:db8:9:1:bbbb::2", "2001:db8:9:1::/64"),
        ("2001:db8:9:2::1", "2001:db8:9:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_attempts_are_counted_by_household(peer: str, counted: str) -> None:
    with Flask(__name__).test_request_context(environ_overrides={"REMOTE_ADDR": peer}):
        assert client_address(request) == counted
