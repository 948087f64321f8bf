"""The portals: each is one folder of data under tenants/, read and judged when the site starts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from markupsafe import Markup

from upguide.tenancy.drawings import LARGEST, DrawingError, read_drawing
from upguide.tenancy.faults import BrandingError, Fault
from upguide.tenancy.reading import Table, read_text, read_toml
from upguide.tenancy.shapes import (
    SLUG,
    SLUG_MEANING,
    claimless,
    development_host,
    flag,
    mail_address,
    one_of,
    public_host,
    several,
    text,
)
from upguide.tenancy.theme import Theme, read_theme, standalone, version_of

LANGUAGES: Final[tuple[str, ...]] = (
    "nl",
    "en",
)  # those with a catalogue in translations/, English being the source
MODULES: Final = frozenset({"connections", "people"})  # parts of the site that a portal may have or leave out
WORDS: Final = ("coach", "coaches", "client", "clients")
NONE: Final[tuple[str, ...]] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One of the two or three steps on a home page."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class HomeCopy:
    """A portal's public page in one language. `cta` leads to registering, `second` to the statement."""

    eyebrow: str
    title: str
    lead: str
    description: str
    cta: str
    second: str
    matrix_title: str
    matrix_lead: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Tenant:
    """One portal. The first host is canonical, the first language the default; `icon` is a whole SVG file."""

    slug: str
    name: str
    hosts: tuple[str, ...]
    development_hosts: tuple[str, ...]
    languages: tuple[str, ...]
    formal: bool
    sender: str
    modules: frozenset[str]
    words: Mapping[str, Mapping[str, str]]
    home: Mapping[str, HomeCopy]
    logo: Markup
    art: Markup
    icon: str
    theme: Theme
    theme_css: str
    theme_version: str


@dataclass(frozen=True, slots=True)
class Match:
    """A host that belongs to a portal. Where it is not `canonical`, `host` is where the visitor belongs."""

    tenant: Tenant
    host: str
    canonical: bool


class Tenants:
    """All portals of this site, in the order of their slugs."""

    def __init__(self, tenants: Mapping[str, Tenant]) -> None:
        self._tenants = dict(sorted(tenants.items()))
        self._hosts = {
            host: Match(tenant, tenant.hosts[0], canonical=host == tenant.hosts[0])
            for tenant in self
            for host in tenant.hosts
        }
        self._development = {
            host: Match(tenant, host, canonical=True) for tenant in self for host in tenant.development_hosts
        }

    def __getitem__(self, slug: str) -> Tenant:
        return self._tenants[slug]

    def or_first(self, slug: str) -> Tenant:
        """The portal of this slug, or the first of all where it was closed: what was asked there is still owed."""
        return self._tenants.get(slug) or next(iter(self))

    def __iter__(self) -> Iterator[Tenant]:
        return iter(self._tenants.values())

    def __len__(self) -> int:
        return len(self._tenants)

    def by_host(self, host: str, *, development: bool = False) -> Match | None:
        """The portal at `host` (lower case, no port); development hosts count in development alone."""
        return self._hosts.get(host) or (self._development.get(host) if development else None)


def read_tenants(folder: Path) -> Tenants:
    """Every portal under `folder`, one sub-folder each; names that begin with a dot are passed over.

    Raises:
        BrandingError: with all faults of all portals, each naming file, key and reason.
    """
    faults: list[Fault] = []
    folders = sorted(entry for entry in visible(folder) if entry.is_dir())
    if not folders:
        faults.append(Fault(folder.name, "", "holds no portal: each is a folder with a tenant.toml"))
    found = {entry.name: read_tenant(entry, faults) for entry in folders}
    faults += shared_hosts(folder, found)
    if faults:
        raise BrandingError(faults)
    return Tenants(found)


def read_tenant(folder: Path, faults: list[Fault]) -> Tenant:
    """One portal. What it returns may be used only when nothing was added to `faults`."""
    place = f"{folder.parent.name}/{folder.name}"
    if not SLUG.fullmatch(folder.name):
        faults.append(Fault(place, "", f"a portal's folder must be named in {SLUG_MEANING}"))
    table = read_toml(folder / "tenant.toml", f"{place}/tenant.toml", faults)
    tenant = assemble(folder, table, faults)
    table.close()
    known = files(tenant.languages)
    faults += [
        Fault(f"{place}/{entry.name}", "", "unknown file") for entry in visible(folder) if entry.name not in known
    ]
    return tenant


