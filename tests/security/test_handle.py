"""Handles and aliases: random, and read as nothing."""

import re

import pytest

from upguide.security.handle import new_handle, random_alias


def test_handle_is_twelve_lower_case_characters() -> None:
    assert re.fullmatch(r"[2-9cdfhjkmnprtvwxy]{12}", new_handle())


def test_handles_do_not_repeat() -> None:
    assert len({new_handle() for _ in range(10_000)}) == 10_000


@pytest.mark.clause("W2")
def test_alias_is_three_characters_that_spell_nothing() -> None:
    aliases = {random_alias() for _ in range(2_000)}
    assert {alias for alias in aliases if not re.fullmatch(r"[CDFJKMNPRTVWX][25679][CDFJKMNPRTVWX]", alias)} == set()
    assert len(aliases) > 700
