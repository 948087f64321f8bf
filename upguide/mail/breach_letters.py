"""Letters about data breaches: to those who handle them, and to those whom one concerns (GDPR Articles 33 and 34).

An exercise says so in its subject and its first words.
"""

from datetime import datetime

from upguide.i18n import format_date, format_datetime, ngettext
from upguide.i18n import gettext as _

from .letters import Action, Letter, add_letters, help_line


def breach_reported(*, portal: str, link: str) -> Letter:
    """To officers and webmasters: there is a report. What it says stands on the page alone."""
    return Letter(
        _("A data breach was reported"),
        (
            _("On %(portal)s somebody reported what may be a data breach.", portal=portal),
            _("Read it today and judge it: from the moment that we know of a breach, 72 hours run."),
        ),
        Action(_("Read the report"), link),
    )


def breach_clock(*, portal: str, number: int, exercise: bool, hours: int, left: int, deadline: datetime) -> Letter:
    """To officers and webmasters, when `hours` have passed since awareness and nothing is reported or decided."""
    subject = _("Data breach %(number)s: %(hours)s hours have passed", number=number, hours=hours)
    state = _(
        "We have known of data breach %(number)s for %(hours)s hours, and it is neither reported to the Autoriteit "
        "Persoonsgegevens nor decided that it need not be.",
        number=number,
        hours=hours,
    )
    time_left = ngettext("There is %(num)s whole hour left.", "There are %(num)s whole hours left.", left)
    until = _("It must be reported by %(moment)s.", moment=format_datetime(deadline))
    where = _("Sign in on %(portal)s and open Breaches.", portal=portal)
    return Letter(
        _marked(subject, exercise=exercise),
        (*_exercise_words(exercise=exercise), state, f"{until} {time_left}", where),
    )


def breach_letter(
    *, portal: str, words: str, what: str, exercise: bool, told_on: datetime | None = None, more: str = ""
) -> Letter:
    """To a person whom a breach concerns: the letter as it was frozen, and which of their data it is about.

    `told_on`: when they were told before of this breach; `more`: what we know since of their data.
    """
    paragraphs = tuple(" ".join(part.split()) for part in words.split("\n\n") if part.strip())
    about = (_("Of you, it concerns: %(items)s.", items=what),) if what else ()
    subject = _("A data breach at %(portal)s that concerns you", portal=portal)
    before: tuple[str, ...] = ()
    if told_on is not None:
        subject = _("More about the data breach at %(portal)s", portal=portal)
        before = (
            _("We wrote to you about this before, on %(day)s. We know more now.", day=format_date(told_on)),
            *((_("It turned out to concern this too: %(items)s.", items=more),) if more else ()),
        )
    return Letter(
        _marked(subject, exercise=exercise),
        (*_exercise_words(exercise=exercise), *before, *paragraphs, *about),
        afterwards=(help_line(),),
    )


def _marked(subject: str, *, exercise: bool) -> str:
    return _("EXERCISE: %(subject)s", subject=subject) if exercise else subject


def _exercise_words(*, exercise: bool) -> tuple[str, ...]:
    return (_("This is an exercise. Nothing happened, and nobody outside hears of it."),) if exercise else ()


add_letters(breach_reported, breach_clock, breach_letter)
