"""Letters about a new version of the privacy statement (A1)."""

from collections.abc import Sequence
from datetime import date

from upguide.i18n import format_date
from upguide.i18n import gettext as _

from .letters import Letter, add_letters, help_line


def statement_changed(*, portal: str, since: date, changes: Sequence[str], asks: bool) -> Letter:
    """To a member: what is different, and whether we ask something."""
    asked = (
        _(
            "For one thing in it we ask your yes. You give it, or not, when you next sign in: "
            "whatever you say, you keep all the rest."
        )
        if asks
        else _("You need not do anything. If you do not agree, you can object or leave under My data.")
    )
    return Letter(
        _("Our privacy statement has a new version"),
        (
            _(
                "The privacy statement of %(portal)s has a new version, in force since %(date)s.",
                portal=portal,
                date=format_date(since),
            ),
            _("This is what changed:"),
            *changes,
        ),
        afterwards=(
            asked,
            _("You read the whole text, and every earlier version, at the foot of each page: Privacy statement."),
            help_line(),
        ),
    )


def statement_reminder(*, portal: str, since: date, changes: Sequence[str], asks: bool) -> Letter:
    """To a member who has not answered a version that asks for a yes. It comes once."""
    del asks
    return Letter(
        _("We still wait for your answer"),
        (
            _(
                "The privacy statement of %(portal)s changed on %(date)s, and for one thing in it we ask your yes.",
                portal=portal,
                date=format_date(since),
            ),
            *changes,
        ),
        afterwards=(
            _("Sign in and say yes or no. As long as you say nothing, we take it as a no. We do not ask again."),
        ),
    )


def statement_answers(*, portal: str, number: int, counts: Sequence[tuple[str, int, int, int, int]]) -> Letter:
    """To officers and webmasters: how many members have not answered, portal by portal."""
    del portal
    lines = (
        _(
            "%(name)s: %(told)s told, %(agreed)s said yes, %(refused)s said no, %(silent)s have not answered.",
            name=name,
            told=told,
            agreed=agreed,
            refused=refused,
            silent=silent,
        )
        for name, told, agreed, refused, silent in counts
    )
    return Letter(_("Answers to version %(number)s of the privacy statement", number=number), tuple(lines))


add_letters(statement_changed, statement_reminder, statement_answers)
