"""What our mails say: one function a kind, said once for the text and for the HTML part.

A letter names nobody: who reads along in somebody's mailbox learns the portal, never a name, alias or number.
Its parameters are what the caller must give to `send`; `portal` is filled in there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from upguide.i18n import format_datetime, ngettext
from upguide.i18n import gettext as _
from upguide.policy.statement import HELP_DESK


@dataclass(frozen=True, slots=True)
class Action:
    """The one thing to do, as a button with an address that starts with http."""

    label: str
    link: str

    def __post_init__(self) -> None:
        if not self.link.startswith(("https://", "http://")):
            raise ValueError("a link in a letter is a whole address: use url_for(..., _external=True)")


@dataclass(frozen=True, slots=True)
class Letter:
    """A message: what it is about, what it says, what to do, and what to do if it was not expected.

    `unsubscribe`: the address at which a mail program turns this kind of message off with one click (RFC 8058).
    """

    subject: str
    paragraphs: tuple[str, ...]
    action: Action | None = None
    afterwards: tuple[str, ...] = ()
    other: Action | None = None
    unsubscribe: str | None = None


def confirm_registration(*, portal: str, link: str, valid_hours: int) -> Letter:
    """To an address that somebody registered with: the account is made when the link is followed."""
    return Letter(
        _("Confirm your mail address for %(portal)s", portal=portal),
        (
            _("Welcome! You asked for an account on %(portal)s with this mail address.", portal=portal),
            _("One step is left: follow the link, and your account is made."),
        ),
        Action(_("Confirm my mail address"), link),
        (
            _valid_for(valid_hours),
            _("Did you not ask for this? Then do nothing: no account is made, and we forget your address in two days."),
        ),
    )


def already_registered(*, portal: str, link: str, reset_link: str) -> Letter:
    """To an address that has an account and was used to register again."""
    return Letter(
        _("You already have an account"),
        (
            _(
                "Somebody, probably you, asked for an account on %(portal)s with this mail address.",
                portal=portal,
            ),
            _("You already have one, and it is not changed. You can simply sign in."),
        ),
        Action(_("Sign in"), link),
        (_("Was it not you? Then do nothing. Nobody was told that this address has an account."),),
        Action(_("Forgotten your password? Choose a new one"), reset_link),
    )


def reset_password(*, portal: str, link: str, valid_hours: int) -> Letter:
    """To an address with an account, for which somebody asked a new password."""
    return Letter(
        _("Choose a new password"),
        (
            _(
                "Somebody, probably you, asked for a new password for your account on %(portal)s.",
                portal=portal,
            ),
        ),
        Action(_("Choose a new password"), link),
        (
            _valid_for(valid_hours),
            _("Was it not you? Then do nothing: your password stays as it is."),
        ),
    )


def reset_password_unknown(*, portal: str, link: str) -> Letter:
    """To an address without an account, for which somebody asked a new password; only its owner learns so."""
    return Letter(
        _("There is no account with this mail address"),
        (
            _("Somebody, probably you, asked for a new password on %(portal)s.", portal=portal),
            _(
                "There is no account with this mail address. "
                "Perhaps you registered with another one, or not at all yet."
            ),
        ),
        Action(_("Make an account"), link),
        (_("Was it not you? Then do nothing. Now that this message is sent, we keep your address no longer."),),
    )


def password_changed(*, portal: str, link: str, at: datetime) -> Letter:
    """To the person whose password changed; `link` chooses a new one, `at` is when it changed."""
    return Letter(
        _("Your password was changed"),
        (
            _(
                "The password of your account on %(portal)s was changed on %(moment)s.",
                portal=portal,
                moment=format_datetime(at),
            ),
            _("Was it you? Then there is nothing to do."),
        ),
        Action(_("It was not me: choose a new password"), link),
        (help_line(),),
    )


def pin_changed(*, portal: str, link: str, at: datetime) -> Letter:
    """To the person whose PIN was set, changed or removed; `link` leads to the account's security page."""
    return Letter(
        _("Your PIN was changed"),
        (
            _(
                "The PIN of your account on %(portal)s was set, changed or removed on %(moment)s.",
                portal=portal,
                moment=format_datetime(at),
            ),
            _("Was it you? Then there is nothing to do."),
        ),
        Action(_("It was not me: secure my account"), link),
        (help_line(),),
    )


def second_factor_changed(*, portal: str, link: str, at: datetime) -> Letter:
    """To the person who changed a second factor or the codes for its loss; `link` leads to the security page."""
    return Letter(
        _("The second step at your sign-in was changed"),
        (
            _(
                "On %(moment)s an app, a passkey or the recovery codes of your account on %(portal)s "
                "were set, renewed or removed.",
                portal=portal,
                moment=format_datetime(at),
            ),
            _("Was it you? Then there is nothing to do."),
        ),
        Action(_("It was not me: secure my account"), link),
        (help_line(),),
    )


