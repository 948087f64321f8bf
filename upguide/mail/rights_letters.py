"""Letters about a person's rights: a copy that is ready, an erasure that is planned, and the receipt after it."""

from collections.abc import Sequence
from datetime import date, datetime

from upguide.i18n import format_date, format_datetime, format_list, ngettext
from upguide.i18n import gettext as _
from upguide.policy.items import CATALOGUE, Item
from upguide.policy.purposes import TERMS, Term

from .letters import Letter, add_letters, help_line


def export_ready(*, portal: str, kept_days: int) -> Letter:
    """To a person whose copy of everything is ready. No link: what it leads to is too much for somebody's mailbox."""
    return Letter(
        _("Your data is ready to take along"),
        (
            _("You asked on %(portal)s for a copy of everything that we keep of you. It is ready.", portal=portal),
            _("Sign in on %(portal)s and open My data, Take your data along.", portal=portal),
        ),
        afterwards=(
            ngettext(
                "You can take it once, for %(num)s day. Then it is removed.",
                "You can take it once, for %(num)s days. Then it is removed.",
                kept_days,
            ),
            _("Was it not you who asked? Then change your password: somebody was in your account."),
        ),
    )


def erasure_planned(*, portal: str, at: datetime) -> Letter:
    """To a person who asked that everything goes, a day before it does."""
    return Letter(
        _("Your account will be erased"),
        (
            _(
                "Somebody, probably you, asked on %(portal)s to erase everything that we keep of you.",
                portal=portal,
            ),
            _("We begin on %(moment)s. Until then you can withdraw it, with one button.", moment=format_datetime(at)),
        ),
        afterwards=(
            _("Was it not you? Sign in, open My data, Erase, withdraw it there, and change your password."),
            help_line(),
        ),
    )


def erasure_receipt(
    *,
    portal: str,
    at: datetime,
    went: Sequence[Item],
    severed: bool,
    kept: Sequence[tuple[Sequence[Item], Term, date | None]],
    backups_until: date,
) -> Letter:
    """To the address of somebody of whom everything went: what went, what stays, why and until when (P4c, U6)."""
    goes = format_list([_(CATALOGUE[item].label) for item in went])
    stays = [_kept(*one) for one in kept] or [_("There is nothing that we keep.")]
    if severed:
        stays.insert(0, _("What you did for others stays with them, without your name."))
    moment = format_datetime(at)
    return Letter(
        _("Your data is erased"),
        (
            _(
                "On %(moment)s we erased your account on all portals of UpGuide, %(portal)s too.",
                moment=moment,
                portal=portal,
            ),
            _(
                "This is gone: %(items)s. The key under which the most private of it was sealed is destroyed.",
                items=goes,
            ),
            *stays,
            _backups(backups_until),
            _("This message is the last trace: we forget your address as soon as it is sent."),
        ),
    )


def _backups(until: date) -> str:
    return _(
        "Backups may hold what went until %(date)s. Nobody looks into them, and if one is ever put back, "
        "you are erased again before it is used.",
        date=format_date(until),
    )


def _kept(items: Sequence[Item], term: Term, until: date | None) -> str:
    what, why = format_list([_(CATALOGUE[item].label) for item in items]), _(TERMS[term].explanation)
    if until is None:
        return _("This stays, cut loose from you: %(items)s. %(why)s", items=what, why=why)
    return _(
        "This stays, cut loose from you, until %(date)s: %(items)s. %(why)s",
        items=what,
        why=why,
        date=format_date(until),
    )


add_letters(export_ready, erasure_planned, erasure_receipt)
