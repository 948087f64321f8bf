"""The work behind the buttons. Each job may be killed at any point, and run again: it ends right, once."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import delete, func, select, text, update

from upguide.extensions import db
from upguide.files.store import BaseError
from upguide.i18n import locale_for, use_locale
from upguide.jobs import defer, periodic, task
from upguide.mail import send
from upguide.models import Erasure, Export, FileToRemove, Person
from upguide.policy.erasure import BACKUPS_KEPT, EXPORT_KEPT
from upguide.privacy.erasure import Forecast, erase, forecast
from upguide.privacy.export import Archive, SealedPieces
from upguide.privacy.ledger import ledger
from upguide.privacy.photos import store
from upguide.privacy.vault import vault_of
from upguide.tenancy import Tenant, all_tenants
from upguide.tenancy.scope import scope

log = structlog.get_logger()

_DUE_ERASURES = text("SELECT gate.due_erasures()")
_EXPIRED_EXPORTS = text("SELECT export_id, person_id FROM gate.expired_exports()")
# What a killed job leaves of an archive is removed after this.
_ABANDONED = timedelta(days=1)
_AT_A_TIME = 100
# The ledger outlives every backup that could bring somebody back.
_LEDGER_KEPT = 2 * BACKUPS_KEPT


@task
def make_export(person_id: UUID, export_id: UUID) -> None:
    """Make the archive; a run that another one overtook leaves nothing behind."""
    with scope(None, person_id):
        claimed = db.session.execute(
            update(Export)
            .where(Export.id == export_id, Export.state.in_(("asked", "working")))
            .values(state="working", attempt=Export.attempt + 1, progress=0)
            .returning(Export.attempt, Export.tenant_id, Export.language)
        ).one_or_none()
        db.session.commit()
        if claimed is not None:
            _make(person_id, export_id, claimed.attempt, all_tenants()[claimed.tenant_id], claimed.language)


def _make(person_id: UUID, export_id: UUID, attempt: int, tenant: Tenant, language: str) -> None:
    mine = (Export.id == export_id, Export.state == "working", Export.attempt == attempt)

    def progress(hundredths: int) -> None:
        db.session.execute(update(Export).where(*mine).values(progress=hundredths))
        db.session.commit()

    key = vault_of(db.session(), person_id).key
    stream = SealedPieces(key, export_id, _note_piece)
    with use_locale(locale_for(language, tenant)):
        Archive(db.session(), person_id, stream, progress).write(tenant.name)
    pieces = stream.finish()
    done = {"state": "ready", "pieces": pieces, "progress": 100, "expires_at": datetime.now(UTC) + EXPORT_KEPT}
    finished = db.session.scalar(update(Export).where(*mine).values(done).returning(Export.id))
    if finished is None:
        db.session.rollback()
        return
    db.session.execute(delete(FileToRemove).where(FileToRemove.file_key.in_(pieces)))
    address = db.session.scalars(select(Person.mail_address).where(Person.id == person_id)).one()
    with scope(tenant.slug, person_id, db.session()):
        send(db.session, "export_ready", address, tenant, language, person_id, kept_days=EXPORT_KEPT.days)
        db.session.commit()


def _note_piece(file_key: str) -> None:
    """Note a piece as abandoned before it is there; finishing takes the note away."""
    db.session.add(FileToRemove(file_key=file_key, due_at=datetime.now(UTC) + _ABANDONED))
    db.session.commit()


@periodic("*/5 * * * *")
def erase_due() -> None:
    """Erase everybody whose day of grace is over."""
    people = list(db.session.scalars(_DUE_ERASURES))
    db.session.rollback()
    for person_id in people:
        try:
            with scope(None, person_id):
                _erase(person_id)
        except Exception as error:  # noqa: BLE001 - one person's trouble must not hold up the others
            db.session.rollback()
            # Without the trace, which may show what must not stand in a log.
            log.error("erasure.failed", reason=type(error).__name__)  # noqa: TRY400


def _erase(person_id: UUID) -> None:
    """Erase one person, and queue the receipt, in one transaction. Another worker may be at it: then it is theirs."""
    session = db.session()
    wish = session.execute(
        select(Erasure.tenant_id, Erasure.language, Erasure.blank_words)
        .where(Erasure.person_id == person_id, Erasure.due_at <= func.now())
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if wish is None:
        session.rollback()
        return
    address = session.scalars(select(Person.mail_address).where(Person.id == person_id)).one()
    what = forecast(session, person_id)
    # Before, and not after: what is in the ledger without being erased is due, and will be.
    ledger().note(person_id)
    erase(session, person_id, blank_words=wish.blank_words)
    _send_receipt(address, all_tenants()[wish.tenant_id], wish.language, what)
    defer(session, remove_files, tenant=None)
    session.commit()
    log.info("erasure.done")


def _send_receipt(address: str, tenant: Tenant, language: str, what: Forecast) -> None:
    now = datetime.now(UTC)
    with scope(tenant.slug, None, db.session()):
        send(
            db.session,
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
        db.session.flush()


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


@periodic("41 * * * *")
def forget_exports() -> None:
    """Remove copies that nobody took in time, and what the ledger need not know any more."""
    expired = db.session.execute(_EXPIRED_EXPORTS).all()
    db.session.rollback()
    for export_id, person_id in expired:
        with scope(None, person_id):
            pieces = db.session.scalar(delete(Export).where(Export.id == export_id).returning(Export.pieces))
            for key in pieces or ():
                db.session.merge(FileToRemove(file_key=key, due_at=datetime.now(UTC)))
            db.session.commit()
    ledger().forget_before(datetime.now(UTC) - _LEDGER_KEPT)
