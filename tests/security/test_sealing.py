"""Sealed values: only the right key, in the right place, opens them, and only unchanged."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upguide.security.sealing import (
    BLOCK,
    PersonKey,
    SealBroken,
    Sealer,
    context,
    open_token,
    seal,
    seal_token,
    unseal,
    unseal_bytes,
)

OLD, NEW = "an old secret key of the settings", "a new secret key of the settings!"
ROW, OWNER, OTHER = UUID(int=1), UUID(int=10), UUID(int=11)
KEY, OTHER_KEY = PersonKey(b"k" * 32, OWNER), PersonKey(b"o" * 32, OWNER)
PLACE = context("addresses.town", ROW)

texts = st.text(alphabet=st.characters(codec=None))


@given(texts)
def test_sealed_text_is_unsealed(text: str) -> None:
    assert unseal(KEY, seal(KEY, text, PLACE), PLACE) == text


@given(st.binary(max_size=2000))
def test_sealed_bytes_are_unsealed(value: bytes) -> None:
    assert unseal_bytes(KEY, seal(KEY, value, PLACE), PLACE) == value


@pytest.mark.clause("P5")
@given(st.binary(max_size=100), st.data())
def test_any_change_breaks_the_seal(value: bytes, data: st.DataObject) -> None:
    sealed = bytearray(seal(KEY, value, PLACE))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealBroken):
        unseal_bytes(KEY, bytes(sealed), PLACE)


@given(st.binary(max_size=100), st.data())
def test_any_shortening_or_lengthening_breaks_the_seal(value: bytes, data: st.DataObject) -> None:
    sealed = seal(KEY, value, PLACE)
    shorter = sealed[: data.draw(st.integers(0, len(sealed) - 1))]
    for changed in (shorter, sealed + b"\0"):
        with pytest.raises(SealBroken):
            unseal_bytes(KEY, changed, PLACE)


@given(st.binary(max_size=200))
def test_anything_else_is_no_sealed_value(value: bytes) -> None:
    with pytest.raises(SealBroken):
        unseal_bytes(KEY, value, PLACE)
    with pytest.raises(SealBroken):
        Sealer([NEW]).unwrap(value, OWNER)


@pytest.mark.clause("P5")
@pytest.mark.parametrize(
    ("key", "place"),
    [
        (OTHER_KEY, PLACE),
        (PersonKey(KEY.secret, OTHER), PLACE),
        (KEY, context("addresses.town", UUID(int=2))),
        (KEY, context("addresses.lines", ROW)),
        (KEY, b""),
    ],
)
def test_value_is_opened_by_its_own_key_in_its_own_place_alone(key: PersonKey, place: bytes) -> None:
    with pytest.raises(SealBroken):
        unseal(key, seal(KEY, "Zwolle", PLACE), place)


@given(st.text(min_size=1), st.text(), st.text(min_size=1), st.text())
def test_contexts_are_equal_only_for_equal_places(column: str, row: str, other_column: str, other_row: str) -> None:
    same = (column, row) == (other_column, other_row)
    assert (context(column, row) == context(other_column, other_row)) == same


def test_bytes_that_are_no_text_are_told_so() -> None:
    with pytest.raises(SealBroken):
        unseal(KEY, seal(KEY, b"\xff\xfe", PLACE), PLACE)


def test_equal_values_look_different_and_near_lengths_look_the_same() -> None:
    one, other = seal(KEY, "alone", PLACE), seal(KEY, "alone", PLACE)
    assert one != other
    assert len({len(seal(KEY, "x" * length, PLACE)) for length in range(BLOCK)}) == 1
    assert len(seal(KEY, "x" * BLOCK, PLACE)) == len(one) + BLOCK


def test_sealed_value_does_not_hold_the_text() -> None:
    assert b"Lutjebroek" not in seal(KEY, "Lutjebroek" * 10, PLACE)


def test_wrapped_keys_are_random_and_open_what_they_sealed() -> None:
    sealer = Sealer([NEW])
    one, other = sealer.new_wrapped_key(OWNER), sealer.new_wrapped_key(OWNER)
    assert sealer.unwrap(one, OWNER) == sealer.unwrap(one, OWNER)
    assert sealer.unwrap(one, OWNER) != sealer.unwrap(other, OWNER)


@pytest.mark.clause("P5")
@given(st.data())
def test_any_change_breaks_a_wrapped_key(data: st.DataObject) -> None:
    sealer = Sealer([NEW])
    wrapped = bytearray(sealer.new_wrapped_key(OWNER))
    wrapped[data.draw(st.integers(0, len(wrapped) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealBroken):
        sealer.unwrap(bytes(wrapped), OWNER)


@pytest.mark.clause("P5")
def test_wrapped_key_is_opened_for_its_owner_alone() -> None:
    sealer = Sealer([NEW, OLD])
    for wrapped in (sealer.new_wrapped_key(OWNER), Sealer([OLD]).new_wrapped_key(OWNER)):
        with pytest.raises(SealBroken):
            sealer.unwrap(wrapped, OTHER)
    with pytest.raises(SealBroken):
        sealer.rewrap(wrapped, OTHER)


def test_what_an_earlier_version_sealed_is_told_apart_from_what_was_changed() -> None:
    for sealed in (b"\x01" + seal(KEY, "Zwolle", PLACE)[1:], b""):
        with pytest.raises(SealBroken, match=r"of a version that is known here.*remove var/"):
            unseal(KEY, sealed, PLACE)
    with pytest.raises(SealBroken, match=r"of a version that is known here.*remove var/"):
        Sealer([NEW]).unwrap(b"\x01" + Sealer([NEW]).new_wrapped_key(OWNER)[1:], OWNER)


def test_rotation_keeps_old_keys_open_and_rewraps_them_under_the_new_secret() -> None:
    before, during, after = Sealer([OLD]), Sealer([NEW, OLD]), Sealer([NEW])
    wrapped = before.new_wrapped_key(OWNER)
    sealed = seal(before.unwrap(wrapped, OWNER), "Zwolle", PLACE)
    with pytest.raises(SealBroken):
        after.unwrap(wrapped, OWNER)
    rewrapped = during.rewrap(wrapped, OWNER)
    assert unseal(during.unwrap(wrapped, OWNER), sealed, PLACE) == "Zwolle"
    assert unseal(after.unwrap(rewrapped, OWNER), sealed, PLACE) == "Zwolle"
    assert during.rewrap(rewrapped, OWNER) == rewrapped
    with pytest.raises(SealBroken):
        before.unwrap(rewrapped, OWNER)


def test_new_keys_are_wrapped_by_the_first_secret() -> None:
    wrapped = Sealer([NEW, OLD]).new_wrapped_key(OWNER)
    Sealer([NEW]).unwrap(wrapped, OWNER)
    with pytest.raises(SealBroken):
        Sealer([OLD]).unwrap(wrapped, OWNER)


def test_key_does_not_print_itself() -> None:
    assert repr(PersonKey(bytes(range(32)), OWNER)) == f"PersonKey(owner={OWNER!r})"


def test_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="256 bits"):
        PersonKey(b"short", OWNER)


def test_row_identities_of_all_kinds_make_a_context() -> None:
    row = uuid4()
    assert context("persons.birth_date", row) == context("persons.birth_date", str(row))


@given(st.binary(max_size=100))
def test_a_token_is_opened_for_its_purpose_alone_also_after_a_change_of_keys(plain: bytes) -> None:
    sealed = seal_token([OLD], plain, "turn off")
    assert open_token([NEW, OLD], sealed, "turn off") == plain
    assert seal_token([OLD], plain, "turn off") != sealed
    for keys, purpose in (([OLD], "turn on"), ([NEW], "turn off"), ([], "turn off")):
        with pytest.raises(SealBroken):
            open_token(keys, sealed, purpose)


@given(st.binary(max_size=60), st.data())
def test_a_changed_token_is_not_opened(plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(seal_token([OLD], plain, "turn off"))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealBroken):
        open_token([OLD], bytes(sealed), "turn off")
