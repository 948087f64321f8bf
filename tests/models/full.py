"""Somebody with a row in every table about persons, as the application itself makes them."""

from uuid import uuid4

from flask import current_app
from sqlalchemy import text

from tests.support.factories import (
    Made,
    add_address,
    add_employer,
    add_phone,
    hide,
    make_professional,
    sign,
    start_session,
)
from upguide.database.appoint import appoint
from upguide.extensions import db
from upguide.models import (
    AgreementReminder,
    ConsentWithdrawal,
    DataRequest,
    Erasure,
    Export,
    JournalEntry,
    Limit,
    MadeAccount,
    NoticeChoice,
    Passkey,
    Photo,
    PhotoDraft,
    QuietHours,
    RecoveryCode,
    RepeatedSearch,
    RetentionWarning,
    StatementNotice,
    Token,
    Totp,
)
from upguide.policy.items import Item
from upguide.policy.permissions import AgreementKind, Role
from upguide.security.handle import new_handle
from upguide.tenancy.scope import scope


def make_full_person(tenant: str) -> Made:
    """Somebody with a row in every table about persons."""
    person = make_professional(tenant)
    add_phone(person)
    add_address(person)
    add_employer(person)
    start_session(person)
    sign(person, AgreementKind.CONFIDENTIALITY)
    hide(person, Item.GENDER)
    with scope(tenant, person.id, db.session()):
        db.session.add_all(
            [
                Photo(person_id=person.id, file_key=uuid4().hex),
                PhotoDraft(person_id=person.id, file_key=uuid4().hex),
                Passkey(
                    person_id=person.id,
                    tenant_id=tenant,
                    credential_id=uuid4().hex,
                    public_key="",
                    sign_count=0,
                    device="Test",
                ),
                RecoveryCode(person_id=person.id, code_hash=""),
                MadeAccount(person_id=person.id, tenant_id=tenant, handle=new_handle()),
                Totp(person_id=person.id, app_secret=b""),
                Token(
                    person_id=person.id,
                    secret_hash=uuid4().bytes,
                    kind="reset",
                    expires_at=text("now() + interval '1 h'"),
                ),
                Export(person_id=person.id, tenant_id=tenant, language="en", expires_at=text("now() + interval '1 h'")),
                AgreementReminder(person_id=person.id, agreement="x", ends_at=text("now()"), days=7),
                ConsentWithdrawal(person_id=person.id, tenant_id="executive"),
                StatementNotice(person_id=person.id, tenant_id=tenant, version=9),
                RepeatedSearch(person_id=person.id, tenant_id=tenant, day=text("current_date"), times=10),
                Limit(person_id=person.id, kind="restriction"),
                NoticeChoice(person_id=person.id, kind="message", frequency="daily"),
                QuietHours(person_id=person.id, time_zone="UTC"),
                RetentionWarning(
                    person_id=person.id,
                    counted_from=text("now()"),
                    days_before=60,
                    warned_on=text("current_date"),
                    goes_on=text("current_date"),
                    mail_id=uuid4(),
                    next_on=text("current_date"),
                ),
                DataRequest(
                    person_id=person.id,
                    tenant_id=tenant,
                    language="en",
                    kind="question",
                    words=b"",
                    asked_on=text("current_date"),
                    due_on=text("current_date"),
                ),
                Erasure(person_id=person.id, tenant_id=tenant, language="en", due_at=text("now() + interval '1 h'")),
                JournalEntry(
                    tenant_id=tenant, person_id=person.id, viewer_id=person.id, relations=[], setting="page", items=[]
                ),
            ]
        )
        db.session.commit()
    appoint(current_app.config["UPGUIDE"], person.id, Role.OFFICER.value)
    return person
