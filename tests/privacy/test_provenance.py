"""What the entries tell about a value: whose change shows as whose, and in which order rows stand (T2, W7b)."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from tests.privacy.whole import enter, make_whole, signed_in
from tests.support.factories import add_address, add_employer, add_phone, make_person
from tests.support.statements import counting
from upguide.extensions import db
from upguide.models import Entry
from upguide.policy.items import Item
from upguide.policy.sees import Relation, Setting
from upguide.privacy import show_page
from upguide.privacy.show import show_as
from upguide.privacy.sight import Eyes
from upguide.privacy.wording import together
from upguide.tenancy.scope import scope

OURS, THEIRS = UUID(int=4), UUID(int=5)


@pytest.mark.clause("W7b")
@pytest.mark.parametrize(
    ("hands", "ours", "theirs"),
    [
        ("OP", "changed", "nothing"),
        ("OT", "nothing", "shown"),
        ("OF", "nothing", "nothing"),
        ("OPT", "changed", "shown"),
        ("OTP", "changed", "changed"),
        ("OPOT", "nothing", "shown"),
        ("POT", "nothing", "shown"),
        ("OPF", "changed", "nothing"),
        ("OTO", "shown", "nothing"),
        ("TPO", "shown", "changed"),
    ],
)
def test_only_the_person_s_own_change_shows_as_theirs(core: Flask, hands: str, ours: str, theirs: str) -> None:
    """O, T: our and their organisation; P: the person; F: a friend, for nobody."""
    whole, other = make_whole(), make_person()
    by = {"O": (other.id, OURS), "T": (other.id, THEIRS), "P": (whole.id, None), "F": (other.id, None)}
    for hand in hands:
        enter(whole, (Item.GENDER, whole.id), *by[hand])
    viewer, seen = signed_in(whole.made), []
    for organisation in (OURS, THEIRS):
        eyes = Eyes(uuid4(), frozenset({organisation}))
        field = show_as(whole.id, viewer, {Relation.ADMINISTRATOR}, Setting.PAGE, eyes).field(Item.GENDER)
        seen.append("nothing" if field is None else "changed" if field.changed else "shown")
    assert seen == [ours, theirs]


@pytest.mark.parametrize(
    ("add", "item"), [(add_phone, Item.PHONE), (add_address, Item.ADDRESS), (add_employer, Item.EMPLOYER)]
)
def test_rows_of_one_kind_stand_in_the_order_in_which_they_were_entered(core: Flask, add: Any, item: Item) -> None:
    person = make_person()
    rows = [add(person) for _ in range(6)]
    with scope(person.tenant, person.id, db.session()):
        db.session.add(Entry(person_id=person.id, item=item.value, row_id=rows[2], entered_by=person.id))
        db.session.commit()
    viewer = signed_in(person)
    with counting() as statements:
        view = show_page(person.id, viewer)
    assert view is not None
    assert [field.row_id for field in view.fields if field.item is item] == rows
    assert [group[0].row_id for group in together(view.fields) if item in {f.item for f in group}] == rows
    assert len([s for s in statements if "set_config" not in s]) == 2
