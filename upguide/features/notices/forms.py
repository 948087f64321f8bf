"""How often somebody wants mail of each kind, and when it should be quiet."""

from datetime import time
from typing import Any

from wtforms import SelectField, TimeField
from wtforms.validators import InputRequired, Optional, StopValidation

from upguide.forms import Form, _l, choice
from upguide.i18n import gettext as _
from upguide.notices.choices import Choices
from upguide.notices.quiet import Clock, time_zones
from upguide.policy.notices import FREQUENCIES, NOTICES, Frequency, Kind

_HOUR = 60
CHOOSABLE = tuple(kind for kind in Kind if NOTICES[kind].made)


def _a_period(form: Form, field: TimeField) -> None:
    """Refuse half a period, and one of a whole day: a validator, before the one that lets both be empty."""
    begin = form["quiet_from"].data
    if (begin is None) != (field.data is None):
        raise StopValidation(_("Fill in both times, or leave both empty."))
    if field.data is not None and field.data == begin:
        raise StopValidation(_("Choose another time than the one from which it is quiet."))


class ChoicesForm(Form):
    """One field a kind (added below), the quiet hours, and the clock that they are on."""

    quiet_from = TimeField(_l("Quiet from"), [Optional()])
    quiet_until = TimeField(_l("Quiet until"), [_a_period, Optional()])
    time_zone = SelectField(
        _l("Your time zone"), [InputRequired()], choices=[choice(zone, zone) for zone in time_zones()]
    )

    @property
    def kinds(self) -> list[Any]:
        """The fields of the kinds, in the order of the policy."""
        return [self[_name(kind)] for kind in CHOOSABLE]

    def fill(self, choices: Choices) -> None:
        """Show what was chosen before."""
        for kind in CHOOSABLE:
            self[_name(kind)].data = choices.of(kind).value
        self.time_zone.data = choices.clock.zone
        self.quiet_from.data = _time(choices.clock.quiet_from)
        self.quiet_until.data = _time(choices.clock.quiet_until)

    def chosen(self) -> Choices:
        """Return what is chosen now; the form is valid."""
        chosen = {kind: Frequency(self[_name(kind)].data) for kind in CHOOSABLE}
        times = (_minutes(self.quiet_from.data), _minutes(self.quiet_until.data))
        return Choices(chosen, Clock(self.time_zone.data, *times))


def _name(kind: Kind) -> str:
    return f"mail_{kind.value}"


def _minutes(value: time | None) -> int | None:
    return None if value is None else value.hour * _HOUR + value.minute


def _time(minutes: int | None) -> time | None:
    return None if minutes is None else time(*divmod(minutes, _HOUR))


for _kind in CHOOSABLE:
    _options = [choice(frequency.value, _l(label)) for frequency, label in FREQUENCIES.items()]
    _field = SelectField(_l(NOTICES[_kind].happened), [InputRequired()], choices=_options)
    setattr(ChoicesForm, _name(_kind), _field)
