"""The pages of one's own data, for the list beside each of them."""

from flask import request, url_for

from upguide.i18n import lazy_gettext as _l
from upguide.navigation import Link

PAGES = (
    ("rights.export", _l("Take your data along"), "download"),
    ("rights.erasure", _l("Erase"), "bin"),
)


def side() -> list[Link]:
    """Return the list beside a page of My data."""
    here = request.path
    return [
        Link(url, str(label), icon, here == url or here.startswith(f"{url}/"))
        for endpoint, label, icon in PAGES
        for url in (url_for(endpoint),)
    ]
