"""The first visit: the few pages that fill a profile in two minutes, each of which may be passed over."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for

from upguide.i18n import gettext as _

# The pages by their template, in the order in which they follow each other, with their endpoints.
_STOPS = {
    "names": "profile.names",
    "photo": "profile.change_photo",
    "alias": "profile.alias",
    "birth": "profile.birth",
    "phone": "profile.phone",
    "position": "profile.position",
}
# Pages on the way from one of these to the next.
_BETWEEN = {"photo_preview": "photo"}


@dataclass(frozen=True, slots=True)
class Tour:
    """Where somebody is on the first visit, and where it goes on."""

    place: str
    onward: str
    skip: str


def at(name: str, given: Mapping[str, str]) -> Tour | None:
    """Return the tour as the page `name` shows it, or None where nobody is on it."""
    name = _BETWEEN.get(name, name)
    if not given.get("tour") or name not in _STOPS:
        return None
    here, last = list(_STOPS).index(name), len(_STOPS)
    place = _("Step %(here)s of %(last)s", here=here + 1, last=last)
    return Tour(place, _onward(here), _("Skip this and finish") if here + 1 == last else _("Skip this"))


def following(endpoint: str | None, given: Mapping[str, str]) -> str | None:
    """Return where to go after saving at `endpoint`; None where nobody is on the tour."""
    endpoints = list(_STOPS.values())
    if not given.get("tour") or endpoint not in endpoints:
        return None
    return _onward(endpoints.index(endpoint))


def _onward(here: int) -> str:
    endpoints = list(_STOPS.values())
    return url_for(endpoints[here + 1], tour="1") if here + 1 < len(endpoints) else url_for("profile.overview")
