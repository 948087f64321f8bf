"""What a development run shows at /dev/mail instead of sending it. Nothing else reads messages back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, Select, select

from upguide.jobs import AnySession
from upguide.models.mail import Mail

from .message import Parts, parts_of
from .sealed import open_envelope

_COLUMNS = (Mail.id, Mail.person_id, Mail.kind, Mail.made_at, Mail.wrapped_key, Mail.recipient, Mail.message)
_SHOWN = 100


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A message as its reader would get it."""

    id: UUID
    kind: str
    made_at: datetime
    recipient: str
    parts: Parts


def newest_mails(session: AnySession, tenant: str) -> list[KeptMail]:
    """Return the latest hundred messages of a portal, newest first."""
    rows = session.execute(_mails_of(tenant).order_by(Mail.made_at.desc()).limit(_SHOWN))
    return [_opened(row) for row in rows]


def read_mail(session: AnySession, tenant: str, mail_id: UUID) -> KeptMail | None:
    """Return one message of a portal, None where there is none."""
    row = session.execute(_mails_of(tenant).where(Mail.id == mail_id)).one_or_none()
    return None if row is None else _opened(row)


def _mails_of(tenant: str) -> Select[UUID, UUID | None, str, datetime, bytes, bytes, bytes]:
    return select(*_COLUMNS).where(Mail.tenant_id == tenant)


def _opened(row: Row[UUID, UUID | None, str, datetime, bytes, bytes, bytes]) -> KeptMail:
    envelope = open_envelope(row.id, row.person_id, row.wrapped_key, row.recipient, row.message)
    return KeptMail(row.id, row.kind, row.made_at, envelope.recipient, parts_of(envelope.message))
