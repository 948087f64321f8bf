"""The pages of one's own data, for the list beside each of them."""

from flask import request, url_for

from upguide.i18n import lazy_gettext as _l
from upguide.navigation import Link

# All the others lie below it.
TOP = "rights.overview"
PAGES = (
    ("rights.overview", _l("Your rights"), "shield"),
    ("rights.who_saw_what", _l("Who saw what"), "eye"),
    ("rights.webmasters", _l("What webmasters did"), "organisation"),
    ("rights.consents", _l("Consents"), "check"),
    ("rights.restriction", _l("Restrict"), "lock"),
    ("rights.objections", _l("Object"), "alert"),
    ("rights.requests", _l("Requests"), "message"),
    ("rights.export", _l("Take your data along"), "download"),
    ("rights.erasure", _l("Erase"), "bin"),
)


def side() -> list[Link]:
    """Return the list beside a page of My data."""
    here = request.path
    return [
        Link(url, str(label), icon, here == url or (endpoint != TOP and here.startswith(f"{url}/")))
        for endpoint, label, icon in PAGES
        for url in (url_for(endpoint),)
    ]
