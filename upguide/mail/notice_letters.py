"""Letters about what happened, as the reader chose to hear of it (U2). They name nobody and repeat nothing written."""

from upguide.i18n import gettext as _
from upguide.i18n import ngettext
from upguide.policy.notices import NOTICES, Frequency, Kind

from .letters import Action, Letter, add_letters


def something_happened(*, portal: str, happened: Kind, link: str, off_link: str) -> Letter:
    """To a member, of one thing that happened."""
    words = _(NOTICES[happened].happened)
    return Letter(
        words,
        (
            _("%(happened)s on %(portal)s.", happened=words, portal=portal),
            _("What it says, and from whom it is, you read on the site alone: mail is no safe place for that."),
        ),
        Action(_("Show it to me"), link),
        (_how_often(),),
        Action(_("Send me no more mail of this kind"), off_link),
        off_link,
    )


def what_happened(
    *,
    portal: str,
    frequency: Frequency,
    told: tuple[tuple[Kind, int], ...],
    link: str,
    off_link: str,
) -> Letter:
    """To a member, of what happened since the last daily or weekly mail: which kinds, and how often each."""
    daily = frequency is Frequency.DAILY
    return Letter(
        _("Your daily overview of %(portal)s", portal=portal)
        if daily
        else _("Your weekly overview of %(portal)s", portal=portal),
        (
            _("Since our last message, this happened on %(portal)s:", portal=portal),
            *(_line(kind, count) for kind, count in told),
            _("What it says, and from whom it is, you read on the site alone: mail is no safe place for that."),
        ),
        Action(_("Show it to me"), link),
        (_how_often(),),
        Action(_("Send me no daily mail any more") if daily else _("Send me no weekly mail any more"), off_link),
        off_link,
    )


def _line(kind: Kind, count: int) -> str:
    happened = _(NOTICES[kind].happened)
    return ngettext("• %(happened)s", "• %(happened)s (%(num)s times)", count, happened=happened)


def _how_often() -> str:
    return _("How often we mail you, and when, you choose on the site under Notifications.")


add_letters(something_happened, what_happened)
