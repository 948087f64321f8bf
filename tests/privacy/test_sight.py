"""The rule shows exactly what section W says, for every viewer, setting, item and history."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.privacy.looks import OURS, PERSON, SOMEBODY, THEIRS, VIEWER, Case, agrees, wrong_cells, wrong_traces
from tests.privacy.section_w import Value, seen
from upguide.policy.items import Item
from upguide.policy.sees import Relation, Setting
from upguide.privacy.show import leaves_trace
from upguide.privacy.sight import Eyes, Provenance, Sight, cells, look

somebody = st.sampled_from([None, PERSON, VIEWER, SOMEBODY])
organisation = st.sampled_from([None, OURS, THEIRS])
organisations = st.frozensets(st.sampled_from([OURS, THEIRS]))
provenances = st.builds(Provenance, somebody, organisation, organisations)
viewers = st.builds(Eyes, somebody, organisations, st.frozensets(st.sampled_from(Item)))
every_case = st.builds(Case, st.sampled_from(Item), st.booleans(), provenances, viewers)
relations = st.frozensets(st.sampled_from(Relation))


@pytest.mark.clause("W1", "W2", "W3", "W4", "W5", "W6", "W7a", "W7b", "W8", "W9", "W10", "W11", "P4b")
def test_every_cell_of_the_table_is_what_section_w_says() -> None:
    assert list(wrong_cells()) == []


@pytest.mark.clause("W1", "W2", "W3", "W4", "W5", "W6", "W7a", "W7b", "W8", "W9", "W10", "W11", "P4b")
@settings(max_examples=1500, deadline=None)
@given(relations, st.sampled_from(Setting), every_case)
def test_relations_add_up_and_hiding_takes_away(held: frozenset[Relation], setting: Setting, case: Case) -> None:
    assert agrees(held, setting, case)


@settings(max_examples=300, deadline=None)
@given(relations, st.sampled_from(Setting), every_case)
def test_more_relations_never_show_less(held: frozenset[Relation], setting: Setting, case: Case) -> None:
    def sight_of(some: frozenset[Relation]) -> int:
        ways = cells(some, setting).get(case.item, ())
        sight = look(ways, item=case.item, hidden=case.hidden, provenance=case.provenance, eyes=case.eyes)
        return list(Sight).index(sight)

    assert sight_of(held) == max((sight_of(frozenset({one})) for one in held), default=0)


@pytest.mark.clause("P4b")
@settings(max_examples=300, deadline=None)
@given(relations, st.sampled_from(Setting), every_case)
def test_a_hidden_value_reaches_nobody_but_the_person_the_officer_and_the_webmaster(
    held: frozenset[Relation], setting: Setting, case: Case
) -> None:
    users = held - {Relation.SELF, Relation.OFFICER, Relation.WEBMASTER}
    ways = cells(users, setting).get(case.item, ())
    assert look(ways, item=case.item, hidden=True, provenance=case.provenance, eyes=case.eyes) is Sight.NOTHING


@pytest.mark.clause("W10")
@pytest.mark.parametrize("setting", Setting)
def test_whoever_is_nothing_to_a_person_sees_nothing(setting: Setting) -> None:
    assert cells(frozenset(), setting) == {}
    assert {seen(set(), setting.value, Value(item.value)) for item in Item} == {"nothing"}


@pytest.mark.clause("W4", "W5", "W6", "W7a", "W7b", "W8", "W9")
def test_looks_that_show_more_than_a_member_sees_leave_a_trace() -> None:
    assert list(wrong_traces()) == []


@pytest.mark.clause("W9")
@given(st.frozensets(st.sampled_from(Relation), min_size=1), st.booleans())
def test_looks_of_several_relations_leave_a_trace_when_one_does(held: frozenset[Relation], own_page: bool) -> None:
    expected = Relation.SELF not in held and (
        own_page or any(leaves_trace(frozenset({one}), own_page=False) for one in held)
    )
    assert leaves_trace(held, own_page=own_page) is expected
