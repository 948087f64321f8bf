"""/my-data/who-saw-what: the journal for people (clauses P7, W8, W9)."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request, url_for

from upguide.access import requires
from upguide.extensions import db
from upguide.features.rights import blueprint
from upguide.features.rights.forms import FilterForm
from upguide.i18n import format_datetime, format_list
from upguide.i18n import gettext as _
from upguide.policy.items import CATALOGUE, Item
from upguide.policy.permissions import Permission
from upguide.policy.sees import Relation
from upguide.privacy.seen import WHERE, WHO, Asked, Seen, SeenPage, looks_at

from .common import me, page, portal_names, whole_number

# So many items are named at once; the others open with a click.
FEW = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One look in words; `more` are the items that stand behind a click."""

    when: str
    who: str
    where: str
    organisation: str
    what: str
    more: str
    why: str
    hidden: str


@blueprint.get("/my-data/who-saw-what")
@requires(Permission.OWN_DATA)
def who_saw_what() -> str:
    """Show the looks at the person, 25 a page, those that the filter asks for."""
    form = _filter()
    valid = form.validate()
    found = looks_at(db.session(), me(), _asked(form)) if valid else SeenPage((), later=False, earlier=False)
    names = portal_names()
    return page(
        "rights/who_saw_what.html",
        form=form,
        lines=[_line(look, names.get(look.tenant, "")) for look in found.looks],
        filtered=any(_chosen(form).values()),
        previous_url=_turn(form, "after", found.looks[0].id) if found.later and found.looks else "",
        next_url=_turn(form, "before", found.looks[-1].id) if found.earlier and found.looks else "",
    )


def _filter() -> FilterForm:
    form = FilterForm(request.args)
    form.role.choices = [("", _("Anybody")), *((relation.value, str(label)) for relation, label in WHO.items())]
    form.item.choices = [("", _("Anything")), *((item.value, _(CATALOGUE[item].label)) for item in CATALOGUE)]
    return form


def _asked(form: FilterForm) -> Asked:
    return Asked(
        role=Relation(form.role.data) if form.role.data else None,
        item=Item(form.item.data) if form.item.data else None,
        since=form.since.data,
        until=form.until.data,
        before=whole_number("before"),
        after=whole_number("after"),
    )


def _chosen(form: FilterForm) -> dict[str, str]:
    days = {
        name: day.isoformat() if day else "" for name, day in (("since", form.since.data), ("until", form.until.data))
    }
    return {"role": form.role.data or "", "item": form.item.data or ""} | days


def _turn(form: FilterForm, direction: str, place: int) -> str:
    chosen = {name: value for name, value in _chosen(form).items() if value}
    return f"{url_for('rights.who_saw_what')}?{urlencode(chosen | {direction: str(place)})}"


def _line(look: Seen, portal: str) -> Line:
    labels = [_(CATALOGUE[item].label) for item in CATALOGUE if item in look.items]
    places = [str(WHERE.get(look.setting, "")), portal]
    return Line(
        when=format_datetime(look.at),
        who=format_list([str(WHO[relation]) for relation in look.relations]) or _("Somebody"),
        where=", ".join(place for place in places if place),
        # Organisations are not part of the site yet: nobody looks on behalf of one.
        organisation=_("None"),
        what=format_list(labels) if len(labels) <= FEW else ", ".join(labels[:FEW]),
        more=", ".join(labels[FEW:]),
        why=look.reason or "",
        hidden=_hidden(look),
    )


def _hidden(look: Seen) -> str:
    if look.hidden_until is None:
        return ""
    until = format_datetime(look.hidden_until)
    why = look.hidden_reason or ""
    return _("The data-protection officer kept this from you until %(moment)s: %(why)s", moment=until, why=why)
