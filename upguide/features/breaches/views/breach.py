"""One breach: its clock, description, decisions and history (B2)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from upguide.access import requires
from upguide.extensions import db
from upguide.features.breaches import blueprint, on_list, queries
from upguide.features.breaches.actions import Conflict, register
from upguide.features.breaches.forms import DecisionsForm, FactsForm
from upguide.features.breaches.queries import BreachView, Change
from upguide.features.breaches.words import AUTHORITY, CHANGES, FIELDS, PERSONS, PHASES, ROLES
from upguide.i18n import format_datetime, format_number
from upguide.i18n import gettext as _
from upguide.navigation import LANGUAGE_NAMES
from upguide.policy.permissions import Permission

from .common import changed_meanwhile, clock_words, form_page, go_to, item_labels, known, page, place, role
from .telling import told_words, untold

FACTS = (
    *("summary", "facts", "cause", "items", "persons_count", "records_count"),
    *("effects", "measures", "delay"),
)
DECISIONS = ("authority", "authority_reasons", "persons", "persons_reasons")


@blueprint.get("/breaches/<int:number>", endpoint="breach")
@requires(Permission.HANDLE_BREACHES)
def show_breach(number: int) -> str:
    """Show all that the register holds of one breach."""
    of, session = known(number), db.session()
    changes, older = queries.history(session, of, place("before"))
    reports = queries.reports_of(session, of.id)
    return page(
        of,
        "breaches/breach.html",
        clock=clock_words(of),
        aware=format_datetime(of.aware_at),
        facts=[_row(of, name) for name in FACTS[1:] if name != "delay" or of.words["delay"]],
        decisions=[_row(of, name) for name in DECISIONS],
        told=told_words(of, on_list.counts(session, of.id)),
        reports=[{"reference": r.reference, "url": url_for("breaches.judge", report_id=r.id)} for r in reports],
        changes=[_change(change) for change in changes],
        older_url=url_for("breaches.breach", number=number, before=older) if older else "",
    )


@blueprint.route("/breaches/<int:number>/description", methods=["GET", "POST"])
@requires(Permission.HANDLE_BREACHES)
def facts(number: int) -> ResponseReturnValue:
    """Change what the register says of a breach."""
    of = known(number)
    now = {name: value for name in FACTS for value in [_value(of, name)]}
    form = FactsForm(data={**now, "version": str(of.version)})
    if not form.validate_on_submit():
        return form_page(of, "breaches/facts.html", form)
    values = {name: _given(form, name) for name in FACTS}
    return _keep(of, form.version.data, values, "facts")


@blueprint.route("/breaches/<int:number>/decisions", methods=["GET", "POST"])
@requires(Permission.HANDLE_BREACHES)
def decisions(number: int) -> ResponseReturnValue:
    """Decide whether the authority and the persons are told, with reasons."""
    of = known(number)
    now = {name: _value(of, name) for name in DECISIONS}
    form = DecisionsForm(data={**now, "version": str(of.version)})
    if not form.validate_on_submit():
        return form_page(of, "breaches/decisions.html", form)
    return _keep(of, form.version.data, {name: _given(form, name) for name in DECISIONS}, "decisions")


@blueprint.post("/breaches/<int:number>/close", endpoint="close")
@requires(Permission.HANDLE_BREACHES)
def close_breach(number: int) -> ResponseReturnValue:
    """Close a breach about which all is decided."""
    of = known(number)
    if "open" in (of.authority, of.persons) or (of.authority == "report" and of.reported_at is None):
        flash(_("First decide about the authority and the persons, and report it where you decided so."), "error")
        return go_to(url_for("breaches.breach", number=number))
    if of.persons == "tell" and untold(on_list.counts(db.session(), of.id)):
        flash(_("Not everybody was written to yet: see Reports and letters."), "error")
        return go_to(url_for("breaches.texts", number=number))
    return _set_closed(of, closed=True)


@blueprint.post("/breaches/<int:number>/open-again", endpoint="reopen")
@requires(Permission.HANDLE_BREACHES)
def reopen_breach(number: int) -> ResponseReturnValue:
    """Open a breach again of which more became known."""
    return _set_closed(known(number), closed=False)


def _set_closed(of: BreachView, *, closed: bool) -> ResponseReturnValue:
    try:
        if (of.closed_at is not None) != closed:
            register.close(db.session(), role(), of, closed=closed)
    except Conflict:
        return changed_meanwhile(of)
    return go_to(url_for("breaches.breach", number=of.number))


def _keep(of: BreachView, version: str | None, values: dict[str, Any], kind: str) -> ResponseReturnValue:
    seen = int(version) if version and version.isascii() and version.isdigit() and len(version) < 10 else 0  # noqa: PLR2004
    try:
        if register.describe(db.session(), role(), of, seen, values, kind=kind):
            flash(_("It is kept, and noted in the history."), "success")
    except Conflict:
        return changed_meanwhile(of)
    return go_to(url_for("breaches.breach", number=of.number))


def _value(of: BreachView, name: str) -> Any:
    value = of.words[name] if name in of.words else getattr(of, name)
    return list(value) if isinstance(value, tuple) else value


def _given(form: FactsForm | DecisionsForm, name: str) -> Any:
    value = form[name].data
    return value or "" if name in queries.SEALED else value


def _row(of: BreachView, name: str) -> dict[str, str]:
    return {"label": str(FIELDS[name]), "value": _words(name, _value(of, name))}


def _words(name: str, value: Any) -> str:
    """Return one value of the register, or of its history, as people read it."""
    special = IN_WORDS.get(name)
    if special is not None:
        return str(special(value))
    return format_number(value) if isinstance(value, int) else str(value or "")


IN_WORDS: Mapping[str, Callable[[Any], object]] = {
    "authority": lambda value: AUTHORITY.get(value, value),
    "persons": lambda value: PERSONS.get(value, value),
    "phase": lambda value: PHASES.get(value, value),
    "language": lambda value: LANGUAGE_NAMES.get(value, value),
    "items": item_labels,
    "aware_at": lambda value: format_datetime(datetime.fromisoformat(value)),
}


def _change(change: Change) -> dict[str, Any]:
    details = [(str(FIELDS.get(name, name)), _words(name, value)) for name, value in change.details.items()]
    return {
        "label": str(CHANGES[change.kind]),
        "by": str(ROLES.get(change.role, change.role)),
        "at": format_datetime(change.made_at),
        "parts": details,
    }
