"""Making an account for somebody else, and taking one over. Nothing is mandatory but a name and a mail address (P2)."""

from collections.abc import Mapping
from typing import Any, cast

from wtforms import BooleanField, EmailField, Field, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from upguide.forms import BirthDateForm, Form, _l, choice, mail_address
from upguide.i18n import current_language
from upguide.i18n import gettext as _
from upguide.i18n.countries import countries
from upguide.i18n.messages import LazyString
from upguide.navigation import LANGUAGE_NAMES
from upguide.privacy.made_accounts import NewAccount
from upguide.privacy.wording import ADDRESS_KINDS, GENDERS
from upguide.security.passwords import weak_password_reason
from upguide.validation import HOME, PhoneNumber, Refused, no_bsn, read_phone, tidy_postcode

# What a browser knows is of whoever sits before it, and not of whom this is about.
_OFF = {"autocomplete": "off"}


def _text(label: Any, longest: int, *more: Any) -> StringField:
    return StringField(label, [*more, Length(max=longest), no_bsn], render_kw={"maxlength": str(longest), **_OFF})


def _lines(label: Any, rows: str) -> TextAreaField:
    return TextAreaField(label, [Length(max=200), no_bsn], render_kw={"rows": rows, "maxlength": "200", **_OFF})


def _choices(words: Mapping[str, LazyString]) -> list[Any]:
    return [choice(key, cast("str", label)) for key, label in words.items()]


class NewAccountForm(BirthDateForm):
    """What a member enters for somebody else: a name and a mail address; all the rest may stay empty."""

    too_young = _l("Somebody must be at least 16 years old to have an account.")
    first_names = _text(_l("First names"), 100, InputRequired(_l("Enter a first name.")))
    infix = _text(_l("Infix"), 30)
    surname = _text(_l("Surname"), 100)
    mail_address = EmailField(
        _l("Mail address"), [DataRequired(_l("Enter a mail address.")), mail_address, no_bsn], render_kw=_OFF
    )
    language = RadioField(_l("Language of our message"), [InputRequired()])
    phone_number = StringField(
        _l("Phone number"), [Length(max=40)], render_kw={"type": "tel", "maxlength": "40", **_OFF}
    )
    birth_place = _text(_l("Place of birth"), 80)
    gender = RadioField(
        _l("Gender"), [Optional()], choices=[*_choices(GENDERS), choice("", _l("Not entered"))], default=""
    )
    kind = RadioField(_l("Kind of address"), choices=_choices(ADDRESS_KINDS), default="permanent")
    country = SelectField(_l("Country"), default=HOME, render_kw=_OFF)
    lines = _lines(_l("Street and house number"), "2")
    postcode = _text(_l("Postcode"), 12)
    town = _text(_l("Town"), 80)
    position = _text(_l("Position or profession"), 120)
    employer_name = _text(_l("Name of the employer or organisation"), 120)
    employer_address = _lines(_l("Address of the employer or organisation"), "3")
    of_age = BooleanField(
        _l("This person is 16 or older."), [InputRequired(_l("Somebody must be 16 or older to have an account."))]
    )
    phone: PhoneNumber | None = None

    def __init__(self, languages: tuple[str, ...]) -> None:
        super().__init__(data={"language": current_language()})
        self.language.choices = [choice(code, LANGUAGE_NAMES[code]) for code in languages]
        self.country.choices = [choice(code, name) for code, name in countries()]
        for field in (self.day, self.month, self.year):
            field.render_kw = {**field.render_kw, **_OFF}

    def validate_phone_number(self, field: Field) -> None:
        self.phone = None
        if field.data:
            try:
                self.phone = read_phone(field.data)
            except Refused as refused:
                raise ValidationError(str(refused.reason)) from None

    def validate_lines(self, field: Field) -> None:
        if not field.data and (self.postcode.data or self.town.data):
            raise ValidationError(_("Enter the street and house number too, or leave postcode and town empty."))

    def validate_postcode(self, field: Field) -> None:
        try:
            field.data = tidy_postcode(field.data or "", str(self.country.data))
        except Refused as refused:
            raise ValidationError(str(refused.reason)) from None

    def validate_employer_name(self, field: Field) -> None:
        if not field.data and self.employer_address.data:
            raise ValidationError(_("Enter the name of the employer or organisation too."))

    def account(self) -> NewAccount:
        """Return what was entered, in the columns that hold it."""
        names = ("first_names", "infix", "surname", "gender", "birth_place", "position")
        person = {name: getattr(self, name).data or None for name in names}
        person["birth_date"] = self.birth_date.isoformat() if self.birth_date else None
        address = ("kind", "lines", "postcode", "town", "country")
        employer = ("employer_name", "employer_address")
        phone = self.phone
        return NewAccount(
            mail_address=self.mail_address.data or "",
            language=self.language.data,
            person=person,
            phone={"phone_number": phone.international, "kind": "mobile" if phone.mobile else "fixed"} if phone else {},
            address={name: getattr(self, name).data for name in address} if self.lines.data else {},
            employer={name: getattr(self, name).data for name in employer} if self.employer_name.data else {},
        )


class TakeOverForm(Form):
    """A password, two yeses, and whether whoever made the account stays connected."""

    password = PasswordField(_l("Password"), [InputRequired(_l("Enter a password."))])
    stay = RadioField(
        _l("Stay connected?"),
        [InputRequired(_l("Choose whether you stay connected with whoever made this account."))],
        choices=[choice("yes", _l("Yes, stay connected")), choice("no", _l("No, end the connection"))],
    )
    of_age = BooleanField(_l("I am 16 or older."), [InputRequired(_l("You must be 16 or older to have an account."))])
    consent = BooleanField(
        _l("I agree to the privacy statement."),
        [InputRequired(_l("We may keep nothing about you before you agree to the privacy statement."))],
    )

    def __init__(self, personal_words: tuple[str, ...], *, has_maker: bool) -> None:
        super().__init__()
        self.personal_words = personal_words
        if not has_maker:
            del self.stay

    def validate_password(self, field: Field) -> None:
        reason = weak_password_reason(field.data, self.personal_words)
        if reason:
            raise ValidationError(str(reason))


class PlainForm(Form):
    """A button: nothing but the proof that our own page sent it."""
