"""Telling somebody of an ask or an account, and ending what nobody took over. Each may be killed, and run again."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select, text

from upguide.extensions import db
from upguide.jobs import periodic, task
from upguide.jobs.tally import tally
from upguide.mail import send
from upguide.models import MadeAccount, Person
from upguide.notices import Kind, notify
from upguide.notices.places import link
from upguide.policy.connections import ASK_AGAIN, REMINDED_BEFORE, UNCLAIMED
from upguide.privacy import connections, made_accounts
from upguide.privacy.connections import State
from upguide.privacy.farewell import see_off
from upguide.privacy.made_accounts import DELETE, TAKE_OVER
from upguide.tenancy import Tenant, all_tenants, current_tenant
from upguide.tenancy.scope import scope

log = structlog.get_logger()

_WAITING = text("SELECT gate.waiting_accounts(:before, :after, :at_most)")
_FORGET_DECLINED = text("SELECT gate.forget_declined(:before)")
_AT_A_TIME = 1000


@task
def tell_of_ask(asker_id: UUID, asked_id: UUID) -> None:
    """Tell somebody of an ask that still waits, unless they block whoever asks: that is for their own eyes alone."""
    tenant = current_tenant().slug
    with scope(tenant, asked_id):
        waits = connections.standing(db.session(), asked_id, asker_id).state is State.ASKED_OF_ME
        db.session.rollback()
    if waits:
        with scope(tenant, asker_id):
            notify(db.session(), asked_id, Kind.CONNECTION_ASKED)
            db.session.commit()


@task
def tell_of_account(person_id: UUID) -> None:
    """Write to somebody for whom an account was made, once."""
    _write_once(current_tenant(), person_id, MadeAccount.told_at, "account_made_for_you", datetime.now(UTC))


@periodic("37 4 * * *")
def keep_made_accounts() -> None:
    """Remind once whoever did not take an account over for three weeks, and make it go a week later."""
    keep_as_of(datetime.now(UTC))


@periodic("43 4 * * *")
def keep_connections() -> None:
    """Forget what was declined, when it may be asked again."""
    gone = db.session.scalar(_FORGET_DECLINED, {"before": datetime.now(UTC) - ASK_AGAIN})
    tally(db.session, {"connections": gone or 0})
    db.session.commit()


def keep_as_of(now: datetime) -> None:
    """Do what is due by `now` to accounts that nobody took over; each in a transaction of its own."""
    values = {"before": now - UNCLAIMED + REMINDED_BEFORE, "at_most": _AT_A_TIME}
    after = UUID(int=0)
    while people := db.session.scalars(_WAITING, {**values, "after": after}).all():
        db.session.rollback()
        for person_id in people:
            _try_one(person_id, now)
        after = people[-1]
    db.session.rollback()


def _try_one(person_id: UUID, now: datetime) -> None:
    try:
        with scope(None, person_id):
            _do_one(person_id, now)
    except Exception as error:  # noqa: BLE001 - one person's trouble must not hold up the others
        db.session.rollback()
        # Without the trace, which may show what must not stand in a log.
        log.error("made_account.failed", reason=type(error).__name__)  # noqa: TRY400


def _do_one(person_id: UUID, now: datetime) -> None:
    session = db.session()
    if not made_accounts.hold_unclaimed(session, person_id):
        session.rollback()
        return
    columns = (MadeAccount.tenant_id, MadeAccount.made_at, MadeAccount.reminded_at)
    made = session.execute(select(*columns).where(MadeAccount.person_id == person_id)).one()
    tenant = all_tenants().or_first(made.tenant_id)
    if made.reminded_at is None:
        session.rollback()
        _write_once(tenant, person_id, MadeAccount.reminded_at, "account_waits_for_you", now)
    elif _goes_on(made.made_at, made.reminded_at) <= now:
        # Without a receipt: whoever has the address never had this account, and may have one of their own.
        see_off(session, person_id, tenant, tenant.languages[0], receipt=False)
        tally(session, {"made_accounts": 1})
        session.commit()
    else:
        session.rollback()


def _goes_on(made_at: datetime, reminded_at: datetime) -> datetime:
    """Return when an account goes: 30 days after it was made, and never less than a week after the reminder."""
    return max(made_at + UNCLAIMED, reminded_at + REMINDED_BEFORE)


def _write_once(tenant: Tenant, person_id: UUID, mark: Any, kind: str, now: datetime) -> None:
    """Write a letter and note that it was written: both, or none."""
    session = db.session()
    with scope(tenant.slug, person_id, session):
        if made_accounts.hold_unclaimed(session, person_id):
            made = session.get_one(MadeAccount, person_id, populate_existing=True)
            if getattr(made, mark.key) is None:
                setattr(made, mark.key, now)
                session.flush()
                _write(tenant, made, kind, _goes_on(made.made_at, now))
        session.commit()


def _write(tenant: Tenant, made: MadeAccount, kind: str, goes_at: datetime) -> None:
    session, person_id = db.session(), made.person_id
    person = session.execute(select(Person.mail_address, Person.language).where(Person.id == person_id)).one()
    maker_id = made.maker_id if made.cut_at is None else None
    if made_accounts.wants_no_word_of(session, tenant.slug, person.mail_address, maker_id):
        return
    known = made_accounts.has_account(session, person.mail_address)
    secrets = made_accounts.new_links(session, person_id, (DELETE,) if known else (TAKE_OVER, DELETE), goes_at)
    values: dict[str, object] = {
        "maker": made_accounts.maker_name(session, tenant.slug, maker_id),
        "delete_link": link(tenant, "connections.delete_account", secret=secrets[DELETE]),
        "goes_on": goes_at.date(),
        "items": made_accounts.entered_items(session, person_id),
    }
    if known:
        kind, values["link"] = f"{kind}_already", link(tenant, "accounts.login")
    else:
        values["link"] = link(tenant, "connections.take_over", secret=secrets[TAKE_OVER])
    language = person.language or tenant.languages[0]
    send(session, kind, person.mail_address, tenant, language, person_id, **values)
