"""The statement and the list of cookies, as visitors read them."""

from collections.abc import Callable

import pytest

from tests.support.client import Client
from tests.support.conventions import parse, words
from upguide.i18n import gettext, use_locale
from upguide.policy.clauses import CLAUSES
from upguide.policy.cookies import COOKIES
from upguide.policy.items import CATALOGUE
from upguide.policy.statement import CHAPTERS, HELP_DESK
from upguide.privacy.statement import current_version, text_hash

Browse = Callable[..., Client]


def read(client: Client, path: str, language: str) -> str:
    response = client.get(path, headers={"Accept-Language": language})
    assert response.status_code == 200
    return words(parse(response.text).find(".//main"))


def plain(text: str) -> str:
    """Return a text as `words` prints it."""
    return " ".join(text.split())


@pytest.mark.clause("P1", "P3")
@pytest.mark.parametrize(
    ("tenant", "language", "locale"),
    [("upguide", "en", "en"), ("upguide", "nl", "nl"), ("executive", "nl", "nl@formal")],
)
def test_statement_lists_every_clause_of_its_chapters_and_every_item(
    browse: Browse, tenant: str, language: str, locale: str
) -> None:
    page = read(browse(tenant=tenant), "/privacy", language)
    with use_locale(locale):
        promised = [gettext(CLAUSES[number].words) for chapter in CHAPTERS for number in chapter.clauses]
        items = [gettext(declared.label) for declared in CATALOGUE.values()]
        titles = [gettext(chapter.title) for chapter in CHAPTERS]
    assert [words_ for words_ in (*promised, *items, *titles) if plain(words_) not in page] == []
    assert HELP_DESK in page


def test_statement_names_its_version_and_hash(browse: Browse) -> None:
    page = read(browse(), "/privacy", "en")
    assert text_hash("en") in page
    assert f"{current_version()}" in page


@pytest.mark.clause("K1")
@pytest.mark.parametrize("language", ["en", "nl"])
def test_cookies_are_listed_with_what_each_is_for(browse: Browse, language: str) -> None:
    page = read(browse(), "/cookies", language)
    with use_locale(language):
        expected = [text for cookie in COOKIES for text in (cookie.name, gettext(cookie.purpose), gettext(cookie.life))]
    assert [text for text in expected if plain(text) not in page] == []


@pytest.mark.clause("K1")
def test_cookies_have_their_longer_names_over_tls(browse: Browse) -> None:
    page = read(browse(secure=True), "/cookies", "en")
    assert all(f"__Host-{cookie.name}" in page for cookie in COOKIES)
