"""WTForms' own errors come in our words, in every language."""

from pathlib import Path

import flask_wtf
import pytest
import wtforms
from babel.messages.extract import extract_from_dir
from werkzeug.datastructures import MultiDict
from wtforms import EmailField, Form, IntegerField, StringField
from wtforms.validators import DataRequired, Email, Length

from upguide.i18n import FormTranslations, use_locale
from upguide.i18n.forms import PLURALS, WORDS

#: Messages that no form of ours can show, each with its reason.
UNUSED = {
    "Invalid field name '%s'.": "a mistake of the programmer",
    "Choices cannot be None.": "a mistake of the programmer",
    "Invalid CSRF Token.": "Flask-WTF checks before the form does",
    "CSRF token missing.": "Flask-WTF checks before the form does",
    "CSRF token expired.": "Flask-WTF checks before the form does",
    "CSRF failed.": "Flask-WTF checks before the form does",
    "Invalid IP address.": "nobody is asked for one",
    "Invalid Mac address.": "nobody is asked for one",
    "Invalid UUID.": "nobody is asked for one",
    "Invalid value, must be one of: %(values)s.": "choices are choice fields here",
    "Invalid value, can't be any of: %(values)s.": "forbidden values have messages of their own",
    "File does not have an approved extension: {extensions}": "files are known by their content here",
}


class Person(Form):
    class Meta:
        def get_translations(self, _form: Form) -> FormTranslations:
            return FormTranslations()

    name = StringField("Name", [DataRequired()])
    mail = EmailField("Mail address", [Email()])
    alias = StringField("Alias", [Length(max=3)])
    short = StringField("Short", [Length(max=1)])
    age = IntegerField("Age")


def errors(locale: str) -> list[str]:
    sent = {"name": " ", "mail": "jan@", "alias": "abcd", "short": "ab", "age": "x"}
    with use_locale(locale):
        form = Person(MultiDict(sent))
        assert not form.validate()
    return [str(error) for field in form for error in field.errors]


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        (
            "en",
            [
                "Fill this in.",
                "This is not a complete mail address. One looks like name@example.nl.",
                "Use at most 3 characters.",
                "Use at most 1 character.",
                "Enter a whole number.",
            ],
        ),
        (
            "nl",
            [
                "Vul dit in.",
                "Dit is geen volledig mailadres. Een mailadres ziet eruit als naam@voorbeeld.nl.",
                "Gebruik hoogstens 3 tekens.",
                "Gebruik hoogstens 1 teken.",
                "Vul een heel getal in.",
            ],
        ),
        (
            "nl@formal",
            [
                "Vult u dit in.",
                "Dit is geen volledig mailadres. Een mailadres ziet eruit als naam@voorbeeld.nl.",
                "Gebruikt u hoogstens 3 tekens.",
                "Gebruikt u hoogstens 1 teken.",
                "Vult u een heel getal in.",
            ],
        ),
    ],
)
def test_errors_of_a_form_read_in_the_locale(locale: str, expected: list[str]) -> None:
    assert errors(locale) == expected


def test_message_of_another_plural_stays_as_it_is() -> None:
    assert [FormTranslations().ngettext("a", "b", number) for number in (1, 2)] == ["a", "b"]


def test_each_message_of_wtforms_is_ours_or_unused() -> None:
    """A new release of WTForms may bring a message: give it our words, or say why nobody sees it."""
    theirs = set()
    for package in (wtforms, flask_wtf):
        folder = Path(str(package.__file__)).parent
        for file, _line, message, _comments, _context in extract_from_dir(folder, [("**.py", "python")]):
            if not file.startswith("recaptcha"):
                theirs.add(message if isinstance(message, str) else message[0])
    assert theirs - UNUSED.keys() == WORDS.keys() | PLURALS.keys()
    assert UNUSED.keys() <= theirs
