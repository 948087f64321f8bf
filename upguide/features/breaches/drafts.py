"""Drafts, written from the register: the report in the order of Article 33(3), the letter of Article 34(2), the notice.

What nobody filled in yet stands there as a gap, so that no draft looks more finished than it is.
"""

from collections.abc import Mapping

from upguide.i18n import format_date, format_datetime, format_list, format_number, locale_for, render_text, use_locale
from upguide.i18n import gettext as _
from upguide.policy.items import CATALOGUE
from upguide.policy.statement import CONTROLLER, HELP_DESK
from upguide.tenancy import Tenant

from .clock import WITHIN
from .queries import BreachView, TextLine
from .words import PHASES


def draft(kind: str, language: str, of: BreachView, tenant: Tenant, on_list: int, sent: list[TextLine]) -> str:
    """Return the draft of one kind in one language; `on_list` persons are concerned, `sent` was frozen before."""
    with use_locale(locale_for(language, tenant)):
        words = render_text(f"breaches/drafts/{kind}.txt", **_values(of, on_list, sent))
    return f"{words.strip()}\n"


def _values(of: BreachView, on_list: int, sent: list[TextLine]) -> Mapping[str, object]:
    persons = of.persons_count if of.persons_count is not None else (on_list or None)
    earlier = [one for one in sent if one.kind == "authority" and one.phase]
    return {
        **{name: of.words[name] for name in ("facts", "cause", "effects", "measures")},
        "place": of.number,
        "exercise": of.exercise,
        "controller": CONTROLLER,
        "contact": HELP_DESK,
        "aware": format_datetime(of.aware_at),
        "deadline": format_datetime(of.aware_at + WITHIN),
        "items": format_list([_(CATALOGUE[item].label) for item in CATALOGUE if item.value in of.items]),
        "persons": None if persons is None else format_number(persons),
        "records": None if of.records_count is None else format_number(of.records_count),
        "phase": PHASES["follow_up" if earlier else "first"],
        "phased": _phased(earlier),
        "persons_line": _persons_line(of),
        "delay": of.words["delay"] or _("None: this report comes within 72 hours."),
        "missing": _("[not known yet]"),
    }


def _phased(earlier: list[TextLine]) -> str:
    if not earlier:
        return _("This is the first report. What is not known yet follows without undue delay.")
    days = [f"{PHASES[str(one.phase)]}: {format_date(one.at)}" for one in earlier]
    return _("Sent before: %(reports)s.", reports=format_list(days))


def _persons_line(of: BreachView) -> str:
    if of.persons == "tell":
        return _("The persons concerned are told, by a letter to each of them.")
    if of.persons == "no":
        return _("The persons concerned are not told: %(reasons)s", reasons=of.words["persons_reasons"])
    return _("Whether the persons concerned are told is not decided yet.")
