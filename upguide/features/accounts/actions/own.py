"""What the owner of an account changes: password, PIN, mail address. Each change is told by mail."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import Enum
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as DbSession

from upguide.features.accounts.queries import (
    MAIL_NEW,
    MAIL_OLD,
    REMOVE_PIN,
    OpenToken,
    mail_address_known,
    open_token,
    owner,
)
from upguide.mail import send
from upguide.models import Credential, Person, Token
from upguide.security.passwords import verify_password
from upguide.security.pins import hash_pin
from upguide.security.tokens import new_token
from upguide.tenancy import Tenant
from upguide.tenancy.scope import scope

from .entry import end_other_sessions, set_password

MAIL_CHANGE_LIFE = timedelta(hours=24)
PIN_LIFE = timedelta(hours=2)
# A second post of the same wish within this time is the same wish.
SAME_WISH = timedelta(minutes=1)


class MailChange(Enum):
    """How far a change of mail address is, after one of its links was followed."""

    OVER = "over"  # the link was used, is too old, or the wish was withdrawn
    WAITING = "waiting"
    DONE = "done"
    TAKEN = "taken"


def change_password(
    session: DbSession, tenant: Tenant, person_id: UUID, kept: UUID | None, password: str, link: str
) -> None:
    """Replace the password and end all other sessions. The password that it is already changes nothing."""
    if not verify_password(owner(session, person_id).password_hash, password):
        set_password(session, tenant, person_id, password, link)
    end_other_sessions(session, person_id, kept)
    session.commit()


def set_pin(session: DbSession, tenant: Tenant, person_id: UUID, pin: str | None, link: str) -> None:
    """Set, change or (with None) remove the PIN, and mail a notice."""
    credential = session.get_one(Credential, person_id)
    if pin is None and credential.pin_hash is None:
        return
    credential.pin_hash = None if pin is None else hash_pin(pin)
    session.execute(delete(Token).where(Token.person_id == person_id, Token.kind == REMOVE_PIN))
    _tell(session, tenant, person_id, "pin_changed", link=link, at=datetime.now(UTC))
    session.commit()


def ask_pin_removal(session: DbSession, tenant: Tenant, person_id: UUID, remove: Callable[[str], str]) -> None:
    """Mail a link that removes a forgotten PIN; it works only for somebody who gave the password as well."""
    secret, secret_hash = new_token()
    session.execute(delete(Token).where(Token.person_id == person_id, Token.kind == REMOVE_PIN))
    session.add(_token(person_id, secret_hash, REMOVE_PIN, PIN_LIFE))
    _tell(session, tenant, person_id, "remove_pin", link=remove(secret), valid_hours=_hours(PIN_LIFE))
    session.commit()


def ask_mail_change(
    session: DbSession, tenant: Tenant, person_id: UUID, wish: str, links: Callable[[str, str], str]
) -> None:
    """Mail a link to the old and to the new address; `links` makes an address of a kind and a secret.

    Where the new address belongs to another account, its owner is told so, and nobody else learns it.
    """
    if _asked_just_now(session, person_id, wish):
        return
    withdraw_mail_change(session, person_id)
    taken, step = mail_address_known(session, wish), uuid4()
    secrets = {}
    for kind in (MAIL_OLD, MAIL_NEW):
        secrets[kind], secret_hash = new_token()
        session.add(_token(person_id, secret_hash, kind, MAIL_CHANGE_LIFE, new_mail_address=wish, step=step))
    language, hours = _language(session, tenant, person_id), _hours(MAIL_CHANGE_LIFE)
    old_link, new_link = (links(kind, secrets[kind]) for kind in (MAIL_OLD, MAIL_NEW))
    _tell(session, tenant, person_id, "mail_change_confirm_old", link=old_link, valid_hours=hours)
    if taken:
        send(session, "mail_change_taken", wish, tenant, language)
    else:
        values = {"link": new_link, "valid_hours": hours}
        send(session, "mail_change_confirm_new", wish, tenant, language, person_id, **values)
    session.commit()


def withdraw_mail_change(session: DbSession, person_id: UUID) -> None:
    """Forget a wish for another mail address; its links stop working. The caller commits."""
    session.execute(delete(Token).where(Token.person_id == person_id, Token.kind.in_((MAIL_OLD, MAIL_NEW))))


def confirm_mail_change(session: DbSession, tenant: Tenant, kind: str, secret: str) -> MailChange:
    """Note one yes; when it is the second, change the mail address and tell both addresses."""
    token = open_token(session, secret, kind)
    if token is None:
        return MailChange.OVER
    with scope(tenant.slug, token.person_id, session):
        outcome = _note_yes(session, tenant, token)
        session.commit()
    return outcome


def _note_yes(session: DbSession, tenant: Tenant, token: OpenToken) -> MailChange:
    # Both halves are locked, in one order: links that are followed at one moment cannot both be the first.
    halves = session.scalars(
        select(Token)
        .where(Token.person_id == token.person_id, Token.step == token.step)
        .order_by(Token.id)
        .with_for_update()
    ).all()
    for half in halves:
        if half.id == token.id:
            half.used_at = datetime.now(UTC)
    if not halves:
        return MailChange.OVER
    if any(half.used_at is None for half in halves):
        return MailChange.WAITING
    return _change_address(session, tenant, token.person_id, token.new_mail_address or "")


def _change_address(session: DbSession, tenant: Tenant, person_id: UUID, wish: str) -> MailChange:
    person = session.get_one(Person, person_id)
    former = person.mail_address
    # Links that went to the former address stop working with it.
    session.execute(delete(Token).where(Token.person_id == person_id))
    try:
        with session.begin_nested():
            person.mail_address = wish
    except IntegrityError:
        return MailChange.TAKEN
    language, now = _language(session, tenant, person_id), datetime.now(UTC)
    for address in (former, wish):
        send(session, "mail_changed", address, tenant, language, person_id, at=now)
    return MailChange.DONE


def _asked_just_now(session: DbSession, person_id: UUID, wish: str) -> bool:
    since = datetime.now(UTC) - SAME_WISH
    found = select(func.count()).where(
        Token.person_id == person_id,
        Token.kind == MAIL_OLD,
        Token.new_mail_address == wish,
        Token.used_at.is_(None),
        Token.made_at > since,
    )
    return bool(session.scalar(found))


def _token(person_id: UUID, secret_hash: bytes, kind: str, life: timedelta, **more: object) -> Token:
    expires_at = datetime.now(UTC) + life
    return Token(person_id=person_id, secret_hash=secret_hash, kind=kind, expires_at=expires_at, **more)


def _tell(session: DbSession, tenant: Tenant, person_id: UUID, kind: str, **values: object) -> None:
    known = owner(session, person_id)
    send(session, kind, known.mail_address, tenant, known.language or tenant.languages[0], person_id, **values)


def _language(session: DbSession, tenant: Tenant, person_id: UUID) -> str:
    return session.get_one(Person, person_id).language or tenant.languages[0]


def _hours(life: timedelta) -> int:
    return int(life.total_seconds()) // 3600
