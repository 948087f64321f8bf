"""What the pages of the administration have in common."""

from collections.abc import Iterable
from urllib.parse import urljoin
from uuid import UUID

from flask import Response, make_response, redirect, request

from upguide.access import current_viewer
from upguide.database.appoint import REASON as AT_THE_COMMAND_LINE
from upguide.features.webmaster.actions import Place
from upguide.features.webmaster.frame import side
from upguide.forms import Form
from upguide.i18n import gettext as _
from upguide.i18n import lazy_gettext as _l
from upguide.i18n import render
from upguide.policy.permissions import Role
from upguide.policy.sees import Setting
from upguide.privacy import show
from upguide.tenancy import Tenant, all_tenants, current_tenant

REFUSED = 422
ROLES = {Role.WEBMASTER.value: _l("Webmaster"), Role.OFFICER.value: _l("Data-protection officer")}


def why(reason: str) -> str:
    """Return the reason of an act, in the reader's words where the owner gave none at the command line."""
    return _("By the owner, at the command line.") if reason == AT_THE_COMMAND_LINE else reason


def page(template: str, **context: object) -> str:
    """Render a page of the administration, with the list beside it."""
    return render(template, side=side(), **context)


def form_page(template: str, form: Form, **context: object) -> tuple[str, int]:
    """Render a page with a form: as it was asked for, or as it was refused."""
    return page(template, form=form, **context), REFUSED if form.errors else 200


def go_to(url: str) -> Response:
    """Answer a post: go to a page to be read."""
    return make_response(redirect(url, 303))


def here() -> Place:
    """Return where the webmaster works."""
    return Place(current_tenant(), all_tenants(), current_viewer().session_id, _address)


def _address(tenant: Tenant, path: str) -> str:
    """Return a complete address on a portal; on this one, with the host and port that were asked for."""
    if tenant.slug == current_tenant().slug:
        return urljoin(request.url_root, path)
    return f"https://{tenant.hosts[0]}{path}"


def names_of(people: Iterable[tuple[UUID, str | None]]) -> dict[UUID, str]:
    """Return the names of people, by identity, as any member finds them in the search (W1); others have none here.

    `people`: identity, and handle on this portal.
    """
    handles = {handle: person_id for person_id, handle in people if handle}
    views = show(list(handles.values()), current_viewer(), Setting.SEARCH) if handles else []
    return {handles[view.handle]: view.name for view in views if view.handle in handles and view.name}


def name_in(names: dict[UUID, str], person_id: UUID) -> str:
    """Return somebody's name, or what stands in for it."""
    if person_id == current_viewer().person_id:
        return _("You")
    return names.get(person_id) or _("Somebody whose name is not seen on this portal")
