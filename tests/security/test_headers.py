"""Headers, exactly as they are sent."""

import re

import pytest

from tests.security.portal import HOST, make_app, shared_app

PLAIN, SECURE = f"http://{HOST}", f"https://{HOST}"
PERMISSIONS = (
    "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), "
    "fullscreen=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), local-fonts=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), "
    "screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=(), "
    "publickey-credentials-create=(self), publickey-credentials-get=(self)"
)
POLICY = (
    "default-src 'none'; script-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
EVERY_ANSWER = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
CONTENT = {"Content-Type", "Content-Length"}


def headers_of(path: str, base_url: str = PLAIN) -> dict[str, str]:
    answer = shared_app().test_client().get(path, base_url=base_url).headers
    return {name: value for name, value in answer.items() if name not in CONTENT}


@pytest.mark.clause("P5")
@pytest.mark.parametrize("path", ["/nothing", "/teapot", "/no-such-page"])
def test_every_answer_has_exactly_these_headers(path: str) -> None:
    assert headers_of(path) == EVERY_ANSWER


@pytest.mark.clause("P5")
def test_answer_over_tls_asks_for_tls_from_then_on() -> None:
    assert headers_of("/nothing", SECURE) == EVERY_ANSWER | {
        "Content-Security-Policy": POLICY + "; upgrade-insecure-requests",
        "Strict-Transport-Security": "max-age=63072000",
    }


@pytest.mark.clause("P6")
def test_policy_names_no_other_origin_and_nothing_unsafe() -> None:
    sources = set(re.findall(r"[^ ;]+", headers_of("/scripted", SECURE)["Content-Security-Policy"]))
    assert {
        source for source in sources if "unsafe" in source or "." in source or ":" in source or "*" in source
    } == set()


def test_script_runs_with_the_nonce_of_its_page() -> None:
    answer = make_app().test_client().get("/scripted", base_url=PLAIN)
    first, second = answer.text.split()
    assert first == second
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", first)
    assert answer.headers["Content-Security-Policy"] == POLICY.replace(
        "script-src 'none'", f"script-src 'nonce-{first}'"
    )


def test_nonce_is_new_for_each_page() -> None:
    client = make_app().test_client()
    assert len({client.get("/scripted", base_url=PLAIN).text for _ in range(5)}) == 5


def test_component_page_may_frame_its_own_pages_in_development_alone() -> None:
    framing = POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'").replace(
        "form-action", "frame-src 'self'; form-action"
    )
    assert headers_of("/framed") == EVERY_ANSWER | {"Content-Security-Policy": framing}
    app = make_app(development=False)
    app.testing = True
    with pytest.raises(RuntimeError, match="frame"):
        app.test_client().get("/framed", base_url="http://upguide.me")


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ("public, max-age=31536000, immutable", "public, max-age=31536000, immutable"),
        ("private, no-store", "private, no-store"),
        ("no-cache", "no-store"),
        ("public, max-age=60", "no-store"),
    ],
)
def test_only_what_never_changes_may_be_kept(said: str, sent: str) -> None:
    assert headers_of(f"/kept/{said}") == EVERY_ANSWER | {"Cache-Control": sent}
