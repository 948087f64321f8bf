"""Every page that somebody can reach, and in which state: with rows, without, refused, over, found, not found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playwright.sync_api import Page

Act = Callable[[Page], object]
UNKNOWN = "x" * 43


@dataclass(frozen=True)
class Visit:
    """One page as one viewer sees it. `path` holds words of the viewer's `Scene`; `act` happens after it opened."""

    viewer: str
    endpoint: str
    path: str
    act: Act | None = None
    status: int = 200
    sample: bool = False  # its forms are there to be looked at

    def __str__(self) -> str:
        return f"{self.viewer} {self.path}{' after a click' if self.act else ''}"


def send(page: Page) -> None:
    """Send the page's main form as it stands."""
    with page.expect_navigation():
        page.locator("main form:not(.language):not([role=search]) .button[type=submit]").first.click()


def send_code(page: Page) -> None:
    """Send the form for a code as it stands, beside that for a passkey."""
    with page.expect_navigation():
        page.locator("main form:has([name=code]) .button[type=submit]").click()


def begin_app(page: Page) -> None:
    """Ask for the picture to scan, and send no code."""
    send(page)
    send_code(page)


def forge(page: Page) -> None:
    """Send the form with a token that is not ours."""
    page.evaluate("for (const one of document.getElementsByName('csrf_token')) one.value = 'forged'")
    send(page)


def mistake(page: Page) -> None:
    """Sign in with what does not belong together."""
    page.locator("[name=mail_address]").fill("nobody@example.org")
    page.locator("[name=password]").fill("not the password")
    send(page)


def open_menu(page: Page) -> None:
    """Open the account's menu, where there is one."""
    page.locator("details.menu summary").click()


def suggest(page: Page) -> None:
    """Type what brings suggestions."""
    page.locator("#q").press_sequentially("Zoek")
    page.locator("[role=option]").first.wait_for()


def type_bsn(page: Page) -> None:
    """Give a number that we must not keep."""
    page.locator("[name=position]").fill("111222333")
    send(page)


