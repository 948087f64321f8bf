"""Second factors: set, given at sign-in and before sensitive changes, and taken away. Each change is told by mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as DbSession

from upguide.features.accounts.queries import TOTP_SECRET, factors, owner, passkeys_here, secret_of
from upguide.mail import send
from upguide.models import Passkey, RecoveryCode, Session, Totp
from upguide.privacy.vault import vault_of
from upguide.security import passkeys, recovery
from upguide.security.passkeys import PasskeyRefused, Place
from upguide.security.totp import matching_step, new_secret
from upguide.tenancy import Tenant

MOST_PASSKEYS = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """Who proves something: a person in a session on a portal. `link` is the security page, for a mail."""

    tenant: Tenant
    person_id: UUID
    session_id: UUID
    link: str


def begin_totp(session: DbSession, person_id: UUID) -> None:
    """Make a new secret for an authenticator app, which counts for nothing until its first code is given."""
    sealed = vault_of(session, person_id).close(TOTP_SECRET, person_id, new_secret())
    # One statement: an app that is set at this very moment keeps its secret.
    waiting = insert(Totp).values(person_id=person_id, app_secret=sealed)
    session.connection().execute(
        waiting.on_conflict_do_update(
            index_elements=["person_id"], set_={"app_secret": sealed}, where=Totp.set_at.is_(None)
        )
    )
    session.commit()


def confirm_totp(session: DbSession, asked: Asked, code: str) -> bool:
    """Set the app that waits, where `code` is right; it is a factor from then on, and given in this session."""
    totp = session.get(Totp, asked.person_id, with_for_update=True)
    if totp is None or totp.set_at is not None or not _take(session, totp, code):
        return False
    totp.set_at = datetime.now(UTC)
    _lift(session, asked.session_id)
    _tell_changed(session, asked)
    session.commit()
    return True


def give_totp(session: DbSession, asked: Asked, code: str) -> bool:
    """Lift the session where `code` is the app's, and was not used before; tell whether it was."""
    totp = session.get(Totp, asked.person_id)
    right = totp is not None and totp.set_at is not None and _take(session, totp, code)
    if right:
        _lift(session, asked.session_id)
        session.commit()
    return right


def give_recovery_code(session: DbSession, asked: Asked, code: str) -> bool:
    """Lift the session where `code` is one of the person's that was not used; it is used up. Told by mail."""
    code_hash = recovery.hash_code(vault_of(session, asked.person_id).key, code)
    # Two posts at one moment: one of them deletes the row, the other finds none.
    used = session.execute(
        delete(RecoveryCode)
        .where(RecoveryCode.person_id == asked.person_id, RecoveryCode.code_hash == code_hash)
        .returning(RecoveryCode.id)
    ).one_or_none()
    if used is None:
        return False
    _lift(session, asked.session_id)
    left = factors(session, asked.person_id).codes_left
    _tell(session, asked, "recovery_code_used", link=asked.link, at=datetime.now(UTC), left=left)
    session.commit()
    return True


def first_recovery_codes(session: DbSession, person_id: UUID) -> tuple[str, ...]:
    """Make the codes that come with a factor, and return them; the mail about the factor tells of them."""
    codes = _new_codes(session, person_id)
    session.commit()
    return codes


def renew_recovery_codes(session: DbSession, asked: Asked) -> tuple[str, ...]:
    """Make ten codes in place of those that there were, and return them: nobody can read them later. Told by mail."""
    codes = _new_codes(session, asked.person_id)
    _tell_changed(session, asked)
    session.commit()
    return codes


def _new_codes(session: DbSession, person_id: UUID) -> tuple[str, ...]:
    key, codes = vault_of(session, person_id).key, recovery.new_codes()
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    session.add_all(RecoveryCode(person_id=person_id, code_hash=recovery.hash_code(key, code)) for code in codes)
    return codes


