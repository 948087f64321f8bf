"""A breach exercise from report to drafted notification, a harmless breach, and a report that waits (B1-B3)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from upguide.features.accounts.queries import sign_in_record
from upguide.features.breaches import drafts, on_list, queries
from upguide.features.breaches.actions import concerned, register, reports, texts
from upguide.features.breaches.queries import BreachView
from upguide.models import JournalEntry, Membership
from upguide.policy.sees import Relation, Setting
from upguide.tenancy import Tenant, Tenants
from upguide.tenancy.scope import scope

from .cast import HOST

OFFICER, LOOKER = f"officer@{HOST}", f"administrator@{HOST}"
SEEN = 14
STORY = (
    "Een beheerder kreeg een mail die van ons leek te komen, en vulde op de pagina erachter het wachtwoord in. "
    "Een uur later stond er een onbekende sessie in de lijst."
)
WAITING = "Op een geprint overzicht dat in de trein bleef liggen stonden UpGuide-nummers en data van afspraken."
DESCRIPTION = {
    "cause": "Een nagemaakte inlogpagina. De beheerder had nog geen tweede stap bij het inloggen.",
    "items": ["first_names", "surname", "mail_address", "phone"],
    "records_count": 56,
    "effects": "Iemand kan zich tegenover de betrokkenen voordoen als hun organisatie. "
    "Doelen en voortgang waren niet te zien.",
    "measures": "De sessie is beëindigd en het wachtwoord vervangen. De tweede stap is nu verplicht. "
    "Betrokkenen letten op berichten die om een code of wachtwoord vragen.",
}
DECISIONS = {
    "authority": "report",
    "authority_reasons": "Namen en contactgegevens samen maken misbruik mogelijk.",
    "persons": "tell",
    "persons_reasons": "Zij kunnen zelf oppassen, als zij het weten.",
}


def make_breaches(session: Session, tenants: Tenants) -> None:
    """Make the register, unless there is one."""
    officer, looker = _person(session, OFFICER), _person(session, LOOKER)
    tenant = next(iter(tenants))
    with scope(tenant.slug, officer, session):
        known = queries.register(session, None)
        session.rollback()
    if known:
        return
    _be_looked_at(session, tenant, looker)
    for story in (STORY, WAITING):
        with scope(tenant.slug, None, session):
            reports.make_report(session, tenant, story, "gisteren rond tien uur", "", "http://localhost/breaches")
    with scope(tenant.slug, officer, session):
        number = _judged(session)
        _handle(session, number, tenant)
        _put_harmless(session)


def _judged(session: Session) -> int:
    [first, *_rest] = queries.waiting_reports(session)
    report = queries.report(session, first.id)
    assert report is not None
    opening = register.Opening(
        summary="Oefening: beheerder opent nagemaakte inlogpagina",
        facts=STORY,
        aware_at=datetime.now(UTC) - timedelta(hours=20, minutes=40),
        exercise=True,
    )
    judgement = reports.Judgement("breach", "Een vreemde kon zien wat de beheerder ziet.")
    number = reports.judge(session, "officer", report, judgement, opening)
    assert number is not None
    return number


def _handle(session: Session, number: int, tenant: Tenant) -> None:
    """Describe, decide, work out who is concerned, and draft what would be sent."""
    of = _view(session, number)
    register.describe(session, "officer", of, of.version, DESCRIPTION)
    now = datetime.now(UTC)
    looks = concerned.Looks(relation=Relation.ADMINISTRATOR.value, since=now - timedelta(days=2), until=now)
    concerned.compute(session, "officer", _view(session, number), looks)
    of = _view(session, number)
    register.describe(session, "officer", of, of.version, DECISIONS, kind="decisions")
    of = _view(session, number)
    many, sent = on_list.counts(session, of.id).on_list, queries.texts(session, of.id)
    for kind, language in (("authority", "nl"), ("letter", "nl"), ("letter", "en"), ("organisations", "nl")):
        words = drafts.draft(kind, language, of, tenant, many, sent)
        texts.save_draft(session, of, texts.Place(kind, language), words)


def _put_harmless(session: Session) -> None:
    opening = register.Opening(
        summary="Versleutelde laptop vergeten in een vergaderzaal",
        facts="De laptop was uit en versleuteld, en is na een uur teruggevonden.",
        aware_at=datetime.now(UTC) - timedelta(days=40),
        harmless=True,
        reasons="De schijf is versleuteld en niemand heeft de laptop aangezet.",
    )
    register.close(
        session, "webmaster", _view(session, register.open_breach(session, "webmaster", opening)), closed=True
    )


def _be_looked_at(session: Session, tenant: Tenant, looker: UUID) -> None:
    """Let the journal hold what a stranger in the administrator's session saw."""
    session_id, at = uuid4(), datetime.now(UTC) - timedelta(hours=22)
    with scope(tenant.slug, looker, session):
        others = select(Membership.person_id).where(Membership.tenant_id == tenant.slug, Membership.person_id != looker)
        for person_id in session.scalars(others.order_by(Membership.person_id).limit(SEEN)).all():
            session.add(
                JournalEntry(
                    tenant_id=tenant.slug,
                    person_id=person_id,
                    viewer_id=looker,
                    session_id=session_id,
                    relations=[Relation.ADMINISTRATOR.value],
                    setting=Setting.PAGE.value,
                    items=["first_names", "mail_address", "phone", "surname"],
                    seen_at=at,
                )
            )
        session.commit()


def _view(session: Session, number: int) -> BreachView:
    found = queries.breach(session, number)
    assert found is not None
    return found


def _person(session: Session, mail_address: str) -> UUID:
    known = sign_in_record(session, mail_address)
    session.rollback()
    assert known is not None
    return known.person_id