def assemble(folder: Path, table: Table, faults: list[Fault]) -> Tenant:
    """A portal out of the files in its folder, `table` being what tenant.toml holds."""
    languages = table.take("languages", several(one_of(LANGUAGES), 1), LANGUAGES)
    words = table.table("words")
    theme = read_theme(table.table("theme"))
    css = theme.stylesheet()
    logo = drawing(folder, "logo", faults, repeats=True)
    icon = standalone(logo, theme.light)
    return Tenant(
        slug=folder.name,
        name=table.take("name", text, ""),
        hosts=table.take("hosts", several(public_host, 1), NONE),
        development_hosts=table.take("development_hosts", several(development_host, 1), NONE),
        languages=languages,
        formal=table.take("formal", flag, placeholder=False),
        sender=table.take("sender", mail_address, ""),
        modules=frozenset(table.take("modules", several(one_of(MODULES), 0), NONE)),
        words=MappingProxyType({language: own_words(words.table(language)) for language in languages}),
        home=MappingProxyType({language: read_home(folder, language, faults) for language in languages}),
        logo=Markup(logo),  # noqa: S704 - written anew from what read_drawing let through
        art=Markup(drawing(folder, "art", faults, repeats=False)),  # noqa: S704 - the same
        icon=icon,
        theme=theme,
        theme_css=css,
        theme_version=version_of(css, icon),
    )


def files(languages: tuple[str, ...]) -> frozenset[str]:
    """The names of the files in a portal's folder."""
    homes = {f"home.{language}.toml" for language in languages}
    return frozenset({"tenant.toml", "logo.svg", "art.svg"} | homes)


def visible(folder: Path) -> list[Path]:
    """What stands in `folder`, in order, without names that begin with a dot; nothing without a folder."""
    if not folder.is_dir():
        return []
    return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))


def own_words(table: Table) -> Mapping[str, str]:
    """The portal's words for coach and client in one language, as they stand in the middle of a sentence."""
    return MappingProxyType({word: table.take(word, text, "") for word in WORDS})


def read_home(folder: Path, language: str, faults: list[Fault]) -> HomeCopy:
    """The home page's copy in `language`."""
    name = f"home.{language}.toml"
    table = read_toml(folder / name, f"{folder.parent.name}/{folder.name}/{name}", faults)
    copy = HomeCopy(
        eyebrow=table.take("eyebrow", claimless, ""),
        title=table.take("title", claimless, ""),
        lead=table.take("lead", claimless, ""),
        description=table.take("description", claimless, ""),
        cta=table.take("cta", claimless, ""),
        second=table.take("second", claimless, ""),
        matrix_title=table.take("matrix_title", claimless, ""),
        matrix_lead=table.take("matrix_lead", claimless, ""),
        steps=tuple(
            Step(step.take("title", claimless, ""), step.take("text", claimless, ""))
            for step in table.tables("steps", 2, 3)
        ),
    )
    table.close()
    return copy


def drawing(folder: Path, stem: str, faults: list[Fault], *, repeats: bool) -> str:
    """The drawing in `<stem>.svg`, safe to stand in a page."""
    file = f"{folder.parent.name}/{folder.name}/{stem}.svg"
    source = read_text(folder / f"{stem}.svg", file, faults, LARGEST)
    try:
        return "" if source is None else read_drawing(source, f"{stem}-", repeats=repeats)
    except DrawingError as error:
        faults += [Fault(file, "", reason) for reason in error.reasons]
        return ""


def shared_hosts(folder: Path, tenants: Mapping[str, Tenant]) -> Iterator[Fault]:
    """A fault for each host that an earlier portal has already."""
    owner: dict[str, str] = {}
    for slug, tenant in tenants.items():
        for key, hosts in (("hosts", tenant.hosts), ("development_hosts", tenant.development_hosts)):
            for host in hosts:
                if owner.setdefault(host, slug) != slug:
                    reason = f"{host} is already a host of {folder.name}/{owner[host]}"
                    yield Fault(f"{folder.name}/{slug}/tenant.toml", key, reason)
