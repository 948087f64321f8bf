"""The forms of the profile: nothing is mandatory but what a row is about, and no text takes a BSN (P2)."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, cast

from flask_wtf.file import FileField, FileRequired
from wtforms import Field, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from upguide.files.images import MIDDLE
from upguide.forms import BirthDateForm, Form, _l, choice
from upguide.i18n import gettext as _
from upguide.i18n.countries import countries
from upguide.i18n.messages import LazyString
from upguide.policy.items import Item
from upguide.privacy.names import fold
from upguide.privacy.photos import Draft
from upguide.privacy.wording import ADDRESS_KINDS, GENDERS
from upguide.validation import HOME, PhoneNumber, Refused, no_bsn, read_phone, tidy_postcode

ALIAS_LENGTH = 3
CARD_LENGTH = 2_000
# Autocomplete tokens let a browser fill in what it knows (WCAG 1.3.5).
GIVEN, FAMILY, ADDITIONAL = "given-name", "family-name", "additional-name"


def _text(label: Any, longest: int, *more: Callable[..., None], **render: str) -> StringField:
    return StringField(label, [*more, Length(max=longest), no_bsn], render_kw={"maxlength": str(longest), **render})


def _choices(words: Mapping[str, LazyString]) -> list[Any]:
    # WTForms takes whatever prints as text, but is typed for texts alone.
    return [choice(key, cast("str", label)) for key, label in words.items()]


class NamesForm(Form):
    """First names, infix and surname."""

    first_names = _text(_l("First names"), 100, autocomplete=GIVEN)
    infix = _text(_l("Infix"), 30, autocomplete=ADDITIONAL)
    surname = _text(_l("Surname"), 100, autocomplete=FAMILY)


class AliasForm(Form):
    """The alias; `own_name` are the words of the person's name, which it may not give away (W2)."""

    alias = StringField(
        _l("Alias"),
        [InputRequired(_l("Choose one to three letters or digits.")), no_bsn],
        render_kw={
            "maxlength": "3",
            "autocomplete": "off",
            "autocapitalize": "characters",
            "spellcheck": "false",
        },
    )

    def __init__(self, *args: Any, own_name: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own_name = own_name

    def validate_alias(self, field: Field) -> None:
        alias = (field.data or "").upper()
        if not 1 <= len(alias) <= ALIAS_LENGTH or not alias.isalnum():
            raise ValidationError(_("Choose one to three letters or digits, and nothing else."))
        if tells_name(alias, self.own_name):
            raise ValidationError(
                _("This comes from your own name, so that others could guess who you are. Choose another.")
            )
        field.data = alias


def tells_name(alias: str, own_name: tuple[str, ...]) -> bool:
    """Tell whether an alias is made of the first letters of a name: who knows one then guesses the other."""
    words = [word for part in own_name for word in fold(part).split()]
    bare = fold(alias).replace(" ", "")
    letters = "".join(c for c in bare if c.isalpha())
    # "AB1" is as telling as "AB"; a single letter with digits is not.
    telling = letters if len(letters) > 1 else bare
    if not telling or not words:
        return False
    initials = "".join(word[0] for word in words)
    made_of_initials = len(telling) > 1 and (_within(telling, initials) or _within(telling, initials[::-1]))
    return made_of_initials or any(word.startswith(telling) for word in words)


def _within(short: str, long: str) -> bool:
    """Tell whether the letters of `short` occur in `long` in this order."""
    rest = iter(long)
    return all(letter in rest for letter in short)


class BirthForm(BirthDateForm):
    """Date and place of birth, and gender."""

    birth_place = _text(_l("Place of birth"), 80, autocomplete="off")
    gender = RadioField(
        _l("Gender"),
        [Optional()],
        choices=[*_choices(GENDERS), choice("", _l("Rather not say"))],
        default="",
        validate_choice=True,
    )


class PhoneForm(Form):
    """One phone number; whether it is mobile is read from the number itself, not asked (P2)."""

    phone_number = StringField(
        _l("Phone number"),
        [InputRequired(_l("Enter a phone number.")), Length(max=40)],
        render_kw={"type": "tel", "autocomplete": "tel", "maxlength": "40"},
    )
    read: PhoneNumber

    def validate_phone_number(self, field: Field) -> None:
        try:
            self.read = read_phone(field.data or "")
        except Refused as refused:
            raise ValidationError(str(refused.reason)) from None


class AddressForm(Form):
    """One address with its kind (T4). The Dutch postcode is put in order; one from abroad stays as it is."""

    kind = RadioField(
        _l("Kind of address"),
        [InputRequired(_l("Choose what kind of address this is."))],
        choices=_choices(ADDRESS_KINDS),
        default="permanent",
    )
    country = SelectField(_l("Country"), [InputRequired()], default=HOME, render_kw={"autocomplete": "country"})
    lines = TextAreaField(
        _l("Street and house number"),
        [InputRequired(_l("Enter the street and house number.")), Length(max=200), no_bsn],
        render_kw={"rows": "2", "autocomplete": "street-address", "maxlength": "200"},
    )
    postcode = _text(_l("Postcode"), 12, autocomplete="postal-code")
    town = _text(_l("Town"), 80, autocomplete="address-level2")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country.choices = [choice(code, name) for code, name in countries()]

    def validate_postcode(self, field: Field) -> None:
        try:
            field.data = tidy_postcode(field.data or "", str(self.country.data))
        except Refused as refused:
            raise ValidationError(str(refused.reason)) from None


class PositionForm(Form):
    """Position or profession."""

    position = _text(_l("Position or profession"), 120, autocomplete="organization-title")


class EmployerForm(Form):
    """An employer or other organisation."""

    employer_name = _text(
        _l("Name of the employer or organisation"),
        120,
        InputRequired(_l("Enter the name.")),
        autocomplete="organization",
    )
    employer_address = TextAreaField(
        _l("Address of the employer or organisation"),
        [Length(max=200), no_bsn],
        render_kw={"rows": "3", "autocomplete": "off", "maxlength": "200"},
    )


class CardForm(Form):
    """One text of the professional card."""

    text = TextAreaField(
        _l("Text"), [Length(max=CARD_LENGTH), no_bsn], render_kw={"rows": "6", "maxlength": str(CARD_LENGTH)}
    )


class PhotoForm(Form):
    """A photo, to be looked at before it is placed."""

    photo = FileField(
        _l("Photo"),
        [FileRequired(_l("Choose a picture first."))],
        render_kw={"accept": "image/jpeg,image/png,image/webp,image/heic,image/heif"},
    )


_PLACES: Mapping[str, str] = MappingProxyType(
    {
        "top": _l("The top"),
        "left": _l("The left side"),
        MIDDLE: _l("The middle"),
        "right": _l("The right side"),
        "bottom": _l("The bottom"),
    }
)


class PlacePhotoForm(Form):
    """Which square of the photo that was looked at to place. `draft` says which photo that was."""

    draft = HiddenField()
    crop = RadioField(_l("How others will see it"), [InputRequired(_l("Choose one of the pictures."))], default=MIDDLE)

    def __init__(self, draft: Draft) -> None:
        super().__init__(data={"draft": str(draft.id)})
        self.crop.choices = [choice(name, _name_of_crop(name, len(draft.crops))) for name in draft.crops]
        self.current = str(draft.id)

    def validate_crop(self, _field: Field) -> None:
        """Nothing is placed that was not looked at."""
        sent, self.draft.data = self.draft.data, self.current
        if sent != self.current:
            raise ValidationError(_("You sent another photo since. This is that one: look at it first."))


def _name_of_crop(name: str, of: int) -> str:
    place, _dash, near = name.partition("-")
    if of <= len({MIDDLE, f"{MIDDLE}-near"}):
        return _("Nearer") if near else _("As much as fits")
    return _("%(part)s, nearer", part=_PLACES[place]) if near else _PLACES[place]


class PlainForm(Form):
    """A button: nothing but the proof that our own page sent it."""


CARD_ITEMS = (
    Item.DESCRIPTION,
    Item.EXPERTISE,
    Item.SPECIALISATIONS,
    Item.QUALIFICATIONS,
    Item.REGION,
    Item.WEB_SITE,
    Item.SOCIAL_MEDIA,
)
