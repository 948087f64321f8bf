"""Forms about breaches. Each asks for no more than it needs, and for no names (P2, B1, B2)."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from wtforms import (
    BooleanField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from upguide.forms import Form, _l, choice
from upguide.i18n import gettext as _
from upguide.i18n.formats import ZONE
from upguide.policy.items import CATALOGUE
from upguide.policy.sees import JOURNALLED, Relation
from upguide.security.number import is_valid_number
from upguide.validation import no_bsn

from .words import AUTHORITY, JUDGEMENTS, PERSONS, PHASES

LONG, SHORT = 5_000, 200
MOST_PERSONS = 100_000_000
OLDEST = datetime(2020, 1, 1, tzinfo=UTC)
RELATIONS = tuple(relation for relation in Relation if relation in JOURNALLED)
_NEEDED = _l("Fill this in.")


def moment(value: datetime | None) -> datetime | None:
    """Return a time that was typed as Dutch time; of an hour that comes twice, the first one."""
    return None if value is None else value.replace(tzinfo=ZONE, fold=0).astimezone(UTC)


def _moment_that_was(_form: Form, field: Any) -> None:
    if field.data is None:
        return
    if not OLDEST.replace(tzinfo=None) <= field.data <= datetime.now(ZONE).replace(tzinfo=None):
        raise ValidationError(_("Give a moment that has passed, not before 2020."))


def _text(label: str, *validators: Any, most: int = LONG, rows: int = 5) -> Any:
    return TextAreaField(label, [*validators, Length(max=most), no_bsn], render_kw={"rows": rows})


class ReportForm(Form):
    """What anybody may report."""

    story = _text(_l("What happened?"), DataRequired(_l("Tell us what happened.")), rows=8)
    noticed = StringField(_l("When did you notice it?"), [Optional(), Length(max=SHORT), no_bsn])
    contact = StringField(_l("How can we reach you?"), [Optional(), Length(max=SHORT), no_bsn])


class OpeningForm(Form):
    """A breach that comes into the register."""

    summary = StringField(_l("In a few words"), [DataRequired(_NEEDED), Length(max=SHORT), no_bsn])
    facts = _text(_l("What happened"), DataRequired(_NEEDED))
    aware_at = DateTimeLocalField(
        _l("Moment of awareness"), [InputRequired(_l("Give the moment.")), _moment_that_was], format="%Y-%m-%dT%H:%M"
    )
    exercise = BooleanField(_l("This is an exercise"))


class JudgementForm(Form):
    """What a report is. The parts for the register are needed only where it is a breach."""

    decision = RadioField(_l("What is it?"), [InputRequired(_l("Choose what it is."))])
    reasons = _text(_l("Reasons"), DataRequired(_l("Give your reasons: they stay in the register.")), rows=3)
    summary = StringField(_l("In a few words"), [Length(max=SHORT), no_bsn])
    facts = _text(_l("What happened"))
    aware_at = DateTimeLocalField(_l("Moment of awareness"), [Optional(), _moment_that_was], format="%Y-%m-%dT%H:%M")
    exercise = BooleanField(_l("This is an exercise"))
    merge_into = IntegerField(_l("Number of the breach that it belongs to"), [Optional(), NumberRange(1, 2**31 - 1)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decision.choices = [choice(key, label) for key, label in JUDGEMENTS.items()]  # type: ignore[arg-type]

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for what the choice needs."""
        sound = bool(super().validate(extra_validators))
        needed: tuple[Any, ...] = {
            "breach": (self.summary, self.facts, self.aware_at),
            "harmless": (self.summary, self.facts, self.aware_at),
            "merged": (self.merge_into,),
        }.get(self.decision.data or "", ())
        for field in needed:
            if not field.data and not field.errors:
                field.errors = (*field.errors, str(_NEEDED))
                sound = False
        return sound


