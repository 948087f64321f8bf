"""The tables of the policy are whole: nothing is left out, and nothing misspelt is taken for a quiet no."""

from dataclasses import dataclass
from itertools import product

import pytest

from upguide.policy.agreements import CURRENT
from upguide.policy.clauses import CLAUSES, NOT_YET
from upguide.policy.items import CATALOGUE, Group, Item
from upguide.policy.permissions import PERMISSIONS, AgreementKind, Permission, Role, may
from upguide.policy.purposes import PURPOSES, TERMS, Purpose, Term
from upguide.policy.sees import SEES, Extent, Relation, Setting
from upguide.policy.statement import CHAPTERS


@pytest.mark.clause("P1", "U1")
def test_every_item_has_a_purpose_a_term_and_a_place() -> None:
    assert set(CATALOGUE) == set(Item)
    assert [item for item, declared in CATALOGUE.items() if not declared.purposes] == []
    assert set(PURPOSES) == set(Purpose)
    assert set(TERMS) == set(Term)
    assert {declared.group for declared in CATALOGUE.values()} == set(Group)


@pytest.mark.clause("P1")
def test_every_purpose_is_one_that_some_item_has() -> None:
    assert {purpose for declared in CATALOGUE.values() for purpose in declared.purposes} == set(Purpose)


@pytest.mark.clause("U1")
def test_development_has_consent_as_its_ground() -> None:
    assert PURPOSES[Purpose.DEVELOPMENT].ground == "your consent (GDPR Article 6(1)(a))"
    assert CATALOGUE[Item.GOALS].purposes == {Purpose.DEVELOPMENT}


def test_words_for_people_are_not_repeated() -> None:
    labels = [declared.label for declared in CATALOGUE.values()]
    assert len(labels) == len(set(labels))


@pytest.mark.clause("P4b")
def test_everything_that_another_user_may_see_can_be_hidden() -> None:
    """The officer and the webmaster are bound otherwise (W8, W9); the person hides from everybody else."""
    reached = {Relation.OFFICER, Relation.WEBMASTER, Relation.SELF}
    seen = {item for (relation, _), cells in SEES.items() if relation not in reached for item in cells}
    assert [item for item in seen if not CATALOGUE[item].hideable] == []


def test_secrets_are_seen_by_nobody_but_as_an_item() -> None:
    secret = {item for item, declared in CATALOGUE.items() if declared.secret}
    others = {
        item
        for (relation, _), cells in SEES.items()
        if relation not in (Relation.SELF, Relation.OFFICER, Relation.WEBMASTER)
        for item in cells
    }
    assert secret == {Item.PASSWORD, Item.PIN, Item.AUTHENTICATOR, Item.RECOVERY_CODES}
    assert secret & others == set()


@pytest.mark.clause("W11")
def test_person_sees_every_item_in_every_setting() -> None:
    assert all(SEES[Relation.SELF, setting] == dict.fromkeys(Item, Extent.ALL) for setting in Setting)


def test_every_relation_and_every_setting_has_a_row() -> None:
    assert {relation for relation, _ in SEES} == set(Relation)
    assert {setting for _, setting in SEES} == set(Setting)
    assert all(SEES.values())


def test_every_agreement_has_a_version() -> None:
    assert {kind: version >= 1 for kind, version in CURRENT.items()} == dict.fromkeys(AgreementKind, True)


@dataclass(frozen=True)
class Asker:
    signed_in: bool = False
    member: bool = False
    pin_needed: bool = False
    second_factor_needed: bool = False
    second_factor: bool = False
    blocked: bool = False
    roles: frozenset[Role] = frozenset()
    signed: frozenset[AgreementKind] = frozenset()


def expected(asker: Asker) -> set[Permission]:
    """The same table in other words: what each state of somebody allows."""
    if not asker.signed_in:
        return set()
    if asker.pin_needed:
        return {Permission.ENTER_PIN}
    if asker.second_factor_needed:
        return {Permission.ENTER_PIN, Permission.ENTER_SECOND_FACTOR}
    allowed = {Permission.ENTER_PIN, Permission.ENTER_SECOND_FACTOR, Permission.OWN_DATA}
    if asker.blocked:
        return allowed
    allowed |= {Permission.JOIN}
    if asker.member:
        allowed |= {Permission.BE_MEMBER, Permission.SEARCH_PEOPLE}
    return allowed | expected_of_the_appointed(asker) if asker.second_factor else allowed


def expected_of_the_appointed(asker: Asker) -> set[Permission]:
    """What an appointment allows after a second factor: to sign at first, all else once silence is promised."""
    allowed = {Permission.SIGN} if asker.roles else set()
    if AgreementKind.CONFIDENTIALITY not in asker.signed:
        return allowed
    if Role.WEBMASTER in asker.roles:
        allowed |= {Permission.LOOK_UP, Permission.ADMINISTER}
    if Role.OFFICER in asker.roles:
        allowed |= {Permission.OVERSEE}
    return allowed | ({Permission.HANDLE_BREACHES, Permission.ANSWER_REQUESTS} if asker.roles else set())


@pytest.mark.clause("W9", "W10")
def test_permissions_in_every_state_that_somebody_can_be_in() -> None:
    roles = [frozenset[Role](), *(frozenset({role}) for role in Role), frozenset(Role)]
    signed = [frozenset[AgreementKind](), *(frozenset({kind}) for kind in AgreementKind)]
    wrong = []
    for state in product((False, True), repeat=6):
        for held, agreed in product(roles, signed):
            asker = Asker(*state, held, agreed)
            if {permission for permission in Permission if may(asker, permission)} != expected(asker):
                wrong.append(asker)
    assert wrong == []


def test_every_permission_stands_in_the_table() -> None:
    assert set(PERMISSIONS) == set(Permission)


def test_misspelt_permission_is_an_error() -> None:
    with pytest.raises(KeyError):
        may(Asker(), "be_membr")  # type: ignore[arg-type]


def test_every_promise_stands_in_one_chapter_of_the_statement() -> None:
    told = [number for chapter in CHAPTERS for number in chapter.clauses]
    assert sorted(told) == sorted(CLAUSES)


def test_no_promise_is_made_and_put_off() -> None:
    assert CLAUSES.keys() & NOT_YET.keys() == set()
    assert all(clause.words.endswith(".") and clause.kept_at.count(".") == 1 for clause in CLAUSES.values())
