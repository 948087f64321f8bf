"""Telling everyone of a new version, once; reminding who is silent, once; reporting how many are (A1)."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import structlog
from sqlalchemy import TextClause, select, text, update
from sqlalchemy.dialects.postgresql import insert

from upguide.extensions import db
from upguide.i18n import gettext as _
from upguide.i18n import locale_for, use_locale
from upguide.jobs import periodic
from upguide.mail import send
from upguide.models import Person, StatementNotice
from upguide.policy.statement import Version
from upguide.privacy.statement import current_version, version_of
from upguide.tenancy import Tenant, all_tenants
from upguide.tenancy.scope import scope

from .queries import Answers, answers

log = structlog.get_logger()

REMINDED_AFTER = 14  # days
# Each question of the gate begins at the first member again.
_AT_A_TIME = 5_000
_UNTOLD = text("SELECT gate.untold_members(:tenant, :version, :at_most)")
_SILENT = text("SELECT gate.silent_members(:tenant, :version, :days, :at_most)")
_HANDLERS = text("SELECT person_id, mail_address, language FROM gate.handlers()")
_FIRST = 1


@periodic("23 * * * *")
def tell_of_version() -> None:
    """Tell each member who agreed to an older version, in a transaction each: a killed job goes on where it was."""
    version = version_of(current_version())
    if version.number == _FIRST:
        return
    for tenant in all_tenants():
        _write_to_each(tenant, version, _tell, _UNTOLD, {})


def _write_to_each(
    tenant: Tenant,
    version: Version,
    write: Callable[[Tenant, UUID, Version], None],
    found: TextClause,
    more: dict[str, int],
) -> None:
    """Write to everybody whom `found` names; one who cannot be written to keeps nobody else from it."""
    asked = {"tenant": tenant.slug, "version": version.number, "at_most": _AT_A_TIME, **more}
    failed: set[UUID] = set()
    while people := [one for one in db.session.scalars(found, asked) if one not in failed]:
        db.session.rollback()
        for person_id in people:
            try:
                write(tenant, person_id, version)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is this one's alone
                db.session.rollback()
                failed.add(person_id)
                # Without the trace, which may show what must not stand in a log.
                log.error("statement.not_told", reason=type(error).__name__)  # noqa: TRY400
    db.session.rollback()


def _tell(tenant: Tenant, person_id: UUID, version: Version) -> None:
    notice = insert(StatementNotice).values(
        person_id=person_id, tenant_id=tenant.slug, version=version.number, told_at=datetime.now(UTC)
    )
    with scope(tenant.slug, person_id, db.session()):
        told = db.session.connection().execute(notice.on_conflict_do_nothing().returning(StatementNotice.person_id))
        if told.first() is not None:
            _write(tenant, person_id, "statement_changed", version)
        db.session.commit()


@periodic("53 5 * * *")
def remind_of_version() -> None:
    """Remind once, where a version asks for a yes, whoever said nothing in two weeks."""
    version = version_of(current_version())
    if not version.asks:
        return
    for tenant in all_tenants():
        _write_to_each(tenant, version, _remind, _SILENT, {"days": REMINDED_AFTER})


def _remind(tenant: Tenant, person_id: UUID, version: Version) -> None:
    mine = (
        StatementNotice.person_id == person_id,
        StatementNotice.tenant_id == tenant.slug,
        StatementNotice.version == version.number,
        StatementNotice.reminded_at.is_(None),
    )
    with scope(tenant.slug, person_id, db.session()):
        reminded = update(StatementNotice).where(*mine).values(reminded_at=datetime.now(UTC))
        if db.session.execute(reminded.returning(StatementNotice.person_id)).first() is not None:
            _write(tenant, person_id, "statement_reminder", version)
        db.session.commit()


def _write(tenant: Tenant, person_id: UUID, kind: str, version: Version) -> None:
    address, language = db.session.execute(
        select(Person.mail_address, Person.language).where(Person.id == person_id)
    ).one()
    spoken = language if language in tenant.languages else tenant.languages[0]
    with use_locale(locale_for(spoken, tenant)):
        changes = tuple(_(words) for words in version.changes)
    send(
        db.session,
        kind,
        address,
        tenant,
        spoken,
        person_id,
        since=version.since,
        changes=changes,
        asks=bool(version.asks),
    )


@periodic("11 6 * * 1")
def report_answers() -> None:
    """Tell officers and webmasters each week how many have not answered a version that asks for a yes."""
    version = version_of(current_version())
    found = answers(db.session(), version.number) if version.asks else []
    if any(one.silent for one in found):
        for handler in db.session.execute(_HANDLERS).all():
            _report(handler.mail_address, handler.language, version, found)
        db.session.commit()


def _report(address: str, language: str, version: Version, found: list[Answers]) -> None:
    tenants = all_tenants()
    tenant = next(iter(tenants))
    names = {one.slug: one.name for one in tenants}
    counts = tuple(
        (names.get(one.tenant_id, one.tenant_id), one.told, one.agreed, one.refused, one.silent) for one in found
    )
    with scope(tenant.slug, None, db.session()):
        send(db.session, "statement_answers", address, tenant, language, number=version.number, counts=counts)
        db.session.flush()
