"""What a member's home page shows, read in one look at the member's own data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from upguide.access import Viewer
from upguide.i18n import format_list, gettext
from upguide.policy.items import CATALOGUE, Item
from upguide.policy.sees import SEES, Extent, Relation, Setting
from upguide.privacy import PersonView, show_page
from upguide.privacy.matrix import ROW_LABELS, SHORT
from upguide.tenancy import Tenant

_CONTACT = (Item.PHOTO, Item.PHONE, Item.ADDRESS)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a first visit, and the page where it is taken: on the tour, or what was done, on the profile.

    `state` is "done", "current" or "todo".
    """

    label: str
    text: str
    endpoint: str
    values: Mapping[str, str]
    state: str


@dataclass(frozen=True, slots=True)
class Glance:
    """What one kind of viewer sees of this member now, in words."""

    label: str
    text: str


def today(viewer: Viewer, tenant: Tenant) -> dict[str, Any]:
    """Return the member's name, the three steps, what others see, and what the portal offers."""
    assert viewer.person_id is not None
    view = show_page(viewer.person_id, viewer)
    assert view is not None
    return {"name": view.name, "steps": _steps(view), "glances": _glances(view), "offers": sorted(tenant.modules)}


def _steps(view: PersonView) -> list[Step]:
    items = {field.item for field in view.fields}
    named, reachable = view.name is not None, any(item in items for item in _CONTACT)
    return [
        Step(
            gettext("Your name"),
            gettext("So that other members can find you."),
            *_tour("profile.names", "name", done=named),
            "done" if named else "current",
        ),
        Step(
            gettext("A photo, a phone number"),
            gettext("As much or as little as you like."),
            *_tour("profile.change_photo", "contact", done=reachable),
            "done" if reachable else ("current" if named else "todo"),
        ),
        Step(
            gettext("Look through somebody else's eyes"),
            gettext("See your page as others see it, and hide what you want to keep to yourself."),
            "profile.view_as",
            {},
            "current" if named and reachable else "todo",
        ),
    ]


def _tour(endpoint: str, anchor: str, *, done: bool) -> tuple[str, Mapping[str, str]]:
    return ("profile.overview", {"_anchor": anchor}) if done else (endpoint, {"tour": "1"})


def _glances(view: PersonView) -> list[Glance]:
    return [Glance(gettext(ROW_LABELS[row]), _seen_by(row, view)) for row in SHORT if row[0] is Relation.MEMBER]


def _seen_by(row: tuple[Relation, Setting], view: PersonView) -> str:
    cells = SEES[row]
    seen = [f.item for f in view.fields if cells.get(f.item) is Extent.ALL and not f.hidden]
    labels = [gettext(CATALOGUE[item].label) for item in dict.fromkeys(seen)]
    return format_list(labels).capitalize() if labels else gettext("Nothing")
