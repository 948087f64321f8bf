"""/people: search by name, its suggestions while typing, a member's page and photo."""

from typing import Any, Final, NamedTuple
from uuid import UUID

from flask import Blueprint, Response, abort, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from upguide.access import Viewer, current_viewer, requires
from upguide.extensions import db
from upguide.files.images import MIME_TYPE
from upguide.i18n import render
from upguide.policy.permissions import Permission
from upguide.policy.sees import Setting
from upguide.privacy import PersonView, show, show_page
from upguide.privacy.connections import Standing, standing
from upguide.privacy.photos import Size, photo_bytes
from upguide.privacy.searches import searched
from upguide.privacy.wording import page_of
from upguide.security.handle import HANDLE_LENGTH
from upguide.security.pace import Limit, Pace
from upguide.tenancy import current_tenant

from . import queries

blueprint = Blueprint("people", __name__, url_prefix="/people")
SUGGESTIONS: Final = 8
PRIVATE: Final = {"Cache-Control": "private, no-store"}
# 25 names a page, 8 while typing: nobody copies a portal's members in a day, and nobody finds so many by hand.
# Each page of a list is a question of its own. Each process counts by itself: half of what is meant, for there are two.
SEARCHES: Final = (Limit(60, 300), Limit(100, 3600), Limit(200, 86400))
SUGGESTED: Final = (Limit(120, 300), Limit(200, 3600), Limit(500, 86400))
_ANY_HANDLE: Final = "2" * HANDLE_LENGTH
_searches, _suggestions = Pace(SEARCHES), Pace(SUGGESTED)


class Entry(NamedTuple):
    """Somebody in a list of people: names alone (W1), and where they lead."""

    name: str
    url: str


@blueprint.get("")
@requires(Permission.SEARCH_PEOPLE)
def search() -> ResponseReturnValue:
    """Members whose names begin with what was typed, in the order of their names (W1)."""
    viewer, question = _viewer(), _question()
    words = queries.search_words(question)
    if not words:
        return render("people/search.html", question=question, asked=False)
    tenant, handles = viewer.tenant, (request.args.get("after"), request.args.get("before"))
    _searches.ask(tenant, _person(viewer), (words, handles))
    after = queries.place_of(db.session(), tenant, handles[0])
    before = queries.place_of(db.session(), tenant, handles[1]) if after is None else None
    if not (after or before):
        searched(db.session(), viewer, words)
    found = queries.find(db.session(), tenant, words, after=after, before=before)
    if not found.ids and (after or before):
        return redirect(url_for("people.search", q=question), 303)
    similar = [] if found.ids else queries.similar(db.session(), tenant, words)
    views = _named(found.ids or similar, viewer)
    return render(
        "people/search.html",
        question=question,
        asked=True,
        people=_entries(views if found.ids else []),
        similar=_entries([] if found.ids else views),
        previous_url=_turn(question, "before", views[0]) if found.earlier and views else "",
        next_url=_turn(question, "after", views[-1]) if found.later and views else "",
    )


@blueprint.get("/suggestions")
@requires(Permission.SEARCH_PEOPLE)
def suggestions() -> ResponseReturnValue:
    """The first few that the search would find, for who types with JavaScript."""
    viewer, words = _viewer(), queries.search_words(_question())
    found: list[dict[str, str]] = []
    if words:
        _suggestions.ask(viewer.tenant, _person(viewer), words)
        ids = queries.find(db.session(), viewer.tenant, words, size=SUGGESTIONS).ids
        found = [{"label": one.name, "url": one.url} for one in _entries(_named(ids, viewer))]
    response = jsonify(suggestions=found)
    response.headers.update(PRIVATE)
    return response


@blueprint.get("/<string(length=12):handle>")
@requires(Permission.BE_MEMBER)
def member(handle: str) -> ResponseReturnValue:
    """One member's page (W3, W4); one's own is the profile. The look is journalled."""
    viewer, person_id = _viewer(), _known(handle)
    if person_id == viewer.person_id:
        return redirect(url_for("profile.overview"), 303)
    view = show_page(person_id, viewer)
    # Who shows nothing at all is as unknown as somebody who is not there.
    if view is None or (page := page_of(view)).empty:
        abort(404)
    photo_url = url_for("people.photo", handle=handle, size=Size.LARGE.value) if view.has_photo else ""
    between = _standing(viewer, person_id)
    return render("people/member.html", person=page, photo_url=photo_url, handle=handle, standing=between)


@blueprint.get("/<string(length=12):handle>/photo/<any(large, small):size>")
@requires(Permission.BE_MEMBER)
def photo(handle: str, size: str) -> ResponseReturnValue:
    """A member's photo, for those who may see it (W3)."""
    viewer, person_id = _viewer(), _known(handle)
    views = show([person_id], viewer, Setting.PAGE)
    content = photo_bytes(db.session(), person_id, Size(size)) if views and views[0].has_photo else None
    if content is None:
        abort(404)
    return Response(content, content_type=MIME_TYPE, headers=PRIVATE)


def _standing(viewer: Viewer, person_id: UUID) -> Standing | None:
    """Return what stands between the two, on a portal whose members connect."""
    connects = "connections" in current_tenant().modules
    return standing(db.session(), _person(viewer), person_id) if connects else None


def _viewer() -> Viewer:
    """Return who looks; 404 on a portal without people to find."""
    if "people" not in current_tenant().modules:
        abort(404)
    return current_viewer()


def _person(viewer: Viewer) -> UUID:
    assert viewer.person_id is not None  # what `requires` made sure of
    return viewer.person_id


def _question() -> str:
    """Return what was typed, without what cannot be printed."""
    typed = "".join(c if c.isprintable() else " " for c in request.args.get("q", ""))
    return " ".join(typed.split())[: queries.LONGEST_QUESTION]


def _named(ids: tuple[UUID, ...] | list[UUID], viewer: Viewer) -> list[PersonView]:
    return [view for view in show(ids, viewer, Setting.SEARCH) if view.name and view.handle] if ids else []


def _entries(views: list[PersonView]) -> list[Entry]:
    """Return what a list prints. The way to a page is asked once: to ask it for each costs as much as the list."""
    way = url_for("people.member", handle=_ANY_HANDLE).removesuffix(_ANY_HANDLE)
    return [Entry(view.name or "", f"{way}{view.handle}") for view in views]


def _turn(question: str, direction: str, view: PersonView) -> str:
    """Return the address of the next page; its cursor is a handle, which stands on the page anyway."""
    cursor: dict[str, Any] = {direction: view.handle}
    return url_for("people.search", q=question, **cursor)


def _known(handle: str) -> UUID:
    person_id = queries.person_of(db.session(), current_tenant().slug, handle)
    if person_id is None:
        abort(404)
    return person_id
