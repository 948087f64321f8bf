"""Names as Dutch people write, sort and search them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upguide.privacy.names import MAX_WORD, Names, fold, full_name, initials, sort_key, words, words_in_order


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Öztürk", "ozturk"),
        ("Łukasz", "lukasz"),
        ("Yılmaz", "yilmaz"),
        ("İpek", "ipek"),
        ("Sørensen", "sorensen"),
        ("Æbelø", "aebelo"),
        ("Großmann", "grossmann"),
        ("Ĳsbrand", "ijsbrand"),
        ("d'Ángelo", "d angelo"),
        ("  de   Wit-van 't  Hof ", "de wit van t hof"),
        ("Anne_Marie", "anne marie"),
        ("ﬁnn", "finn"),
        ("𝐀nna 𝐀李", "anna a李"),
        ("\u200bJan\x00", "jan"),
        ("", ""),
        ("…", ""),
    ],
)
def test_fold_takes_case_accents_and_signs_away(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=60))
def test_folded_text_folds_to_itself(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=60))
def test_folded_text_holds_single_spaces_and_no_capitals(text: str) -> None:
    folded = fold(text)
    assert (folded.split(), folded) == (folded.split(" ") if folded else [], folded.casefold())


def test_name_is_written_in_its_order() -> None:
    assert full_name(Names("Anna Maria", "van der", "Berg")) == "Anna Maria van der Berg"
    assert full_name(Names(None, None, "Berg")) == "Berg"
    assert full_name(Names(None, "", None)) is None


def test_words_are_all_words_of_all_parts() -> None:
    assert words(Names("Anna Maria", "van der", "Berg-Öztürk")) == {"anna", "maria", "van", "der", "berg", "ozturk"}
    assert words(Names(None, None, None)) == frozenset()


def test_long_word_is_cut() -> None:
    assert words(Names("x" * 100, None, None)) == {"x" * MAX_WORD}


def test_names_sort_by_surname_then_infix_then_first_names() -> None:
    people = [
        Names("Zoë", None, "Álvarez"),
        Names("Bea", None, "Berg"),
        Names("Cor", None, "Berg"),
        Names("Ans", "van", "Berg"),
        Names("Aad", "van den", "Berg"),
        Names("Aad", None, "Bergen"),
        Names("Aad", "de", "Wit"),
    ]
    keys = [sort_key(names) or "" for names in people]
    assert [one < other for one, other in pairwise(keys)] == [True] * 6


def test_nobody_has_no_place_in_the_order() -> None:
    assert sort_key(Names(None, None, None)) is None


@pytest.mark.parametrize(
    ("names", "letters"),
    [
        (Names("anna", "van", "berg"), "AB"),
        (Names(None, None, "Öz"), "Ö"),
        (Names(" ", None, None), ""),
        (Names(None, "van", None), ""),
    ],
)
def test_initials_stand_in_for_a_photo(names: Names, letters: str) -> None:
    assert initials(names) == letters


def test_each_word_knows_the_one_before_it() -> None:
    found = words_in_order(Names("Jan", "van", "Jansen-Öz"))
    assert found == [("jan", ""), ("jansen", "jan"), ("oz", "jansen"), ("van", "oz")]
    assert words_in_order(Names(None, None, None)) == []
