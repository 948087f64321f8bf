"""Letters about the officer's access (W8): a webmaster is asked, the officer hears; so does the owner if none can."""

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
        then = _("Sign in and open Oversight to read why. There you see whether another webmaster can be asked.")
    return Letter(subject, (told, then), afterwards=(help_line(),))


def no_webmaster_left(*, portal: str, others: bool = False) -> Letter:
    """To the owner of the system, at the help desk: no webmaster is left whom the officer can ask to attend (W8).

    `others`: some are left, and the officer doubts them. It says nothing of what is asked, of whom, or who refused.
    """
    if others:
        told = _(
            "On %(portal)s the data-protection officer asked to see data. No webmaster attends: they refused, ended "
            "it or do not answer. Others can be asked, but the officer asks you to look whether they are independent.",
            portal=portal,
        )
        why = _(
            "We promised that no single person can silence the officer. Look who is webmaster, and who appointed "
            "them; appoint somebody else where you are not sure."
        )
    else:
        told = _(
            "On %(portal)s the data-protection officer asked to see data. No webmaster attends: they refused or "
            "do not answer, and there is no other who can be asked.",
            portal=portal,
        )
        why = _("We promised that no single person can silence the officer. It takes a second webmaster to keep that.")
    return Letter(
        _("The data-protection officer needs another webmaster"),
        (
            told,
            why,
            _(
                "Choose somebody who has an account, and appoint them with: flask --app wsgi webmaster appoint "
                "ADDRESS. They then set up a second step and sign the confidentiality agreement."
            ),
        ),
        afterwards=(_("What the officer asks to see, and of whom, is not for this message, and not for you."),),
    )


add_letters(access_asked, access_answered, no_webmaster_left)
