"""Letters about the officer's access (W8): a webmaster is asked to attend, and the officer hears the answer."""

from upguide.i18n import gettext as _

from .letters import Letter, add_letters, help_line


def access_asked(*, portal: str) -> Letter:
    """To a webmaster who is asked to attend an access. What it is about stands on the site alone."""
    return Letter(
        _("The data-protection officer asks you to attend"),
        (
            _("On %(portal)s the data-protection officer asks to see data, and for you to attend.", portal=portal),
            _("Sign in, open Site administration, Accesses, and accept or refuse. A refusal needs a reason."),
        ),
        afterwards=(_("After a day without an answer, another webmaster may be asked."), help_line()),
    )


def access_answered(*, portal: str, agreed: bool) -> Letter:
    """To the officer: a webmaster accepted to attend, or refused."""
    if agreed:
        subject = _("A webmaster will attend your access")
        told = _("On %(portal)s a webmaster agreed to attend the access that you asked for.", portal=portal)
        then = _("Agree on a time together: you see the data only while the webmaster is there.")
    else:
        subject = _("A webmaster refused to attend your access")
        told = _("On %(portal)s a webmaster refused to attend the access that you asked for.", portal=portal)
        then = _("Sign in and open Oversight to read why. You may ask another webmaster.")
    return Letter(subject, (told, then), afterwards=(help_line(),))


add_letters(access_asked, access_answered)
