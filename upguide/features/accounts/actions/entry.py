"""Sessions begin, are lifted to full trust, and end; a forgotten password is replaced."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, literal, select
from sqlalchemy.orm import Session as DbSession

from upguide.features.accounts.browsers import words_for
from upguide.features.accounts.queries import RESET, SignInRecord, open_token, owner, sign_in_record
from upguide.i18n import locale_for, use_locale
from upguide.mail import send
from upguide.models import Credential, Person, Session, Token
from upguide.privacy.retention import forget_warnings
from upguide.security.passwords import hash_password, needs_rehash, verify_password
from upguide.security.pins import verify_pin
from upguide.security.tokens import new_token
from upguide.tenancy import Tenant
from upguide.tenancy.scope import scope

RESET_LIFE = timedelta(hours=2)


def start_session(session: DbSession, tenant: Tenant, person_id: UUID, device: str, *, pin_needed: bool = False) -> str:
    """Begin a session of a person on this portal; return the secret for the cookie. The caller commits.

    With `pin_needed` it opens nothing until the PIN is given.
    """
    secret, secret_hash = new_token()
    with scope(tenant.slug, person_id, session):
        session.add(
            Session(
                person_id=person_id,
                tenant_id=tenant.slug,
                secret_hash=secret_hash,
                device=device,
                pin_needed=pin_needed,
            )
        )
        session.flush()
    return secret


def sign_in(session: DbSession, tenant: Tenant, known: SignInRecord, password: str, device: str) -> str:
    """Begin the session of somebody who gave the right password; return its secret.

    A hash that was made at another cost than today's is made anew.
    """
    secret = start_session(session, tenant, known.person_id, device, pin_needed=known.has_pin)
    if needs_rehash(known.password_hash):
        with scope(tenant.slug, known.person_id, session):
            _credential(session, known.person_id).password_hash = hash_password(password)
            session.flush()
    session.commit()
    return secret


def note_sign_in(session: DbSession, tenant: Tenant, person_id: UUID, link: str | None, device: str) -> None:
    """Note that somebody is in, which stops the clock of erasure (U5); with `link`, mail of a new device.

    The very first sign-in is on a new device by itself, and is not mailed about.
    """
    with scope(tenant.slug, person_id, session):
        person = session.get_one(Person, person_id)
        before, person.signed_in_at = person.signed_in_at, datetime.now(UTC)
        forget_warnings(session, person_id)
        if link and before is not None:
            language = person.language or tenant.languages[0]
            with use_locale(locale_for(language, tenant)):
                values = {"link": link, "device": words_for(device), "at": person.signed_in_at}
            send(session, "new_sign_in", person.mail_address, tenant, language, person_id, **values)
        session.commit()


def confirm_session(session: DbSession, person_id: UUID, session_id: UUID, secret: str, *, by_pin: bool) -> bool:
    """Lift a session to full trust where the PIN, or else the password, is right; tell whether it was."""
    known = owner(session, person_id)
    check, stored = (verify_pin, known.pin_hash) if by_pin else (verify_password, known.password_hash)
    right = check(stored, secret)
    if right:
        row = session.get_one(Session, session_id)
        row.pin_needed, row.confirmed_at = False, datetime.now(UTC)
        session.commit()
    return right


def end_session(session: DbSession, person_id: UUID, session_id: UUID) -> None:
    """End one session of a person; nothing where it ended already, or is somebody else's."""
    session.execute(delete(Session).where(Session.person_id == person_id, Session.id == session_id))
    session.commit()


def end_other_sessions(session: DbSession, person_id: UUID, kept: UUID | None) -> None:
    """End all sessions of a person, on every portal, but the one that is kept. The caller commits."""
    session.execute(delete(Session).where(Session.person_id == person_id, Session.id != kept))


def ask_reset(
    session: DbSession,
    tenant: Tenant,
    mail_address: str,
    language: str,
    reset: Callable[[str], str],
    register: str,
) -> None:
    """Mail a link for a new password; an unknown address is told that it has no account. Costs the same."""
    known = sign_in_record(session, mail_address)
    secret, secret_hash = new_token()
    _keep_token(session, tenant, known.person_id if known else uuid4(), secret_hash)
    values: dict[str, Any]
    if known is None:
        kind, person_id, values = "reset_password_unknown", None, {"link": register}
    else:
        hours = int(RESET_LIFE.total_seconds()) // 3600
        kind, person_id, values = "reset_password", known.person_id, {"link": reset(secret), "valid_hours": hours}
        language = known.language or language
    send(session, kind, mail_address, tenant, language, person_id, **values)
    session.commit()


def _keep_token(session: DbSession, tenant: Tenant, person_id: UUID, secret_hash: bytes) -> None:
    """Keep a link for a person, or for nobody: then the same statement runs, and finds nobody to keep it for."""
    columns = [Token.id, Token.person_id, Token.secret_hash, Token.kind, Token.expires_at]
    values = (uuid4(), person_id, secret_hash, RESET, datetime.now(UTC) + RESET_LIFE)
    row = select(*(literal(value, column.type) for value, column in zip(values, columns, strict=True)))
    with scope(tenant.slug, person_id, session):
        session.execute(insert(Token).from_select(columns, row.where(Person.id == person_id)))


def reset_password(session: DbSession, tenant: Tenant, secret: str, password: str, link: str) -> str | None:
    """Give the account behind a link a new password, end its sessions, and mail a notice.

    Return the account's mail address, or None where the link does not work any more.
    """
    token = open_token(session, secret, RESET)
    if token is None:
        return None
    with scope(tenant.slug, token.person_id, session):
        # Two posts at one moment: the second waits here, and finds the link used.
        if session.scalar(select(Token.id).where(Token.id == token.id).with_for_update()) is None:
            return None
        set_password(session, tenant, token.person_id, password, link)
        end_other_sessions(session, token.person_id, None)
        session.commit()
        return owner(session, token.person_id).mail_address


def set_password(session: DbSession, tenant: Tenant, person_id: UUID, password: str, link: str) -> None:
    """Replace a password and mail a notice; links that were sent before stop working. The caller commits."""
    credential, now = _credential(session, person_id), datetime.now(UTC)
    credential.password_hash, credential.password_set_at = hash_password(password), now
    session.execute(delete(Token).where(Token.person_id == person_id))
    person = session.get_one(Person, person_id)
    language = person.language or tenant.languages[0]
    send(session, "password_changed", person.mail_address, tenant, language, person_id, link=link, at=now)


def _credential(session: DbSession, person_id: UUID) -> Credential:
    return session.get_one(Credential, person_id)
