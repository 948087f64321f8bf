"""The components page: every theme, light and dark, and nothing of it outside development."""

from collections.abc import Callable

import pytest

from tests.support.client import Client
from upguide.tenancy import all_tenants

Browse = Callable[..., Client]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("theme", ["upguide", "gfs", "executive", "coachingnederland"])
def test_components_are_shown_in_the_theme_that_is_asked_for(browse: Browse, theme: str, scheme: str) -> None:
    page = browse(tenant="upguide").get(f"/dev/components?theme={theme}&scheme={scheme}")
    assert (page.status_code, f'class="theme theme-{theme} scheme-{scheme}"' in page.text) == (200, True)


def test_an_unknown_theme_falls_back_on_the_portals_own(browse: Browse) -> None:
    page = browse(tenant="gfs").get("/dev/components?theme=nope&scheme=nope")
    assert 'class="theme theme-gfs scheme-light"' in page.text


def test_every_theme_has_its_rules_in_one_stylesheet(browse: Browse) -> None:
    client = browse(tenant="gfs")
    sheet = client.get("/dev/themes.css")
    with client.app.app_context():
        wanted = {f".theme-{tenant.slug}" for tenant in all_tenants()}
    assert (sheet.mimetype, {name for name in wanted if f"{name}{{" in sheet.text}) == ("text/css", wanted)