def add_passkey(session: DbSession, asked: Asked, keys: Sequence[str], place: Place, device: str, answer: str) -> bool:
    """Keep a passkey that the browser made; it is a factor from then on, and given in this session.

    False where the answer is no proof, or there are too many already.
    """
    if len(factors(session, asked.person_id).passkeys) >= MOST_PASSKEYS:
        return False
    now = datetime.now(UTC)
    try:
        made = passkeys.register(keys, place, answer, now)
        with session.begin_nested():
            session.add(
                Passkey(
                    person_id=asked.person_id,
                    tenant_id=asked.tenant.slug,
                    credential_id=made.credential_id,
                    public_key=made.public_key,
                    sign_count=made.sign_count,
                    device=device,
                    made_at=now,
                    used_at=now,
                )
            )
    except (PasskeyRefused, IntegrityError):
        return False
    _lift(session, asked.session_id)
    _tell_changed(session, asked)
    session.commit()
    return True


def give_passkey(session: DbSession, asked: Asked, keys: Sequence[str], place: Place, answer: str) -> bool:
    """Lift the session where one of the person's passkeys of this portal answered; tell whether one did."""
    known = passkeys_here(session, asked.tenant.slug, asked.person_id).get(passkeys.credential_of(answer) or "")
    if known is None:
        return False
    now = datetime.now(UTC)
    try:
        sign_count = passkeys.check(keys, place, answer, known, now)
    except PasskeyRefused:
        return False
    # The same answer at one moment twice: the second finds the passkey used since.
    counted = session.execute(
        update(Passkey)
        .where(Passkey.credential_id == known.credential_id, Passkey.used_at == known.used_at)
        .values(sign_count=sign_count, used_at=now)
        .returning(Passkey.id)
    ).one_or_none()
    if counted is None:
        return False
    _lift(session, asked.session_id)
    session.commit()
    return True


def remove_totp(session: DbSession, asked: Asked) -> None:
    """Take the authenticator app away, or the setting up of one."""
    gone = session.scalar(delete(Totp).where(Totp.person_id == asked.person_id).returning(Totp.set_at))
    _after_removal(session, asked, told=gone is not None)


def remove_passkey(session: DbSession, asked: Asked, passkey_id: UUID) -> None:
    """Take a passkey away; nothing where it is gone already, or somebody else's."""
    mine = (Passkey.person_id == asked.person_id, Passkey.id == passkey_id)
    gone = session.execute(delete(Passkey).where(*mine).returning(Passkey.id)).one_or_none()
    _after_removal(session, asked, told=gone is not None)


def _after_removal(session: DbSession, asked: Asked, *, told: bool) -> None:
    """Without any factor the recovery codes open nothing, and no session has given one."""
    if not factors(session, asked.person_id):
        session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == asked.person_id))
        session.execute(update(Session).where(Session.person_id == asked.person_id).values(second_factor_at=None))
    if told:
        _tell_changed(session, asked)
    session.commit()


def _take(session: DbSession, totp: Totp, code: str) -> bool:
    """Tell whether a code is right, and use it up: of two posts at one moment, one is right."""
    step = matching_step(secret_of(session, totp), code, datetime.now(UTC), totp.last_step)
    if step is None:
        return False
    newer = or_(Totp.last_step.is_(None), Totp.last_step < step)
    taken = update(Totp).where(Totp.person_id == totp.person_id, newer).values(last_step=step).returning(Totp.last_step)
    return session.execute(taken).one_or_none() is not None


def _lift(session: DbSession, session_id: UUID) -> None:
    row, now = session.get_one(Session, session_id), datetime.now(UTC)
    row.second_factor_at, row.confirmed_at = now, now


def _tell_changed(session: DbSession, asked: Asked) -> None:
    _tell(session, asked, "second_factor_changed", link=asked.link, at=datetime.now(UTC))


def _tell(session: DbSession, asked: Asked, kind: str, **values: object) -> None:
    known = owner(session, asked.person_id)
    language = known.language or asked.tenant.languages[0]
    send(session, kind, known.mail_address, asked.tenant, language, asked.person_id, **values)
