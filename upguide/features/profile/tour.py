"""The first visit: the few pages that fill a profile in two minutes, each of which may be passed over."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for

from upguide.i18n import gettext as _
from upguide.i18n import lazy_gettext as _l

_STOPS = {
    "names": ("profile.names", _l("Name")),
    "photo": ("profile.change_photo", _l("Photo")),
    "alias": ("profile.alias", _l("Alias")),
    "birth": ("profile.birth", _l("Birth and gender")),
    "phone": ("profile.phone", _l("Phone")),
    "position": ("profile.position", _l("Work")),
}


@dataclass(frozen=True, slots=True)
class Stop:
    """One step as the page shows it; `state` is "done", "current" or "todo"."""

    label: str
    url: str
    state: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Tour:
    """Where somebody is on the first visit, and where it goes on."""

    stops: tuple[Stop, ...]
    onward: str
    skip: str


def at(name: str, given: Mapping[str, str]) -> Tour | None:
    """Return the tour as the page `name` shows it, or None where nobody is on it."""
    if not given.get("tour") or name not in _STOPS:
        return None
    here = list(_STOPS).index(name)
    stops = tuple(
        Stop(
            str(label),
            url_for(endpoint, tour="1"),
            "done" if n < here else "current" if n == here else "todo",
        )
        for n, (endpoint, label) in enumerate(_STOPS.values())
    )
    last = here == len(_STOPS) - 1
    return Tour(stops, _onward(here), _("Skip this and finish") if last else _("Skip this"))


def following(endpoint: str | None, given: Mapping[str, str]) -> str | None:
    """Return where to go after saving at `endpoint`; None where nobody is on the tour."""
    endpoints = [stop for stop, _label in _STOPS.values()]
    if not given.get("tour") or endpoint not in endpoints:
        return None
    return _onward(endpoints.index(endpoint))


def _onward(here: int) -> str:
    if here + 1 == len(_STOPS):
        return url_for("profile.overview")
    endpoint, _label = list(_STOPS.values())[here + 1]
    return url_for(endpoint, tour="1")
