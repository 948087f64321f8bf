"""The pages of the administration, for the list beside each of them."""

from flask import request, url_for

from upguide.i18n import lazy_gettext as _l
from upguide.navigation import Link

PAGES = (
    ("webmaster.overview", _l("Overview"), "home"),
    ("webmaster.people", _l("Look somebody up"), "search"),
    ("webmaster.roles", _l("Roles"), "people"),
    ("webmaster.agreements", _l("Signatures"), "check"),
    ("oversight.attendance_list", _l("Accesses"), "eye"),
    ("oversight.request_list", _l("Requests"), "mail"),
    ("webmaster.portals", _l("Portals"), "globe"),
    ("webmaster.jobs", _l("Jobs"), "info"),
    ("webmaster.mails", _l("Messages not sent"), "alert"),
)


def side() -> list[Link]:
    """Return the list beside a page of the administration."""
    here, first = request.path, url_for(PAGES[0][0])
    return [
        Link(url, str(label), icon, here == url or (url != first and here.startswith(f"{url}/")))
        for endpoint, label, icon in PAGES
        for url in (url_for(endpoint),)
    ]
