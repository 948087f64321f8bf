"""A form with one of each kind of field, so that the components can be looked at."""

from wtforms import (
    BooleanField,
    DateField,
    FileField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired

from upguide.forms import Form, choice

KINDS = [choice("permanent", "Permanent"), choice("temporary", "Temporary")]
REGIONS = [choice("", ""), choice("drenthe", "Drenthe"), choice("zeeland", "Zeeland")]


class SampleForm(Form):
    """Every kind of field; it is shown, never sent."""

    name = StringField("First names", [InputRequired()])
    mail_address = StringField("Mail address", [InputRequired()])
    password = PasswordField("Password", [InputRequired()])
    birth_date = DateField("Date of birth")
    region = SelectField("Region", choices=REGIONS)
    kind = RadioField("Kind of address", choices=KINDS, default="permanent")
    photo = FileField("Photo")
    description = TextAreaField("What you do")
    agreed = BooleanField("I have read the privacy statement and agree", [InputRequired()])


def sample_form() -> SampleForm:
    """Return the form as somebody left it: filled in here and there, with three errors."""
    form = SampleForm(formdata=None, name="Pieternel", description="I coach people who change their trade.")
    form.form_errors = []
    form.mail_address.errors = ["Fill in a complete mail address, such as name@example.nl."]
    form.birth_date.errors = ["This day is in the future."]
    form.agreed.errors = ["Without your agreement we may not keep anything about you."]
    return form
