"""Checks of what people type about themselves: they help, block no foreigner, and refuse a BSN (P2)."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType
from stdnum.exceptions import ValidationError as StdnumError
from stdnum.nl import bsn, postcode
from wtforms import Field, Form
from wtforms.validators import ValidationError

from upguide.i18n import lazy_gettext as _l
from upguide.i18n.messages import LazyString

BSN_LENGTH = 9
HOME = "NL"
# Groups of digits, with what people put between them; never a comma or a line end, which part two numbers.
_GROUPS = re.compile(r"\d+(?:[ \t.\-‐-―/_\u00a0\u2000-\u200a\u202f\u205f\u3000]{1,6}\d+)*")
_DIGITS = re.compile(r"\d+")
# E.164: at most 15 digits with the country code; the shortest numbers in use abroad have about 6.
_INTERNATIONAL = re.compile(r"\+[1-9]\d{5,14}")
_NO_DIGITS = re.compile(r"[^\d+]")

BSN_REFUSED = _l("This looks like a citizen service number (BSN). UpGuide never keeps one: leave it out.")
BAD_POSTCODE = _l("A Dutch postcode has four digits and two letters, such as 1234 AB. Abroad? Choose the country.")
BAD_PHONE = _l(
    "This is no Dutch phone number: one has ten digits and starts with 0. "
    "For another country, start with + and the country code, such as +32."
)
BAD_FOREIGN_PHONE = _l("This number does not look complete. Write + and the country code, then the rest.")


class Refused(ValueError):
    """A value cannot be kept. `reason` is a sentence for the person who typed it."""

    def __init__(self, reason: LazyString) -> None:
        super().__init__(str(reason))
        self.reason = reason


def holds_bsn(text: str) -> bool:
    """Tell whether nine digits of `text`, in one piece or with dots, spaces or dashes, pass the 11-check of a BSN.

    Digits of a phone number that exists, written with + and its country code, do not count.
    """
    plain = _plain_digits(text)
    return _has_bsn(plain) and _has_bsn(_without_phones(plain))


def no_bsn(_form: Form, field: Field) -> None:
    """Refuse a citizen service number in a free-text field of a form (P2)."""
    if isinstance(field.data, str) and holds_bsn(field.data):
        raise ValidationError(str(BSN_REFUSED))


def tidy_postcode(text: str, country: str) -> str:
    """Return a Dutch postcode as "1234 AB"; one of another country as it was typed.

    `country` is an ISO 3166 code of two letters. Raises Refused for a Dutch one that cannot be.
    """
    tidy = " ".join(text.split())
    if country != HOME or not tidy:
        return tidy
    try:
        return str(postcode.validate(tidy))
    except StdnumError:
        raise Refused(BAD_POSTCODE) from None


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A phone number as it is dialled from anywhere, "+31 6 12345678", and whether it is a mobile one."""

    international: str
    mobile: bool


def read_phone(text: str) -> PhoneNumber:
    """Read a Dutch number as people write it, or that of any country with its code.

    Raises Refused with what to do about it. With a country code that is only where no number is that short
    or long, or where nine digits pass the check of a BSN and the tables know no such number.
    """
    plain = _plain_digits(text).strip()
    typed = "+" + plain[2:] if plain.startswith("00") else plain
    try:
        number = phonenumbers.parse(typed, HOME)
    except phonenumbers.NumberParseException:
        return _unknown_to_us(typed)
    if number.extension and holds_bsn(number.extension):
        raise Refused(BSN_REFUSED)
    starts = typed[:1] in {"+", "0", "("}
    if number.country_code != phonenumbers.country_code_for_region(HOME):
        if _has_bsn(typed) and not phonenumbers.is_valid_number(number):
            raise Refused(BSN_REFUSED)
        return _readable(number) if phonenumbers.is_possible_number(number) else _unknown_to_us(typed)
    if not starts or not phonenumbers.is_valid_number(number):
        raise Refused(BSN_REFUSED if holds_bsn(plain) else BAD_PHONE)
    return _readable(number)


def _readable(number: phonenumbers.PhoneNumber) -> PhoneNumber:
    kind = phonenumbers.number_type(number)
    return PhoneNumber(
        phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL),
        mobile=kind not in {PhoneNumberType.FIXED_LINE, PhoneNumberType.TOLL_FREE, PhoneNumberType.UAN},
    )


def _unknown_to_us(typed: str) -> PhoneNumber:
    """Keep a number that the tables do not know, as long as it can be one: the tables grow old."""
    # A plus sign or two noughts before it make no phone number of a BSN.
    if _has_bsn(typed):
        raise Refused(BSN_REFUSED)
    compact = _NO_DIGITS.sub("", typed)
    if _INTERNATIONAL.fullmatch(compact):
        return PhoneNumber(compact, mobile=True)
    raise Refused(BAD_FOREIGN_PHONE if typed.startswith("+") else BAD_PHONE)


def _has_bsn(text: str) -> bool:
    return any(bsn.is_valid(digits) for digits in _nines(text))


def _without_phones(text: str) -> str:
    for found in list(phonenumbers.PhoneNumberMatcher(text, None)):
        text = text.replace(found.raw_string, " ; ")
    return text


def _nines(text: str) -> Iterator[str]:
    """Return every run of whole groups of digits that adds up to nine."""
    for run in _GROUPS.findall(text):
        groups = _DIGITS.findall(run)
        for first in range(len(groups)):
            digits = ""
            for group in groups[first:]:
                digits += group
                if len(digits) >= BSN_LENGTH:
                    break
            if len(digits) == BSN_LENGTH:
                yield digits


def _plain_digits(text: str) -> str:
    """Return `text` with digits of every script, raised or in a circle too, as 0 to 9; what nobody sees is a space."""
    seen = (" " if unicodedata.category(c) == "Cf" else c for c in text)
    return "".join(str(value) if (value := unicodedata.digit(c, None)) is not None else c for c in seen)
