"""What the views of the profile share: whose page it is, what stood on it, and how a form is shown and saved."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from flask import abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from upguide.access import current_viewer
from upguide.extensions import db
from upguide.features.profile import lines, queries, tour
from upguide.forms import Form
from upguide.i18n import gettext as _
from upguide.i18n import render
from upguide.policy.items import Item
from upguide.privacy import PersonView

NAMES = (Item.FIRST_NAMES, Item.INFIX, Item.SURNAME)
UNPROCESSABLE = 422


def me() -> UUID:
    person_id = current_viewer().person_id
    assert person_id is not None  # what `requires` made sure of
    return person_id


def own_page() -> PersonView:
    """My own page as it was when the request came in; read once."""
    if "own_page" not in g:
        g.own_page = queries.own_page(current_viewer())
    page: PersonView = g.own_page
    return page


def profile_page(template: str, **context: Any) -> str:
    return render(f"profile/{template}.html", side=lines.side_links(), **context)


def form_page(
    name: str, form: Form, items: Iterable[Item], row_id: UUID | None = None, **more: Any
) -> ResponseReturnValue:
    """Show the form of `items`, which stand in the row `row_id` or with the person."""
    standing, on_tour = queries.standing(current_viewer(), own_page()), tour.at(name, request.args)
    seen = lines.seen_by(items, hidden_items(row_id), standing)
    page = profile_page(name, form=form, seen=seen, tour=on_tour, back=url_for("profile.overview"), **more)
    return page, (UNPROCESSABLE if form.errors else 200)


def hidden_items(row_id: UUID | None = None) -> frozenset[Item]:
    """Return what I hide in a row, or of what stands with me."""
    return frozenset(item for item, row in own_page().hides if row == (row_id or me()))


def saved(item: Item, save: Callable[[], None]) -> ResponseReturnValue:
    try:
        save()
    except LookupError:
        abort(404)
    db.session.commit()
    following = tour.following(request.endpoint, request.args)
    if following:
        return redirect(following, 303)
    flash(_("Saved."), "success")
    return redirect(url_for("profile.overview", _anchor=lines.section_of(item)), 303)


def values_of(items: Iterable[Item]) -> dict[str, str]:
    page = own_page()
    return {column: value for item in items if (field := page.field(item)) for column, value in field.parts.items()}


def data_of(form: Form) -> dict[str, str | None]:
    return {field.name: field.data for field in form if field.name != "csrf_token"}


def own_name() -> tuple[str, ...]:
    return tuple(values_of(NAMES).values())
