"""Four portals look like four brands, in the light and in the dark."""

from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.support.server import Site

READ_BRAND = """() => {
    const of = (selector) => getComputedStyle(document.querySelector(selector));
    return {
        paper: of("html").backgroundColor,
        ink: of("body").color,
        accent: of(".hero .button").backgroundColor,
        display: of("h1").fontFamily.split(",")[0],
        logo: document.querySelector(".logo svg").outerHTML,
        art: document.querySelector(".art svg").outerHTML,
        title: document.querySelector("h1").innerText,
    };
}"""
OF_ITS_OWN = ("paper", "accent", "logo", "art", "title")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_portals_are_told_apart(chromium: Browser, site: Site, scheme: Any) -> None:
    brands = read_brands(chromium, site, scheme)
    alike = [
        f"{one} and {other} have the same {what}"
        for one, other in combinations(brands, 2)
        for what in OF_ITS_OWN
        if brands[one][what] == brands[other][what]
    ]
    assert (len(brands), alike) == (4, [])
    assert len({(brand["display"], brand["ink"]) for brand in brands.values()}) == len(brands)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_fonts_are_the_brands_own(chromium: Browser, site: Site, scheme: Any) -> None:
    """The first typeface of a heading is one that we serve, and it has arrived."""
    with chromium.new_context(color_scheme=scheme, reduced_motion="reduce") as context:
        page = context.new_page()
        for tenant in site.tenants:
            page.goto(site.origin(tenant.slug))
            arrived = page.evaluate(
                """async () => {
                    await document.fonts.ready;
                    const first = getComputedStyle(document.querySelector("h1")).fontFamily.split(",")[0];
                    const faces = [...document.fonts].filter((face) => face.status === "loaded");
                    return faces.some((face) => face.family.replaceAll('"', "") === first.replaceAll('"', ""));
                }"""
            )
            assert arrived, f"the typeface of {tenant.slug} did not arrive"


def read_brands(chromium: Browser, site: Site, scheme: Any) -> dict[str, dict[str, str]]:
    """Return what each portal's front page looks like."""
    with chromium.new_context(color_scheme=scheme, reduced_motion="reduce") as context:
        page = context.new_page()
        brands = {}
        for tenant in site.tenants:
            page.goto(site.origin(tenant.slug))
            brands[tenant.slug] = page.evaluate(READ_BRAND)
    return brands
