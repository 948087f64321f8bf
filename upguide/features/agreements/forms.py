"""What is asked before somebody signs."""

from wtforms import BooleanField, HiddenField
from wtforms.validators import InputRequired, Length

from upguide.forms import Form, _l


class SignForm(Form):
    """A yes to the text whose hash stands in `read`: what was shown, and not what has come in its place since."""

    read = HiddenField(validators=[Length(max=64)])
    agree = BooleanField(
        _l("I have read this agreement, and I sign it"),
        [InputRequired(_l("Tick the box if you want to sign."))],
    )


class ClickForm(Form):
    """A button."""
