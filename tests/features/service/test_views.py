"""What machines ask: theme, icon, robots, security.txt and the probes."""

from collections.abc import Callable

import pytest

from tests.support.client import Client
from upguide.features.service.views import FOR_GOOD

Browse = Callable[..., Client]
PORTALS = ("upguide", "gfs", "executive", "coachingnederland")


@pytest.mark.parametrize("tenant", PORTALS)
def test_theme_and_icon_of_the_portal_are_kept_for_good(browse: Browse, tenant: str) -> None:
    client = browse(tenant=tenant)
    version = client.portal.theme_version
    for path, kind, body in (
        (f"/theme/{version}.css", "text/css", client.portal.theme_css),
        (f"/icon/{version}.svg", "image/svg+xml", client.portal.icon),
    ):
        response = client.get(path)
        assert (response.status_code, response.mimetype, response.headers["Cache-Control"]) == (200, kind, FOR_GOOD)
        assert response.text == body
        assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("version", ["0" * 12, "x", "%00" * 12])
def test_theme_and_icon_of_another_version_are_not_found(browse: Browse, version: str) -> None:
    client = browse()
    assert [client.get(f"{path}").status_code for path in (f"/theme/{version}.css", f"/icon/{version}.svg")] == [
        404
    ] * 2


def test_theme_of_another_portal_is_not_found(browse: Browse) -> None:
    other = browse(tenant="gfs").portal.theme_version
    assert browse(tenant="upguide").get(f"/theme/{other}.css").status_code == 404


@pytest.mark.clause("W10")
def test_search_engines_are_let_in_to_public_pages_alone(browse: Browse) -> None:
    response = browse().get("/robots.txt")
    assert (response.status_code, response.mimetype) == (200, "text/plain")
    assert response.text.splitlines() == [
        "User-agent: *",
        "Allow: /$",
        "Allow: /privacy",
        "Allow: /cookies",
        "Disallow: /",
    ]


def test_security_txt_names_the_address_at_which_it_stands(browse: Browse) -> None:
    client = browse(tenant="gfs")
    response = client.get("/.well-known/security.txt")
    assert (response.status_code, response.mimetype) == (200, "text/plain")
    assert f"Canonical: {client.base_url}/.well-known/security.txt" in response.text
    assert "Contact: mailto:" in response.text


def test_probes_answer(browse: Browse) -> None:
    client = browse()
    assert [client.get(path).text for path in ("/healthz", "/readyz")] == ["alive\n", "ready\n"]
