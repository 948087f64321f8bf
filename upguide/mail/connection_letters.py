"""Letters to somebody for whom somebody else made an account (clause W5).

They say who did so, as no other letter does: without that, nobody could tell such a message from a swindler's. What
was entered is told by its kind; the values stand behind the links.
"""

from collections.abc import Sequence
from datetime import date

from upguide.i18n import format_date, format_list
from upguide.i18n import gettext as _
from upguide.policy.items import CATALOGUE, Item

from .letters import Action, Letter, add_letters, help_line


def account_made_for_you(
    *, portal: str, maker: str, items: Sequence[Item], link: str, delete_link: str, goes_on: date
) -> Letter:
    """To the one for whom an account was made. `maker` is empty where the maker went, or hides the name."""
    return Letter(
        _("An account was made for you on %(portal)s", portal=portal),
        (
            _made_by(maker, portal),
            _entered(items),
            _("What it is for: %(portal)s helps people to develop, personally and in their work.", portal=portal),
            _("It is yours. Nobody but its maker sees it, until you take it over with a password of your own."),
        ),
        Action(_("See what was entered, and take it over"), link),
        (
            _(
                "You need not sign in for either link. If you do nothing, all of it goes on %(date)s.",
                date=format_date(goes_on),
            ),
            help_line(),
        ),
        Action(_("I do not want this: delete everything now"), delete_link),
    )


def account_waits_for_you(
    *, portal: str, maker: str, items: Sequence[Item], link: str, delete_link: str, goes_on: date
) -> Letter:
    """The one reminder, before an account goes that nobody took over."""
    return Letter(
        _("An account waits for you on %(portal)s, until %(date)s", portal=portal, date=format_date(goes_on)),
        (
            _made_by(maker, portal),
            _entered(items),
            _("You have not taken it over. On %(date)s it goes, with all that is in it.", date=format_date(goes_on)),
            _("Do you want it to go? Then you need not do anything. We do not write about it again."),
        ),
        Action(_("See what was entered, and take it over"), link),
        (help_line(),),
        Action(_("I do not want this: delete everything now"), delete_link),
    )


def account_made_for_you_already(
    *, portal: str, maker: str, items: Sequence[Item], link: str, delete_link: str, goes_on: date
) -> Letter:
    """To the one for whom an account was made, and who has one already; whoever made it is not told that."""
    return Letter(
        _("Somebody made an account for you, and you have one already"),
        (
            _made_by(maker, portal),
            _entered(items),
            _("You have an account already, and it is not changed. Whoever made this one is not told of it."),
            _("What was entered goes by itself on %(date)s, or at once if you wish.", date=format_date(goes_on)),
        ),
        Action(_("See what was entered, and delete it"), delete_link),
        (_("Would you like to be connected? Sign in, find each other under People, and ask."), help_line()),
        Action(_("Sign in"), link),
    )


def account_waits_for_you_already(
    *, portal: str, maker: str, items: Sequence[Item], link: str, delete_link: str, goes_on: date
) -> Letter:
    """The same, as the one reminder."""
    return account_made_for_you_already(
        portal=portal, maker=maker, items=items, link=link, delete_link=delete_link, goes_on=goes_on
    )


def _made_by(maker: str, portal: str) -> str:
    if maker:
        return _("%(name)s, a member of %(portal)s, made an account for you there.", name=maker, portal=portal)
    return _("A member of %(portal)s made an account for you there.", portal=portal)


def _entered(items: Sequence[Item]) -> str:
    labels = format_list([_(CATALOGUE[item].label) for item in items])
    return _("This was entered about you: %(items)s. You see it by either link.", items=labels)


add_letters(account_made_for_you, account_waits_for_you, account_made_for_you_already, account_waits_for_you_already)
