"""Letters about what a webmaster did, roles, and agreements. Reasons stay on the site: they may tell too much."""

from datetime import datetime

from upguide.i18n import current_language, format_date, format_datetime, ngettext
from upguide.i18n import gettext as _
from upguide.policy.agreements import text_hash, text_of
from upguide.policy.permissions import AgreementKind, Role

from .letters import Action, Letter, add_letters, help_line


def looked_at(*, portal: str, link: str, at: datetime) -> Letter:
    """To a person whose data a webmaster opened, with a reason that stands in the person's journal (W9)."""
    return Letter(
        _("A webmaster opened your data"),
        (
            _(
                "On %(moment)s, a webmaster of %(portal)s opened your data, under a signed duty of confidentiality.",
                moment=format_datetime(at),
                portal=portal,
            ),
            _("Why, and what was seen, stands in your own overview of who saw what."),
        ),
        Action(_("See who saw what"), link),
        (_("Did you not ask us for help, and do you not understand the reason? Then write to us."), help_line()),
    )


def account_blocked(*, portal: str, link: str, at: datetime) -> Letter:
    """To a person whose account a webmaster blocked."""
    return Letter(
        _("Your account is blocked"),
        (
            _(
                "On %(moment)s, a webmaster of %(portal)s blocked your account.",
                moment=format_datetime(at),
                portal=portal,
            ),
            _("You are signed out everywhere, and other members do not see you any more."),
            _("Your own data stays within your reach: sign in to read why, to take your data along or to erase it."),
        ),
        Action(_("To my data"), link),
        (_("Do you not agree? Then ask us to look again, in My data under Requests."), help_line()),
    )


def account_released(*, portal: str, link: str, at: datetime) -> Letter:
    """To a person whose account works again."""
    return Letter(
        _("Your account works again"),
        (
            _(
                "On %(moment)s, a webmaster of %(portal)s released your account. All is as it was before.",
                moment=format_datetime(at),
                portal=portal,
            ),
        ),
        Action(_("Sign in"), link),
        (help_line(),),
    )


def factors_removed(*, portal: str, link: str, at: datetime) -> Letter:
    """To a person whose lost second factors a webmaster took away."""
    return Letter(
        _("Your second step at sign-in was removed"),
        (
            _(
                "On %(moment)s, a webmaster of %(portal)s removed the app, passkeys and recovery codes of your "
                "account, because somebody told us that they were lost. You are signed out everywhere.",
                moment=format_datetime(at),
                portal=portal,
            ),
            _("You sign in with your password now. Set up a new second step as soon as you are in."),
        ),
        Action(_("Sign in"), link),
        (
            _("Was it not you who asked? Then choose a new password at once, and write to us."),
            help_line(),
        ),
    )


def appointed(*, portal: str, link: str, at: datetime, by_owner: bool = False) -> Letter:
    """To somebody who was given a role: by a webmaster, or by the owner of the system at the command line."""
    if by_owner:
        told = _("On %(moment)s, the owner of %(portal)s appointed you.", moment=format_datetime(at), portal=portal)
    else:
        told = _("On %(moment)s, a webmaster of %(portal)s appointed you.", moment=format_datetime(at), portal=portal)
    return Letter(
        _("You have a new role"),
        (
            told,
            _("Which role it is, you see when you sign in."),
            _("It opens nothing yet: set up a second step, then read and sign the confidentiality agreement."),
        ),
        Action(_("Read and sign"), link),
        (help_line(),),
    )


def dismissal_asked(*, portal: str, link: str, at: datetime) -> Letter:
    """To a data-protection officer whose dismissal one webmaster asked for."""
    return Letter(
        _("Somebody asks to end your role"),
        (
            _(
                "On %(moment)s, a webmaster of %(portal)s asked to end your role. Nothing is changed yet: "
                "another webmaster has to agree within a week.",
                moment=format_datetime(at),
                portal=portal,
            ),
            _("The reason stands in your own data."),
        ),
        Action(_("To my data"), link),
        (help_line(),),
    )


def dismissed(*, portal: str, link: str, at: datetime, by_owner: bool = False) -> Letter:
    """To somebody whose role ended."""
    if by_owner:
        told = _("On %(moment)s, the owner of %(portal)s ended your role.", moment=format_datetime(at), portal=portal)
    else:
        told = _("On %(moment)s, a webmaster of %(portal)s ended your role.", moment=format_datetime(at), portal=portal)
    return Letter(
        _("Your role has ended"),
        (
            told,
            _("What it opened is closed. The duty to keep silent about what you saw stays. Thank you for your work."),
        ),
        Action(_("To my data"), link),
        (help_line(),),
    )


def _ended_with_account(portal: str, at: datetime) -> str:
    return _(
        "On %(moment)s, the account of somebody with a role on %(portal)s was erased. The role ended with it.",
        moment=format_datetime(at),
        portal=portal,
    )


