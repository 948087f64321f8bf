from pathlib import Path

import pytest
from flask import Flask, Request, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tests.tenancy.portals import two_portals
from tests.tenancy.servers import get, sent, served
from upguide.tenancy.branding import Match, Tenants, read_tenants
from upguide.tenancy.hosts import REFUSED, Refusal, all_tenants, current_tenant, find_tenant, install, resolve

OURS = read_tenants(Path(__file__).parents[2] / "tenants")


def portal_app(tenants: Tenants, *, development: bool = False) -> Flask:
    """An application that answers every path with the portal, host and path that it saw."""
    app = Flask(__name__)
    install(app, tenants, development=development)

    @app.route("/", methods=["GET", "POST"])
    @app.route("/<path:path>", methods=["GET", "POST"])
    def seen(path: str = "") -> str:
        tenant = find_tenant()
        return f"{tenant.slug if tenant else '-'} {request.host} /{path}"

    return app


def ask(place: Path, host: str, path: str = "/", *, development: bool = False, method: str = "GET") -> TestResponse:
    """The answer of alpha's and bravo's site to a request that names `host`."""
    client = portal_app(two_portals(place), development=development).test_client()
    return client.open(path, method=method, headers={"Host": host})


def ask_many(tenants: Tenants, *hosts: str) -> set[str]:
    """The different pages that these hosts get."""
    client = portal_app(tenants).test_client()
    return {client.get("/", headers={"Host": host}).text for host in hosts}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], Refusal(400, "missing")),
        ([""], Refusal(400, "empty")),
        (["alpha.example", "alpha.example"], Refusal(400, "doubled")),
        (["alpha.example", "bravo.example"], Refusal(400, "doubled")),
        (["a" * 261], Refusal(400, "oversized")),
        (["a" * 253], Refusal(421, "unknown")),
        (["alpha.example:0"], Refusal(400, "port out of range")),
        (["alpha.example:65536"], Refusal(400, "port out of range")),
        (["alpha.example:100000"], Refusal(400, "malformed")),
        (["alpha.example:"], Refusal(400, "malformed")),
        (["alpha.example:http"], Refusal(400, "malformed")),
        (["alpha.example:80:80"], Refusal(400, "malformed")),
        (["alpha.example:-1"], Refusal(400, "malformed")),
        (["alpha.example:٨٠"], Refusal(400, "malformed")),
        (["user@alpha.example"], Refusal(400, "malformed")),
        (["user:secret@alpha.example"], Refusal(400, "malformed")),
        (["alpha.example@bravo.example"], Refusal(400, "malformed")),
        ([" alpha.example"], Refusal(400, "malformed")),
        (["alpha.example "], Refusal(400, "malformed")),
        (["alpha.example\n"], Refusal(400, "malformed")),
        (["alpha example"], Refusal(400, "malformed")),
        (["alpha.example\0"], Refusal(400, "malformed")),
        (["alpha.example/"], Refusal(400, "malformed")),
        (["alpha.example/../bravo.example"], Refusal(400, "malformed")),
        (["alpha.example?x"], Refusal(400, "malformed")),
        (["http://alpha.example"], Refusal(400, "malformed")),
        (["álpha.example"], Refusal(400, "malformed")),
        (["ａlpha.example"], Refusal(400, "malformed")),
        (["alpha%2eexample"], Refusal(400, "malformed")),
        (["*.example"], Refusal(400, "malformed")),
        (["."], Refusal(421, "unknown")),
        (["alpha.example.."], Refusal(421, "unknown")),
        ([".alpha.example"], Refusal(421, "unknown")),
        (["alpha.example.evil.example"], Refusal(421, "unknown")),
        (["evil-alpha.example"], Refusal(421, "unknown")),
        (["localhost"], Refusal(421, "unknown")),
        (["127.0.0.1"], Refusal(421, "unknown")),
        (["127.0.0.1:8000"], Refusal(421, "unknown")),
        (["[::1]"], Refusal(421, "unknown")),
        (["[::1]:8000"], Refusal(421, "unknown")),
        (["2130706433"], Refusal(421, "unknown")),
        (["alpha.localhost"], Refusal(421, "unknown")),
    ],
)
def test_host_that_is_not_ours_is_refused(tmp_path: Path, values: list[str], expected: Refusal) -> None:
    assert resolve(values, two_portals(tmp_path), development=False) == expected


@pytest.mark.parametrize(
    ("value", "host", "canonical"),
    [
        ("alpha.example", "alpha.example", True),
        ("ALPHA.Example", "alpha.example", True),
        ("alpha.example:443", "alpha.example", True),
        ("alpha.example:65535", "alpha.example", True),
        ("alpha.example:1", "alpha.example", True),
        ("www.alpha.example", "alpha.example", False),
        ("WWW.ALPHA.EXAMPLE:8443", "alpha.example", False),
        ("alpha.example.", "alpha.example", False),
        ("alpha.example.:80", "alpha.example", False),
    ],
)
def test_host_of_ours_finds_its_portal(tmp_path: Path, value: str, host: str, canonical: bool) -> None:
    tenants = two_portals(tmp_path)
    assert resolve([value], tenants, development=False) == Match(tenants["alpha"], host, canonical)


