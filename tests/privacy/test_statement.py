"""The statement tells all that is promised and kept, and its version changes with its words."""

import pytest

from upguide.i18n import use_locale
from upguide.i18n.catalogues import LOCALES
from upguide.policy.clauses import CLAUSES
from upguide.policy.items import CATALOGUE, Item
from upguide.policy.purposes import PURPOSES, TERMS
from upguide.policy.statement import VERSIONS
from upguide.privacy.holdings import held_items
from upguide.privacy.statement import current_version, statement, text_hash


@pytest.mark.clause("P1", "F1", "F3")
def test_every_item_is_told_with_its_purposes() -> None:
    with use_locale("en"):
        rows = {row.label: row for group in statement().data for row in group.rows}
    assert set(rows) == {declared.label for declared in CATALOGUE.values()}
    for item, declared in CATALOGUE.items():
        row = rows[declared.label]
        assert set(row.purposes) == {PURPOSES[purpose].label for purpose in declared.purposes}
        assert (row.hideable, row.sealed, row.secret) == (declared.hideable, declared.sealed, declared.secret)
        assert row.held is (item in held_items())


@pytest.mark.clause("P1", "U1")
def test_every_purpose_and_term_is_told() -> None:
    with use_locale("en"):
        text = statement()
    assert [row.label for row in text.purposes] == [words.label for words in PURPOSES.values()]
    assert len(text.terms) == len(TERMS)


def test_every_promise_is_told_once_with_the_page_where_it_is_kept() -> None:
    with use_locale("en"):
        promises = [promise for chapter in statement().chapters for promise in chapter.promises]
    assert sorted((p.number, p.words, p.kept_at) for p in promises) == sorted(
        (number, clause.words, clause.kept_at) for number, clause in CLAUSES.items()
    )


@pytest.mark.clause("P3")
def test_hash_is_of_the_text_in_one_language_and_form_of_address() -> None:
    hashes = {locale: text_hash(locale) for locale in LOCALES}
    assert len(set(hashes.values())) == len(LOCALES)
    with use_locale("nl"):
        assert text_hash() == hashes["nl"]
    assert all(len(value) == 64 for value in hashes.values())


@pytest.mark.clause("P3")
def test_versions_follow_each_other_and_the_last_is_in_force() -> None:
    assert [version.number for version in VERSIONS] == list(range(1, len(VERSIONS) + 1))
    assert sorted(version.since for version in VERSIONS) == [version.since for version in VERSIONS]
    assert current_version() == VERSIONS[-1].number


@pytest.mark.clause("P3")
def test_words_of_the_statement_are_those_of_its_version() -> None:
    """People agreed to these words. Other words are another version, with the hashes of `flask privacy hashes`."""
    assert dict(VERSIONS[-1].hashes) == {locale: text_hash(locale) for locale in LOCALES}


def test_what_is_not_kept_yet_is_told_as_such() -> None:
    with use_locale("en"):
        waiting = {row.label for group in statement().data for row in group.rows if not row.held}
    assert waiting == {CATALOGUE[item].label for item in set(Item) - held_items()}
