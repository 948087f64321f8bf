"""Letters about requests: there is an answer, it takes longer, one is due. None says what is in it."""

from datetime import date

from upguide.i18n import format_date, ngettext
from upguide.i18n import gettext as _
from upguide.policy.requests import KINDS, RequestKind

from .letters import Letter, add_letters, help_line


def request_answered(*, portal: str) -> Letter:
    """To a person whose request was answered (P7)."""
    return Letter(
        _("There is an answer to your request"),
        (
            _("You asked us something about your data on %(portal)s. It is answered.", portal=portal),
            _("Sign in on %(portal)s and open My data, Requests. There you read it, and nowhere else.", portal=portal),
        ),
        afterwards=(_("Not content with the answer? Tell us there, with a new request."), help_line()),
    )


def request_extended(*, portal: str, due_on: date) -> Letter:
    """To a person whose request takes two months more (P7; GDPR Art. 12(3))."""
    return Letter(
        _("Your request takes longer"),
        (
            _(
                "You asked us something about your data on %(portal)s. We cannot answer it within a month.",
                portal=portal,
            ),
            _("You have an answer by %(date)s at the latest.", date=format_date(due_on)),
            _("Why it takes longer, you read on the site: sign in and open My data, Requests."),
        ),
        afterwards=(_("Not content with that? Tell us there, or complain to the Autoriteit Persoonsgegevens."),),
    )


def request_due(*, portal: str, about: RequestKind, due_on: date, days: int) -> Letter:
    """To who answers it (`privacy.requests.remind`): a request waits, and its day is near or past (P7)."""
    when = format_date(due_on)
    if days < 0:
        subject = _("A request is overdue")
        told = _("It was to be answered by %(date)s. Each day more breaks what we promised.", date=when)
    else:
        subject = ngettext("A request is due in %(num)s day", "A request is due in %(num)s days", days)
        told = _("It is to be answered by %(date)s at the latest.", date=when)
    return Letter(
        subject,
        (
            _("On %(portal)s somebody waits for an answer: “%(kind)s”.", portal=portal, kind=_(KINDS[about].label)),
            told,
            _("Sign in on %(portal)s to read and answer it.", portal=portal),
        ),
    )


add_letters(request_answered, request_extended, request_due)
