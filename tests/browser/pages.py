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


def send_half_a_night(page: Page) -> None:
    """Say from when it is to be quiet, and not until when."""
    page.locator("[name=quiet_from]").fill("22:30")
    send(page)


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


def find_by_name(page: Page) -> None:
    """Look somebody up by a name that several have."""
    page.locator("[name=who]").fill("Zoekbaar")
    page.locator("[name=reason]").fill("Asked us by phone to help with a lost second step.")
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
    Visit("visitor", "statement.version", "/privacy/versions/1"),
    Visit("visitor", "statement.cookies", "/cookies"),
    Visit("visitor", "connections.take_over", "/connections/take-over/{take_over}"),
    Visit("visitor", "connections.take_over", "/connections/take-over/{take_over}", send),
    Visit("visitor", "connections.take_over", f"/connections/take-over/{UNKNOWN}", status=410),
    Visit("visitor", "connections.delete_account", "/connections/delete-account/{delete}"),
    Visit("visitor", "connections.delete_account", f"/connections/delete-account/{UNKNOWN}", status=410),
    Visit("visitor", "connections.deleted", "/connections/deleted-account"),
    Visit("visitor", "notices.off", "/notifications/off/{off}"),
    Visit("visitor", "notices.off", "/notifications/off/{off}", send),
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
    Visit("newcomer", "rights.overview", "/my-data"),
    Visit("newcomer", "rights.who_saw_what", "/my-data/who-saw-what"),
    Visit("newcomer", "rights.requests", "/my-data/requests"),
    Visit("newcomer", "rights.restriction", "/my-data/restriction"),
    Visit("stranger", "rights.overview", "/my-data"),
    Visit("stranger", "rights.consents", "/my-data/consents"),
    Visit("limited", "rights.overview", "/my-data"),
    Visit("limited", "rights.restriction", "/my-data/restriction"),
    Visit("limited", "rights.objections", "/my-data/objections"),
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
    *(
        Visit("member", "people.member", f"/people/{{{name}}}")
        for name in ("connected", "asks", "asked", "declined", "refused", "unwanted")
    ),
    Visit("newcomer", "connections.overview", "/connections"),
    Visit("member", "connections.overview", "/connections"),
    Visit("member", "connections.overview", "/connections?page=2"),
    Visit("newcomer", "connections.received", "/connections/received"),
    Visit("member", "connections.received", "/connections/received?page=2"),
    Visit("newcomer", "connections.sent", "/connections/sent"),
    Visit("member", "connections.sent", "/connections/sent"),
    Visit("newcomer", "connections.blocked", "/connections/blocked"),
    Visit("member", "connections.blocked", "/connections/blocked"),
    Visit("newcomer", "connections.accounts", "/connections/accounts"),
    Visit("member", "connections.accounts", "/connections/accounts"),
    Visit("newcomer", "connections.new_account", "/connections/new-account"),
    Visit("member", "connections.new_account", "/connections/new-account"),
    Visit("member", "connections.new_account", "/connections/new-account", send),
    Visit("member", "connections.account", "/connections/accounts/{account}"),
    Visit("member", "connections.remove_account", "/connections/accounts/{account}/remove"),
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
    Visit("member", "profile.preview_photo", "/profile/photo/preview"),
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
    Visit("member", "rights.overview", "/my-data"),
    Visit("member", "rights.who_saw_what", "/my-data/who-saw-what"),
    Visit("member", "rights.who_saw_what", "/my-data/who-saw-what?role=nobody"),
    Visit("member", "rights.who_saw_what", "/my-data/who-saw-what?role=officer"),
    Visit("member", "rights.consents", "/my-data/consents"),
    Visit("member", "rights.withdraw_consent", "/my-data/consents/{tenant}/withdraw"),
    Visit("member", "rights.objections", "/my-data/objections"),
    Visit("member", "rights.object_to", "/my-data/objections/development"),
    Visit("member", "rights.requests", "/my-data/requests"),
    Visit("member", "rights.one_request", "/my-data/requests/{waiting}"),
    Visit("member", "rights.one_request", "/my-data/requests/{answered}"),
    Visit("member", "rights.new_request", "/my-data/requests/new?kind=objection&purpose=messages"),
    Visit("member", "rights.new_request", "/my-data/requests/new", send),
    Visit("member", "rights.export", "/my-data/export"),
    Visit("member", "rights.take_export", "/my-data/export/{export}/take"),
    Visit("member", "rights.erasure", "/my-data/erasure"),
    Visit("member", "rights.erase_everything", "/my-data/erasure/everything"),
    Visit("member", "statement.current", "/privacy"),
    Visit("member", "statement.answer", "/privacy/answer"),
    Visit("newcomer", "notices.overview", "/notifications"),
    Visit("member", "notices.overview", "/notifications"),
    Visit("member", "notices.overview", "/notifications?before=11111111-1111-4111-8111-111111111111"),
    Visit("member", "notices.choices", "/notifications/choices"),
    Visit("member", "notices.choices", "/notifications/choices", send_half_a_night),
    Visit("visitor", "breaches.report_a_breach", "/report-a-breach"),
    Visit("visitor", "breaches.report_a_breach", "/report-a-breach", send),
    Visit("keeper", "breaches.reported", "/report-a-breach/{reference}"),
    Visit("keeper", "breaches.register", "/breaches"),
    Visit("keeper", "breaches.register", "/breaches?before=1"),
    Visit("keeper", "breaches.reports", "/breaches/reports"),
    Visit("keeper", "breaches.judge", "/breaches/reports/{waiting_report}"),
    Visit("keeper", "breaches.judge", "/breaches/reports/{waiting_report}", send),
    Visit("keeper", "breaches.judge", "/breaches/reports/{judged_report}"),
    Visit("keeper", "breaches.new_breach", "/breaches/new"),
    Visit("keeper", "breaches.new_breach", "/breaches/new", send),
    Visit("keeper", "breaches.breach", "/breaches/{breach}"),
    Visit("keeper", "breaches.breach", "/breaches/{late}"),
    Visit("keeper", "breaches.breach", "/breaches/{harmless}"),
    Visit("keeper", "breaches.facts", "/breaches/{breach}/description"),
    Visit("keeper", "breaches.decisions", "/breaches/{breach}/decisions"),
    Visit("keeper", "breaches.concerned", "/breaches/{breach}/concerned"),
    Visit("keeper", "breaches.concerned", "/breaches/{late}/concerned"),
    Visit("keeper", "breaches.compute", "/breaches/{breach}/concerned/from-the-journal"),
    Visit("keeper", "breaches.compute", "/breaches/{breach}/concerned/from-the-journal", send),
    Visit("keeper", "breaches.add_concerned", "/breaches/{breach}/concerned/add", send),
    Visit("keeper", "breaches.remove_concerned", "/breaches/{breach}/concerned/{concerned}/remove"),
    Visit("keeper", "breaches.texts", "/breaches/{breach}/texts"),
    Visit("keeper", "breaches.text", "/breaches/{breach}/texts/authority/nl"),
    Visit("keeper", "breaches.text", "/breaches/{late}/texts/letter/en"),
    Visit("keeper", "breaches.frozen", "/breaches/{breach}/texts/{frozen}"),
    Visit("keeper", "breaches.letters", "/breaches/{breach}/letters"),
    Visit("professional", "profile.overview", "/profile"),
    Visit("professional", "profile.card", "/profile/card/description"),
    Visit("professional", "people.member", "/people/{other}"),
    Visit("registrant", "accounts.confirm_registration", "/register/{registration}"),
    Visit("visitor", "oversight.kept", "/privacy/kept"),
    Visit("overseer", "oversight.overview", "/oversight"),
    Visit("overseer", "oversight.access_list", "/oversight/accesses"),
    Visit("overseer", "oversight.new_access", "/oversight/accesses/new"),
    Visit("overseer", "oversight.new_access", "/oversight/accesses/new", send),
    Visit("overseer", "oversight.access", "/oversight/accesses/{open}"),
    Visit("overseer", "oversight.access", "/oversight/accesses/{refused}"),
    Visit("overseer", "oversight.person", "/oversight/accesses/{open}/persons/1"),
    Visit("overseer", "oversight.hide_look", "/oversight/accesses/{open}/looks/{look}/hide"),
    Visit("overseer", "oversight.hide_look", "/oversight/accesses/{open}/looks/{look}/hide", send),
    Visit("overseer", "oversight.hidden_list", "/oversight/kept-from-people"),
    Visit("overseer", "oversight.request_list", "/oversight/requests"),
    Visit("overseer", "oversight.request_list", "/oversight/requests?show=answered"),
    Visit("overseer", "oversight.request_page", "/oversight/requests/{request}"),
    Visit("overseer", "oversight.request_page", "/oversight/requests/{request}", send),
    Visit("overseer", "oversight.extend_request", "/oversight/requests/{request}/extend"),
    Visit("overseer", "oversight.statistics", "/oversight/statistics"),
    Visit("overseer", "oversight.roles", "/oversight/roles"),
    Visit("overseer", "oversight.clauses", "/oversight/clauses"),
    Visit("overseer", "oversight.register", "/oversight/register"),
    Visit("overseer", "oversight.retention", "/oversight/retention"),
    Visit("overseer", "oversight.assessment", "/oversight/assessment"),
    Visit("overseer", "oversight.assessment", "/oversight/assessment", send),
    Visit("webmaster", "webmaster.overview", "/webmaster"),
    Visit("webmaster", "webmaster.people", "/webmaster/people"),
    Visit("webmaster", "webmaster.people", "/webmaster/people", send),
    Visit("webmaster", "webmaster.people", "/webmaster/people", find_by_name),
    Visit("webmaster", "webmaster.person", "/webmaster/people/{look}"),
    Visit("webmaster", "webmaster.person", "/webmaster/people/{blocked}"),
    Visit("webmaster", "webmaster.person", "/webmaster/people/{over}", status=410),
    Visit("webmaster", "webmaster.act", "/webmaster/people/{look}/block"),
    Visit("webmaster", "webmaster.act", "/webmaster/people/{look}/block", send),
    Visit("webmaster", "webmaster.act", "/webmaster/people/{blocked}/release"),
    Visit("webmaster", "webmaster.act", "/webmaster/people/{look}/factors"),
    Visit("webmaster", "webmaster.roles", "/webmaster/roles"),
    Visit("webmaster", "webmaster.change_role", "/webmaster/roles/appoint"),
    Visit("webmaster", "webmaster.change_role", "/webmaster/roles/dismiss", send),
    Visit("webmaster", "oversight.request_list", "/oversight/requests"),
    Visit("webmaster", "webmaster.portals", "/webmaster/portals"),
    Visit("webmaster", "webmaster.jobs", "/webmaster/jobs"),
    Visit("webmaster", "webmaster.mails", "/webmaster/mails"),
    Visit("webmaster", "webmaster.agreements", "/webmaster/agreements"),
    Visit("webmaster", "agreements.overview", "/agreements"),
    Visit("unsigned", "agreements.overview", "/agreements"),
    Visit("unsigned", "agreements.agreement", "/agreements/confidentiality"),
    Visit("unsigned", "agreements.agreement", "/agreements/confidentiality", send),
    Visit("unsigned", "agreements.agreement", "/agreements/processor"),
    Visit("unsigned", "agreements.agreement", "/agreements/supervision"),
    Visit("looked_at", "rights.webmasters", "/my-data/webmasters"),
    Visit("newcomer", "rights.webmasters", "/my-data/webmasters"),
    Visit("attendant", "oversight.attendance_list", "/webmaster/accesses"),
    Visit("attendant", "oversight.attendance", "/webmaster/accesses/{open}"),
    Visit("attendant", "oversight.attendance", "/webmaster/accesses/{asked}"),
    Visit("attendant", "oversight.attendance", "/webmaster/accesses/{asked}", send),
)

# What answers a GET and is no page of the site.
NO_PAGES: Mapping[str, str] = {
    "accounts.authenticator_picture": "a picture",
    "agreements.copy": "a file to keep",
    "webmaster.photo": "a picture",
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
    "profile.draft_photo": "a picture",
    "profile.photo": "a picture",
    "oversight.person_photo": "a picture",
    "oversight.register_csv": "a sheet",
    "rights.export_schema": "a text for programs",
}
