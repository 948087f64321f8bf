"""A webmaster at work: looks with a reason, an account that was helped, a message and a job that want mending (W9)."""

from uuid import UUID

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from upguide.features.accounts.queries import sign_in_record
from upguide.features.webmaster import actions
from upguide.features.webmaster.actions import Place, Wanted
from upguide.mail import send
from upguide.models import Mail
from upguide.tenancy import Tenant, Tenants
from upguide.tenancy.scope import scope

from .cast import HOST

LOOKS = (
    ("client", "Asked by phone why the address was not shown to the coach."),
    ("member", "Wrote that the photo does not load. I look whether it is there."),
)
BLOCKED = ("upguide-07", "Sent the same advertisement to forty members, and went on after a warning.")
# A job of no consequence that was given up: it can be tried again from the page.
_FAILED_JOB = text(
    "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts)"
    " VALUES ('default', 'remove_files', '{\"tenant\": null}', 'failed', 5)"
)


def make_webmasters(session: Session, tenants: Tenants) -> None:
    """Let the first webmaster look twice and block somebody, and something go wrong; the second releases nobody."""
    tenant = next(one for one in tenants)
    webmaster = _person(session, "webmaster")
    if webmaster is None:
        return
    place = Place(tenant, tenants, None, lambda portal, path: f"https://{portal.hosts[0]}{path}")
    with scope(tenant.slug, webmaster, session):
        for local_part, reason in LOOKS:
            actions.open_look(session, place, Wanted(address=f"{local_part}@{HOST}"), reason)
        local_part, reason = BLOCKED
        look_id = actions.open_look(session, place, Wanted(address=f"{local_part}@{HOST}"), reason)
        if look_id is not None:
            actions.act_on(session, place, look_id, "block", reason)
        _fail_something(session, tenant, webmaster)


def _fail_something(session: Session, tenant: Tenant, webmaster: UUID) -> None:
    to, link = f"webmaster@{HOST}", f"https://{tenant.hosts[0]}/agreements"
    mail_id = send(session, "remove_pin", to, tenant, "en", webmaster, link=link, valid_hours=2)
    session.flush()
    session.execute(
        update(Mail)
        .where(Mail.tenant_id == tenant.slug, Mail.id == mail_id)
        .values(state="failed", outcome="refused", attempts=1)
    )
    session.execute(_FAILED_JOB)
    session.commit()


def _person(session: Session, local_part: str) -> UUID | None:
    known = sign_in_record(session, f"{local_part}@{HOST}")
    return known.person_id if known else None
