"""The language is the person's, else the cookie's, else the browser's, else the portal's."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upguide.i18n import choose_language, current_language, current_locale, locale_for, set_locale, use_locale


@dataclass(frozen=True)
class Offer:
    languages: tuple[str, ...] = ("nl", "en")
    formal: bool = False


@pytest.mark.parametrize(
    ("chosen", "cookie", "header", "expected"),
    [
        ("en", "nl", "nl", "en"),
        (None, "en", "nl", "en"),
        (None, None, "en-GB,en;q=0.9,nl;q=0.8", "en"),
        (None, None, "de, nl-BE;q=0.5, en;q=0.4", "nl"),
        (None, None, "nl;q=0, en;q=0.1", "en"),
        (None, None, None, "nl"),
        (None, None, "de", "nl"),
        ("de", "fr", "en", "en"),
        ("NL", "", "", "nl"),
        ("nl@formal", None, None, "nl"),
    ],
)
def test_language_is_chosen_in_order(chosen: str | None, cookie: str | None, header: str | None, expected: str) -> None:
    assert choose_language(chosen, cookie, header, Offer()) == expected


def test_language_that_the_portal_lacks_is_never_chosen() -> None:
    assert choose_language("nl", "nl", "nl", Offer(languages=("en",))) == "en"


@given(cookie=st.none() | st.text(), header=st.none() | st.text())
def test_any_cookie_and_header_give_an_offered_language(cookie: str | None, header: str | None) -> None:
    assert choose_language(None, cookie, header, Offer()) in Offer.languages


def test_formal_portal_says_u_in_dutch_alone() -> None:
    assert [locale_for(language, Offer(formal=True)) for language in ("nl", "en")] == ["nl@formal", "en"]
    assert [locale_for(language, Offer(formal=False)) for language in ("nl", "en")] == ["nl", "en"]


def test_use_locale_holds_inside_its_block_alone() -> None:
    with use_locale("en"):
        with use_locale("nl@formal"):
            assert (current_locale(), current_language()) == ("nl@formal", "nl")
        assert (current_locale(), current_language()) == ("en", "en")


def test_unknown_locale_raises() -> None:
    with pytest.raises(KeyError):
        set_locale("de")
    with pytest.raises(KeyError), use_locale("nl_formal"):
        pass
