"""What a viewer is to a batch of persons. Each relation is one condition in SQL, or one fact about the viewer."""

from collections.abc import Callable, Mapping

from sqlalchemy import ColumnElement, Uuid, and_, bindparam, exists, false, literal

from upguide.access.viewer import Viewer
from upguide.models import Membership, Person, Professional, Signature
from upguide.policy.agreements import CURRENT
from upguide.policy.permissions import AgreementKind, Permission, may
from upguide.policy.sees import Relation

VIEWER_ID = bindparam("viewer_id", type_=Uuid)


def _signed(agreement: AgreementKind) -> ColumnElement[bool]:
    return exists().where(
        Signature.person_id == Person.id,
        Signature.agreement == agreement.value,
        Signature.version == CURRENT[agreement],
    )


def _active_card() -> ColumnElement[bool]:
    """W4: only while the processor agreement and the statement are both signed in their current versions."""
    card = exists().where(Professional.person_id == Person.id)
    return and_(card, _signed(AgreementKind.PROCESSOR), _signed(AgreementKind.STATEMENT))


def _listed_card() -> ColumnElement[bool]:
    listed = exists().where(Professional.person_id == Person.id, Professional.listed)
    return and_(listed, _signed(AgreementKind.PROCESSOR), _signed(AgreementKind.STATEMENT))


# What the persons' own rows say.
SUBJECT_CONDITIONS: Mapping[Relation, ColumnElement[bool]] = {
    Relation.SELF: Person.id == VIEWER_ID,
    Relation.MEMBER: Membership.person_id.is_not(None),
    Relation.PROFESSIONAL_CARD: _active_card(),
    Relation.PUBLIC_LISTING: _listed_card(),
    # W9: the webmaster's relation is a fact about the viewer alone.
    Relation.WEBMASTER: literal(True),
    # Nothing makes these yet: the features that do put their condition here.
    Relation.CONNECTION: false(),
    Relation.COACH: false(),
    Relation.SUPERVISOR: false(),
    Relation.SUPERVISOR_OF_SHARED: false(),
    Relation.EXPERT: false(),
    Relation.ADMINISTRATOR: false(),
    Relation.OFFICER: false(),
}


def _member(viewer: Viewer) -> bool:
    return may(viewer, Permission.BE_MEMBER)


def _signed_in(viewer: Viewer) -> bool:
    return may(viewer, Permission.OWN_DATA)


def _webmaster_with_reason(viewer: Viewer) -> bool:
    return bool(viewer.reason) and may(viewer, Permission.LOOK_UP)


def _anybody(_viewer: Viewer) -> bool:
    return True


# What must be so of the viewer before the condition counts.
VIEWER_CONDITIONS: Mapping[Relation, Callable[[Viewer], bool]] = {
    Relation.SELF: _signed_in,
    Relation.WEBMASTER: _webmaster_with_reason,
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
            Relation.OFFICER,
        ),
        _member,
    ),
}


def possible(viewer: Viewer) -> frozenset[Relation]:
    """Return the relations that this viewer can have to anybody at all."""
    return frozenset(relation for relation, holds in VIEWER_CONDITIONS.items() if holds(viewer))
