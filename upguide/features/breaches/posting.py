"""Writing to people about a breach: each letter on its own, so that one that cannot be written holds up no other."""

from uuid import UUID

import structlog
from flask import current_app
from sqlalchemy import text
from sqlalchemy.orm import Session

from upguide.config import Settings
from upguide.mail import send
from upguide.privacy.reaching import Reach, reach
from upguide.tenancy import Tenant, all_tenants
from upguide.tenancy.scope import scope

log = structlog.get_logger()

_HANDLERS = text("SELECT person_id, bound FROM gate.breach_handlers()")


def handlers(session: Session) -> list[UUID]:
    """Return who is to hear of a report or of the clock: officers and webmasters, bound or not."""
    return [row.person_id for row in session.execute(_HANDLERS).all()]


def bound_handler(session: Session) -> UUID | None:
    """Return somebody in whose name a job may read the register; None where nobody is bound. Ends the transaction."""
    found = next((row.person_id for row in session.execute(_HANDLERS).all() if row.bound), None)
    session.rollback()
    return found


def post(session: Session, person_id: UUID, reached: Reach, kind: str, **values: object) -> UUID:
    """Queue a letter in the transaction of `session`; return the message's identity."""
    with scope(reached.tenant.slug, person_id, session):
        mail_id = send(session, kind, reached.address, reached.tenant, reached.language, person_id, **values)
        session.flush()
    return mail_id


def tell_handlers(session: Session, kind: str, portal: Tenant | None = None, **values: object) -> bool:
    """Write to each who handles breaches, in the transaction of `session`; False where there was nobody to write to.

    `portal`: in whose name, their own unless given. Raises the last error where nobody could be written to.
    """
    written, trouble = 0, None
    for person_id in handlers(session):
        try:
            with session.begin_nested():
                reached = reach(session, person_id, first_tenant())
                if portal is not None:
                    reached = Reach(reached.address, reached.language, portal)
                post(session, person_id, reached, kind, **values)
        except Exception as error:  # noqa: BLE001 - one letter's trouble must not hold up the others
            trouble = error
            # Without the trace, which may show what must not stand in a log.
            log.error("breach.letter_unwritten", kind=kind, reason=type(error).__name__)  # noqa: TRY400
        else:
            written += 1
    if not written and trouble is not None:
        raise trouble
    return bool(written)


def read_where_they_lie() -> bool:
    """Tell whether there is no mail server, as in development: messages are read where they lie, and count as told."""
    settings: Settings = current_app.config["UPGUIDE"]
    return settings.smtp_url is None


def first_tenant() -> Tenant:
    """Return the portal in whose name those are written to who belong to none."""
    return next(iter(all_tenants()))
