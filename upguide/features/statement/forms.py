"""Answering a new version of the statement."""

from wtforms import RadioField
from wtforms.validators import AnyOf

from upguide.forms import Form, _l, choice

SAID = ("yes", "no", "read")


class AnswerForm(Form):
    """One of the buttons was pressed."""

    said = RadioField(
        validators=[AnyOf(SAID, _l("Choose one of the buttons."))],
        choices=[choice(said, said) for said in SAID],
        validate_choice=False,
    )