@pytest.mark.parametrize("value", ["alpha.localhost", "alpha.localhost:8000", "Alpha.LOCALHOST:1"])
def test_development_host_is_served_in_development_only(tmp_path: Path, value: str) -> None:
    tenants = two_portals(tmp_path)
    assert resolve([value], tenants, development=False) == Refusal(421, "unknown")
    assert resolve([value], tenants, development=True) == Match(tenants["alpha"], "alpha.localhost", canonical=True)


def test_real_host_is_served_in_development_too(tmp_path: Path) -> None:
    tenants = two_portals(tmp_path)
    assert resolve(["bravo.example"], tenants, development=True) == Match(tenants["bravo"], "bravo.example", True)


@given(st.text(), st.booleans())
def test_no_host_value_breaks_resolving(value: str, development: bool) -> None:
    found = resolve([value], OURS, development=development)
    assert isinstance(found, Refusal) or value.lower().startswith(found.tenant.hosts + found.tenant.development_hosts)


def test_portal_sees_its_host_as_we_spell_it(tmp_path: Path) -> None:
    assert ask(tmp_path, "ALPHA.Example:8443", "/a").text == "alpha alpha.example:8443 /a"


def test_unknown_host_gets_a_plain_page_that_leaks_nothing(tmp_path: Path) -> None:
    answer = ask(tmp_path, "evil.example", "/people?q=Jan")
    assert answer.status == "421 MISDIRECTED REQUEST"
    assert dict(answer.headers) == {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": str(len(answer.data)),
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "same-origin",
        "Vary": "Host, X-Forwarded-Host, X-Forwarded-Proto",
        "X-Content-Type-Options": "nosniff",
    }
    assert answer.text.splitlines() == [
        "This address is not one of our portals.",
        "Check the address for a spelling mistake, or follow the link that you were given once more.",
        "",
        "Dit adres is niet van een van onze portalen.",
        "Kijk of er een tikfout in het adres staat, of volg nog eens de link die je kreeg.",
    ]


def test_refusal_says_nothing_of_the_portals_nor_of_the_request(tmp_path: Path) -> None:
    tenants = two_portals(tmp_path)
    said = ask_many(tenants, "evil.example", "evil.example:80", "127.0.0.1", "user@evil.example", "alpha.localhost")
    assert said == {REFUSED}
    words = ("alpha", "bravo", "evil", "flask", "werkzeug", "upguide")
    assert [word for word in words if word in REFUSED.lower()] == []


@pytest.mark.parametrize(
    ("method", "status"), [("GET", 301), ("HEAD", 301), ("POST", 308), ("PUT", 308), ("DELETE", 308)]
)
@pytest.mark.parametrize("host", ["www.alpha.example", "alpha.example."])
def test_alias_and_trailing_dot_redirect_for_good(tmp_path: Path, method: str, status: int, host: str) -> None:
    answer = ask(tmp_path, host, "/people/?q=van%20der&x=1", method=method)
    assert (answer.status_code, answer.location, answer.data) == (
        status,
        "http://alpha.example/people/?q=van%20der&x=1",
        b"",
    )
    # A link in a mail carries a secret, which no cache on the way may keep.
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Vary"] == "Host, X-Forwarded-Host, X-Forwarded-Proto"


@pytest.mark.clause("P5")
@pytest.mark.parametrize(
    ("host", "path", "status"),
    [
        ("alpha.example", "/", 200),
        ("www.alpha.example", "/", 301),
        ("evil.example", "/", 421),
        ("a b", "/", 400),
        ("127.0.0.1", "/healthz", 200),
    ],
)
def test_every_answer_over_tls_asks_for_tls_from_then_on(tmp_path: Path, host: str, path: str, status: int) -> None:
    client = portal_app(two_portals(tmp_path)).test_client()
    said = {}
    for scheme in ("http", "https"):
        answer = client.get(path, headers={"Host": host}, environ_overrides={"wsgi.url_scheme": scheme})
        assert answer.status_code == status
        said[scheme] = answer.headers.getlist("Strict-Transport-Security")
    assert said == {"http": [], "https": ["max-age=63072000"]}


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("//evil.example/x", "http://alpha.example/evil.example/x"),
        ("/%2F%2Fevil.example", "http://alpha.example/evil.example"),
        ("/\\evil.example", "http://alpha.example/%5Cevil.example"),
        ("/%0d%0aSet-Cookie:x", "http://alpha.example/%0D%0ASet-Cookie:x"),
        ("/%C3%A9?%ff=%C3", "http://alpha.example/%C3%A9?%ff=%C3"),
        ("/a%3Fb%23c?d", "http://alpha.example/a%3Fb%23c?d"),
        ("/.@evil.example", "http://alpha.example/.@evil.example"),
        ("/?", "http://alpha.example/"),
        ("/", "http://alpha.example/"),
    ],
)
def test_redirect_stays_on_the_portal_whatever_the_path(tmp_path: Path, path: str, location: str) -> None:
    with served(portal_app(two_portals(tmp_path))) as port:
        answer = get(port, path, "Host: www.alpha.example")
    assert [line for line in answer.splitlines() if line.startswith("Location: ")] == [f"Location: {location}"]


