"""Every page in a browser: nothing for axe-core to find, nothing cut off, no error, no dead end, nothing foreign."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from itertools import product

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.browser import stood
from tests.browser.looking import RULES, Looker
from tests.browser.pages import NO_PAGES, VISITS, Visit
from tests.browser.rotation import (
    ALL_GUISES,
    LANGUAGES,
    SCHEMES,
    THEMES,
    WIDTHS,
    guises_of,
    pairs,
    theme_of,
)
from tests.browser.world import VIEWERS, World
from tests.support.database import WorkerDatabase
from tests.support.server import Site


@contextmanager
def looker(chromium: Browser, site: Site, database: WorkerDatabase, tenant: str, viewer: str) -> Iterator[Looker]:
    """Open a window on a portal for one of the viewers."""
    scene = VIEWERS[viewer](World(site, database, tenant))
    with chromium.new_context(reduced_motion="reduce") as context:
        yield Looker(site, tenant, scene, context)


# Where a run has something to look at.
STAGES = sorted({(theme_of(number), visit.viewer) for number, visit in enumerate(VISITS)})


def all_pairs(*values: Sequence[object]) -> set[tuple[object, ...]]:
    """Return every pair that these columns can have; see `pairs`."""
    return set(pairs(list(product(*values))))


def visits(viewer: str) -> list[tuple[int, Visit]]:
    return [(number, visit) for number, visit in enumerate(VISITS) if visit.viewer == viewer]


@pytest.mark.clause("P6")
@pytest.mark.parametrize(("theme", "viewer"), STAGES)
def test_every_page_is_in_order(
    chromium: Browser, site: Site, database: WorkerDatabase, theme: str, viewer: str
) -> None:
    """Each page in the guises of its rotation; all that it loads is of its own origin."""
    faults: list[str] = []
    with looker(chromium, site, database, theme, viewer) as window:
        for number, visit in visits(viewer):
            if theme_of(number) == theme:
                faults += window.look(visit, guises_of(number))
    assert not faults, "\n".join(faults)


@pytest.mark.audit
@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("theme", THEMES)
def test_every_page_is_in_order_in_every_guise(
    chromium: Browser, site: Site, database: WorkerDatabase, theme: str, language: str, viewer: str
) -> None:
    """Each page in each theme and language, light and dark, on a phone and a desk; axe looks at all of it each time.

    A round that was broken off goes on where it was: what stood on this very source is not looked at again.
    """
    stage = f"{theme} {language} {viewer}"
    if stood.on_this_source(stage):
        pytest.skip("stood on this very source")
    guises = [one for one in ALL_GUISES if one.language == language]
    faults: list[str] = []
    with looker(chromium, site, database, theme, viewer) as window:
        for _number, visit in visits(viewer):
            faults += window.look(visit, guises, again=RULES)
    assert not faults, "\n".join(faults)
    stood.note(stage)


def test_rotation_holds_every_pair() -> None:
    cases = [(theme_of(page), *astuple(shown)) for page in range(len(VISITS)) for shown in guises_of(page)]
    assert set(pairs(cases)) == all_pairs(THEMES, LANGUAGES, SCHEMES, WIDTHS)


def test_rotation_shows_every_page_in_each_light_and_width() -> None:
    cases = [(page, shown.scheme, shown.width) for page in range(len(VISITS)) for shown in guises_of(page)]
    assert set(pairs(cases)) == all_pairs(range(len(VISITS)), SCHEMES, WIDTHS)


def test_themes_are_those_of_the_portals(site: Site) -> None:
    assert tuple(sorted(tenant.slug for tenant in site.tenants)) == THEMES


def test_every_page_is_visited(app: Flask) -> None:
    """A new page stands in VISITS, or in NO_PAGES with the reason why nobody looks at it."""
    readable = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    visited = {visit.endpoint for visit in VISITS} - {""}
    assert {"not visited": readable - visited - NO_PAGES.keys(), "gone": (visited | NO_PAGES.keys()) - readable} == {
        "not visited": set(),
        "gone": set(),
    }
