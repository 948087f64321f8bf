"""An account is made when the mailed link is followed, and not before (clauses P2, P3)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, func, insert, literal, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm import Session as DbSession

from upguide.features.accounts.queries import Waiting, mail_address_known, waiting_registration
from upguide.mail import send
from upguide.models import Consent, Credential, Membership, Person, PersonKey, Registration
from upguide.privacy.index import refresh_names
from upguide.privacy.vault import sealer
from upguide.security.handle import new_handle, random_alias
from upguide.security.number import new_number
from upguide.security.passwords import hash_password
from upguide.security.tokens import hash_token, new_token
from upguide.tenancy import Tenant
from upguide.tenancy.scope import scope

HOURS = 48
_CLOSE = text("SELECT gate.close_registrations(:secret_hash, :tenant)")
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Agreed:
    """A yes to the statement: which version, which text, read in which language (P3)."""

    version: int
    text_hash: str
    language: str


@dataclass(frozen=True, slots=True)
class Letterbox:
    """Where the links in mails lead; `confirm` makes an address of a secret."""

    confirm: Callable[[str], str]
    login: str
    reset: str


def register(
    session: DbSession, tenant: Tenant, mail_address: str, password: str, agreed: Agreed, box: Letterbox
) -> bytes:
    """Note a wish for an account and mail a link; a known address gets another mail, at the same cost.

    Return the hash of the link's secret, made for a known address too: whoever has it cannot tell one from the other.
    """
    password_hash = hash_password(password)
    secret, secret_hash = new_token()
    values: dict[str, Any]
    if _keep_unless_known(session, _columns(tenant, secret_hash, mail_address, password_hash, agreed)):
        kind, values = "confirm_registration", {"link": box.confirm(secret), "valid_hours": HOURS}
    else:
        kind, values = "already_registered", {"link": box.login, "reset_link": box.reset}
    send(session, kind, mail_address, tenant, agreed.language, **values)
    session.commit()
    return secret_hash


def confirm(session: DbSession, tenant: Tenant, secret: str) -> UUID | None:
    """Make the account that a link stands for; None where that is over, or the address has one by now.

    The caller has made sure that whoever follows the link is who registered: anybody can register an address.
    """
    waiting = waiting_registration(session, tenant.slug, secret)
    values = {"secret_hash": hash_token(secret), "tenant": tenant.slug}
    # All registrations of the address end with this one. Of two clicks at one moment, the second finds none.
    if waiting is None or not session.scalar(_CLOSE, values):
        return None
    person_id = _make_person(session, tenant, waiting)
    session.commit()
    return person_id


def join(session: DbSession, tenant: Tenant, person_id: UUID, agreed: Agreed) -> None:
    """Make somebody with an account a member of this portal too, after a yes; once is enough."""
    # A doubled post waits here for the first, and then finds the membership made.
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    known = session.get(Membership, (tenant.slug, person_id))
    membership, consent = _membership(tenant, person_id, agreed)
    if known is None:
        session.add_all([membership, consent])
    elif known.suspended_at is not None:
        # The consent was withdrawn, and is given again: all is as it was.
        known.suspended_at = None
        session.add(consent)
        session.flush()
        refresh_names(session, person_id)
    session.commit()


def _columns(
    tenant: Tenant, secret_hash: bytes, mail_address: str, password_hash: str, agreed: Agreed
) -> dict[InstrumentedAttribute[Any], Any]:
    return {
        Registration.tenant_id: tenant.slug,
        Registration.secret_hash: secret_hash,
        Registration.mail_address: mail_address,
        Registration.password_hash: password_hash,
        Registration.language: agreed.language,
        Registration.statement_version: agreed.version,
        Registration.statement_hash: agreed.text_hash,
        Registration.expires_at: datetime.now(UTC) + timedelta(hours=HOURS),
    }


def _keep_unless_known(session: DbSession, columns: dict[InstrumentedAttribute[Any], Any]) -> bool:
    """Keep a registration unless its mail address has an account: one statement, whichever it is."""
    values = (literal(value, column.type) for column, value in columns.items())
    unknown = ~func.gate.mail_address_known(columns[Registration.mail_address])
    kept = insert(Registration).from_select(list(columns), select(*values).where(unknown))
    # Nothing is returned: the application may not read what it wrote here.
    done = session.execute(kept, execution_options={"preserve_rowcount": True})
    return cast("CursorResult[Any]", done).rowcount == 1


def _make_person(session: DbSession, tenant: Tenant, waiting: Waiting) -> UUID | None:
    person_id = uuid4()
    with scope(tenant.slug, person_id, session):
        if not _insert_person(session, person_id, waiting):
            return None
        agreed = Agreed(waiting.statement_version, waiting.statement_hash, waiting.language)
        session.add_all(
            [
                PersonKey(person_id=person_id, wrapped=sealer().new_wrapped_key(person_id)),
                Credential(person_id=person_id, password_hash=waiting.password_hash),
                *_membership(tenant, person_id, agreed, waiting.agreed_at),
            ]
        )
        session.flush()
    return person_id


def _insert_person(session: DbSession, person_id: UUID, waiting: Waiting) -> bool:
    """Insert the person; tries another UpGuide number where one is taken. False where the mail address is."""
    for _try in range(_TRIES):
        if mail_address_known(session, waiting.mail_address):
            return False
        try:
            with session.begin_nested():
                session.add(
                    Person(
                        id=person_id,
                        number=new_number(),
                        mail_address=waiting.mail_address,
                        alias=random_alias(),
                        language=waiting.language,
                    )
                )
        except IntegrityError:
            continue
        return True
    raise RuntimeError("no free UpGuide number was found")


def _membership(
    tenant: Tenant, person_id: UUID, agreed: Agreed, at: datetime | None = None
) -> tuple[Membership, Consent]:
    return (
        Membership(tenant_id=tenant.slug, person_id=person_id, handle=new_handle()),
        Consent(
            person_id=person_id,
            tenant_id=tenant.slug,
            version=agreed.version,
            language=agreed.language,
            text_hash=agreed.text_hash,
            given_at=at or datetime.now(UTC),
        ),
    )
