"""What stands in header, footer and language switch. An entry leads somewhere that this viewer may go, or is absent."""

from dataclasses import dataclass
from functools import cache

from flask import request, url_for

from upguide.access.viewer import current_viewer
from upguide.i18n import current_language, gettext, lazy_gettext, ngettext
from upguide.i18n.messages import LazyString
from upguide.policy.permissions import Permission, may
from upguide.tenancy import current_tenant

LANGUAGE_COOKIE = "language"
# More new notifications than this are not counted out.
_MANY = 99
# A page of a list has fewer digits in an address.
_LONGEST_NUMBER = 6
# Each language is named in itself, so that its speakers find it.
LANGUAGE_NAMES = {"nl": "Nederlands", "en": "English"}


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of a menu."""

    url: str
    label: str
    icon: str | None = None
    current: bool = False
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class Bell:
    """The way to the notifications: how many are new, as a figure and in words; both empty where none is."""

    url: str
    count: str
    new: str


@dataclass(frozen=True, slots=True)
class _Entry:
    endpoint: str
    label: LazyString
    permission: Permission
    icon: str
    module: str | None = None
    until: Permission | None = None  # who may do this has no use for the entry any more


_NAV = (
    _Entry("home.today", lazy_gettext("Today"), Permission.BE_MEMBER, "home"),
    _Entry("people.search", lazy_gettext("People"), Permission.SEARCH_PEOPLE, "people", "people"),
    _Entry("connections.overview", lazy_gettext("Connections"), Permission.BE_MEMBER, "link", "connections"),
    _Entry("profile.overview", lazy_gettext("My profile"), Permission.OWN_DATA, "profile"),
    _Entry("breaches.register", lazy_gettext("Breaches"), Permission.HANDLE_BREACHES, "alert"),
    _Entry("rights.overview", lazy_gettext("My data"), Permission.OWN_DATA, "shield"),
    _Entry("oversight.overview", lazy_gettext("Oversight"), Permission.OVERSEE, "eye"),
    _Entry("webmaster.overview", lazy_gettext("Site administration"), Permission.ADMINISTER, "organisation"),
    _Entry(
        "agreements.overview",
        lazy_gettext("Agreements"),
        Permission.SIGN,
        "pencil",
        until=Permission.HANDLE_BREACHES,
    ),
    _Entry("accounts.security", lazy_gettext("Security"), Permission.OWN_DATA, "lock"),
)


def address(endpoint: str) -> str:
    """Return the address of an endpoint that needs no values: those of the menus are built once, not for each page."""
    return _address(request.environ.get("SCRIPT_NAME", ""), endpoint)


@cache
def _address(_prefix: str, endpoint: str) -> str:
    return url_for(endpoint)


def nav_items() -> list[Link]:
    """Return the main tasks of this viewer on this portal; none for somebody signed out."""
    viewer, modules = current_viewer(), current_tenant().modules
    return [
        Link(url, str(entry.label), entry.icon, _is_at(url))
        for entry in _NAV
        if may(viewer, entry.permission) and (entry.module is None or entry.module in modules)
        if entry.until is None or not may(viewer, entry.until)
        for url in [address(entry.endpoint)]
    ]


def bell() -> Bell | None:
    """Return the way to a member's notifications, and how many are new; None for anybody else."""
    viewer = current_viewer()
    if not may(viewer, Permission.BE_MEMBER):
        return None
    count = f"{_MANY}+" if viewer.unread > _MANY else str(viewer.unread or "")
    new = ngettext("%(num)s new one", "%(num)s new ones", viewer.unread) if viewer.unread else ""
    return Bell(address("notices.overview"), count, new)


def footer_links() -> list[Link]:
    """Return what stands at the foot of every page."""
    return [
        Link(address("statement.current"), gettext("Privacy statement")),
        Link(address("statement.cookies"), gettext("Cookies")),
        Link(address("breaches.report_a_breach"), gettext("Report a data breach")),
    ]


def language_links() -> list[Link]:
    """Return the portal's languages other than the one in use; each is chosen by posting to its address."""
    here = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return [
        Link(url_for("home.language", language=code, next=here), LANGUAGE_NAMES[code], lang=code)
        for code in current_tenant().languages
        if code != current_language()
    ]


def _is_at(url: str) -> bool:
    """Tell whether the page asked for is this one, or below it."""
    return f"{request.path}/".startswith(f"{url}/")


def page_number(*, first: int = 0) -> int:
    """Return which page of a list is asked for: 0 for the first, however the address counts, and for anything odd."""
    asked = request.args.get("page", "")
    # The length comes first: Python refuses to read a number of thousands of digits.
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < _LONGEST_NUMBER else first
    return max(number - first, 0)
