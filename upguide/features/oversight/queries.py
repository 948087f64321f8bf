"""What officer and webmaster read about accesses: always through the gate, which looks who asks (W8)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select, text
from sqlalchemy.orm import Session

from upguide.access.viewer import Viewer
from upguide.models import Membership
from upguide.policy.items import CATALOGUE, Item
from upguide.policy.sees import Setting
from upguide.privacy import show
from upguide.privacy.holdings import held_items, is_profile_item
from upguide.tenancy.scope import read

CHANGES_A_PAGE = 25


@dataclass(frozen=True, slots=True)
class Access:
    """An access as officer or webmaster reads it. `state`: asked, nobody, silent, refused, agreed,
    open, absent, over, ended.

    `asked_ids`: the webmasters who were asked or answered already. `mine`: the reader is the officer who asked.
    `attended`: a webmaster was there at least once.
    """

    id: UUID
    mine: bool
    reason: str
    items: tuple[Item, ...]
    starts_at: datetime
    expires_at: datetime
    made_at: datetime
    attended: bool
    ended_at: datetime | None
    end_reason: str | None
    state: str
    numbers: tuple[str, ...]
    officer_id: UUID | None
    webmaster_id: UUID | None
    asked_ids: frozenset[UUID]
    refusals: tuple[str, ...]
    may_answer: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """One look of the officer: whom by number, which items, when; and until when its person is not told."""

    id: int
    number: str
    items: tuple[Item, ...]
    seen_at: datetime
    hidden_until: datetime | None


@dataclass(frozen=True, slots=True)
class Concerned:
    """Somebody whom an access concerns, and the officer's reason."""

    id: UUID
    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class Webmaster:
    """Somebody who may be asked to attend, and where they are written to."""

    id: UUID
    mail_address: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody as the officer's lists know people: the handle on this portal, by which `show` names them, or None."""

    person_id: UUID
    handle: str | None
    number: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody with a role, on all portals; without `signed_until`, or `blocked`, it opens nothing."""

    who: Named
    role: str
    granted_at: datetime
    signed_until: datetime | None
    blocked: bool


@dataclass(frozen=True, slots=True)
class RoleChange:
    """A change of a role. `portal`: where it was done; None at the command line. `by`: None there, or for who went.

    `who`: None for who went, and the `reason` with them.
    """

    who: Named | None
    done_at: datetime
    act: str
    role: str
    reason: str | None
    portal: str | None
    by: Named | None


@dataclass(frozen=True, slots=True)
class HiddenLook:
    """A look that its person is not told of for a time, and why."""

    id: int
    access_id: UUID
    number: str
    seen_at: datetime
    hidden_until: datetime
    reason: str


_ACCESSES = text("SELECT * FROM gate.accesses(:access_id)")
_LOG = text("SELECT * FROM gate.access_log(:access_id)")
_PERSON = text("SELECT person_id, number, reason FROM gate.access_person(:access_id, CAST(:place AS smallint))")
_NAMED = text("SELECT gate.named_person(:asked)")
_WEBMASTERS = text("SELECT person_id, mail_address, language FROM gate.bound_webmasters()")
_ASKABLE = text("SELECT person_id, mail_address, language FROM gate.askable_webmasters(:access_id)")
_REGISTER = text("SELECT * FROM gate.role_register()")
_CHANGES = text("SELECT * FROM gate.role_changes(:at_most, :left_out)")
_HANDLES = select(Membership.handle, Membership.person_id).where(
    Membership.tenant_id == bindparam("tenant_id"), Membership.person_id == any_(bindparam("ids", type_=ARRAY(Uuid)))
)
_HIDDEN = text("SELECT * FROM gate.hidden_looks()")


def askable_items() -> tuple[Item, ...]:
    """Return the items that an access can open: those of a person's page that are kept today."""
    kept = held_items()
    return tuple(item for item in CATALOGUE if item in kept and is_profile_item(item))


