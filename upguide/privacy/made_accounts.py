"""Accounts that somebody makes for somebody else, until that person takes them over or they go (clause W5).

Such an account has no membership, so that nobody but its maker sees it, and its mail address keeps nobody from an
account of their own: whether somebody has one already cannot be told from anything that the maker sees. Each step
holds the person's row first, so that of two at one moment the second finds what the first did. Callers commit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from upguide.access.viewer import link_holder
from upguide.models import (
    Address,
    Block,
    Connection,
    Consent,
    Credential,
    Employer,
    Entry,
    MadeAccount,
    Membership,
    Person,
    PersonKey,
    Phone,
    Token,
)
from upguide.policy.connections import REMINDED_BEFORE
from upguide.policy.items import CATALOGUE, Item
from upguide.policy.sees import ABOUT_ANOTHER, NAMES
from upguide.security.handle import new_handle, random_alias
from upguide.security.number import new_number
from upguide.security.tokens import hash_token, new_token
from upguide.tenancy import Tenant
from upguide.tenancy.scope import scope

from .entries import entered_by
from .index import visible_names
from .names import full_name
from .show import PersonView, show_page
from .vault import Vault, sealer

# The two links of the messages, by what they are for.
TAKE_OVER, DELETE = "take_over", "delete_account"
_OPEN_TOKEN = text("SELECT id, person_id FROM gate.open_token(:secret_hash, :kind)")
_KNOWN = text("SELECT gate.mail_address_known(:mail_address)")
_OWNER = text("SELECT person_id FROM gate.sign_in_record(:mail_address)")
_TRIES = 5
# What a maker may enter.
BY_MAKER = frozenset((*NAMES, *ABOUT_ANOTHER))


class Taken(Exception):
    """Whoever has this mail address has an account by now."""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What the maker enters. `person` maps columns of `persons` to text, as do the other three to their own tables."""

    mail_address: str
    language: str
    person: Mapping[str, str | None]
    phone: Mapping[str, str] = field(default_factory=dict)
    address: Mapping[str, str | None] = field(default_factory=dict)
    employer: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that works, and the account it is for; `maker_id` is None where the maker went or was cut off."""

    token_id: UUID
    person_id: UUID
    mail_address: str
    language: str
    maker_id: UUID | None
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Yes:
    """What somebody says who takes an account over: a password (hashed), the statement read, and who may stay."""

    password_hash: str
    version: int
    text_hash: str
    language: str
    stay_connected: bool


def make(session: Session, tenant: Tenant, maker_id: UUID, new: NewAccount) -> UUID:
    """Make an account for somebody who knows nothing of it yet; return whose it is.

    What is entered counts as entered by the maker. Nothing is looked up by the mail address.
    """
    person_id = uuid4()
    with scope(tenant.slug, person_id, session), entered_by(session, maker_id, BY_MAKER):
        wrapped = sealer().new_wrapped_key(person_id)
        vault = Vault(person_id, wrapped)
        _insert_person(session, person_id, new, vault)
        session.add(PersonKey(person_id=person_id, wrapped=wrapped))
        session.add_all(_rows(person_id, new, vault))
        made = MadeAccount(person_id=person_id, maker_id=maker_id, tenant_id=tenant.slug, handle=new_handle())
        session.add(made)
        session.flush()
    return person_id


def _insert_person(session: Session, person_id: UUID, new: NewAccount, vault: Vault) -> None:
    values = {
        name: vault.close(f"persons.{name}", person_id, value) if name in ("birth_date", "birth_place") else value
        for name, value in new.person.items()
        if value
    }
    for _try in range(_TRIES):
        fixed = {"id": person_id, "number": new_number(), "alias": random_alias(), "unclaimed": True}
        try:
            with session.begin_nested():
                session.add(Person(**fixed, mail_address=new.mail_address, language=new.language, **values))
        except IntegrityError:
            continue
        return
    raise RuntimeError("no free UpGuide number was found")


def _rows(person_id: UUID, new: NewAccount, vault: Vault) -> list[Phone | Address | Employer]:
    rows: list[Phone | Address | Employer] = []
    if new.phone:
        row_id = uuid4()
        sealed = vault.close("phones.phone_number", row_id, new.phone["phone_number"])
        rows.append(Phone(id=row_id, person_id=person_id, kind=new.phone["kind"], phone_number=sealed))
    if new.address:
        row_id = uuid4()
        parts = {
            name: vault.close(f"addresses.{name}", row_id, value)
            for name, value in new.address.items()
            if value and name != "kind"
        }
        rows.append(Address(id=row_id, person_id=person_id, kind=new.address["kind"], **parts))
    if new.employer:
        rows.append(Employer(person_id=person_id, **{name: value or None for name, value in new.employer.items()}))
    return rows


def maker_name(session: Session, tenant: str, maker_id: UUID | None) -> str:
    """Return the name under which a maker is told of; empty where it is hidden, or the maker is gone."""
    if maker_id is None:
        return ""
    with scope(tenant, maker_id, session):
        return full_name(visible_names(session.connection(), maker_id)) or ""


def has_account(session: Session, mail_address: str) -> bool:
    """Tell whether whoever has this mail address has an account of their own: never told to the maker."""
    return bool(session.scalar(_KNOWN, {"mail_address": mail_address}))


def wants_no_word_of(session: Session, tenant: str, mail_address: str, maker_id: UUID | None) -> bool:
    """Tell whether whoever has this mail address blocked the maker, in that person's own name; never told further."""
    owner = session.scalar(_OWNER, {"mail_address": mail_address})
    if owner is None or maker_id is None:
        return False
    with scope(tenant, owner, session):
        blocks = select(Block.blocked_at).where(Block.blocker_id == owner, Block.blocked_id == maker_id)
        return session.scalar(blocks) is not None


