"""Reports to the authority, the letter to persons, the notice to organisations: drafted, frozen, printed."""

from typing import Any
from uuid import UUID

from flask import abort, flash, request, url_for
from flask.typing import ResponseReturnValue

from upguide.access import requires
from upguide.extensions import db
from upguide.features.breaches import blueprint, drafts, on_list, queries
from upguide.features.breaches.actions import texts as actions
from upguide.features.breaches.forms import DraftForm
from upguide.features.breaches.queries import BreachView, TextLine
from upguide.features.breaches.words import LANGUAGES, PHASES, TEXTS
from upguide.i18n import format_datetime
from upguide.i18n import gettext as _
from upguide.navigation import LANGUAGE_NAMES
from upguide.policy.permissions import Permission
from upguide.tenancy import current_tenant

from .common import REFUSED, go_to, known, page, role
from .telling import letters_ready, told_words


@blueprint.get("/breaches/<int:number>/texts", endpoint="texts")
@requires(Permission.HANDLE_BREACHES)
def show_texts(number: int) -> str:
    """Show what is drafted and what was frozen, and how far the letters are."""
    of, session = known(number), db.session()
    lines = queries.texts(session, of.id)
    return page(
        of,
        "breaches/texts.html",
        drafts=[_drafts(of, kind, lines) for kind in TEXTS],
        frozen=[_frozen(number, line) for line in lines if line.phase],
        told=told_words(of, on_list.counts(session, of.id)),
        asked=format_datetime(of.letters_at) if of.letters_at else "",
        tell=of.persons == "tell",
        ready=letters_ready(lines),
    )


@blueprint.route(
    "/breaches/<int:number>/texts/<any(authority, letter, organisations):draft>/<string(length=2):language>"
)
@requires(Permission.HANDLE_BREACHES)
def text(number: int, draft: str, language: str) -> str:
    """Show a draft: as somebody kept it, or as the register makes it."""
    of = _known(number, draft, language)
    kept = None if request.args.get("anew") else queries.draft_text(db.session(), of, draft, language)
    form = DraftForm(data={"words": kept if kept is not None else _made(of, draft, language)})
    return _draft_page(of, draft, language, form)


@blueprint.post(
    "/breaches/<int:number>/texts/<any(authority, letter, organisations):draft>/<string(length=2):language>"
)
@requires(Permission.HANDLE_BREACHES)
def keep_text(number: int, draft: str, language: str) -> ResponseReturnValue:
    """Keep a draft as it was changed, or freeze it as it was sent."""
    of, form = _known(number, draft, language), DraftForm()
    phases = _phases(of, draft)
    form.offer(phases)
    freezing = request.form.get("do") == "freeze"
    if freezing and not form.phase.data:
        form.phase.data = phases[0] if len(phases) == 1 else None
    if not form.validate_on_submit():
        return _draft_page(of, draft, language, form), REFUSED
    words = form.words.data or ""
    if not freezing:
        actions.save_draft(db.session(), of, actions.Place(draft, language), words)
        flash(_("The draft is kept."), "success")
        return go_to(url_for("breaches.text", number=number, draft=draft, language=language))
    try:
        actions.freeze(db.session(), role(), of, actions.Place(draft, language), words, form.phase.data or "")
    except actions.WrongPhase:
        flash(
            _("Reports come in their order: a first one, follow-ups, and a final one. Choose which this is."), "error"
        )
        return go_to(url_for("breaches.text", number=number, draft=draft, language=language))
    flash(_("The text is frozen, with its time."), "success")
    return go_to(url_for("breaches.texts", number=number))


@blueprint.get("/breaches/<int:number>/texts/<uuid:text_id>")
@requires(Permission.HANDLE_BREACHES)
def frozen(number: int, text_id: UUID) -> str:
    """Show one text as it was frozen, to be read or printed."""
    of = known(number)
    found = queries.frozen_text(db.session(), of, text_id)
    if found is None:
        abort(404)
    line, words = found
    return page(
        of,
        "breaches/frozen.html",
        line=_frozen(number, line),
        lang=line.language,
        paragraphs=_paragraphs(words),
    )


def _known(number: int, kind: str, language: str) -> BreachView:
    if language not in LANGUAGES[kind]:
        abort(404)
    return known(number)


def _made(of: BreachView, kind: str, language: str) -> str:
    session = db.session()
    many = on_list.counts(session, of.id).on_list
    return drafts.draft(kind, language, of, current_tenant(), many, queries.texts(session, of.id))


def _phases(of: BreachView, kind: str) -> tuple[str, ...]:
    if kind != "authority":
        return ("sent",)
    sent = [line.phase for line in queries.texts(db.session(), of.id) if line.kind == kind and line.phase]
    return actions.next_phases(sent)


def _draft_page(of: BreachView, kind: str, language: str, form: DraftForm) -> str:
    phases = _phases(of, kind)
    form.offer(phases)
    return page(
        of,
        "breaches/draft.html",
        form=form,
        kind=kind,
        language=language,
        language_name=LANGUAGE_NAMES[language],
        title=TEXTS[kind],
        may_freeze=bool(phases),
        several=len(phases) > 1,
        phase=PHASES[phases[0]] if phases else "",
        paragraphs=_paragraphs(form.words.data or ""),
        anew_url=url_for("breaches.text", number=of.number, draft=kind, language=language, anew=1),
    )


def _drafts(of: BreachView, kind: str, lines: list[TextLine]) -> dict[str, Any]:
    kept = {line.language: line for line in lines if line.kind == kind and not line.phase}
    links = [
        {
            "label": LANGUAGE_NAMES[language],
            "url": url_for("breaches.text", number=of.number, draft=kind, language=language),
            "kept": format_datetime(kept[language].at) if language in kept else "",
        }
        for language in LANGUAGES[kind]
    ]
    return {"key": kind, "label": TEXTS[kind], "links": links}


def _frozen(number: int, line: TextLine) -> dict[str, Any]:
    return {
        "label": TEXTS[line.kind],
        "phase": PHASES[line.phase] if line.phase else "",
        "spoken": LANGUAGE_NAMES[line.language],
        "at": format_datetime(line.at),
        "url": url_for("breaches.frozen", number=number, text_id=line.id),
    }


def _paragraphs(words: str) -> list[list[str]]:
    """Return a text as paragraphs of lines."""
    return [part.split("\n") for part in words.split("\n\n") if part.strip()]