def recovery_code_used(*, portal: str, link: str, at: datetime, left: int) -> Letter:
    """To the person with one of whose recovery codes somebody signed in; `left` are still good."""
    return Letter(
        _("One of your recovery codes was used"),
        (
            _(
                "On %(moment)s, somebody signed in to your account on %(portal)s with a recovery code.",
                portal=portal,
                moment=format_datetime(at),
            ),
            ngettext("You have %(num)s code left.", "You have %(num)s codes left.", left),
            _("Was it you? Then there is nothing to do."),
        ),
        Action(_("It was not me: secure my account"), link),
        (help_line(),),
    )


def remove_pin(*, portal: str, link: str, valid_hours: int) -> Letter:
    """To a person who gave the password and forgot the PIN; the link works only after the password."""
    return Letter(
        _("Remove your PIN"),
        (
            _("Somebody with the password of your account on %(portal)s forgot the PIN.", portal=portal),
            _("Is that you? Then follow the link to remove the PIN. You can set a new one afterwards."),
        ),
        Action(_("Remove my PIN"), link),
        (
            _valid_for(valid_hours),
            _("Was it not you? Then do not follow the link, and change your password: somebody knows it."),
        ),
    )


def mail_change_confirm_new(*, portal: str, link: str, valid_hours: int) -> Letter:
    """To the new address, when a person asks to change to it."""
    return Letter(
        _("Confirm your new mail address"),
        (
            _(
                "Somebody, probably you, wants to use this mail address for an account on %(portal)s.",
                portal=portal,
            ),
            _("We ask at both addresses. The change is made when both have said yes."),
        ),
        Action(_("Yes, use this address"), link),
        (_valid_for(valid_hours), _("Was it not you? Then do nothing: this address will not be used.")),
    )


def mail_change_confirm_old(*, portal: str, link: str, valid_hours: int) -> Letter:
    """To the address that a person asks to leave. The new one stays out of it: it may be somebody else's."""
    return Letter(
        _("Confirm that you change your mail address"),
        (
            _(
                "Somebody, probably you, wants another mail address for your account on %(portal)s.",
                portal=portal,
            ),
            _("We ask at both addresses. The change is made when both have said yes."),
        ),
        Action(_("Yes, change my address"), link),
        (
            _valid_for(valid_hours),
            _("Was it not you? Then do not follow the link, and change your password: somebody may know it."),
        ),
    )


def mail_change_taken(*, portal: str) -> Letter:
    """To the owner of an account whose mail address somebody wants for another one; nobody else learns so."""
    return Letter(
        _("This mail address has an account already"),
        (
            _(
                "Somebody, probably you, wants to use this mail address for another account on %(portal)s.",
                portal=portal,
            ),
            _("It has an account already, so it cannot be used for a second one. Nothing is changed."),
        ),
        afterwards=(_("Was it not you? Then do nothing."), help_line()),
    )


def mail_changed(*, portal: str, at: datetime) -> Letter:
    """To the old address and to the new one, when the change is made."""
    return Letter(
        _("Your mail address was changed"),
        (
            _(
                "The mail address of your account on %(portal)s was changed on %(moment)s.",
                portal=portal,
                moment=format_datetime(at),
            ),
            _("From now on you sign in with your new address, and our messages go there."),
        ),
        afterwards=(help_line(),),
    )


def new_sign_in(*, portal: str, link: str, device: str, at: datetime) -> Letter:
    """To a person who signed in on a device that we did not know.

    `device` is a label that we made, as "Firefox on Windows", never what a browser says of itself: that would
    let anybody write in our mails. `link` leads to the list of sessions.
    """
    return Letter(
        _("A new device signed in to your account"),
        (
            _(
                "On %(moment)s, somebody signed in to your account on %(portal)s (%(device)s).",
                portal=portal,
                moment=format_datetime(at),
                device=device,
            ),
            _("Was it you? Then there is nothing to do."),
        ),
        Action(_("It was not me: show my sessions"), link),
        (_("End the session there, and change your password."), help_line()),
    )


def _valid_for(hours: int) -> str:
    return ngettext("The link works once, for %(num)s hour.", "The link works once, for %(num)s hours.", hours)


def help_line() -> str:
    return _("Do you need help? Write to %(address)s.", address=HELP_DESK)


LETTERS: dict[str, Callable[..., Letter]] = {
    letter.__name__: letter
    for letter in (
        confirm_registration,
        already_registered,
        reset_password,
        reset_password_unknown,
        password_changed,
        pin_changed,
        second_factor_changed,
        recovery_code_used,
        remove_pin,
        mail_change_confirm_new,
        mail_change_confirm_old,
        mail_change_taken,
        mail_changed,
        new_sign_in,
    )
}


def add_letters(*letters: Callable[..., Letter]) -> None:
    """Add letters of a file of their own: each is sent by its name."""
    LETTERS.update({letter.__name__: letter for letter in letters})