def new_links(session: Session, person_id: UUID, kinds: tuple[str, ...], goes_at: datetime) -> dict[str, str]:
    """Make a secret for each of the links of one message; the database keeps their hashes. In the person's scope.

    They work a little longer than the account is to wait, so that it is never there without them.
    """
    secrets, expires_at = {}, goes_at + REMINDED_BEFORE
    for kind in kinds:
        secrets[kind], secret_hash = new_token()
        session.add(Token(person_id=person_id, secret_hash=secret_hash, kind=kind, expires_at=expires_at))
    return secrets


def open_link(session: Session, tenant: str, secret: str, kind: str) -> Opened | None:
    """Return the account that a mailed link is for, where the link still works: only on the portal of the account."""
    token = session.execute(_OPEN_TOKEN, {"secret_hash": hash_token(secret), "kind": kind}).one_or_none()
    if token is None:
        return None
    with scope(None, token.person_id, session):
        row = session.execute(
            select(Person.mail_address, Person.language, MadeAccount.maker_id, MadeAccount.made_at, MadeAccount.cut_at)
            .join(MadeAccount, MadeAccount.person_id == Person.id)
            .where(Person.id == token.person_id, MadeAccount.tenant_id == tenant)
        ).one_or_none()
    if row is None:
        return None
    maker_id = row.maker_id if row.cut_at is None else None
    return Opened(token.id, token.person_id, row.mail_address, row.language, maker_id, row.made_at)


def entered(session: Session, tenant: str, person_id: UUID) -> PersonView:
    """Return what was entered, as the person will see it (W11): whoever holds the link is that person."""
    with scope(tenant, person_id, session):
        view = show_page(person_id, link_holder(tenant, person_id))
    assert view is not None
    fields = tuple(field for field in view.fields if field.item in BY_MAKER)
    return replace(view, sign=None, fields=fields)


