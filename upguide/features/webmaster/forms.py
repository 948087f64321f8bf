"""What a webmaster is asked: whom, and always why."""

from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from upguide.forms import Form, _l, choice, mail_address
from upguide.models.agreements import SHORTEST_REASON
from upguide.policy.permissions import Role

LONGEST_REASON = 500
_TOO_SHORT = _l("Say why, in a sentence that the person may read: at least 10 characters.")


class ClickForm(Form):
    """A button."""


class ReasonForm(Form):
    """Why something is done to somebody."""

    reason = TextAreaField(
        _l("Why?"),
        [InputRequired(_TOO_SHORT), Length(SHORTEST_REASON, LONGEST_REASON, _TOO_SHORT)],
    )


class LookUpForm(ReasonForm):
    """Who is looked up, and why (W9)."""

    who = StringField(
        _l("Mail address, UpGuide number or name"),
        [InputRequired(_l("Fill in whom you look for.")), Length(max=254)],
    )


class ChooseForm(ReasonForm):
    """One of several people with that name."""

    handle = HiddenField(validators=[InputRequired(), Length(max=16)])


class RoleForm(ReasonForm):
    """Who is appointed or dismissed, and to what."""

    mail_address = StringField(
        _l("Mail address of the account"), [InputRequired(_l("Fill in the mail address.")), mail_address]
    )
    role = RadioField(
        _l("Role"),
        [InputRequired(_l("Choose a role."))],
        choices=[
            choice(Role.WEBMASTER.value, _l("Webmaster")),
            choice(Role.OFFICER.value, _l("Data-protection officer")),
        ],
    )
