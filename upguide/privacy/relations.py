"""What a viewer is to a batch of persons. Each relation is one condition in SQL, or one fact about the viewer."""

from collections.abc import Callable, Mapping

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    String,
    Uuid,
    all_,
    and_,
    any_,
    bindparam,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session

from upguide.access.viewer import Viewer
from upguide.models import Connection, MadeAccount, Membership, Person, Professional
from upguide.policy.agreements import CURRENT
from upguide.policy.items import Item
from upguide.policy.permissions import AgreementKind, Permission, may
from upguide.policy.purposes import Purpose
from upguide.policy.sees import Relation
from upguide.tenancy.scope import read

VIEWER_ID = bindparam("viewer_id", type_=Uuid)
ACCESS_ID = bindparam("access_id", type_=Uuid)
# What is open to the officer at this moment (migration 0008).
_OPENED = func.gate.opened_items().table_valued("access_id", "person_id", "item")


# Who signed what is nobody's to read: the gate says yes or no. Asked last, of those alone who have a card.
_SIGNED: ColumnElement[bool] = func.gate.card_signed(
    Person.id, CURRENT[AgreementKind.PROCESSOR], CURRENT[AgreementKind.STATEMENT], type_=Boolean
)


def _active_card() -> ColumnElement[bool]:
    """W4: only while the processor agreement and the statement are both signed in their current versions."""
    return and_(exists().where(Professional.person_id == Person.id), _SIGNED)


def _listed_card() -> ColumnElement[bool]:
    return and_(exists().where(Professional.person_id == Person.id, Professional.listed), _SIGNED)


def _looked_at() -> ColumnElement[bool]:
    """W9: while a look with a reason is open, which the gate opens for nobody but a bound webmaster."""
    opened = select(func.gate.looked_at()).scalar_subquery()
    return func.coalesce(Person.id == any_(cast(opened, ARRAY(Uuid))), false())


def _opened_to_officer() -> ColumnElement[bool]:
    """W8: while a webmaster attends this very access, which is for the gate to say."""
    return Person.id.in_(select(_OPENED.c.person_id).where(_OPENED.c.access_id == ACCESS_ID))


def _connected() -> ColumnElement[bool]:
    """W5: accepted, and both belong here; or the viewer made the account, on this portal, and nobody took it over."""
    accepted = Connection.stage == "accepted"
    one = exists().where(Connection.asker_id == VIEWER_ID, Connection.asked_id == Person.id, accepted)
    other = exists().where(Connection.asked_id == VIEWER_ID, Connection.asker_id == Person.id, accepted)
    made = exists().where(
        MadeAccount.person_id == Person.id,
        MadeAccount.maker_id == VIEWER_ID,
        MadeAccount.tenant_id == bindparam("tenant_id", type_=String),
        MadeAccount.cut_at.is_(None),
    )
    return or_(and_(Membership.person_id.is_not(None), or_(one, other)), and_(Person.unclaimed, made))


# Data that is restricted (GDPR Art. 18), objected to (Art. 21) or of a blocked account is kept and used for nothing:
# it makes no relation but those that reach past hiding (`policy.sees.PAST_HIDING`).
USED = and_(
    Person.restricted_at.is_(None),
    Person.blocked_at.is_(None),
    literal(Purpose.DEVELOPMENT.value, String) != all_(Person.objects_to),
)

# What the persons' own rows say.
SUBJECT_CONDITIONS: Mapping[Relation, ColumnElement[bool]] = {
    Relation.SELF: Person.id == VIEWER_ID,
    Relation.MEMBER: Membership.person_id.is_not(None),
    Relation.PROFESSIONAL_CARD: _active_card(),
    Relation.PUBLIC_LISTING: _listed_card(),
    Relation.WEBMASTER: _looked_at(),
    Relation.CONNECTION: _connected(),
    # Nothing makes these yet: the features that do put their condition here.
    Relation.COACH: false(),
    Relation.SUPERVISOR: false(),
    Relation.SUPERVISOR_OF_SHARED: false(),
    Relation.EXPERT: false(),
    Relation.ADMINISTRATOR: false(),
    Relation.OFFICER: _opened_to_officer(),
}


def _member(viewer: Viewer) -> bool:
    return may(viewer, Permission.BE_MEMBER)


def _signed_in(viewer: Viewer) -> bool:
    return may(viewer, Permission.OWN_DATA)


def _webmaster_with_reason(viewer: Viewer) -> bool:
    return bool(viewer.reason) and may(viewer, Permission.LOOK_UP)


def _officer_in_access(viewer: Viewer) -> bool:
    return bool(viewer.reason) and viewer.access_id is not None and may(viewer, Permission.OVERSEE)


def _anybody(_viewer: Viewer) -> bool:
    return True


# What must be so of the viewer before the condition counts.
VIEWER_CONDITIONS: Mapping[Relation, Callable[[Viewer], bool]] = {
    Relation.SELF: _signed_in,
    Relation.WEBMASTER: _webmaster_with_reason,
    Relation.OFFICER: _officer_in_access,
    Relation.PUBLIC_LISTING: _anybody,
    **dict.fromkeys(
        (
            Relation.MEMBER,
            Relation.PROFESSIONAL_CARD,
            Relation.CONNECTION,
            Relation.COACH,
            Relation.SUPERVISOR,
            Relation.SUPERVISOR_OF_SHARED,
            Relation.EXPERT,
            Relation.ADMINISTRATOR,
        ),
        _member,
    ),
}


def possible(viewer: Viewer) -> frozenset[Relation]:
    """Return the relations that this viewer can have to anybody at all."""
    return frozenset(relation for relation, holds in VIEWER_CONDITIONS.items() if holds(viewer))


_GRANTED = select(_OPENED.c.item).where(_OPENED.c.access_id == ACCESS_ID).distinct()


def granted(session: Session, viewer: Viewer) -> frozenset[Item]:
    """Return the items that the viewer's attended access opens at this moment; one statement for the officer alone."""
    if viewer.access_id is None:
        return frozenset()
    return frozenset(Item(row.item) for row in read(session, _GRANTED, {"access_id": viewer.access_id}))