VISITS = (
    Visit("visitor", "home.front", "/"),
    Visit("visitor", "accounts.register", "/register"),
    Visit("visitor", "accounts.register", "/register", send),
    Visit("visitor", "accounts.register", "/register", forge),
    Visit("visitor", "accounts.registered", "/register/sent"),
    Visit("visitor", "accounts.confirm_registration", "/register/{registration}"),
    Visit("visitor", "accounts.confirm_registration", f"/register/{UNKNOWN}", status=410),
    Visit("visitor", "accounts.login", "/login"),
    Visit("visitor", "accounts.login", "/login?next=/profile", mistake),
    Visit("visitor", "accounts.forgotten", "/forgotten-password"),
    Visit("visitor", "accounts.forgotten", "/forgotten-password", send),
    Visit("visitor", "accounts.forgotten_sent", "/forgotten-password/sent"),
    Visit("visitor", "accounts.reset", "/reset-password/{reset}"),
    Visit("visitor", "accounts.reset", "/reset-password/{reset}", send),
    Visit("visitor", "accounts.confirm_mail_address", "/mail-address/new/{new}"),
    Visit("visitor", "accounts.confirm_mail_address", "/mail-address/old/{old}", send),
    Visit("visitor", "accounts.confirm_mail_address", f"/mail-address/old/{UNKNOWN}", status=410),
    Visit("visitor", "statement.current", "/privacy"),
    Visit("visitor", "statement.cookies", "/cookies"),
    Visit("visitor", "rights.being_erased", "/my-data/erasure/under-way"),
    Visit("visitor", "dev.components", "/dev/components?theme={tenant}&scheme={scheme}", sample=True),
    Visit("visitor", "dev_mail.inbox", "/dev/mail"),
    Visit("visitor", "dev_mail.message", "/dev/mail/{mail}"),
    Visit("visitor", "accounts.login", "/home"),
    Visit("visitor", "", "/nowhere", status=404),
    Visit("visitor", "", "/logout", status=405),
    Visit("half", "accounts.pin", "/pin"),
    Visit("half", "accounts.pin", "/pin", send),
    Visit("half", "accounts.forgotten_pin", "/pin/forgotten"),
    Visit("half", "accounts.remove_forgotten_pin", "/pin/remove/{removal}"),
    Visit("half", "accounts.remove_forgotten_pin", f"/pin/remove/{UNKNOWN}", status=410),
    Visit("halfway", "accounts.second_factor", "/second-step"),
    Visit("halfway", "accounts.second_factor", "/second-step", send_code),
    Visit("halfway", "accounts.recovery_code", "/second-step/recovery-code"),
    Visit("halfway", "accounts.recovery_code", "/second-step/recovery-code", send),
    Visit("newcomer", "home.today", "/home"),
    Visit("newcomer", "home.today", "/home", open_menu),
    Visit("newcomer", "profile.overview", "/profile"),
    Visit("newcomer", "profile.names", "/profile/name?tour=1"),
    Visit("newcomer", "profile.change_photo", "/profile/photo/change?tour=1"),
    Visit("newcomer", "profile.view_as", "/profile/view-as"),
    Visit("newcomer", "accounts.security", "/security"),
    Visit("newcomer", "accounts.authenticator", "/security/app"),
    Visit("newcomer", "accounts.authenticator", "/security/app", begin_app),
    Visit("newcomer", "accounts.new_passkey", "/security/passkeys/new"),
    Visit("newcomer", "accounts.second_factor_required", "/second-step/required"),
    Visit("newcomer", "people.search", "/people"),
    Visit("newcomer", "rights.export", "/my-data/export"),
    Visit("newcomer", "rights.new_export", "/my-data/export/new"),
    Visit("newcomer", "rights.erasure", "/my-data/erasure"),
    Visit("newcomer", "rights.erase_everything", "/my-data/erasure/everything"),
    Visit("newcomer", "rights.leave_portal", "/my-data/erasure/portal/{tenant}"),
    Visit("stranger", "accounts.join", "/join"),
    Visit("stranger", "accounts.join", "/join", send),
    Visit("stranger", "profile.view_as", "/profile/view-as"),
    Visit("stranger", "accounts.join", "/people"),
    Visit("member", "home.today", "/home"),
    Visit("member", "people.search", "/people"),
    Visit("member", "people.search", "/people?q=zoekbaar"),
    Visit("member", "people.search", "/people?q=zoekbar"),
    Visit("member", "people.search", "/people?q=qqqqqqqq"),
    Visit("member", "people.search", "/people", suggest),
    Visit("member", "people.member", "/people/{pictured}"),
    Visit("member", "people.member", "/people/aaaaaaaaaaaa", status=404),
    Visit("member", "profile.overview", "/profile"),
    Visit("member", "profile.names", "/profile/name"),
    Visit("member", "profile.alias", "/profile/alias"),
    Visit("member", "profile.birth", "/profile/birth"),
    Visit("member", "profile.position", "/profile/position"),
    Visit("member", "profile.position", "/profile/position", type_bsn),
    Visit("member", "profile.phone", "/profile/phones/new", send),
    Visit("member", "profile.phone", "/profile/phones/{phone}"),
    Visit("member", "profile.address", "/profile/addresses/new", send),
    Visit("member", "profile.address", "/profile/addresses/{address}"),
    Visit("member", "profile.employer", "/profile/employers/new", send),
    Visit("member", "profile.employer", "/profile/employers/{employer}"),
    Visit("member", "profile.change_photo", "/profile/photo/change"),
    Visit("member", "profile.change_photo", "/profile/photo/change", send),
    Visit("member", "profile.remove", "/profile/values/phone/{phone}/remove"),
    Visit("member", "profile.remove", "/profile/values/surname/remove"),
    Visit("member", "profile.view_as", "/profile/view-as"),
    Visit("member", "profile.view_as", "/profile/view-as?relation=signed-out"),
    Visit("member", "accounts.security", "/security"),
    Visit("member", "accounts.password", "/security/password"),
    Visit("member", "accounts.password", "/security/password", send),
    Visit("member", "accounts.new_pin", "/security/pin"),
    Visit("member", "accounts.new_pin", "/security/pin", send),
    Visit("member", "accounts.remove_pin", "/security/pin/remove"),
    Visit("member", "accounts.mail_address", "/security/mail-address"),
    Visit("member", "accounts.mail_address", "/security/mail-address", send),
    Visit("member", "accounts.confirm", "/confirm?next=/security"),
    Visit("member", "accounts.confirm", "/confirm?next=/security", send),
    Visit("member", "accounts.confirm_second_factor", "/confirm/second-step?next=/security"),
    Visit("member", "accounts.remove_authenticator", "/security/app/remove"),
    Visit("member", "accounts.remove_passkey", "/security/passkeys/{passkey}/remove"),
    Visit("member", "accounts.recovery_codes", "/security/recovery-codes"),
    Visit("member", "accounts.recovery_codes", "/security/recovery-codes", send),
    Visit("member", "rights.export", "/my-data/export"),
    Visit("member", "rights.take_export", "/my-data/export/{export}/take"),
    Visit("member", "rights.erasure", "/my-data/erasure"),
    Visit("member", "rights.erase_everything", "/my-data/erasure/everything"),
    Visit("member", "statement.current", "/privacy"),
    Visit("professional", "profile.overview", "/profile"),
    Visit("professional", "profile.card", "/profile/card/description"),
    Visit("professional", "people.member", "/people/{other}"),
    Visit("registrant", "accounts.confirm_registration", "/register/{registration}"),
)

# What answers a GET and is no page of the site.
NO_PAGES: Mapping[str, str] = {
    "accounts.authenticator_picture": "a picture",
    "assets.healthz": "a probe for machines",
    "assets.icon": "a picture",
    "assets.readyz": "a probe for machines",
    "assets.robots": "a text for machines",
    "assets.security_contact": "a text for machines and researchers",
    "assets.theme": "a stylesheet",
    "dev.themes": "a stylesheet",
    "dev_mail.as_sent": "a mail as mail programs show it: tests/mail looks at it",
    "dev_mail.style": "a stylesheet",
    "people.photo": "a picture",
    "people.suggestions": "an answer for the script of the search field",
    "profile.photo": "a picture",
    "rights.export_schema": "a text for programs",
}
