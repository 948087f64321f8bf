"""What WTForms itself says of a wrong value, in our words and in the reader's language."""

from collections.abc import Callable, Mapping

from .messages import LazyString, current_catalogue
from .messages import lazy_gettext as _l

_CHOOSE = _l("Choose one of the options.")
_NUMBER = _l("Enter a number.")
_FIXED = _l("This cannot be changed here.")

#: WTForms' own message -> ours. WTForms fills in the placeholders afterwards.
WORDS: Mapping[str, LazyString] = {
    "This field is required.": _l("Fill this in."),
    "Field must be between %(min)d and %(max)d characters long.": _l("Use between %(min)d and %(max)d characters."),
    "Field must be equal to %(other_name)s.": _l("These two are not the same."),
    "Invalid input.": _l("This does not look right."),
    "Invalid email address.": _l("This is not a complete mail address. One looks like name@example.nl."),
    "Invalid URL.": _l("This is not a complete web address. One starts with https://."),
    "Not a valid choice.": _CHOOSE,
    "Invalid Choice: could not coerce.": _CHOOSE,
    "Invalid choice(s): one or more data inputs could not be coerced.": _CHOOSE,
    "Not a valid date value.": _l("This is not a date that exists."),
    "Not a valid datetime value.": _l("This is not a date and time that exist."),
    "Not a valid time value.": _l("This is not a time. One looks like 14:30."),
    "Not a valid week value.": _l("This is not a week that exists."),
    "Date must be at least %(min)s.": _l("Enter a date that is not before %(min)s."),
    "Date must be at most %(max)s.": _l("Enter a date that is not after %(max)s."),
    "Date must be between %(min)s and %(max)s.": _l("Enter a date from %(min)s to %(max)s."),
    "Not a valid integer value.": _l("Enter a whole number."),
    "Not a valid decimal value.": _NUMBER,
    "Not a valid float value.": _NUMBER,
    "Number must be at least %(min)s.": _l("Enter %(min)s or more."),
    "Number must be at most %(max)s.": _l("Enter %(max)s or less."),
    "Number must be between %(min)s and %(max)s.": _l("Enter a number from %(min)s to %(max)s."),
    "File does not have an approved extension.": _l("A file of this kind cannot be used here."),
    "This field cannot be edited.": _FIXED,
    "This field is disabled and cannot have a value.": _FIXED,
}


def _at_least(number: int) -> str:
    return current_catalogue().ngettext("Use at least %(min)d character.", "Use at least %(min)d characters.", number)


def _at_most(number: int) -> str:
    return current_catalogue().ngettext("Use at most %(max)d character.", "Use at most %(max)d characters.", number)


def _exactly(number: int) -> str:
    return current_catalogue().ngettext("Use exactly %(max)d character.", "Use exactly %(max)d characters.", number)


#: The same for messages with a plural, by their singular.
PLURALS: Mapping[str, Callable[[int], str]] = {
    "Field must be at least %(min)d character long.": _at_least,
    "Field cannot be longer than %(max)d character.": _at_most,
    "Field must be exactly %(max)d character long.": _exactly,
    "'%(value)s' is not a valid choice for this field.": lambda _: str(_CHOOSE),
}


class FormTranslations:
    """What a form's `Meta.get_translations` returns. A message that is not ours stays as it is."""

    def gettext(self, message: str) -> str:
        return str(WORDS.get(message, message))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        if ours := PLURALS.get(singular):
            return ours(number)
        return singular if number == 1 else plural
