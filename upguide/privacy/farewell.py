"""How somebody goes, whoever or whatever decided it: noted, erased, and told by a receipt, in one transaction."""

from datetime import UTC, datetime
from uuid import UUID

import structlog
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from upguide.extensions import db
from upguide.files.store import BaseError
from upguide.jobs import defer, periodic
from upguide.mail import send
from upguide.models import FileToRemove, Person
from upguide.policy.erasure import BACKUPS_KEPT
from upguide.tenancy import Tenant
from upguide.tenancy.scope import scope

from .erasure import Forecast, erase, forecast
from .ledger import ledger, settle_ledger
from .photos import store
from .role_ends import tell_of_role

log = structlog.get_logger()

_AT_A_TIME = 100
_MADE_FOR_MY_ADDRESS = text("SELECT gate.made_for_my_address()")


def see_off(
    session: Session,
    person_id: UUID,
    tenant: Tenant,
    language: str,
    *,
    blank_words: bool = False,
    receipt: bool = True,
) -> None:
    """Erase a person and queue the receipt, under the person's own scope. The caller holds the row and commits.

    Without `receipt` nobody is written to: it would tell somebody of an account that they never had.

    Killed at any point, either nothing happened or all of it; only the ledger may know of it already.
    """
    # Held from here on: nobody can add a row between what the receipt says and what goes.
    held = select(Person.mail_address, Person.unclaimed).where(Person.id == person_id).with_for_update()
    address, unclaimed = session.execute(held).one()
    if not unclaimed:
        # Nobody has a role who has not taken the account over.
        tell_of_role(session, tenant)
    what = forecast(session, person_id)
    for other in session.scalars(_MADE_FOR_MY_ADDRESS).all():
        # Accounts that others made for this very address (W5): nobody is left to take them over.
        with scope(None, other, session):
            ledger().note(other)
            erase(session, other)
    # Before, and not after: what is in the ledger without being erased is due, and will be.
    ledger().note(person_id)
    defer(session, settle_ledger, tenant=None)
    erase(session, person_id, blank_words=blank_words, said=what)
    if receipt:
        _send_receipt(session, address, tenant, language, what)
    defer(session, remove_files, tenant=None)


def _send_receipt(session: Session, address: str, tenant: Tenant, language: str, what: Forecast) -> None:
    now = datetime.now(UTC)
    with scope(tenant.slug, None, session):
        send(
            session,
            "erasure_receipt",
            address,
            tenant,
            language,
            at=now,
            went=tuple(what.goes),
            severed=bool(what.severed),
            kept=[(one.items, one.term, one.until) for one in what.kept],
            backups_until=(now + BACKUPS_KEPT).date(),
        )
        session.flush()


@periodic("*/10 * * * *")
def remove_files() -> None:
    """Remove the files to which nothing leads any more."""
    due = select(FileToRemove.file_key).where(FileToRemove.due_at <= func.now()).limit(_AT_A_TIME)
    while keys := db.session.scalars(due).all():
        db.session.rollback()
        try:
            for key in keys:
                store().delete(key)
        except BaseError as error:
            log.warning("files.not_removed", reason=type(error).__name__)
            return
        db.session.execute(delete(FileToRemove).where(FileToRemove.file_key.in_(keys)))
        db.session.commit()
