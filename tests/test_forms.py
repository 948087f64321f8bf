from collections.abc import Iterator
from io import BytesIO

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import BooleanField, FileField, PasswordField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from upguide.forms import Form, mail_address, normal_mail_address
from upguide.i18n import use_locale
from upguide.validation import BSN_REFUSED, no_bsn


class Sample(Form):
    line = StringField("Line", [Length(max=20)])
    long_line = StringField("Long line")
    text = TextAreaField("Text", [no_bsn])
    secret = PasswordField("Secret")
    yes = BooleanField("Yes")
    file = FileField("File")
    address = StringField("Address", [mail_address])


@pytest.fixture
def _app() -> Iterator[None]:
    app = Flask("forms")
    app.config.from_mapping(WTF_CSRF_ENABLED=False, SECRET_KEY="for this test alone")
    with app.app_context(), use_locale("en"):
        yield


def filled(**values: object) -> Sample:
    form = Sample(MultiDict({"address": "name@example.nl"} | values))
    form.validate()
    return form


@pytest.mark.usefixtures("_app")
def test_a_line_is_trimmed_normalised_and_made_one() -> None:
    assert filled(line="  Zoe\u0308  \t van\n der  ").line.data == "Zo\u00eb van der"


@pytest.mark.usefixtures("_app")
def test_a_text_keeps_its_lines() -> None:
    assert filled(text=" one  \r\ntwo\rthree\n\n").text.data == "one\ntwo\nthree"


@pytest.mark.usefixtures("_app")
def test_a_password_stays_as_it_was_typed() -> None:
    assert filled(secret="  e\u0308 \x00 ").secret.data == "  e\u0308 \x00 "


@pytest.mark.usefixtures("_app")
@pytest.mark.parametrize("character", ["\0", "\x1b", "\ud800", "\u202e", "\u2066"])
def test_characters_that_cannot_be_stored_or_shown_are_refused_and_left_out(character: str) -> None:
    form = filled(line=f"a{character}b")
    assert form.line.errors == ["There was a character in this that cannot be used. We left it out: look it over."]
    assert form.line.data == "ab"


@pytest.mark.usefixtures("_app")
def test_no_text_is_longer_than_its_field_or_the_house_allows() -> None:
    form = filled(line="a" * 21, long_line="a" * 5_001)
    told = (form.line.errors, form.long_line.errors)
    assert told == (["Use at most 20 characters."], ["Use at most 5000 characters."])


def test_no_other_check_looks_at_a_text_that_is_too_long() -> None:
    looked: list[str] = []

    class Checked(Form):
        line = StringField("Line", [lambda _form, field: looked.append(field.data), Length(max=3)])

    app = Flask("forms")
    app.config.from_mapping(WTF_CSRF_ENABLED=False, SECRET_KEY="for this test alone")
    with app.test_request_context():
        for text in ("abcd", "abc"):
            Checked(MultiDict([("line", text)])).validate()
    assert looked == ["abc"]


@pytest.mark.usefixtures("_app")
def test_of_a_value_that_is_sent_twice_the_first_counts() -> None:
    form = Sample(MultiDict([("line", "first"), ("line", "second"), ("yes", "false"), ("yes", "y")]))
    assert (form.line.data, form.yes.data) == ("first", False)


def test_a_file_counts_only_where_one_is_asked_for_and_json_never() -> None:
    app = Flask("forms")
    app.config.from_mapping(WTF_CSRF_ENABLED=False, SECRET_KEY="for this test alone")
    files = {name: (BytesIO(b"x"), "x.txt") for name in ("line", "file")}
    with app.test_request_context(method="POST", data=files):
        form = Sample()
        assert (form.line.data, type(form.file.data)) == (None, FileStorage)
    for body in ("[1, 2]", "{}", "no json"):
        with app.test_request_context(method="POST", data=body, content_type="application/json"):
            assert Sample().line.data is None


class Asked(Form):
    name = StringField("Name", [InputRequired()])


@pytest.mark.usefixtures("_app")
def test_errors_are_in_the_language_of_the_reader() -> None:
    form = Asked(MultiDict())
    form.validate()
    assert form.name.errors == ["Fill this in."]


@pytest.mark.clause("P2")
@pytest.mark.usefixtures("_app")
def test_free_text_with_a_citizen_service_number_is_refused() -> None:
    form = filled(text="it is 123456782")
    assert form.text.errors == [str(BSN_REFUSED)]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Name@Example.NL", "name@example.nl"),
        ("jan@m\u00fcnchen.de", "jan@m\u00fcnchen.de"),
        ("name@localhost", None),
        ("name", None),
        ("a@b@c.nl", None),
        ("a\0@c.nl", None),
        ("", None),
        ("a" * 250 + "@example.nl", None),
    ],
)
def test_a_mail_address_is_kept_in_one_form(typed: str, kept: str | None) -> None:
    assert normal_mail_address(typed) == kept


@pytest.mark.usefixtures("_app")
def test_a_wrong_mail_address_is_refused_in_words() -> None:
    told = ["This is not a complete mail address. One looks like name@example.nl."]
    assert filled(address="name").address.errors == told
