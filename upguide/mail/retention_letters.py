"""The letters to somebody who has not signed in for almost seven years (clause U5)."""

from datetime import date

from upguide.i18n import format_date, ngettext
from upguide.i18n import gettext as _

from .letters import Letter, add_letters, help_line


def account_goes(*, portal: str, host: str, goes_on: date, days: int, years: int) -> Letter:
    """To a person whose account goes on a day, unless they sign in. No link: this is what a swindler would send too.

    `days` as they stand between this warning and that day, `years` without a sign-in. `host` is the portal's address.
    """
    return Letter(
        _("Your account goes on %(date)s, unless you sign in", date=format_date(goes_on)),
        (
            ngettext(
                "You have not signed in on %(portal)s for about %(num)s year, nor on another portal of UpGuide.",
                "You have not signed in on %(portal)s for about %(num)s years, nor on another portal of UpGuide.",
                years,
                portal=portal,
            ),
            _(
                "We keep an account no longer than that. On %(date)s we erase yours, with all that is in it.",
                date=format_date(goes_on),
            ),
            _("Do you want to keep it? Then sign in once, on %(host)s. That is all: everything stays.", host=host),
            _("Do you want it to go? Then you need not do anything."),
        ),
        afterwards=(_next(days), help_line()),
    )


def account_held(*, portal: str, host: str, years: int) -> Letter:
    """To a person whose time is up, and whose data is restricted: it stays until they say otherwise. No link either.

    `years` without a sign-in. `host` is the portal's address.
    """
    return Letter(
        _("We keep your account, because you restricted your data"),
        (
            ngettext(
                "You have not signed in on %(portal)s for about %(num)s year, nor on another portal of UpGuide.",
                "You have not signed in on %(portal)s for about %(num)s years, nor on another portal of UpGuide.",
                years,
                portal=portal,
            ),
            _(
                "We keep an account no longer than that. But you asked us to keep your data and to do nothing with it. "
                "Erasing it is doing something too, so we do not."
            ),
            _("Do you still need it kept? Then you need not do anything. We write to you again in a year."),
            _(
                "Do you want it to go? Sign in on %(host)s. Under My data you can erase everything, or end the "
                "restriction.",
                host=host,
            ),
        ),
        afterwards=(
            _("Our data-protection officer sees how many accounts wait like this, and not whose they are."),
            help_line(),
        ),
    )


def _next(days: int) -> str:
    if days < 30:  # noqa: PLR2004 - policy/retention.py says when; the last warning says that it is the last
        return _("This is the last warning. When it is done you have one more message, that says what went.")
    return _("We warn you three times, so that you do not lose anything by accident.")


add_letters(account_goes, account_held)