def accesses(session: Session, access_id: UUID | None = None) -> list[Access]:
    """Return the reader's accesses, the latest first; the officer's own, or those that the webmaster has to do with."""
    rows = session.execute(_ACCESSES, {"access_id": access_id})
    return [
        Access(
            id=row.id,
            mine=row.mine,
            reason=row.reason,
            items=_items(row.items),
            starts_at=row.starts_at,
            expires_at=row.expires_at,
            made_at=row.made_at,
            attended=row.attended_at is not None,
            ended_at=row.ended_at,
            end_reason=row.end_reason,
            state=row.state,
            numbers=tuple(row.numbers),
            officer_id=row.officer_id,
            webmaster_id=row.webmaster_id,
            asked_ids=frozenset(row.asked_ids),
            refusals=tuple(row.refusals),
            may_answer=bool(row.may_answer),
        )
        for row in rows
    ]


def log_of(session: Session, access_id: UUID) -> list[Seen]:
    """Return what the officer looked at in an access, the latest first."""
    rows = session.execute(_LOG, {"access_id": access_id})
    return [Seen(row.id, row.number, _items(row.items), row.seen_at, row.hidden_until) for row in rows]


def person_at(session: Session, access_id: UUID, place: int) -> Concerned | None:
    """Return a person of the officer's own access, or None."""
    row = session.execute(_PERSON, {"access_id": access_id, "place": place}).one_or_none()
    return Concerned(row.person_id, row.number, row.reason) if row else None


def named_person(session: Session, asked: str) -> UUID | None:
    """Return who has this UpGuide number or this very mail address, for the officer alone; never the officer."""
    found: UUID | None = session.scalar(_NAMED, {"asked": asked})
    return found


def webmasters(session: Session) -> list[Webmaster]:
    """Return the webmasters whom the officer can ask: appointed, bound and not blocked."""
    return [Webmaster(row.person_id, row.mail_address, row.language) for row in session.execute(_WEBMASTERS)]


def askable_webmasters(session: Session, access_id: UUID) -> list[Webmaster]:
    """Return whom the officer may still ask to attend: not whom it concerns, nor who refused or stayed away."""
    rows = session.execute(_ASKABLE, {"access_id": access_id})
    return [Webmaster(row.person_id, row.mail_address, row.language) for row in rows]


def role_register(session: Session) -> list[Holder]:
    """Return who has which role, for the officer alone."""
    return [
        Holder(Named(row.person_id, row.handle, row.number), row.role, row.granted_at, row.signed_until, row.blocked)
        for row in session.execute(_REGISTER)
    ]


def role_changes(session: Session, page: int) -> tuple[list[RoleChange], bool]:
    """Return a page of the changes of roles, the latest first, and whether there are more; for the officer alone."""
    values = {"at_most": CHANGES_A_PAGE + 1, "left_out": CHANGES_A_PAGE * page}
    found = [
        RoleChange(
            Named(row.person_id, row.handle, row.number) if row.person_id else None,
            row.done_at,
            row.act,
            row.role,
            row.reason,
            row.portal,
            Named(row.by_id, row.by_handle, row.by_number) if row.by_id else None,
        )
        for row in session.execute(_CHANGES, values)
    ]
    return found[:CHANGES_A_PAGE], len(found) > CHANGES_A_PAGE


def names_of(session: Session, ids: Sequence[UUID], viewer: Viewer) -> dict[UUID, str]:
    """Return the names that the viewer sees of these persons as a fellow member; the others are absent."""
    handles = read(session, _HANDLES, {"tenant_id": viewer.tenant, "ids": list(ids)})
    persons = {row.handle: row.person_id for row in handles}
    views = show(ids, viewer, Setting.SEARCH) if persons else []
    return {persons[view.handle]: view.name for view in views if view.name and view.handle in persons}


def shown_names(people: Iterable[Named], viewer: Viewer) -> dict[UUID, str]:
    """Return the names that the viewer sees of these people as a fellow member; the others are absent."""
    persons = {one.handle: one.person_id for one in people if one.handle}
    views = show(list(persons.values()), viewer, Setting.SEARCH) if persons else []
    return {persons[view.handle]: view.name for view in views if view.name and view.handle in persons}


def hidden_looks(session: Session) -> list[HiddenLook]:
    """Return the looks that their persons are not told of now."""
    rows = session.execute(_HIDDEN)
    return [HiddenLook(r.id, r.access_id, r.number, r.seen_at, r.hidden_until, r.hidden_reason) for r in rows]


def _items(values: Sequence[str]) -> tuple[Item, ...]:
    known = {item.value for item in Item}
    return tuple(Item(value) for value in values if value in known)
