"""/my-data/requests: what a human is asked, by when there is an answer, and the answer (clause P7; GDPR Art. 12)."""

from dataclasses import dataclass
from uuid import UUID

from flask import abort, flash, request, url_for
from flask.typing import ResponseReturnValue

from upguide.access import requires
from upguide.extensions import db
from upguide.features.rights import actions, blueprint, queries
from upguide.features.rights.forms import RequestForm
from upguide.i18n import current_language, format_date, format_datetime
from upguide.i18n import gettext as _
from upguide.policy.permissions import Permission
from upguide.policy.purposes import PURPOSES, Purpose
from upguide.policy.requests import ANSWERERS, KINDS, RequestKind
from upguide.privacy.requests import Asked, Wish, own_request, own_requests
from upguide.tenancy import current_tenant

from .common import REFUSED, go_to, me, page, whole_number

# Nobody needs more at once; each of them takes a human's time.
MOST_OPEN = 10
LAST_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Line:
    """One request in words."""

    label: str
    about: str
    text: str
    asked: str
    due: str
    late: bool
    extended: str
    why: str
    answered: str
    reply: str
    by: str
    url: str


@blueprint.get("/my-data/requests")
@requires(Permission.OWN_DATA)
def requests() -> str:
    """Show what was asked, the latest first, 25 a page."""
    number = min(whole_number("page") or 0, LAST_PAGE)
    found = own_requests(db.session(), me(), number)
    return page(
        "rights/requests.html",
        lines=[_line(asked) for asked in found.rows],
        previous_url=url_for("rights.requests", page=number - 1) if number else "",
        next_url=url_for("rights.requests", page=number + 1) if found.more else "",
    )


@blueprint.route("/my-data/requests/new", methods=["GET", "POST"])
@requires(Permission.OWN_DATA)
def new_request() -> ResponseReturnValue:
    """Ask a human; the day of the answer is told at once."""
    form, purpose = RequestForm(kind=_kind()), _purpose()
    waiting = queries.open_requests_of(db.session(), me()).number
    if waiting < MOST_OPEN and form.validate_on_submit():
        return _ask(form, purpose)
    return (
        page(
            "rights/new_request.html",
            form=form,
            kinds=[(_(words.label), _(words.explanation)) for words in KINDS.values()],
            purpose=_(PURPOSES[purpose].label) if purpose else "",
            too_many=waiting >= MOST_OPEN,
        ),
        REFUSED if form.errors else 200,
    )


@blueprint.get("/my-data/requests/<uuid:request_id>")
@requires(Permission.OWN_DATA)
def one_request(request_id: UUID) -> str:
    """Show one request with its answer."""
    asked = own_request(db.session(), me(), request_id)
    return page("rights/request.html", line=_line(asked or abort(404)))


def _ask(form: RequestForm, purpose: Purpose | None) -> ResponseReturnValue:
    kind = RequestKind(form.kind.data)
    about = purpose if kind is RequestKind.OBJECTION else None
    wish = Wish(kind, form.words.data or "", about)
    request_id, due = actions.ask(db.session(), current_tenant(), me(), current_language(), wish)
    flash(_("We have your request. You have an answer by %(date)s at the latest.", date=format_date(due)), "success")
    return go_to(url_for("rights.one_request", request_id=request_id))


def _kind() -> str | None:
    wished = request.args.get("kind")
    return wished if wished in {kind.value for kind in RequestKind} else None


def _purpose() -> Purpose | None:
    wished = request.args.get("purpose")
    return next((purpose for purpose in Purpose if purpose.value == wished), None)


def _line(asked: Asked) -> Line:
    return Line(
        label=_(KINDS[asked.kind].label),
        about=_(PURPOSES[asked.purpose].label) if asked.purpose else "",
        text=asked.words,
        asked=format_datetime(asked.asked_at),
        due=format_date(asked.due_on),
        late=asked.late,
        extended=format_datetime(asked.extended_at) if asked.extended_at else "",
        why=asked.reason,
        answered=format_datetime(asked.answered_at) if asked.answered_at else "",
        reply=asked.answer,
        by=_(ANSWERERS[asked.answered_as]) if asked.answered_as else "",
        url=url_for("rights.one_request", request_id=asked.id),
    )
