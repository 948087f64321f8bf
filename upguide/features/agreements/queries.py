"""What somebody signed. Under the person's own scope; the job asks the gate, which gives identities alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Integer, bindparam, select, text
from sqlalchemy.orm import Session

from upguide.models import Signature
from upguide.policy.permissions import AgreementKind

_ENDING = text("SELECT * FROM gate.ending_signatures(:days)").bindparams(bindparam("days", type_=ARRAY(Integer)))
MOST = 50


@dataclass(frozen=True, slots=True)
class OwnSignature:
    """A signature of one's own; `language` is empty for one that was set before there were texts."""

    id: UUID
    kind: AgreementKind
    version: int
    language: str
    text_hash: str
    signed_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Ending:
    """A signature that ends within `days`, and the portal from which its owner is written to."""

    person_id: UUID
    agreement: str
    ends_at: datetime
    days: int
    portal: str | None


_COLUMNS = (
    *(Signature.id, Signature.agreement, Signature.version, Signature.language),
    *(Signature.text_hash, Signature.signed_at, Signature.expires_at),
)


def own_signatures(session: Session, person_id: UUID) -> list[OwnSignature]:
    """Return what a person signed, the newest first."""
    statement = select(*_COLUMNS).where(Signature.person_id == person_id)
    rows = session.execute(statement.order_by(Signature.signed_at.desc(), Signature.id).limit(MOST))
    return [OwnSignature(row.id, AgreementKind(row.agreement), *row[2:]) for row in rows]


def own_signature(session: Session, person_id: UUID, signature_id: UUID) -> OwnSignature | None:
    """Return one signature of a person, or None where there is none of that identity."""
    mine = (Signature.person_id == person_id, Signature.id == signature_id)
    row = session.execute(select(*_COLUMNS).where(*mine)).one_or_none()
    return OwnSignature(row.id, AgreementKind(row.agreement), *row[2:]) if row else None


def ending_signatures(session: Session, days: Sequence[int]) -> list[Ending]:
    """Return whose signatures end within so many days and who was not told yet."""
    return [Ending(*row) for row in session.execute(_ENDING, {"days": list(days)})]
