"""Each relation says when it holds, in the person's rows and in the viewer; what is not said never holds."""

from dataclasses import replace
from uuid import UUID

import pytest

from upguide.access.viewer import Viewer
from upguide.policy.permissions import AgreementKind, Role
from upguide.policy.sees import JOURNALLED, PAST_HIDING, SEES, Relation
from upguide.privacy.relations import SUBJECT_CONDITIONS, VIEWER_CONDITIONS, possible

MEMBER = Viewer("upguide", UUID(int=1), member=True)
WEBMASTER = replace(
    MEMBER,
    roles=frozenset({Role.WEBMASTER}),
    signed=frozenset({AgreementKind.CONFIDENTIALITY}),
    second_factor=True,
    reason="helping",
)
OFFICER = replace(WEBMASTER, roles=frozenset({Role.OFFICER}), reason="a complaint", access_id=UUID(int=2), member=False)
EVERY_MEMBER = set(Relation) - {Relation.WEBMASTER, Relation.OFFICER}


def test_every_relation_has_both_conditions() -> None:
    assert set(SUBJECT_CONDITIONS) == set(VIEWER_CONDITIONS) == set(Relation)


def test_every_relation_sees_something_and_is_known() -> None:
    assert {relation for relation, _setting in SEES} == set(Relation)
    assert set(Relation) >= JOURNALLED | PAST_HIDING


@pytest.mark.clause("W10")
def test_visitor_can_have_no_relation_but_that_of_a_public_listing() -> None:
    assert possible(Viewer("upguide")) == {Relation.PUBLIC_LISTING}


@pytest.mark.parametrize(
    ("viewer", "held"),
    [
        (MEMBER, EVERY_MEMBER),
        (replace(MEMBER, member=False), {Relation.SELF, Relation.PUBLIC_LISTING}),
        (replace(MEMBER, pin_needed=True), {Relation.PUBLIC_LISTING}),
        (WEBMASTER, {*EVERY_MEMBER, Relation.WEBMASTER}),
        (replace(WEBMASTER, reason=None), EVERY_MEMBER),
        (replace(WEBMASTER, reason=""), EVERY_MEMBER),
        (replace(WEBMASTER, signed=frozenset()), EVERY_MEMBER),
        (replace(WEBMASTER, signed=frozenset({AgreementKind.PROCESSOR})), EVERY_MEMBER),
        (replace(WEBMASTER, roles=frozenset({Role.OFFICER})), EVERY_MEMBER),
        (replace(WEBMASTER, pin_needed=True), {Relation.PUBLIC_LISTING}),
        (replace(WEBMASTER, second_factor=False), EVERY_MEMBER),
        (replace(WEBMASTER, second_factor_needed=True), {Relation.PUBLIC_LISTING}),
        (replace(WEBMASTER, member=False), {Relation.SELF, Relation.PUBLIC_LISTING, Relation.WEBMASTER}),
        (OFFICER, {Relation.SELF, Relation.PUBLIC_LISTING, Relation.OFFICER}),
        (replace(OFFICER, access_id=None), {Relation.SELF, Relation.PUBLIC_LISTING}),
        (replace(OFFICER, reason=""), {Relation.SELF, Relation.PUBLIC_LISTING}),
        (replace(OFFICER, signed=frozenset()), {Relation.SELF, Relation.PUBLIC_LISTING}),
        (replace(OFFICER, second_factor=False), {Relation.SELF, Relation.PUBLIC_LISTING}),
        (replace(OFFICER, blocked=True), {Relation.SELF, Relation.PUBLIC_LISTING}),
        (
            replace(OFFICER, roles=frozenset({Role.WEBMASTER})),
            {Relation.SELF, Relation.PUBLIC_LISTING, Relation.WEBMASTER},
        ),
    ],
)
@pytest.mark.clause("W9", "W10")
def test_relations_that_a_viewer_can_have(viewer: Viewer, held: set[Relation]) -> None:
    assert possible(viewer) == held


@pytest.mark.parametrize(
    "relation",
    [
        Relation.COACH,
        Relation.SUPERVISOR,
        Relation.SUPERVISOR_OF_SHARED,
        Relation.EXPERT,
        Relation.ADMINISTRATOR,
    ],
)
def test_relation_that_no_feature_makes_holds_for_nobody(relation: Relation) -> None:
    assert str(SUBJECT_CONDITIONS[relation]) == "false"
