"""The work behind the buttons. Each job may be killed at any point, and run again: it ends right, once."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import delete, func, select, text, update

from upguide.extensions import db
from upguide.i18n import locale_for, use_locale
from upguide.jobs import periodic, task
from upguide.jobs.tally import tally
from upguide.mail import send
from upguide.models import Erasure, Export, FileToRemove, Person
from upguide.policy.erasure import BACKUPS_KEPT, EXPORT_KEPT
from upguide.privacy.export import Archive, SealedPieces
from upguide.privacy.farewell import see_off
from upguide.privacy.ledger import ledger
from upguide.privacy.lost import note_lost_files
from upguide.privacy.photos import store
from upguide.privacy.requests import remind
from upguide.privacy.vault import vault_of
from upguide.tenancy import Tenant, all_tenants
from upguide.tenancy.scope import scope

log = structlog.get_logger()

_DUE_ERASURES = text("SELECT gate.due_erasures()")
_EXPIRED_EXPORTS = text("SELECT export_id, person_id FROM gate.expired_exports()")
# What a killed job leaves of an archive is removed after this.
_ABANDONED = timedelta(days=1)
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
            _make(person_id, export_id, claimed.attempt, all_tenants().or_first(claimed.tenant_id), claimed.language)


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
    see_off(session, person_id, all_tenants().or_first(wish.tenant_id), wish.language, blank_words=wish.blank_words)
    session.commit()
    log.info("erasure.done")


@periodic("13 4 * * *")
def find_lost_files() -> None:
    """Note files that a killed process left in the store, so that they are removed with the others."""
    note_lost_files(db.session(), store())


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
            tally(db.session, {"exports": int(pieces is not None)})
            db.session.commit()
    ledger().forget_before(datetime.now(UTC) - _LEDGER_KEPT)


@periodic("17 5 * * *")
def remind_of_requests() -> None:
    """Tell whoever answers which requests are due; noted and queued in one transaction, so that each is told once."""
    reminded = remind(db.session())
    db.session.commit()
    log.info("requests.reminded", count=reminded)
