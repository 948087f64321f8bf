"""What accounts ask: nothing beyond what getting in needs (clause P2)."""

from collections.abc import Iterable
from typing import ClassVar

from wtforms import BooleanField, EmailField, Field, HiddenField, PasswordField, StringField, ValidationError
from wtforms.validators import DataRequired, InputRequired

from upguide.forms import Form, _l, mail_address
from upguide.security.passwords import weak_password_reason
from upguide.security.pins import weak_pin_reason


def mail_address_field(label: str) -> EmailField:
    return EmailField(label, [DataRequired(_l("Enter your mail address.")), mail_address])


def consent_field() -> BooleanField:
    return BooleanField(
        _l("I agree to the privacy statement."),
        [InputRequired(_l("We may keep nothing about you before you agree to the privacy statement."))],
    )


class NewPasswordForm(Form):
    """A new password; `personal_words` are those that it must not consist of."""

    password = PasswordField(_l("New password"), [InputRequired(_l("Enter a password."))])

    def __init__(self, personal_words: Iterable[str] = ()) -> None:
        super().__init__()
        self.personal_words = tuple(personal_words)

    def validate_password(self, field: Field) -> None:
        reason = weak_password_reason(field.data, self.personal_words)
        if reason:
            raise ValidationError(str(reason))


class RegisterForm(NewPasswordForm):
    """A mail address, a password, and two yeses. Nothing else is asked."""

    mail_address = mail_address_field(_l("Mail address"))
    password = PasswordField(_l("Password"), [InputRequired(_l("Enter a password."))])
    of_age = BooleanField(
        _l("I am 16 or older."),
        [InputRequired(_l("You must be 16 or older to have an account."))],
    )
    consent = consent_field()

    def validate_password(self, field: Field) -> None:
        self.personal_words = (*self.personal_words, self.mail_address.data or "")
        super().validate_password(field)


class LoginForm(Form):
    """Mail address and password. Whatever is wrong, the answer is the same."""

    mail_address = EmailField(_l("Mail address"), [DataRequired(_l("Enter your mail address."))])
    password = PasswordField(_l("Password"), [InputRequired(_l("Enter your password."))])


class MailAddressForm(Form):
    """A mail address that a link is sent to."""

    mail_address = mail_address_field(_l("Mail address"))


class NewMailAddressForm(Form):
    """The mail address that somebody wants to change to."""

    mail_address = mail_address_field(_l("New mail address"))


class PasswordForm(Form):
    """The password once more, before a sensitive change."""

    secret = PasswordField(_l("Password"), [InputRequired(_l("Enter your password."))])


class ChosenPasswordForm(Form):
    """The password that was chosen at registering, where the link is followed in another browser."""

    password = PasswordField(_l("The password that you chose"), [InputRequired(_l("Enter your password."))])


class PinForm(Form):
    """The PIN, after the password or before a sensitive change."""

    secret = PasswordField(_l("PIN"), [InputRequired(_l("Enter your PIN."))])


class NewPinForm(Form):
    """A PIN to be set or changed. Asked twice, because what is typed cannot be read back by everybody."""

    pin = PasswordField(_l("New PIN"), [InputRequired(_l("Enter a PIN."))])
    again = PasswordField(_l("The same PIN once more"), [InputRequired(_l("Enter the PIN once more."))])

    def validate_pin(self, field: Field) -> None:
        reason = weak_pin_reason(field.data)
        if reason:
            raise ValidationError(str(reason))

    def validate_again(self, field: Field) -> None:
        if field.data != self.pin.data:
            raise ValidationError(str(_l("This is not the PIN that you entered first.")))


class CodeForm(Form):
    """A code of the authenticator app, or a recovery code."""

    code = StringField(_l("Code"), [InputRequired(_l("Enter the code."))])


class PasskeyForm(Form):
    """What the browser answered for a passkey; a script fills it in."""

    credential = HiddenField(validators=[InputRequired(_l("Your browser gave no passkey."))])


class UnlessPasskey:
    """The code is required, unless a passkey answered."""

    field_flags: ClassVar = {"required": True}

    def __call__(self, form: "FactorForm", field: Field) -> None:
        if not field.data and not form.credential.data:
            raise ValidationError(str(_l("Enter the code that your app shows.")))


class FactorForm(Form):
    """A code of the app, or what the browser answered for a passkey: either will do."""

    code = StringField(_l("Code from your app"), [UnlessPasskey()])
    credential = HiddenField()


class JoinForm(Form):
    """A yes to the statement, for membership of one more portal."""

    consent = consent_field()


class ClickForm(Form):
    """A button on a page that a link leads to, so that a program that follows links changes nothing."""
