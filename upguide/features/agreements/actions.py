"""Signing, and sending oneself a copy of what was signed (clauses D3, W9)."""

from datetime import UTC, datetime
from typing import TypedDict
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from upguide.mail import send
from upguide.models import Person, Signature
from upguide.policy.agreements import CURRENT, SIGNED_HERE, agreement_languages, ends_at, text_hash
from upguide.policy.permissions import AgreementKind
from upguide.tenancy import Tenant


class Signed(TypedDict):
    """The columns of a signature that say what was signed."""

    agreement: str
    version: int
    language: str
    text_hash: str
    expires_at: datetime | None


def what_is_signed(kind: AgreementKind, language: str) -> Signed:
    """Return what a signature under the current version keeps; the statement's own text is kept with the consent."""
    version = CURRENT[kind]
    return Signed(
        agreement=kind.value,
        version=version,
        language=language,
        text_hash=text_hash(kind, version, language) if kind in SIGNED_HERE else "",
        expires_at=ends_at(kind, datetime.now(UTC)),
    )


def sign(session: Session, person_id: UUID, session_id: UUID | None, kind: AgreementKind, language: str) -> None:
    """Set a person's signature under the current version as it was read in `language`. Commits."""
    session.add(Signature(person_id=person_id, session_id=session_id, **what_is_signed(kind, language)))
    session.commit()


def mail_copy(session: Session, tenant: Tenant, person_id: UUID, signature_id: UUID, link: str) -> bool:
    """Send a person the text of a signature of their own, in the language in which it was signed. Commits.

    False where there is none, or where it was set before there were texts.
    """
    row = session.execute(
        select(Signature.agreement, Signature.version, Signature.language, Signature.signed_at).where(
            Signature.person_id == person_id, Signature.id == signature_id
        )
    ).one_or_none()
    if row is None or row.language not in _languages(row.agreement, row.version):
        return False
    address = session.scalars(select(Person.mail_address).where(Person.id == person_id)).one()
    values = {"agreement": AgreementKind(row.agreement), "agreement_version": row.version, "at": row.signed_at}
    send(session, "agreement_copy", address, tenant, row.language, person_id, link=link, **values)
    session.commit()
    return True


def _languages(agreement: str, version: int) -> tuple[str, ...]:
    try:
        return agreement_languages(AgreementKind(agreement), version)
    except (KeyError, ValueError):
        return ()
