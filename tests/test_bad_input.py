"""Whatever is sent, to whatever address, by whomever: there is a proper answer, and never a 500."""

import itertools
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import quote_from_bytes

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tests.support.client import Client
from tests.support.conventions import parse
from tests.support.factories import make_person, make_professional
from tests.support.routes import Address, addresses, arguments, query_names
from upguide.access.requires import access_of

Browse = Callable[..., Client]
FEW = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
_count = itertools.count(1)

# Text as bytes: UTF-8, Latin-1 where UTF-8 is expected, halves of surrogate pairs, zeros, turns of direction.
odd_text = st.one_of(
    st.text(max_size=30).map(str.encode),
    st.text(st.characters(max_codepoint=255), max_size=30).map(lambda text: text.encode("latin-1")),
    st.text(st.characters(categories=["Cs", "Cc"]), max_size=5).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from(
        [
            b"",
            b" ",
            b"\x00",
            b"a\x00b",
            b"\xff\xfe",
            b"\xed\xa0\x80",
            b"%",
            b"%00",
            b"0",
            b"-1",
            b"99999999999999999999",
            b"NaN",
            b"31",
            b"2026-02-30",
            b"0000",
            b"a@b",
            b"a@" + b"b" * 300 + b".nl",
            "\u202eevil".encode(),
            "ﷺ".encode() * 40,
            "ß@例え.テスト".encode(),
            b"../../etc/passwd",
            b"//evil.example/",
            b"\\\\evil.example",
            b"javascript:alert(1)",
            b"<script>",
            b"{{7*7}}",
            b"' OR 1=1 --",
            b"x" * 6_000,
            b"+31 6 12345678",
            b"111222333",
        ]
    ),
)


def visitor_and_member(browse: Browse) -> dict[str, Client]:
    """A visitor, and a professional, whose profile holds most."""
    return {"visitor": browse(), "member": browse(make_professional())}


def values_of(app: Flask, clients: dict[str, Client]) -> Mapping[str, object]:
    """Parameters of addresses that lead to the member's own things, or to a fellow member's."""
    person = clients["member"].person
    assert person is not None
    return arguments(app, person, make_person())


def from_anywhere() -> dict[str, str]:
    """Another client's address each time: throttling is tested elsewhere, and would hide what lies behind it."""
    number = next(_count)
    return {"REMOTE_ADDR": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}


def check(response: TestResponse, what: object) -> None:
    assert response.status_code < 500, f"{what}: {response.status_code}"


def fields_of(client: Client, path: str) -> list[str]:
    """The names of all fields of the forms that stand at an address; of a removal, the page's own."""
    text = client.get(path, environ_overrides=from_anywhere()).get_data().decode()
    names = [element.get("name") for element in parse(text).iter() if element.tag in ("input", "select", "textarea")]
    return sorted({name for name in names if name and name != "csrf_token"}) or ["value"]


def signed_in_again(client: Client) -> Client:
    """A post may have ended the session."""
    if client.person is not None and client.session().get("secret") is None:
        client.sign_in(client.person)
    return client


def encoded(pairs: Iterable[tuple[str, bytes]]) -> bytes:
    return "&".join(f"{quote_from_bytes(name.encode())}={quote_from_bytes(value)}" for name, value in pairs).encode()


def multipart(pairs: Iterable[tuple[str, bytes]], *, as_files: bool) -> bytes:
    parts = []
    for name, value in pairs:
        file = b'; filename="a\xffb.jpg"\r\nContent-Type: image/jpeg' if as_files else b""
        head = b'--edge\r\nContent-Disposition: form-data; name="' + name.encode() + b'"' + file
        parts.append(head + b"\r\n\r\n" + value + b"\r\n")
    return b"".join(parts) + b"--edge--\r\n"


def post_odd(client: Client, address: Address, pairs: list[tuple[str, bytes]], kind: str) -> TestResponse:
    """Send a form with a token that counts, in one of the ways in which browsers and others send forms."""
    if kind.startswith("multipart"):
        body, content_type = multipart(pairs, as_files=kind.endswith("files")), "multipart/form-data; boundary=edge"
    elif kind == "json":
        body, content_type = b'{"value": [null]}', "application/json"
    else:
        body, content_type = encoded(pairs), "application/x-www-form-urlencoded"
    return client.open(
        address.path,
        method="POST",
        data=body,
        content_type=content_type,
        headers={"X-CSRFToken": client.token(), "Referer": client.base_url + "/"},
        environ_overrides=from_anywhere(),
    )


def who_may(app: Flask, clients: dict[str, Client], address: Address) -> Client:
    """Who gets furthest at an address: the visitor where it is public, else the member."""
    public = access_of(app, address.endpoint).permission is None
    return clients["visitor" if public and address.endpoint != "accounts.logout" else "member"]


def try_form(client: Client, address: Address, names: list[str]) -> None:
    """Send odd things to one form, many times."""

    @FEW
    @given(
        st.lists(st.tuples(st.sampled_from(names), odd_text), max_size=len(names) + 3),
        st.sampled_from(["plain", "plain", "plain", "multipart", "multipart files", "json"]),
    )
    def try_it(pairs: list[tuple[str, bytes]], kind: str) -> None:
        check(post_odd(signed_in_again(client), address, pairs, kind), f"{address} with {pairs!r} as {kind}")

    try_it()