@pytest.mark.parametrize(("development", "host"), [(True, "alpha.example:8000"), (False, "alpha.example")])
def test_redirect_keeps_the_port_in_development_only(tmp_path: Path, development: bool, host: str) -> None:
    answer = ask(tmp_path, "www.alpha.example:8000", development=development)
    assert answer.location == f"http://{host}/"


def test_trailing_dot_of_a_development_host_stays_on_it(tmp_path: Path) -> None:
    answer = ask(tmp_path, "alpha.localhost.:8000", "/x", development=True)
    assert (answer.status_code, answer.location) == (301, "http://alpha.localhost:8000/x")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.parametrize("host", ["127.0.0.1:8000", "evil.example", "a..b", "user@x", "", "www.alpha.example"])
def test_probes_are_answered_on_any_host_and_belong_to_no_portal(tmp_path: Path, path: str, host: str) -> None:
    answer = ask(tmp_path, host, path)
    assert (answer.status_code, answer.text) == (200, f"- localhost {path}")


@pytest.mark.parametrize("path", ["/healthz/", "/healthzz", "//healthz", "/Healthz", "/x/healthz"])
def test_what_only_looks_like_a_probe_is_refused(tmp_path: Path, path: str) -> None:
    assert ask(tmp_path, "evil.example", path).status_code == 421


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (["Host: alpha.example", "Host: alpha.example"], 400),
        (["Host: alpha.example", "Host: bravo.example"], 400),
        (["Host: alpha.example", "host: bravo.example"], 400),
        (["Host: alpha.example, bravo.example"], 400),
        (["Host:"], 400),
        ([], 400),
        (["Host: \xe1lpha.example"], 400),
        (["Host: " + "a" * 5000], 400),
        (["Host: evil.example"], 421),
        (["Host: evil.example", "X-Forwarded-Host: alpha.example"], 421),
        (["Host: alpha.example"], 200),
        (["Host:   alpha.example"], 200),
    ],
)
def test_header_lines_over_a_real_socket(tmp_path: Path, lines: list[str], status: int) -> None:
    with served(portal_app(two_portals(tmp_path))) as port:
        assert int(get(port, "/", *lines).split()[1]) == status


def test_old_request_without_host_is_refused_over_a_real_socket(tmp_path: Path) -> None:
    with served(portal_app(two_portals(tmp_path))) as port:
        assert sent(port, b"GET / HTTP/1.0\r\n\r\n").split()[1] == "400"


CLIENT = portal_app(OURS).test_client()


@settings(max_examples=200)
@given(st.text(st.characters(max_codepoint=255, exclude_categories=["Cs"])))
def test_no_host_value_gives_a_server_error(host: str) -> None:
    answer = CLIENT.get("/", environ_overrides={"HTTP_HOST": host})
    assert answer.status_code in {200, 301, 400, 421}


def test_tenant_is_known_throughout_a_request(tmp_path: Path) -> None:
    tenants = two_portals(tmp_path)
    app = portal_app(tenants)
    with app.test_client() as client:
        client.get("/", headers={"Host": "bravo.example"})
        assert (g.tenant, current_tenant(), all_tenants()) == (tenants["bravo"], tenants["bravo"], tenants)


def test_task_chooses_its_tenant_itself(tmp_path: Path) -> None:
    tenants = two_portals(tmp_path)
    with portal_app(tenants).app_context():
        assert find_tenant() is None
        with pytest.raises(LookupError):
            current_tenant()
        g.tenant = tenants["alpha"]
        assert current_tenant() == tenants["alpha"]


class RememberingSessions(SecureCookieSessionInterface):
    """Notes which portal is known at the moment that a session is opened."""

    def __init__(self) -> None:
        self.portals: list[str] = []

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        self.portals.append(current_tenant().slug)
        return super().open_session(app, request)


def test_tenant_is_known_when_the_session_is_opened(tmp_path: Path) -> None:
    app = portal_app(two_portals(tmp_path))
    app.session_interface = sessions = RememberingSessions()
    app.test_client().get("/", headers={"Host": "alpha.example"})
    assert sessions.portals == ["alpha"]
