"""Makes portals' folders for tests: sound ones, which a test then breaks in one place."""

from pathlib import Path

from upguide.tenancy.branding import Tenants, read_tenants
from upguide.tenancy.faults import BrandingError
from upguide.tenancy.starter import NewPortal, write_portal


def portals_folder(place: Path, *slugs: str) -> Path:
    """A folder `tenants` with a sound portal for each slug: alpha is at alpha.example and alpha.localhost."""
    folder = place / "tenants"
    folder.mkdir()
    for slug in slugs or ("alpha",):
        write_portal(folder / slug, NewPortal(slug, slug.title(), f"{slug}.example"))
    return folder


def change(file: Path, old: str, new: str) -> None:
    """Replace the first `old`, which must be there, by `new`."""
    content = file.read_text(encoding="utf-8")
    assert old in content, f"{old!r} is not in {file.name}"
    file.write_text(content.replace(old, new, 1), encoding="utf-8")


def faults_of(folder: Path) -> list[str]:
    """What is wrong with the portals in `folder`, one line each."""
    try:
        read_tenants(folder)
    except BrandingError as error:
        return [str(fault) for fault in error.faults]
    return []


def two_portals(place: Path) -> Tenants:
    """Two portals: alpha, with the alias www.alpha.example, and bravo."""
    folder = portals_folder(place, "alpha", "bravo")
    change(folder / "alpha/tenant.toml", '["alpha.example"]', '["alpha.example", "www.alpha.example"]')
    return read_tenants(folder)
