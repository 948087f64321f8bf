"""What is asked before something of a person goes, is limited, or is put to a human."""

from wtforms import BooleanField, DateField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from upguide.forms import Form, _l, choice
from upguide.policy.requests import KINDS
from upguide.validation import no_bsn


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


class FilterForm(Form):
    """Which looks are shown: of whom, at what, and when. Sent as an address, and changes nothing."""

    class Meta(Form.Meta):
        csrf = False

    role = SelectField(_l("Who"), [Optional()])
    item = SelectField(_l("What"), [Optional()])
    since = DateField(_l("From"), [Optional()])
    until = DateField(_l("Up to and including"), [Optional()])


class ReasonForm(Form):
    """Why somebody limits the use of their data; for themselves to read again, and nobody asks for it."""

    reason = TextAreaField(_l("Why? Only you read this"), [Optional(), Length(max=1_000), no_bsn])


class RequestForm(Form):
    """What a human is asked."""

    kind = RadioField(
        _l("What is it about?"),
        [InputRequired(_l("Choose what it is about."))],
        choices=[choice(kind.value, _l(words.label)) for kind, words in KINDS.items()],
    )
    words = TextAreaField(
        _l("Your request"), [InputRequired(_l("Write what you ask.")), Length(max=5_000), no_bsn], render_kw={"rows": 8}
    )
