"""What a person does by right: a copy of everything, leaving, erasing, limiting, taking back, asking (P4c, P7)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from upguide.jobs import defer
from upguide.mail import send
from upguide.models import Erasure, Export, FileToRemove, JournalEntry, Person
from upguide.models import Session as SignIn
from upguide.policy.erasure import EXPORT_KEPT, GRACE
from upguide.policy.purposes import Purpose
from upguide.policy.sees import Relation
from upguide.privacy import limits, requests
from upguide.privacy.erasure import leave
from upguide.privacy.farewell import remove_files
from upguide.privacy.holdings import held_items
from upguide.privacy.ledger import ledger, settle_ledger
from upguide.privacy.requests import Wish
from upguide.privacy.seen import EXPORT
from upguide.tenancy import Tenant

from .jobs import erase_due, make_export
from .queries import OwnExport, own_erasure, own_export

# A job that has not finished by then was lost; asking again begins anew.
LOST_AFTER = timedelta(hours=1)
# How long a download that has begun may take.
DOWNLOAD = timedelta(hours=1)


def ask_export(session: Session, tenant: Tenant, person_id: UUID, language: str) -> bool:
    """Queue a copy of everything; False where one is under way, or ready: asking twice is asking once. Commits."""
    if not _hold(session, person_id):
        return False
    known = own_export(session, person_id)
    if known is not None and _is_under_way(known):
        session.rollback()
        return False
    _drop_exports(session, person_id)
    export_id = uuid4()
    values = {"id": export_id, "person_id": person_id, "tenant_id": tenant.slug, "language": language}
    session.add(Export(**values, expires_at=datetime.now(UTC) + EXPORT_KEPT))
    defer(session, make_export, tenant=None, person_id=person_id, export_id=export_id)
    session.commit()
    return True


def take_export(session: Session, tenant: str, person_id: UUID, session_id: UUID | None, export_id: UUID) -> list[str]:
    """Take a copy that is ready, once; return its pieces, none where it was taken or is over. Commits.

    The look is journalled, as every look at everything is.
    """
    pieces = session.scalar(
        update(Export)
        .where(
            Export.id == export_id,
            Export.person_id == person_id,
            Export.state == "ready",
            Export.expires_at > func.now(),
        )
        .values(state="taken")
        .returning(Export.pieces)
    )
    if not pieces:
        session.rollback()
        return []
    _remove_later(session, pieces, datetime.now(UTC) + DOWNLOAD)
    session.execute(
        insert(JournalEntry).values(
            tenant_id=tenant,
            person_id=person_id,
            viewer_id=person_id,
            session_id=session_id,
            relations=[Relation.SELF.value],
            setting=EXPORT,
            items=sorted(item.value for item in held_items()),
        )
    )
    session.commit()
    return list(pieces)


def ask_erasure(
    session: Session, tenant: Tenant, person_id: UUID, language: str, *, at_once: bool, blank_words: bool
) -> datetime:
    """Note that everything is to go, a day from now or at once; return when. Commits.

    At once, all sessions end, and the job begins. Else the person is told by mail, and may withdraw it. Of two wishes
    at one moment the sooner counts, and each returns when it really is.
    """
    now = datetime.now(UTC)
    if not _hold(session, person_id):
        return now
    known = own_erasure(session, person_id)
    if known is not None and not at_once:
        session.rollback()
        return known.due_at
    erasure = session.get(Erasure, person_id) or Erasure(person_id=person_id)
    erasure.tenant_id, erasure.language, erasure.blank_words = tenant.slug, language, blank_words
    erasure.due_at = now if at_once else now + GRACE
    session.add(erasure)
    if at_once:
        session.execute(delete(SignIn).where(SignIn.person_id == person_id))
        defer(session, erase_due, tenant=None)
    else:
        send(session, "erasure_planned", _address(session, person_id), tenant, language, person_id, at=erasure.due_at)
    due_at = erasure.due_at
    session.commit()
    return due_at


def withdraw_erasure(session: Session, person_id: UUID) -> bool:
    """Take the wish back; False where there is none, or the job may have begun. Commits."""
    found = session.scalar(
        delete(Erasure).where(Erasure.person_id == person_id, Erasure.due_at > func.now()).returning(Erasure.person_id)
    )
    session.commit()
    return found is not None


def leave_portal(session: Session, tenant: str, person_id: UUID) -> None:
    """Make the membership go, and all that the portal has of the person. Commits."""
    # Held from here on: nobody can add a row while what is there is counted and goes.
    _hold(session, person_id)
    ledger().note(person_id, tenant)
    try:
        leave(session, tenant, person_id)
    except Exception:
        # Nobody left: a restored backup would end this membership otherwise.
        session.rollback()
        ledger().take_back(person_id, tenant)
        raise
    defer(session, settle_ledger, tenant=None)
    defer(session, remove_files, tenant=None)
    session.commit()


def restrict(session: Session, person_id: UUID, reason: str) -> None:
    """Keep everything, and use it for nothing (GDPR Art. 18). Commits."""
    limits.restrict(session, person_id, reason)
    session.commit()


def lift(session: Session, person_id: UUID) -> None:
    """End the restriction. Commits."""
    limits.lift(session, person_id)
    session.commit()
    limits.lifted(session, person_id)


def object_to(session: Session, person_id: UUID, purpose: Purpose, reason: str) -> None:
    """Stop what rests on a purpose (GDPR Art. 21). Commits."""
    limits.object_to(session, person_id, purpose, reason)
    session.commit()


def take_back(session: Session, person_id: UUID, purpose: Purpose) -> None:
    """End an objection. Commits."""
    limits.take_back(session, person_id, purpose)
    session.commit()
    limits.taken_back(session, person_id, purpose)


def withdraw_consent(session: Session, tenant: str, person_id: UUID) -> None:
    """Take the consent on one portal back, and stop what it was for (GDPR Art. 7(3)). Commits."""
    limits.withdraw(session, tenant, person_id)
    session.commit()


def ask(session: Session, tenant: Tenant, person_id: UUID, language: str, wish: Wish) -> tuple[UUID, date]:
    """Put a request to a human; return its identity and the day of the answer. Commits."""
    asked = requests.ask(session, tenant, person_id, language, wish)
    session.commit()
    return asked


def _hold(session: Session, person_id: UUID) -> bool:
    """Let a second wish at the same moment wait, and find what the first one did; False where the person is gone."""
    return session.scalar(select(Person.id).where(Person.id == person_id).with_for_update()) is not None


def _is_under_way(export: OwnExport) -> bool:
    recent = datetime.now(UTC) - export.asked_on < LOST_AFTER
    return export.state == "ready" or (export.state in ("asked", "working") and recent)


def _drop_exports(session: Session, person_id: UUID) -> None:
    for pieces in session.scalars(delete(Export).where(Export.person_id == person_id).returning(Export.pieces)):
        _remove_later(session, pieces, datetime.now(UTC))


def _remove_later(session: Session, keys: Sequence[str], due_at: datetime) -> None:
    for key in keys:
        session.merge(FileToRemove(file_key=key, due_at=due_at))


def _address(session: Session, person_id: UUID) -> str:
    return session.scalars(select(Person.mail_address).where(Person.id == person_id)).one()
