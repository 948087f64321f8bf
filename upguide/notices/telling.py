"""One row for one person, made by the gate: the caller can make a row for another member, and read none."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from upguide.jobs import defer
from upguide.policy.notices import NOTICES, Kind
from upguide.tenancy.scope import current_scope

from .mailing import mail_notice

_NOTIFY = text("SELECT gate.notify(:person, :kind, :subject)")


class NobodyTells(RuntimeError):
    """A notification was made outside a portal, or in nobody's name."""


def notify(session: Session, person_id: UUID, kind: Kind, subject_id: UUID | None = None) -> None:
    """Tell a person that something of `kind` happened to `subject_id`, when and only when the transaction commits.

    Runs in the scope of who did it (a job enters `scope(tenant, actor)` first). Nobody is told of what they did
    themselves, nor twice within an hour of what they have not read yet; who is no member here any more, is blocked or
    restricted the use of their data, is not told. `subject_id` is what the page calls its subject
    (`NoticeKind.parameter`): the identity of a question or a conversation, never of a person. Raises NobodyTells
    outside a portal or without an actor, ValueError
    where the page needs a subject and there is none.
    """
    now = current_scope()
    if now.tenant is None or now.viewer is None:
        raise NobodyTells("enter scope(tenant, actor) first")
    if NOTICES[kind].parameter and subject_id is None:
        raise ValueError(f"{kind.value} leads to a page of its subject: give subject_id")
    if person_id == now.viewer:
        return
    values = {"person": person_id, "kind": kind.value, "subject": subject_id}
    notice_id = session.scalar(_NOTIFY, values)
    if notice_id is not None:
        defer(session, mail_notice, tenant=now.tenant, notice_id=notice_id)
