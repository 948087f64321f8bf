"""Portals, jobs, messages that did not go out, signatures: what is needed to mend things, and nobody's data."""

from dataclasses import dataclass
from uuid import UUID

from flask import abort, current_app, flash, url_for
from flask.typing import ResponseReturnValue

from upguide.access import requires
from upguide.config import Settings
from upguide.extensions import db
from upguide.features.webmaster import actions, blueprint, queries
from upguide.features.webmaster.forms import ClickForm
from upguide.features.webmaster.queries import MEMBERS_COUNTED, Signed, SignedCount, Unsent
from upguide.i18n import current_language, format_date, format_datetime, format_list, format_number
from upguide.i18n import gettext as _
from upguide.i18n import lazy_gettext as _l
from upguide.policy.agreements import CURRENT, SIGNED_HERE, text_of
from upguide.policy.permissions import AgreementKind, Permission
from upguide.tenancy import BrandingError, Tenant, all_tenants, read_tenants

from .common import go_to, name_in, names_of, page

LARGEST_ID = 2**63 - 1  # what a bigint holds
STATES = {
    "todo": _l("Waiting"),
    "later": _l("For later"),
    "doing": _l("Under way"),
    "failed": _l("Given up"),
}
OUTCOMES = {
    "refused": _l("The mail server refused it for good"),
    "later": _l("The mail server did not take it within a day"),
    "unknown": _l("Nobody knows whether it arrived, so it is not sent again"),
}


@dataclass(frozen=True, slots=True)
class Portal:
    """A portal in the list."""

    name: str
    hosts: str
    languages: str
    modules: str
    members: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message that did not go out, in words."""

    id: UUID
    what: str
    portal: str
    moment: str
    outcome: str
    attempts: int
    may_go_again: bool


@dataclass(frozen=True, slots=True)
class Job:
    """A job that was given up, in words."""

    id: int
    task: str
    moment: str
    attempts: int


@blueprint.get("/portals")
@requires(Permission.ADMINISTER)
def portals() -> str:
    """Show each portal, and what is wrong in the folders as they lie there now."""
    counts = queries.member_counts(db.session(), [tenant.slug for tenant in all_tenants()])
    listed = [_portal(tenant, counts.get(tenant.slug, 0)) for tenant in all_tenants()]
    return page("webmaster/portals.html", portals=listed, faults=_faults())


@blueprint.get("/jobs")
@requires(Permission.ADMINISTER)
def jobs() -> str:
    """Show how many jobs wait, run and were given up."""
    counts = queries.job_counts(db.session())
    failed = [
        Job(one.id, one.task, format_datetime(one.failed_at) if one.failed_at else "", one.attempts)
        for one in queries.failed_jobs(db.session())
    ]
    states = [(str(label), format_number(counts.get(state, 0))) for state, label in STATES.items()]
    return page("webmaster/jobs.html", states=states, failed=failed, most=queries.LISTED)


@blueprint.post("/jobs/<int:job_id>/retry")
@requires(Permission.ADMINISTER)
def retry_job(job_id: int) -> ResponseReturnValue:
    """Put a job that was given up back in the queue."""
    if not ClickForm().validate_on_submit() or job_id > LARGEST_ID:
        abort(404)
    if actions.retry_job(db.session(), job_id):
        flash(_("The job is in the queue again."), "success")
    else:
        flash(_("This job is not among those that were given up any more."), "info")
    return go_to(url_for("webmaster.jobs"))


@blueprint.get("/mails")
@requires(Permission.ADMINISTER)
def mails() -> str:
    """Show which kinds of message did not go out; for whom and what they say stays sealed."""
    names = {tenant.slug: tenant.name for tenant in all_tenants()}
    listed = [_message(one, names) for one in queries.unsent_mails(db.session())]
    return page("webmaster/mails.html", mails=listed, most=queries.LISTED)


@blueprint.post("/mails/<uuid:mail_id>/<any(send, drop):what>")
@requires(Permission.ADMINISTER)
def mend_mail(mail_id: UUID, what: str) -> ResponseReturnValue:
    """Try to send a message once more, or remove it."""
    if not ClickForm().validate_on_submit():
        abort(400)
    if what == "send":
        done, text = actions.send_again(db.session(), mail_id), _("We try to send it once more.")
    else:
        done, text = actions.drop_mail(db.session(), mail_id), _("The message is removed.")
    flash(
        text if done else _("This message is not there any more, or may not be sent again."),
        "success" if done else "info",
    )
    return go_to(url_for("webmaster.mails"))


@blueprint.get("/agreements")
@requires(Permission.ADMINISTER)
def agreements() -> str:
    """The register: who signed which agreement, and until when it counts."""
    signed = queries.signature_register(db.session())
    names = names_of((one.person_id, one.handle) for one in signed)
    counts = queries.signature_counts(db.session())
    return page(
        "webmaster/agreements.html",
        counts=[_count(one) for one in counts],
        signed=[_signed(one, name_in(names, one.person_id)) for one in signed],
        most=queries.LISTED,
    )


def _portal(tenant: Tenant, members: int) -> Portal:
    counted = format_number(members)
    return Portal(
        tenant.name,
        format_list(tenant.hosts),
        format_list(tenant.languages),
        format_list(sorted(tenant.modules)) or _("none"),
        _("%(number)s or more", number=counted) if members >= MEMBERS_COUNTED else counted,
    )


def _faults() -> list[str]:
    settings: Settings = current_app.config["UPGUIDE"]
    try:
        read_tenants(settings.tenants_folder)
    except BrandingError as error:
        return str(error).splitlines()
    return []


def _message(one: Unsent, names: dict[str, str]) -> Message:
    outcome = OUTCOMES.get(one.outcome or "", OUTCOMES["unknown" if one.state == "uncertain" else "refused"])
    return Message(
        one.mail_id,
        one.kind,
        names.get(one.portal, one.portal),
        format_datetime(one.made_at),
        str(outcome),
        one.attempts,
        one.state == "failed",
    )


def _title(agreement: str) -> str:
    kind = AgreementKind(agreement)
    return text_of(kind, CURRENT[kind], current_language()).heading if kind in SIGNED_HERE else _("Privacy statement")


def _count(one: SignedCount) -> list[str]:
    current = CURRENT.get(AgreementKind(one.agreement)) == one.version
    version = str(one.version) if current else _("%(version)s, replaced", version=one.version)
    return [_title(one.agreement), version, *(format_number(n) for n in (one.counting, one.ending, one.over))]


def _signed(one: Signed, name: str) -> list[str]:
    until = format_date(one.expires_at) if one.expires_at else _("a new version")
    return [name, _title(one.agreement), str(one.version), format_datetime(one.signed_at), until]
