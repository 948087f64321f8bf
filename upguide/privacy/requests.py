"""Requests that a human answers: asked by the person, answered by somebody bound, both sealed (P7; GDPR Art. 12).

The asking side runs under the person's own scope. The answering side goes through the gate, which looks itself
whether the one who asks is appointed and bound; it knows persons only by what they wrote. The officer answers, who is
independent (W8) and sees no names; a webmaster only where no officer can: none is bound, or none but who asks
(`gate.may_answer`, docs/decisions/0011). The same people are reminded. Callers commit.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from upguide.mail import send
from upguide.models import DataRequest
from upguide.policy.agreements import CURRENT
from upguide.policy.permissions import AgreementKind
from upguide.policy.purposes import Purpose
from upguide.policy.requests import REMINDERS, Answerer, RequestKind, due_on, today
from upguide.security.sealing import SealBroken, context, unseal
from upguide.tenancy import Tenant, all_tenants
from upguide.tenancy.scope import current_scope, scope

from .vault import Vault, vault_of

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as both sides read it. `words`, `reason` and `answer` are empty where the key is gone, or none yet.

    `late`: the day is past without an answer. `extensible`: two months more may still be taken.
    """

    id: UUID
    kind: RequestKind
    purpose: Purpose | None
    words: str
    asked_at: datetime
    due_on: date
    extended_at: datetime | None
    reason: str
    answered_at: datetime | None
    answer: str
    answered_as: Answerer | None
    late: bool
    extensible: bool


