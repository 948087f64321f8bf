"""/connections: who is connected with me, who asks me, whom I asked, whom I block."""

from flask import url_for

from upguide.access import requires
from upguide.extensions import db
from upguide.features.connections import blueprint, queries
from upguide.features.connections.queries import List, Page
from upguide.i18n import format_date, render
from upguide.i18n import gettext as _
from upguide.policy.permissions import Permission
from upguide.policy.sees import Setting
from upguide.privacy import PersonView, show

from .common import Line, Step, line_of, me, page_number, tabs, turns, viewer


@blueprint.get("")
@requires(Permission.BE_MEMBER)
def overview() -> str:
    """Who asks me, and with whom I am connected."""
    page = page_number()
    asking = _page(List.RECEIVED) if page == 0 else Page((), more=False)
    connected = _page(List.CONNECTED, page)
    views = _views(asking, connected)
    remove = Step(_("End the connection"), "remove", "second slim")
    answers = _answers()
    return render(
        "connections/overview.html",
        tabs=tabs(),
        asking=[line_of(views[o.handle], o, _("Asked on %(date)s"), *answers) for o in _seen(asking, views)],
        more_url=url_for("connections.received", page=2) if asking.more else "",
        connected=[line_of(views[o.handle], o, _("Connected since %(date)s"), remove) for o in _seen(connected, views)],
        **turns("connections.overview", page, more=connected.more),
    )


@blueprint.get("/received")
@requires(Permission.BE_MEMBER)
def received() -> str:
    """All who ask me, where they are more than the overview shows."""
    return _list("received", List.RECEIVED, _("Asked on %(date)s"), *_answers())


@blueprint.get("/sent")
@requires(Permission.BE_MEMBER)
def sent() -> str:
    """Whom I asked, and who has not accepted."""
    page = page_number()
    found = _page(List.SENT, page)
    views, lines = _views(found), list[Line]()
    for other in _seen(found, views):
        if other.again_at is None:
            withdraw = Step(_("Withdraw"), "withdraw", "second slim")
            lines.append(line_of(views[other.handle], other, _("Asked on %(date)s. No answer yet."), withdraw))
        else:
            again = _("Not accepted. You can ask again from %(day)s.", day=format_date(other.again_at))
            lines.append(line_of(views[other.handle], other, again.replace("%", "%%")))
    return _render("sent", lines, page, more=found.more)


@blueprint.get("/blocked")
@requires(Permission.BE_MEMBER)
def blocked() -> str:
    """Whom I block."""
    return _list("blocked", List.BLOCKED, _("Blocked since %(date)s"), Step(_("Unblock"), "unblock", "second slim"))


def _answers() -> tuple[Step, ...]:
    return Step(_("Accept"), "accept", "slim"), Step(_("Decline"), "decline", "second slim")


def _list(name: str, which: List, words: str, *steps: Step) -> str:
    page = page_number()
    found = _page(which, page)
    views = _views(found)
    lines = [line_of(views[other.handle], other, words, *steps) for other in _seen(found, views)]
    return _render(name, lines, page, more=found.more)


def _render(name: str, lines: list[Line], page: int, *, more: bool) -> str:
    endpoint = f"connections.{name}"
    return render(f"connections/{name}.html", tabs=tabs(), lines=lines, **turns(endpoint, page, more=more))


def _page(which: List, page: int = 0) -> Page:
    return queries.others(db.session(), viewer().tenant, me(), which, page)


def _views(*pages: Page) -> dict[str | None, PersonView]:
    """Return what I may see of all these, by handle, in one look."""
    ids = queries.ids_of(pages)
    return {view.handle: view for view in show(ids, viewer(), Setting.PAGE)} if ids else {}


def _seen(page: Page, views: dict[str | None, PersonView]) -> list[queries.Other]:
    return [other for other in page.others if other.handle in views]
