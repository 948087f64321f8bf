"""The list of clauses: every promise has its proof, and a missing or false one is named."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from upguide.commands.privacy import PROMISES, clauses, faults, proofs_in
from upguide.policy.clauses import CLAUSES, NOT_YET

TEST = """
import pytest

@pytest.mark.clause("W1", "W3")
def test_one(): ...

@pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.clause("P5"))])
def test_two(x): ...

@pytest.mark.browser
def test_three(): ...
"""


def planted(folder: Path, text: str) -> Path:
    tests = folder / "tests"
    tests.mkdir()
    (tests / "test_it.py").write_text(text)
    return tests


def test_tests_are_found_by_the_numbers_that_they_carry(tmp_path: Path) -> None:
    assert proofs_in(planted(tmp_path, TEST)) == {
        "W1": ["tests/test_it.py::test_one"],
        "W3": ["tests/test_it.py::test_one"],
        "P5": ["tests/test_it.py::test_two"],
    }


def test_a_mark_of_a_whole_file_counts_for_each_of_its_tests(tmp_path: Path) -> None:
    text = 'import pytest\npytestmark = [pytest.mark.clause("F4")]\ndef test_one(): ...\ndef test_two(): ...\n'
    assert proofs_in(planted(tmp_path, text)) == {"F4": ["tests/test_it.py::test_one", "tests/test_it.py::test_two"]}


def proven() -> dict[str, list[str]]:
    return {number: ["tests/test_it.py::test_one"] for number in CLAUSES}


def test_nothing_is_wrong_where_every_promise_has_a_test() -> None:
    assert list(faults(proven())) == []


def test_promise_without_a_test_is_named() -> None:
    assert list(faults({**proven(), "W1": []})) == ['W1: no test proves it; mark one with @pytest.mark.clause("W1")']


def test_tests_of_what_is_not_promised_yet_are_named() -> None:
    assert list(faults({**proven(), "S1": ["t"]})) == [
        "S1: it has tests, so promise it: move it from NOT_YET to CLAUSES in policy/clauses.py"
    ]


def test_unknown_number_is_named() -> None:
    assert list(faults({**proven(), "X9": ["tests/t.py::test_x"]})) == [
        "X9: no such clause; tests/t.py::test_x names it"
    ]


@pytest.mark.parametrize(
    ("made", "waiting"),
    [
        ({n: c for n, c in CLAUSES.items() if n != "W1"}, NOT_YET),
        (CLAUSES, {**NOT_YET, "W1": "later"}),
    ],
)
def test_clause_that_stands_nowhere_or_twice_is_named(made: dict[str, object], waiting: dict[str, str]) -> None:
    proofs = {number: tests for number, tests in proven().items() if number not in waiting}
    found = list(faults({**proofs}, made, waiting))
    assert "W1: put it in CLAUSES or in NOT_YET of policy/clauses.py, and not in both" in found


def test_number_that_is_no_promise_is_named() -> None:
    assert list(faults(proven(), CLAUSES, {**NOT_YET, "Z1": "never"})) == [
        "Z1: policy/clauses.py has it, the list of promises does not"
    ]


def test_every_clause_is_made_or_waits() -> None:
    assert set(PROMISES) == CLAUSES.keys() | NOT_YET.keys()
    assert CLAUSES.keys() & NOT_YET.keys() == set()


def test_every_promise_has_tests() -> None:
    result = CliRunner().invoke(clauses)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "W1  Who searches for people sees names" in result.stdout