@dataclass(frozen=True, slots=True)
class AskedPage:
    """A page of requests, and whether there are more after it."""

    rows: tuple[Asked, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks; `purpose` is that which they object to."""

    kind: RequestKind
    words: str
    purpose: Purpose | None = None


def ask(session: Session, tenant: Tenant, person_id: UUID, language: str, wish: Wish) -> tuple[UUID, date]:
    """Put a request; return its identity and the day on which the answer is due."""
    request_id, asked_on = uuid4(), today(datetime.now(UTC))
    due = due_on(asked_on)
    session.add(
        DataRequest(
            id=request_id,
            person_id=person_id,
            tenant_id=tenant.slug,
            language=language,
            kind=wish.kind.value,
            purpose=wish.purpose.value if wish.purpose else None,
            words=vault_of(session, person_id).close("requests.words", request_id, wish.words),
            asked_on=asked_on,
            due_on=due,
        )
    )
    session.flush()
    return request_id, due


_COLUMNS = tuple(
    getattr(DataRequest, name)
    for name in (
        *("id", "person_id", "kind", "purpose", "words", "asked_at", "due_on"),
        *("extended_at", "extension_reason", "answered_at", "answer", "answered_as"),
    )
)


def own_requests(session: Session, person_id: UUID, page: int = 0) -> AskedPage:
    """Return what a person asked, the latest first."""
    rows = session.execute(
        select(*_COLUMNS)
        .where(DataRequest.person_id == person_id)
        .order_by(DataRequest.asked_at.desc(), DataRequest.id)
        .limit(PAGE_SIZE + 1)
        .offset(PAGE_SIZE * page)
    ).all()
    return _page(rows, vault_of(session, person_id))


def own_request(session: Session, person_id: UUID, request_id: UUID) -> Asked | None:
    """Return one request of a person, or None where it is not theirs."""
    mine = (DataRequest.person_id == person_id, DataRequest.id == request_id)
    row = session.execute(select(*_COLUMNS).where(*mine)).one_or_none()
    return _asked(row, vault_of(session, person_id)) if row else None


_REQUESTS = text("SELECT * FROM gate.requests(:version, :id, :answered, :at_most, :left_out)")
_ANSWER = text("SELECT * FROM gate.answer_request(:version, :id, :sealed)")
_EXTEND = text("SELECT * FROM gate.extend_request(:version, :id, :sealed)")
_REMIND = text("SELECT * FROM gate.remind_requests(:days)")
_ANSWERERS = text("SELECT * FROM gate.answerers(:person_id)")


def open_requests(session: Session, page: int = 0) -> AskedPage:
    """Return what waits for an answer, the most urgent first; nothing to somebody who is not bound."""
    return _page(_of_others(session, answered=False, page=page))


def answered_requests(session: Session, page: int = 0) -> AskedPage:
    """Return what was answered, the latest first; nothing to somebody who is not bound."""
    return _page(_of_others(session, answered=True, page=page))


def request_of(session: Session, request_id: UUID) -> Asked | None:
    """Return one request of somebody else, or None; None to somebody who is not bound as well."""
    rows = _of_others(session, request_id)
    return _asked(rows[0]) if rows else None


def answer(session: Session, request_id: UUID, words: str) -> bool:
    """Answer a request, and tell the person by mail that there is an answer; False where that cannot be any more."""
    told = _close(session, _ANSWER, "requests.answer", request_id, words)
    if told is not None:
        _tell(session, "request_answered", told)
    return told is not None


def extend(session: Session, request_id: UUID, reason: str) -> date | None:
    """Take two months more, once and before the day is past; the person is told. Return the new day, or None."""
    told = _close(session, _EXTEND, "requests.extension_reason", request_id, reason)
    if told is None:
        return None
    _tell(session, "request_extended", told, due_on=told.due_on)
    return told.due_on  # type: ignore[no-any-return]


def remind(session: Session) -> int:
    """Tell who may answer what is due, and nobody else; each step of `REMINDERS` once. Return how many requests."""
    due = session.execute(_REMIND, {"days": list(REMINDERS)}).all()
    now = today(datetime.now(UTC))
    for request in due:
        tenant = all_tenants().or_first(request.tenant_id)
        days = (request.due_on - now).days
        for reader in session.execute(_ANSWERERS, {"person_id": request.person_id}).all():
            language = reader.language or tenant.languages[0]
            about = RequestKind(request.kind)
            with scope(tenant.slug, reader.person_id, session):
                values = {"about": about, "due_on": request.due_on, "days": days}
                send(session, "request_due", reader.mail_address, tenant, language, reader.person_id, **values)
                session.flush()
    return len(due)


def _of_others(
    session: Session, request_id: UUID | None = None, *, answered: bool | None = None, page: int = 0
) -> list[Any]:
    values = {"id": request_id, "answered": answered, "at_most": PAGE_SIZE + 1, "left_out": PAGE_SIZE * page}
    return list(session.execute(_REQUESTS, _bound(values)).all())


def _close(session: Session, statement: Any, column: str, request_id: UUID, words: str) -> Any:
    rows = _of_others(session, request_id)
    if not rows:
        return None
    sealed = Vault(rows[0].person_id, rows[0].wrapped).close(column, request_id, words)
    return session.execute(statement, _bound({"id": request_id, "sealed": sealed})).one_or_none()


def _bound(values: dict[str, Any]) -> dict[str, Any]:
    return values | {"version": CURRENT[AgreementKind.CONFIDENTIALITY]}


def _tell(session: Session, kind: str, told: Any, **values: object) -> None:
    tenant = all_tenants().or_first(told.tenant_id)
    with scope(tenant.slug, current_scope().viewer, session):
        send(session, kind, told.mail_address, tenant, told.language, told.person_id, **values)
        session.flush()


def _page(rows: Iterable[Any], vault: Vault | None = None) -> AskedPage:
    found = tuple(_asked(row, vault) for row in rows)
    return AskedPage(found[:PAGE_SIZE], len(found) > PAGE_SIZE)


def _asked(row: Any, vault: Vault | None = None) -> Asked:
    vault = vault or Vault(row.person_id, row.wrapped)
    late = row.answered_at is None and row.due_on < today(datetime.now(UTC))
    return Asked(
        id=row.id,
        kind=RequestKind(row.kind),
        purpose=Purpose(row.purpose) if row.purpose else None,
        words=_opened(vault, "requests.words", row.id, row.words),
        asked_at=row.asked_at,
        due_on=row.due_on,
        extended_at=row.extended_at,
        reason=_opened(vault, "requests.extension_reason", row.id, row.extension_reason),
        answered_at=row.answered_at,
        answer=_opened(vault, "requests.answer", row.id, row.answer),
        answered_as=Answerer(row.answered_as) if row.answered_as else None,
        late=late,
        extensible=row.answered_at is None and row.extended_at is None and not late,
    )


def _opened(vault: Vault, column: str, row_id: UUID, sealed: bytes | None) -> str:
    if sealed is None:
        return ""
    try:
        return unseal(vault.key, bytes(sealed), context(column, row_id))
    except (SealBroken, LookupError):
        return ""
