"""What every form of ours does with what it is sent: errors in our words, text that can be stored and shown.

A value that is sent twice counts once: the first one stands.
"""

import calendar
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, cast

from email_validator import EmailNotValidError, validate_email
from flask import has_request_context, request
from flask_wtf import FlaskForm
from flask_wtf.form import SUBMIT_METHODS
from werkzeug.datastructures import MultiDict
from wtforms import Field, FileField, PasswordField, StringField, TextAreaField, ValidationError
from wtforms.csrf.core import CSRFTokenField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its published types
from wtforms.validators import Length, StopValidation

from upguide.i18n import FormTranslations, lazy_gettext
from upguide.i18n import gettext as _

YOUNGEST = 16  # years (P3; GDPR Art. 8(1))
OLDEST = 120
LONGEST = 5_000  # characters, where a field does not say otherwise
LONGEST_MAIL_ADDRESS = 254  # RFC 5321, section 4.5.3.1.3

# They change the direction of what follows: on somebody else's page they rearrange the text around them.
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _l(message: str) -> str:
    """Mark a label or error for translation when it is printed. WTForms asks for text, and can do with this."""
    return cast("str", lazy_gettext(message))


def choice(value: str, label: str) -> Any:
    """Return one option of a field that offers several; `label` is translated when it is printed, with `_l`."""
    return SelectChoice(value, label)


class Form(FlaskForm):
    """The base of all forms. Text is trimmed and put in NFC; a password stays exactly as it was typed.

    Text fields refuse control characters, and over 5,000 characters unless they set their own `Length`.
    """

    class Meta(FlaskForm.Meta):
        def get_translations(self, _form: Any) -> FormTranslations:
            return FormTranslations()

        def wrap_formdata(self, form: Any, formdata: Any) -> MultiDict[str, Any] | None:
            """Take what was posted as a form, never as JSON; only a `FileField` gets a file."""
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata
            return _posted(form) if has_request_context() and request.method in SUBMIT_METHODS else None

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:
            field: Field = super().bind_field(form, unbound_field, options)
            if isinstance(field, StringField) and not isinstance(field, (PasswordField, CSRFTokenField)):
                _keep_plain(field)
            return field


def _posted(form: Any) -> MultiDict[str, Any]:
    found: MultiDict[str, Any] = MultiDict(request.form)
    for field in form:
        if isinstance(field, FileField):
            found.setlist(field.name, request.files.getlist(field.name))
    return found


def _keep_plain(field: StringField) -> None:
    many_lines = isinstance(field, TextAreaField)
    field.filters = (_tidy_text if many_lines else _tidy_line, *field.filters)
    limits = [v for v in field.validators if isinstance(v, Length)] or [Length(max=LONGEST)]
    others = [v for v in field.validators if not isinstance(v, Length)]
    field.validators = (_is_plain, *map(_stopping, limits), *others)


def _stopping(limit: Length) -> Callable[[Form, StringField], None]:
    """Let nothing else look at a text that is too long: some checks would take seconds over it."""

    def check(form: Form, field: StringField) -> None:
        try:
            limit(form, field)
        except ValidationError as error:
            raise StopValidation(str(error)) from None

    return check


def _tidy_line(value: str | None) -> str | None:
    return " ".join(unicodedata.normalize("NFC", value).split()) if isinstance(value, str) else value


def _tidy_text(value: str | None) -> str | None:
    if not isinstance(value, str):
        return value
    lines = unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(line.rstrip() for line in lines.split("\n")).strip()


def _is_plain(_form: Form, field: Field) -> None:
    given = field.data or ""
    # Without them, the page that shows the value again is sound too.
    usable = "".join(character for character in given if not _is_unusable(character))
    if usable != given:
        field.data = usable
        raise StopValidation(_("There was a character in this that cannot be used. We left it out: look it over."))


def _is_unusable(character: str) -> bool:
    control = unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t"
    return control or character in _TURNS


def mail_address(_form: Form, field: Field) -> None:
    """Refuse what is no complete mail address; put the others in the form that we keep: a validator."""
    found = normal_mail_address(field.data or "")
    if found is None:
        raise ValidationError(_("This is not a complete mail address. One looks like name@example.nl."))
    field.data = found


def normal_mail_address(text: str) -> str | None:
    """Return a mail address as it is stored, in lower case, or None for what is none."""
    try:
        found = validate_email(text, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        return None
    return found if len(found) <= LONGEST_MAIL_ADDRESS else None


class BirthDateForm(Form):
    """A date of birth, in three fields, as people write it (GOV.UK pattern): `birth_date`, where they say one."""

    too_young = _l("You must be at least 16 years old to use UpGuide.")

    day = StringField(
        _l("Day"),
        [Length(max=2)],
        render_kw={"inputmode": "numeric", "autocomplete": "bday-day", "maxlength": "2"},
    )
    month = StringField(_l("Month"), [Length(max=10)], render_kw={"inputmode": "numeric", "autocomplete": "bday-month"})
    year = StringField(
        _l("Year"),
        [Length(max=4)],
        render_kw={"inputmode": "numeric", "autocomplete": "bday-year", "maxlength": "4"},
    )
    birth_date: date | None = None

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        # What is too long is not read: Python makes no number of thousands of digits.
        if any(field.errors for field in (self.day, self.month, self.year)):
            return False
        return self._read_date() and good

    def _read_date(self) -> bool:
        """Read the three fields as one date; an error goes to the field that is to be mended."""
        parts = [self.day.data or "", self.month.data or "", self.year.data or ""]
        self.birth_date = None
        if not any(parts):
            return True
        for field, part, complaint in zip(
            (self.day, self.month, self.year),
            parts,
            (_("Enter the day too."), _("Enter the month too."), _("Enter the year too.")),
            strict=True,
        ):
            if not part:
                return _fail(field, complaint)
        return self._read_parts(*parts)

    def _read_parts(self, day: str, month: str, year: str) -> bool:
        if not (year.isdecimal() and len(year) == len("1988") and int(year)):
            return _fail(self.year, _("Write the year in four digits, such as 1988."))
        number = _month(month)
        if number is None:
            return _fail(self.month, _("The month is a number from 1 to 12."))
        if not day.isdecimal() or not 1 <= int(day) <= _days(int(year), number):
            return _fail(self.day, _("This month does not have such a day."))
        return self._judge(date(int(year), number, int(day)))

    def _judge(self, born: date) -> bool:
        today = datetime.now(UTC).date()
        if born > today:
            return _fail(self.year, _("This date is in the future."))
        if born > _years_before(today, YOUNGEST):
            return _fail(self.year, str(self.too_young))
        if born < _years_before(today, OLDEST):
            return _fail(self.year, _("This is more than 120 years ago. Check the year."))
        self.birth_date = born
        return True


def _fail(field: Field, complaint: str) -> bool:
    field.errors = (*field.errors, complaint)
    return False


def _month(text: str) -> int | None:
    return int(text) if text.isdecimal() and 1 <= int(text) <= 12 else None  # noqa: PLR2004


def _days(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
