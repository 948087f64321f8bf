"""The list of common passwords that ships with the project."""

from upguide.security import common
from upguide.security.common import LOCAL_WORDS, chosen, is_common


def test_list_holds_what_people_choose() -> None:
    words = ("123456", "password", "qwertyuiop", "1q2w3e4r5t", "iloveyou", "welkom", "trustno1", *LOCAL_WORDS)
    assert [word for word in words if not is_common(word)] == []


def test_list_holds_nothing_else() -> None:
    words = ("", "paraplu lamp oester", "qjz7!xkv0#wp", "\udcff")
    assert [word for word in words if is_common(word)] == []


def test_list_is_sorted_without_doubles() -> None:
    data = common.FILE.read_bytes()
    prints = [data[place : place + common.WIDTH] for place in range(0, len(data), common.WIDTH)]
    assert prints == sorted(set(prints))
    assert len(prints) > 140_000


def test_every_place_of_a_list_is_found() -> None:
    words = ("een", "twee", "drie")
    data = b"".join(sorted(common.fingerprint(word) for word in words))
    assert [common.holds(data, word) for word in (*words, "vier")] == [True, True, True, False]
    assert not common.holds(b"", "een")


def test_all_long_words_are_chosen_and_the_first_of_the_short_ones() -> None:
    short = [f"{number:06}" for number in range(common.WORDS + 5)]
    long = [f"{number:010}" for number in range(7)]
    picked = list(chosen([*short, *long]))
    assert picked == [*short[: common.WORDS], *long]
