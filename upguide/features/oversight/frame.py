"""The pages of oversight, for the list beside each of them."""

from flask import request, url_for

from upguide.access import current_viewer
from upguide.i18n import lazy_gettext as _l
from upguide.navigation import Link
from upguide.policy.permissions import Permission, may

PAGES = (
    ("oversight.overview", _l("Overview"), "home"),
    ("oversight.access_list", _l("Accesses"), "eye"),
    ("oversight.hidden_list", _l("Kept from people"), "lock"),
    ("oversight.request_list", _l("Requests"), "mail"),
    ("oversight.statistics", _l("Who looks at whom"), "people"),
    ("oversight.roles", _l("Roles"), "organisation"),
    ("oversight.clauses", _l("Is it kept?"), "check"),
    ("oversight.register", _l("Processing register"), "info"),
    ("oversight.retention", _l("Retention"), "bin"),
    ("oversight.assessment", _l("Impact assessment"), "alert"),
)


def side() -> list[Link]:
    """Return the list beside a page of oversight; none for a webmaster, who answers where no officer can (P7)."""
    if not may(current_viewer(), Permission.OVERSEE):
        return []
    here = request.path
    links = []
    for endpoint, label, icon in PAGES:
        url = url_for(endpoint)
        below = endpoint != "oversight.overview" and here.startswith(f"{url}/")
        links.append(Link(url, str(label), icon, here == url or below))
    return links
