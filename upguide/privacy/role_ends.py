"""A role that ends with its account is told as any other change of a role: to webmasters and officers (W8, W9)."""

from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from upguide.mail import send
from upguide.policy.permissions import Role
from upguide.policy.statement import HELP_DESK
from upguide.tenancy import Tenant, all_tenants
from upguide.tenancy.scope import current_scope, scope

_GOES = text("SELECT * FROM gate.role_goes()")
_LETTERS = {
    Role.WEBMASTER.value: ("roles_ended", "/webmaster/roles"),
    Role.OFFICER.value: ("roles_ended_overseen", "/oversight/roles"),
}


def tell_of_role(session: Session, tenant: Tenant) -> None:
    """Note that the role of who is about to be erased ends, and write to all others who have one.

    And to the owner, where the last officer or the second webmaster goes. Under the person's own scope, on no portal;
    nothing for somebody without a role. Before the rows are counted, since one is added; the caller commits.
    """
    now = datetime.now(UTC)
    for one in session.execute(_GOES).all():
        place = next((known for known in all_tenants() if known.slug == one.portal), tenant)
        with scope(place.slug, current_scope().viewer, session):
            if one.mail_address is None:
                send(session, "roles_too_few", HELP_DESK, place, place.languages[0], at=now, role=Role(one.role))
            else:
                kind, path = _LETTERS[one.reader]
                language, link = one.language or place.languages[0], f"https://{place.hosts[0]}{path}"
                send(session, kind, one.mail_address, place, language, one.person_id, at=now, link=link)
            session.flush()