def roles_ended(*, portal: str, link: str, at: datetime) -> Letter:
    """To every other webmaster: somebody's role ended with the account."""
    return Letter(
        _("Somebody's role has ended"),
        (_ended_with_account(portal, at), _("Who has a role now stands in Site administration, Roles.")),
        Action(_("To the roles"), link),
        (help_line(),),
    )


def roles_ended_overseen(*, portal: str, link: str, at: datetime) -> Letter:
    """To every data-protection officer: somebody's role ended with the account (W8, W9)."""
    return Letter(
        _("Somebody's role has ended"),
        (_ended_with_account(portal, at), _("Who has a role now, and what changed, stands in Oversight, Roles.")),
        Action(_("To the roles"), link),
        (_("You hear of each such change, so that none stays out of your sight."), help_line()),
    )


def roles_too_few(*, portal: str, at: datetime, role: Role) -> Letter:
    """To the owner of the system, at the help desk: too few are left who can watch over each other (W8)."""
    if role is Role.OFFICER:
        left = _("No data-protection officer is left who can work.")
    else:
        left = _("Fewer than two webmasters are left who can work: one alone could silence the officer.")
    return Letter(
        _("Too few people have a role"),
        (
            _ended_with_account(portal, at),
            left,
            _(
                "Choose somebody who has an account, and appoint them with: %(command)s. They then set up a second "
                "step and sign the confidentiality agreement.",
                command=f"flask --app wsgi webmaster appoint ADDRESS --role {role.value}",
            ),
        ),
    )


def roles_changed(*, portal: str, link: str, at: datetime, by_owner: bool = False) -> Letter:
    """To every other webmaster: nobody appoints or dismisses out of their sight."""
    if by_owner:
        subject = _("The owner changed who has which role")
        told = _(
            "On %(moment)s, the owner of %(portal)s appointed or dismissed somebody, at the command line.",
            moment=format_datetime(at),
            portal=portal,
        )
    else:
        subject = _("A colleague changed who has which role")
        told = _(
            "On %(moment)s, another webmaster of %(portal)s appointed or dismissed somebody, or asked to.",
            moment=format_datetime(at),
            portal=portal,
        )
    return Letter(
        subject,
        (told, _("Who it was and why stands in Site administration, Roles. Look whether it is right.")),
        Action(_("To the roles"), link),
        (_("Is it not right? Then talk to your colleague and to the data-protection officer."),),
    )


def roles_overseen(*, portal: str, link: str, at: datetime, by_owner: bool = False) -> Letter:
    """To every data-protection officer: whoever may see much of others is known to whoever watches over it (W8, W9)."""
    if by_owner:
        told = _(
            "On %(moment)s, the owner of %(portal)s gave somebody a role or ended one, at the command line.",
            moment=format_datetime(at),
            portal=portal,
        )
    else:
        told = _(
            "On %(moment)s, a webmaster of %(portal)s gave somebody a role, ended one, or asked to end one.",
            moment=format_datetime(at),
            portal=portal,
        )
    return Letter(
        _("Somebody's role was changed"),
        (told, _("Who it was, by whom and why stands in Oversight, Roles.")),
        Action(_("To the roles"), link),
        (_("You hear of each such change, so that none stays out of your sight."), help_line()),
    )


def agreement_copy(*, portal: str, link: str, at: datetime, agreement: AgreementKind, agreement_version: int) -> Letter:
    """To somebody who asked for a copy of what they signed; in the language in which they did."""
    text = text_of(agreement, agreement_version, current_language())
    body = [part for section in text.sections for part in (section.heading, *section.paragraphs)]
    return Letter(
        _("Your copy: %(agreement)s", agreement=text.heading),
        (
            _(
                "You signed this on %(portal)s on %(moment)s, version %(version)s.",
                portal=portal,
                moment=format_datetime(at),
                version=agreement_version,
            ),
            text.opening,
            *body,
        ),
        Action(_("My agreements"), link),
        (
            _(
                "The hash of this text (SHA-256): %(digest)s",
                digest=text_hash(agreement, agreement_version, current_language()),
            ),
        ),
    )


def agreement_ends(*, portal: str, link: str, days_left: int, ends_on: datetime) -> Letter:
    """To somebody with a role, some time before the signature that it rests on ends."""
    return Letter(
        _("Sign your confidentiality agreement again"),
        (
            ngettext(
                "Your signature on %(portal)s counts until %(date)s: %(num)s day from now at most.",
                "Your signature on %(portal)s counts until %(date)s: %(num)s days from now at most.",
                days_left,
                portal=portal,
                date=format_date(ends_on),
            ),
            _("From then on your role shows you nothing, until you sign again. It takes five minutes."),
        ),
        Action(_("Read and sign"), link),
        (help_line(),),
    )


add_letters(
    looked_at,
    account_blocked,
    account_released,
    factors_removed,
    appointed,
    dismissal_asked,
    dismissed,
    roles_ended,
    roles_ended_overseen,
    roles_too_few,
    roles_changed,
    roles_overseen,
    agreement_copy,
    agreement_ends,
)
