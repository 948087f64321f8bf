"""What officer and webmaster fill in about an access (W8), and the officer about a look and a request (P7)."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from wtforms import DateField, Field, RadioField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from upguide.forms import Form, _l
from upguide.i18n.formats import ZONE
from upguide.policy.oversight import HIDDEN_AT_MOST, LONGEST_ACCESS, MOST_PERSONS

ANY = "any"
SHORTEST_REASON, LONGEST_REASON = 10, 1_000
LONGEST_NAMING = 254


def _reason() -> list[Any]:
    return [
        InputRequired(_l("Give the reason.")),
        Length(SHORTEST_REASON, LONGEST_REASON, _l("Write 10 to 1,000 characters.")),
    ]


class ClickForm(Form):
    """A button and nothing else."""


class AccessForm(Form):
    """Which items of whom, why, from when until when, and who attends."""

    persons = TextAreaField(_l("Whose data?"), [InputRequired(_l("Name at least one person."))])
    items = SelectMultipleField(
        _l("Which data?"),
        [InputRequired(_l("Choose at least one kind of data."))],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    reason = TextAreaField(_l("Why?"), _reason())
    starts_on = DateField(_l("From"), [InputRequired(_l("Choose the first day."))])
    ends_on = DateField(_l("Until and including"), [InputRequired(_l("Choose the last day."))])
    webmaster = RadioField(_l("Who is to attend?"), [InputRequired(_l("Choose a webmaster, or any of them."))])

    def validate_persons(self, _field: Field) -> None:
        """Refuse more persons than an access may concern."""
        if len(self.named()) > MOST_PERSONS:
            raise ValidationError(_l("At most 20 persons at a time."))
        if any(len(one) > LONGEST_NAMING for one in self.named()):
            raise ValidationError(_l("Give one UpGuide number or mail address on each line."))

    def validate_starts_on(self, field: Field) -> None:
        """Refuse a period that begins in the past."""
        if field.data and field.data < today():
            raise ValidationError(_l("The first day is over already."))

    def validate_ends_on(self, field: Field) -> None:
        """Refuse a period that is empty or too long."""
        if not (field.data and self.starts_on.data):
            return
        if field.data < self.starts_on.data:
            raise ValidationError(_l("The last day comes before the first."))
        if field.data >= self.starts_on.data + LONGEST_ACCESS:
            raise ValidationError(_l("At most 30 days."))

    def named(self) -> tuple[str, ...]:
        """Return what was written, one number or address a line, each once."""
        lines = (line.strip() for line in (self.persons.data or "").splitlines())
        return tuple(dict.fromkeys(line for line in lines if line))

    def period(self) -> tuple[datetime, datetime]:
        """Return the first moment, and the last; a day longer in autumn does not make it more than 30 days."""
        first, last = self.starts_on.data, self.ends_on.data
        assert first is not None  # both are required
        assert last is not None
        starts, ends = day_begins(first), day_begins(last + timedelta(days=1))
        return starts, min(ends, starts + LONGEST_ACCESS)


class AskAgainForm(Form):
    """Another webmaster."""

    webmaster = RadioField(_l("Who is to attend?"), [InputRequired(_l("Choose a webmaster, or any of them."))])


class AnswerForm(Form):
    """A webmaster's answer; refusing needs a reason."""

    answer = RadioField(_l("Your answer"), [InputRequired(_l("Choose your answer."))])
    reason = StringField(_l("Why do you refuse?"), [Length(max=LONGEST_REASON)])

    def validate_reason(self, field: Field) -> None:
        """Refuse a refusal without a reason (W8)."""
        if self.answer.data == "refuse" and len(field.data or "") < SHORTEST_REASON:
            raise ValidationError(_l("A refusal needs a reason, of 10 characters at least."))


class EndForm(Form):
    """Why the webmaster ends an access."""

    reason = StringField(_l("Why do you end it?"), _reason())


class HideForm(Form):
    """Until when a look is kept from its person, and why."""

    until = DateField(_l("Until"), [InputRequired(_l("Choose a day."))])
    reason = StringField(_l("Why?"), _reason())

    def validate_until(self, field: Field) -> None:
        """Refuse a day that is over, or more than ninety days off."""
        if field.data and not today() < field.data <= today() + HIDDEN_AT_MOST:
            raise ValidationError(_l("Choose a day after today, and at most 90 days from now."))


class RequestForm(Form):
    """What is answered to somebody's request, or why it takes longer."""

    words = TextAreaField(_l("Your words"), _reason())


def today() -> date:
    """Return the day that it is where our people live."""
    return datetime.now(UTC).astimezone(ZONE).date()


def day_begins(day: date) -> datetime:
    """Return the first moment of a day where our people live."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC)
