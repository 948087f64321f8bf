"""Secrets of links and sessions."""

import re

from hypothesis import given
from hypothesis import strategies as st

from upguide.security.tokens import hash_token, new_token


def test_token_is_random_safe_in_an_address_and_matches_its_hash() -> None:
    secret, stored = new_token()
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", secret)
    assert (hash_token(secret), len(stored)) == (stored, 32)


def test_two_tokens_differ() -> None:
    assert new_token() != new_token()


@given(st.text(alphabet=st.characters(codec=None)))
def test_any_text_has_a_hash(secret: str) -> None:
    assert len(hash_token(secret)) == 32