def test_no_form_falls_over_what_is_sent_to_it(app: Flask, browse: Browse) -> None:
    clients = visitor_and_member(browse)
    for address in addresses(app, values_of(app, clients), "POST"):
        client = who_may(app, clients, address)
        try_form(client, address, fields_of(signed_in_again(client), address.path))


BROKEN_BODIES = {
    "no body": (b"", "application/x-www-form-urlencoded"),
    "no type": (b"a=b", ""),
    "nonsense type": (b"a=b", "\xff/;;boundary"),
    "no boundary": (b"--x", "multipart/form-data"),
    "never ends": (
        b'--edge\r\nContent-Disposition: form-data; name="a"\r\n\r\nb',
        "multipart/form-data; boundary=edge",
    ),
    "too many parts": (
        multipart((("a", b"b") for _ in range(500)), as_files=False),
        "multipart/form-data; boundary=edge",
    ),
    "too long a field": (multipart([("a", b"x" * 600_000)], as_files=False), "multipart/form-data; boundary=edge"),
    "too long a form": (b"a=" + b"x" * 600_000, "application/x-www-form-urlencoded"),
    "too much": (b"a=" + b"x" * (12 * 1024 * 1024), "application/x-www-form-urlencoded"),
    "many pairs": (b"&".join(b"a%d=1" % n for n in range(5_000)), "application/x-www-form-urlencoded"),
    "broken json": (b"{", "application/json"),
    "broken escapes": (b"%=%zz&%u1234=&=&&", "application/x-www-form-urlencoded"),
    "other charset": ("naam=café".encode("utf-16"), "application/x-www-form-urlencoded; charset=utf-16"),
}


@pytest.mark.parametrize("kind", BROKEN_BODIES)
def test_no_form_falls_over_a_broken_body(app: Flask, browse: Browse, kind: str) -> None:
    body, content_type = BROKEN_BODIES[kind]
    clients = visitor_and_member(browse)
    for address in addresses(app, values_of(app, clients), "POST"):
        client = signed_in_again(who_may(app, clients, address))
        response = client.open(
            address.path,
            method="POST",
            data=body,
            headers={"Content-Type": content_type, "X-CSRFToken": client.token(), "Referer": client.base_url},
            environ_overrides=from_anywhere(),
        )
        check(response, address)


def try_query(client: Client, address: Address, names: list[str]) -> None:
    """Get one page with odd questions, many times."""

    @settings(FEW, max_examples=6)
    @given(st.lists(st.tuples(st.sampled_from(names), odd_text), min_size=1, max_size=4))
    def try_it(query: list[tuple[str, bytes]]) -> None:
        path = f"{address.path}?{encoded(query).decode()}"
        check(client.get(path, environ_overrides=from_anywhere()), path)

    try_it()


def test_no_page_falls_over_its_query(app: Flask, browse: Browse) -> None:
    clients, names = visitor_and_member(browse), query_names()
    assert {"next", "q"} <= set(names)
    for address in addresses(app, values_of(app, clients), "GET"):
        try_query(who_may(app, clients, address), address, names)


def test_no_address_falls_over_its_parameters(app: Flask, browse: Browse) -> None:
    clients = visitor_and_member(browse)
    client = clients["member"]
    templates = sorted({address.path for address in addresses(app, values_of(app, clients), "GET", "POST")})

    @settings(FEW, max_examples=100)
    @given(st.sampled_from(templates), st.integers(0, 5), odd_text, st.sampled_from(["GET", "POST", "PUT", "HEAD"]))
    def try_it(path: str, at: int, odd: bytes, method: str) -> None:
        parts = path.split("/")
        parts[min(at, len(parts) - 1)] = quote_from_bytes(odd[:2_000], safe="")
        signed_in_again(client)
        answer = client.open("/" + "/".join(parts).lstrip("/"), method=method, environ_overrides=from_anywhere())
        check(answer, f"{method} {parts}")

    try_it()


def test_no_page_falls_over_a_header(app: Flask, browse: Browse) -> None:
    client = browse()
    names = ["Accept-Language", "Referer", "User-Agent", "X-Forwarded-For", "Accept", "If-None-Match", "X-CSRFToken"]

    @settings(FEW, max_examples=60)
    @given(st.sampled_from(["/", "/login", "/privacy", "/profile"]), st.sampled_from(names), odd_text)
    def try_it(path: str, name: str, odd: bytes) -> None:
        value = odd.replace(b"\r", b"").replace(b"\n", b"").decode("latin-1")
        check(client.get(path, environ_overrides={f"HTTP_{name.upper().replace('-', '_')}": value}), f"{path}: {name}")

    try_it()


def test_no_page_falls_over_a_cookie(app: Flask, browse: Browse) -> None:
    client = browse()

    @settings(FEW, max_examples=60)
    @given(
        st.sampled_from(["session", "language", "device", "__Host-session", ""]),
        odd_text,
        st.sampled_from(["/", "/home", "/login"]),
    )
    def try_it(name: str, odd: bytes, path: str) -> None:
        value = f"{name}=" + odd[:3_000].replace(b"\r", b"").replace(b"\n", b"").decode("latin-1")
        response = client.browser.get(path, base_url=client.base_url, environ_overrides={"HTTP_COOKIE": value})
        check(response, f"{path}: {value!r}")

    try_it()