def entered_items(session: Session, person_id: UUID) -> tuple[Item, ...]:
    """Return which items a maker entered, in the order of the catalogue. Under the person's own scope."""
    theirs = (Entry.person_id == person_id, Entry.entered_by.is_distinct_from(person_id))
    values = set(session.scalars(select(Entry.item).where(*theirs)))
    return tuple(item for item in CATALOGUE if item.value in values)


def claim(session: Session, tenant: Tenant, opened: Opened, yes: Yes) -> UUID | None:
    """Make an account its person's own; return the maker who stays connected, or None. Raises Taken, LookupError."""
    person_id = opened.person_id
    with scope(tenant.slug, person_id, session):
        _hold(session, person_id)
        _stay_on_portal(session, tenant, person_id)
        _use_up(session, opened.token_id)
        if has_account(session, opened.mail_address):
            raise Taken
        maker_id = tied_to(session, person_id) if yes.stay_connected else None
        _make_own(session, tenant, person_id, yes)
        if maker_id is not None:
            now = datetime.now(UTC)
            values = {"asker_id": maker_id, "asked_id": person_id, "stage": "accepted", "answered_at": now}
            session.execute(insert(Connection).values(values))
        session.execute(delete(MadeAccount).where(MadeAccount.person_id == person_id))
        session.execute(delete(Token).where(Token.person_id == person_id, Token.kind.in_((TAKE_OVER, DELETE))))
    return maker_id


def _make_own(session: Session, tenant: Tenant, person_id: UUID, yes: Yes) -> None:
    session.get_one(Person, person_id).unclaimed = False
    try:
        session.flush()
    except IntegrityError:
        session.rollback()
        raise Taken from None
    agreed = {"version": yes.version, "language": yes.language, "text_hash": yes.text_hash}
    session.add_all(
        [
            Credential(person_id=person_id, password_hash=yes.password_hash),
            Membership(tenant_id=tenant.slug, person_id=person_id, handle=new_handle()),
            Consent(person_id=person_id, tenant_id=tenant.slug, given_at=datetime.now(UTC), **agreed),
        ]
    )
    session.flush()


def cut(session: Session, opened: Opened) -> None:
    """End what ties the account to its maker, who sees nothing of it from now on; the account waits. LookupError."""
    with scope(None, opened.person_id, session):
        _hold(session, opened.person_id)
        mine = MadeAccount.person_id == opened.person_id
        session.execute(update(MadeAccount).where(mine, MadeAccount.cut_at.is_(None)).values(cut_at=func.now()))


def hold_unclaimed(session: Session, person_id: UUID) -> bool:
    """Hold an account until the commit; False where it was taken over, or is gone. Under the person's own scope."""
    try:
        _hold(session, person_id)
    except LookupError:
        return False
    return True


def _hold(session: Session, person_id: UUID) -> None:
    """Hold the person's row. Raises LookupError where nobody waits there any more."""
    held = select(Person.id).where(Person.id == person_id, Person.unclaimed).with_for_update()
    if session.scalar(held) is None:
        raise LookupError("taken over, or gone")


def _stay_on_portal(session: Session, tenant: Tenant, person_id: UUID) -> None:
    """See to it that nobody becomes a member elsewhere than where the account was made. Raises LookupError."""
    here = (MadeAccount.person_id == person_id, MadeAccount.tenant_id == tenant.slug)
    if session.scalar(select(MadeAccount.person_id).where(*here)) is None:
        raise LookupError("made on another portal")


def _use_up(session: Session, token_id: UUID) -> None:
    used = update(Token).where(Token.id == token_id, Token.used_at.is_(None)).values(used_at=func.now())
    if session.scalar(used.returning(Token.id)) is None:
        raise LookupError("the link was used")


def tied_to(session: Session, person_id: UUID) -> UUID | None:
    """Return the maker to whom an account is still tied; None where they went or were cut off."""
    mine = (MadeAccount.person_id == person_id, MadeAccount.cut_at.is_(None))
    return session.scalar(select(MadeAccount.maker_id).where(*mine))
