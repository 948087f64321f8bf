"""Reports: anybody makes one, somebody who handles breaches judges it, once (B1, B2)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from upguide.features.breaches.posting import log, tell_handlers
from upguide.features.breaches.queries import Report
from upguide.features.breaches.sealed import Words, new_key
from upguide.models import Breach, BreachReport
from upguide.security.number import ALPHABET, LENGTH, check_character
from upguide.tenancy import Tenant

from . import Conflict
from .history import note
from .register import Opening, add

PREFIX = "DL-"  # datalek


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a report is judged to be, why, and which breach it belongs to where it is merged."""

    decision: str
    reasons: str
    merge_into: int | None = None


def new_reference() -> str:
    """Return a random reference: the characters of UpGuide numbers, with another beginning."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return PREFIX + body + check_character(body)


def is_reference(given: str) -> bool:
    """Tell whether this is written as a reference is."""
    body, check = given.removeprefix(PREFIX)[:-1], given[-1:]
    right = given.startswith(PREFIX) and len(body) == LENGTH - 1 and set(body) <= set(ALPHABET)
    return right and check == check_character(body)


def make_report(session: Session, tenant: Tenant, story: str, noticed: str, contact: str, link: str) -> str:
    """Keep a report, tell those who handle them that there is one, and return its reference. Commits."""
    report_id, reference = uuid4(), new_reference()
    wrapped_key = new_key(report_id)
    sealed = Words(report_id, wrapped_key).close_all(
        "breach_reports", {"story": story, "noticed": noticed, "contact": contact}
    )
    values = {"id": report_id, "reference": reference, "tenant_id": tenant.slug, "wrapped_key": wrapped_key}
    session.execute(insert(BreachReport).values(**values, **sealed))
    try:
        tell_handlers(session, "breach_reported", tenant, link=link)
    except Exception as error:  # noqa: BLE001 - the report is kept all the same, and stands on their page
        log.error("breach.report_untold", reason=type(error).__name__)
    session.commit()
    return reference


def judge(session: Session, role: str, report: Report, judgement: Judgement, opening: Opening | None) -> int | None:
    """Judge a report; return the number of the breach that it led or belongs to. Commits.

    `opening` says what comes into the register where it is a breach. Raises Conflict where somebody judged it
    before, and LookupError where there is no breach to merge it into.
    """
    if not _claim(session, report.id, role, judgement):
        session.rollback()
        raise Conflict
    breach_id = number = None
    if judgement.decision == "merged":
        breach_id, number = _merge(session, role, report, judgement)
    elif opening is not None:
        breach_id, number = add(session, role, opening, {"reference": report.reference, "reasons": judgement.reasons})
    if breach_id is not None:
        session.execute(update(BreachReport).where(BreachReport.id == report.id).values(breach_id=breach_id))
    session.commit()
    return number


def _claim(session: Session, report_id: UUID, role: str, judgement: Judgement) -> bool:
    row = session.execute(
        select(BreachReport.wrapped_key)
        .where(BreachReport.id == report_id, BreachReport.decision.is_(None))
        .with_for_update()
    ).one_or_none()
    if row is None:
        return False
    reasons = Words(report_id, row.wrapped_key).close("breach_reports.reasons", judgement.reasons)
    values: Mapping[str, object] = {
        "decision": judgement.decision,
        "reasons": reasons,
        "decided_at": datetime.now(UTC),
        "decided_role": role,
    }
    session.execute(update(BreachReport).where(BreachReport.id == report_id).values(values))
    return True


def _merge(session: Session, role: str, report: Report, judgement: Judgement) -> tuple[UUID, int]:
    row = session.execute(
        select(Breach.id, Breach.number, Breach.wrapped_key).where(Breach.number == judgement.merge_into)
    ).one_or_none()
    if row is None:
        session.rollback()
        raise LookupError("there is no such breach")
    details = {"reference": report.reference, "reasons": judgement.reasons}
    note(session, row.id, Words(row.id, row.wrapped_key), role, "merged", details)
    return row.id, row.number
