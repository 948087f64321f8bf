"""Where somebody goes on to stays within the portal, whatever the address asks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upguide.access.paths import LONGEST, local_path


@pytest.mark.parametrize("path", ["/", "/home", "/people?q=anna%20b", "/people?q=été", "/a/b#c"])
def test_path_of_our_own_is_kept(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "wish",
    [
        None,
        "",
        "home",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\u00a0x",
        "/\u202ex",
        "/\x00",
        "/\ud800",
        "/" + "x" * LONGEST,
        " /home",
    ],
)
def test_anything_else_is_not(wish: str | None) -> None:
    assert local_path(wish) is None


@given(st.text())
def test_what_is_kept_is_a_path_and_nothing_was_changed(wish: str) -> None:
    assert local_path(wish) in (None, wish)
    if local_path(wish) is not None:
        assert wish.startswith("/")
        assert not wish.startswith("//")
