"""What is asked before something of a person goes."""

from wtforms import BooleanField, RadioField
from wtforms.validators import InputRequired

from upguide.forms import Form, _l, choice


class ClickForm(Form):
    """A button on a page of its own."""


class ErasureForm(Form):
    """When everything goes, and whether one's own words in what others keep are blanked first."""

    when = RadioField(
        _l("When?"),
        [InputRequired(_l("Choose when."))],
        choices=[
            choice("tomorrow", _l("After a day, in which I can withdraw it")),
            choice("now", _l("At once. I know that it cannot be undone")),
        ],
        default="tomorrow",
    )
    blank_words = BooleanField(_l("Blank my own words in what stays with others"))