class Boxes(SelectMultipleField):
    """Several of a list, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _item_choices() -> list[Any]:
    return [choice(item.value, _l(declared.label)) for item, declared in CATALOGUE.items()]


class FactsForm(Form):
    """What the register says of a breach (Article 33(5))."""

    version = HiddenField()
    summary = StringField(_l("In a few words"), [DataRequired(_NEEDED), Length(max=SHORT), no_bsn])
    facts = _text(_l("What happened"), DataRequired(_NEEDED))
    cause = _text(_l("Cause"), rows=3)
    items = Boxes(_l("Kinds of data"), choices=_item_choices())
    persons_count = IntegerField(_l("About how many persons"), [Optional(), NumberRange(0, MOST_PERSONS)])
    records_count = IntegerField(_l("About how many records"), [Optional(), NumberRange(0, MOST_PERSONS)])
    effects = _text(_l("Likely consequences"))
    measures = _text(_l("Measures"))
    delay = _text(_l("Why the report comes later than 72 hours"), rows=3)


class DecisionsForm(Form):
    """Whether the authority and the persons are told, with reasons (Articles 33(1) and 34(1) and (3))."""

    version = HiddenField()
    authority = RadioField(_l("Report to the authority?"), [InputRequired(_l("Choose."))])
    authority_reasons = _text(_l("Reasons"), rows=3)
    persons = RadioField(_l("Tell the persons?"), [InputRequired(_l("Choose."))])
    persons_reasons = _text(_l("Reasons"), rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.authority.choices = [choice(key, label) for key, label in AUTHORITY.items()]  # type: ignore[arg-type]
        self.persons.choices = [choice(key, label) for key, label in PERSONS.items()]  # type: ignore[arg-type]

    def validate(self, extra_validators: Any = None) -> bool:
        """A decision needs its reasons; what is open needs none."""
        sound = bool(super().validate(extra_validators))
        for decided, reasons in ((self.authority, self.authority_reasons), (self.persons, self.persons_reasons)):
            if decided.data not in (None, "open") and not reasons.data:
                reasons.errors = (*reasons.errors, _("Give your reasons: they stay in the register."))
                sound = False
        return sound


def _number(_form: Form, field: Any) -> None:
    field.data = (field.data or "").upper()
    if field.data and not is_valid_number(field.data):
        raise ValidationError(_("This is not an UpGuide number. One looks like UG- and eight characters."))


class LooksForm(Form):
    """Which looks of the journal show whom a breach concerns."""

    number = StringField(_l("UpGuide number of who looked"), [Optional(), Length(max=11), _number])
    relation = SelectField(_l("In which role"), [Optional()])
    since = DateTimeLocalField(_l("From"), [Optional(), _moment_that_was], format="%Y-%m-%dT%H:%M")
    until = DateTimeLocalField(_l("Until"), [Optional(), _moment_that_was], format="%Y-%m-%dT%H:%M")
    session = RadioField(_l("In which session"), [Optional()], choices=[])
    items = Boxes(_l("Only looks at these kinds of data"), choices=_item_choices())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {relation.value: ROLE_LABELS[relation] for relation in RELATIONS}
        first = choice("", _l("Whatever the role"))
        self.relation.choices = [first, *(choice(key, label) for key, label in labels.items())]

    def offer(self, sessions: Iterable[tuple[str, str]]) -> None:
        """Say in which sessions somebody looked; none of them makes no difference."""
        self.session.choices = [choice("", _l("Whatever the session")), *(choice(*one) for one in sessions)]

    @property
    def looks(self) -> dict[str, Any]:
        """Who looked, in which role, and when, as the journal is asked."""
        return {
            "number": self.number.data or None,
            "relation": self.relation.data or None,
            "since": moment(self.since.data),
            "until": moment(self.until.data),
        }

    def validate(self, extra_validators: Any = None) -> bool:
        """At least one thing must narrow it: a list of everybody who was ever seen helps nobody."""
        sound = bool(super().validate(extra_validators))
        if sound and not any(self.looks.values()):
            self.form_errors.append(_("Say who looked, in which role, or when."))
            return False
        return sound


ROLE_LABELS = {
    Relation.PROFESSIONAL_CARD: _l("Member, at a professional card"),
    Relation.CONNECTION: _l("Connection"),
    Relation.COACH: _l("Coach"),
    Relation.SUPERVISOR: _l("Supervisor"),
    Relation.SUPERVISOR_OF_SHARED: _l("Supervisor of a shared trajectory"),
    Relation.EXPERT: _l("Expert"),
    Relation.ADMINISTRATOR: _l("Administrator of an organisation"),
    Relation.OFFICER: _l("Data-protection officer"),
    Relation.WEBMASTER: _l("Webmaster"),
}


class AddForm(Form):
    """Somebody who is put on the list by hand."""

    number = StringField(_l("UpGuide number"), [DataRequired(_NEEDED), Length(max=11), _number])
    items = Boxes(_l("Kinds of data"), [InputRequired(_l("Choose at least one."))], choices=_item_choices())
    reason = StringField(_l("Reason"), [DataRequired(_NEEDED), Length(max=SHORT), no_bsn])


class RemoveForm(Form):
    """Somebody who is taken off the list."""

    reason = StringField(_l("Reason"), [DataRequired(_NEEDED), Length(max=SHORT), no_bsn])


class DraftForm(Form):
    """A draft, to be kept, or frozen as it was sent."""

    words = TextAreaField(_l("Text"), [DataRequired(_NEEDED), Length(max=20_000), no_bsn], render_kw={"rows": 28})
    phase = RadioField(_l("This is"), [Optional()])

    def offer(self, phases: tuple[str, ...]) -> None:
        """Say what the text may become."""
        self.phase.choices = [choice(key, PHASES[key]) for key in phases]  # type: ignore[arg-type]


class LettersForm(Form):
    """To which groups of the list the letter goes, as they stood when the page was made."""

    groups = Boxes(_l("To whom"), [InputRequired(_l("Choose at least one."))])

    def offer(self, groups: Iterable[tuple[str, str]]) -> None:
        """Say to whom it may go; a group that changed since is none of them."""
        self.groups.choices = [choice(*one) for one in groups]
