"""What `show` really gives of a person in the database, whole values against the second reading of section W."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.privacy.whole import Key, Whole, enter, expected, make_whole, plain, signed_in
from tests.support.database import WorkerDatabase
from tests.support.factories import (
    Made,
    end_signatures,
    hide,
    join,
    make_person,
    make_webmaster,
    open_look,
    sign,
)
from upguide.access.viewer import Viewer, load_viewer
from upguide.database.appoint import appoint
from upguide.extensions import db
from upguide.models import HiddenItem
from upguide.policy.agreements import CURRENT
from upguide.policy.items import CATALOGUE, Item
from upguide.policy.permissions import AgreementKind, Role
from upguide.policy.sees import Relation, Setting
from upguide.privacy import PersonView, hidden, show, show_page
from upguide.privacy.show import EnteredBy, show_as
from upguide.privacy.sight import Eyes
from upguide.tenancy.scope import scope, set_scope

NAMES = (Item.FIRST_NAMES, Item.INFIX, Item.SURNAME)
OURS, THEIRS = uuid4(), uuid4()
QUICK = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def visitor(tenant: str = "upguide") -> Viewer:
    """Nobody known."""
    db.session.rollback()
    set_scope(tenant, None)
    return load_viewer(tenant, None)


def page(person: Whole | Made, viewer: Viewer) -> dict[str, Any] | None:
    view = show_page(person.id, viewer)
    return None if view is None else plain(view)


def listed(person: Whole | Made, viewer: Viewer, setting: Setting, **more: bool) -> list[dict[str, Any]]:
    return [plain(view) for view in show([person.id], viewer, setting, **more)]


def hide_key(whole: Whole, key: Key) -> None:
    hide(whole.made, *key)


HIDEABLE = [item for item in Item if CATALOGUE[item].hideable]


@pytest.mark.clause("W1")
def test_search_shows_a_member_names_alone(core: Flask) -> None:
    whole, viewer = make_whole(), signed_in(make_person())
    wanted = expected(whole, {Relation.MEMBER}, Setting.SEARCH, details=False)
    assert wanted["items"] == set(NAMES)
    assert listed(whole, viewer, Setting.SEARCH) == [wanted]


@pytest.mark.clause("W2")
def test_content_shows_a_member_the_alias_alone_and_no_handle(core: Flask) -> None:
    whole, viewer = make_whole(), signed_in(make_person())
    wanted = expected(whole, {Relation.MEMBER}, Setting.CONTENT, details=False)
    assert (wanted["items"], wanted["handle"], wanted["name"]) == ({Item.ALIAS}, None, None)
    assert listed(whole, viewer, Setting.CONTENT) == [wanted]


@pytest.mark.clause("W3")
def test_page_shows_a_member_name_and_photo(core: Flask) -> None:
    whole, viewer = make_whole(signed=False), signed_in(make_person())
    assert page(whole, viewer) == expected(whole, {Relation.MEMBER}, Setting.PAGE)


@pytest.mark.clause("W4")
def test_page_shows_the_card_of_a_professional_who_signed_both_agreements(core: Flask) -> None:
    whole, viewer = make_whole(), signed_in(make_person())
    wanted = expected(whole, {Relation.MEMBER, Relation.PROFESSIONAL_CARD}, Setting.PAGE)
    assert {field[0] for field in wanted["fields"]} >= {Item.DESCRIPTION, Item.REGION}
    assert page(whole, viewer) == wanted


@pytest.mark.clause("W4")
@pytest.mark.parametrize(
    "versions",
    [
        {},
        {AgreementKind.PROCESSOR: 0},
        {AgreementKind.STATEMENT: 0},
        {AgreementKind.PROCESSOR: 0, AgreementKind.STATEMENT: -1},
        {AgreementKind.PROCESSOR: 0, AgreementKind.CONFIDENTIALITY: 0},
        {AgreementKind.PROCESSOR: 0, AgreementKind.STATEMENT: 1},
    ],
)
def test_card_is_shown_only_while_both_are_signed_in_their_current_version(
    core: Flask, database: WorkerDatabase, versions: dict[AgreementKind, int]
) -> None:
    whole, viewer = make_whole(signed=False), make_person()
    for agreement, off in versions.items():
        sign(whole.made, agreement)
        with database.connect() as connection:
            # Nobody can sign a version that is not written yet, but what is signed must not count by accident.
            connection.execute(
                "UPDATE signatures SET version = version + %s WHERE agreement = %s", [off, agreement.value]
            )
    assert page(whole, signed_in(viewer)) == expected(whole, {Relation.MEMBER}, Setting.PAGE)


@pytest.mark.clause("W10")
def test_visitor_sees_nothing_of_anybody(core: Flask) -> None:
    whole = make_whole()
    viewer = visitor()
    assert [show([whole.id], viewer, setting) for setting in Setting] == [[]] * len(Setting)
    assert show_page(whole.id, viewer) is None


@pytest.mark.clause("W10")
def test_listed_card_is_shown_to_everybody_in_the_listing_alone(core: Flask) -> None:
    whole = make_whole(listed=True)
    viewer = visitor()
    wanted = expected(whole, {Relation.PUBLIC_LISTING}, Setting.LISTING)
    assert listed(whole, viewer, Setting.LISTING, details=True) == [wanted]
    assert show_page(whole.id, viewer) is None


@pytest.mark.clause("W4", "W10")
def test_listed_card_without_signatures_is_shown_to_nobody(core: Flask) -> None:
    whole = make_whole(listed=True, signed=False)
    assert show([whole.id], visitor(), Setting.LISTING) == []


@pytest.mark.clause("W11")
def test_person_sees_everything_of_themselves(core: Flask) -> None:
    whole = make_whole()
    for key in list(whole.parts)[:5]:
        hide_key(whole, key)
    viewer = signed_in(whole.made)
    relations = {Relation.SELF, Relation.MEMBER, Relation.PROFESSIONAL_CARD}
    wanted = expected(whole, relations, Setting.PAGE, hidden=list(whole.parts)[:5])
    assert len(wanted["fields"]) == len(whole.parts)
    assert page(whole, viewer) == wanted


@pytest.mark.clause("W11", "T2")
def test_person_sees_who_entered_each_value_and_when(core: Flask) -> None:
    whole, other = make_whole(), make_person()
    enter(whole, (Item.GENDER, whole.id), other.id)
    enter(whole, (Item.POSITION, whole.id), other.id, OURS)
    view = show_page(whole.id, signed_in(whole.made))
    assert view is not None
    by = {field.item: field.entered_by for field in view.fields}
    assert (by.pop(Item.GENDER), by.pop(Item.POSITION)) == (EnteredBy.SOMEBODY_ELSE, EnteredBy.ORGANISATION)
    assert set(by.values()) == {EnteredBy.PERSON}
    ages = [datetime.now(UTC) - field.entered_at for field in view.fields if field.entered_at]
    assert len(ages) == len(view.fields)
    assert all(timedelta() <= age < timedelta(minutes=5) for age in ages)


@pytest.mark.clause("W3", "W4")
def test_member_is_not_told_who_entered_a_value_or_when(core: Flask) -> None:
    whole, viewer = make_whole(), signed_in(make_person())
    view = show_page(whole.id, viewer)
    assert view is not None
    assert view.fields
    assert {(field.entered_by, field.entered_at) for field in view.fields} == {(None, None)}


@pytest.mark.clause("W8")
def test_officer_is_told_who_entered_a_value_only_where_that_was_granted(core: Flask) -> None:
    whole = make_whole()
    viewer = signed_in(whole.made)
    told = []
    for granted in ({Item.GENDER}, {Item.GENDER, Item.ENTERED_ON}):
        view = show_as(whole.id, viewer, {Relation.OFFICER}, Setting.PAGE, Eyes(granted=frozenset(granted)))
        told.append([(field.item, field.entered_by) for field in view.fields])
    assert told == [[(Item.GENDER, None)], [(Item.GENDER, EnteredBy.PERSON)]]


@pytest.mark.clause("W9")
def test_webmaster_with_a_reason_sees_everything_hidden_items_too(core: Flask) -> None:
    whole = make_whole()
    key = (Item.GENDER, whole.id)
    hide_key(whole, key)
    webmaster = make_webmaster()
    open_look(webmaster, whole.made)
    viewer = replace(signed_in(webmaster, second_factor=True), reason="helping with a lost account")
    relations = {Relation.MEMBER, Relation.PROFESSIONAL_CARD, Relation.WEBMASTER}
    assert page(whole, viewer) == expected(whole, relations, Setting.PAGE, hidden=[key])


@pytest.mark.clause("W9")
def test_webmaster_who_opened_no_look_at_this_person_is_a_member_like_others(core: Flask) -> None:
    whole, webmaster = make_whole(signed=False), make_webmaster()
    open_look(webmaster, make_person())
    viewer = replace(signed_in(webmaster, second_factor=True), reason="helping with a lost account")
    assert page(whole, viewer) == expected(whole, {Relation.MEMBER}, Setting.PAGE)


@pytest.mark.clause("W9")
@pytest.mark.parametrize(("bound", "reason"), [(True, None), (True, ""), (False, "curious"), (False, None)])
def test_webmaster_without_reason_or_agreement_is_a_member_like_others(
    core: Flask, database: WorkerDatabase, bound: bool, reason: str | None
) -> None:
    whole = make_whole(signed=False)
    webmaster = make_webmaster()
    open_look(webmaster, whole.made)
    if not bound:
        end_signatures(database, webmaster)
    viewer = replace(signed_in(webmaster, second_factor=True), reason=reason)
    assert page(whole, viewer) == expected(whole, {Relation.MEMBER}, Setting.PAGE)


@pytest.mark.clause("W9")
def test_webmaster_who_gave_no_second_factor_is_a_member_like_others(core: Flask) -> None:
    whole = make_whole(signed=False)
    webmaster = make_webmaster()
    open_look(webmaster, whole.made)
    viewer = replace(signed_in(webmaster), reason="helping")
    assert page(whole, viewer) == expected(whole, {Relation.MEMBER}, Setting.PAGE)


@pytest.mark.clause("W9")
def test_webmaster_whose_agreement_has_a_former_version_is_a_member_like_others(core: Flask) -> None:
    whole, webmaster = make_whole(signed=False), make_webmaster(bound=False)
    sign(webmaster, AgreementKind.CONFIDENTIALITY, CURRENT[AgreementKind.CONFIDENTIALITY] - 1)
    viewer = replace(signed_in(webmaster, second_factor=True), reason="helping")
    assert page(whole, viewer) == expected(whole, {Relation.MEMBER}, Setting.PAGE)


@pytest.mark.clause("W8")
def test_officer_s_role_alone_shows_nothing_more(core: Flask) -> None:
    whole, officer = make_whole(signed=False), make_person()
    appoint(core.config["UPGUIDE"], officer.id, Role.OFFICER.value)
    viewer = signed_in(officer)
    assert viewer.roles == {Role.OFFICER}
    assert page(whole, replace(viewer, reason="looking")) == expected(whole, {Relation.MEMBER}, Setting.PAGE)


@pytest.mark.clause("W10")
def test_whoever_still_owes_the_pin_sees_nothing_not_even_of_themselves(core: Flask) -> None:
    whole = make_whole()
    viewer = signed_in(whole.made, pin_needed=True)
    assert [show([whole.id], viewer, setting) for setting in Setting if setting is not Setting.LISTING] == [[]] * 3


@pytest.mark.clause("W3", "P5")
def test_member_of_another_portal_is_nobody_here(core: Flask) -> None:
    whole, viewer = make_whole("gfs"), signed_in(make_person("upguide"))
    assert [show([whole.id], viewer, setting) for setting in Setting] == [[]] * len(Setting)
    assert show_page(whole.id, viewer) is None


def test_person_without_a_membership_sees_themselves_and_nobody_else(core: Flask) -> None:
    person, other = make_person("gfs"), make_person("upguide")
    viewer = signed_in(person, "upguide")
    assert viewer.member is False
    own = show_page(person.id, viewer)
    assert own is not None
    assert (own.relations, own.handle) == ({Relation.SELF}, None)
    assert show_page(other.id, viewer) is None


def test_member_of_two_portals_has_the_handle_of_the_portal_in_use(core: Flask) -> None:
    person = make_person("gfs")
    here = join(person, "upguide")
    viewer = signed_in(make_person("upguide"))
    view = show_page(person.id, viewer)
    assert view is not None
    assert (view.handle, here.handle != person.handle) == (here.handle, True)


def test_unknown_person_gives_no_view(core: Flask) -> None:
    viewer = signed_in(make_person())
    assert show([uuid4()], viewer, Setting.SEARCH) == []
    assert show_page(uuid4(), viewer) is None


def test_views_come_in_the_order_asked_one_for_each_that_is_known(core: Flask) -> None:
    people = [make_person() for _ in range(3)]
    viewer = signed_in(people[0])
    ids: list[UUID] = [people[2].id, uuid4(), people[0].id, people[1].id]
    handles = [view.handle for view in show(ids, viewer, Setting.SEARCH)]
    assert handles == [people[2].handle, people[0].handle, people[1].handle]


@pytest.mark.clause("P4b", "W1", "W3")
@pytest.mark.parametrize("item", NAMES)
def test_hidden_part_of_a_name_is_shown_nowhere(core: Flask, item: Item) -> None:
    whole = make_whole(signed=False)
    key = (item, whole.id)
    hide_key(whole, key)
    viewer = signed_in(make_person())
    shown = listed(whole, viewer, Setting.SEARCH)
    assert shown == [expected(whole, {Relation.MEMBER}, Setting.SEARCH, hidden=[key], details=False)]
    assert whole.parts[key][item.value] not in str(shown)


@pytest.mark.clause("P4b")
def test_person_who_hides_everything_shows_nothing(core: Flask) -> None:
    whole = make_whole()
    for item, row_id in whole.parts:
        if CATALOGUE[item].hideable:
            hide(whole.made, item, row_id)
    view = show_page(whole.id, signed_in(make_person()))
    assert view is not None
    assert (view.name, view.initials, view.has_photo, view.sign, view.fields, view.items) == (
        None,
        "",
        False,
        None,
        (),
        frozenset(),
    )


@pytest.mark.clause("P4b")
def test_shown_again_a_value_is_seen_as_before(core: Flask) -> None:
    whole = make_whole()
    hide(whole.made, Item.SURNAME)
    with scope("upguide", whole.id, db.session()):
        hidden.unhide(db.session(), whole.id, Item.SURNAME, whole.id)
        db.session.commit()
    viewer = signed_in(make_person())
    wanted = expected(whole, {Relation.MEMBER}, Setting.SEARCH, details=False)
    assert listed(whole, viewer, Setting.SEARCH) == [wanted]


@pytest.fixture
def shared(core: Flask) -> tuple[Whole, Viewer, UUID]:
    """A person whose values came from many hands, that person as a viewer, and the other whose hands those were."""
    whole, friend = make_whole(), make_person()
    for at, key in enumerate(list(whole.parts)):
        if key[0].value in ("alias", "number"):
            continue
        if at % 4 == 1:
            enter(whole, key, friend.id)
        elif at % 4 == 2:
            enter(whole, key, friend.id, OURS if at % 8 == 2 else THEIRS)
        elif at % 4 == 3:
            enter(whole, key, friend.id, OURS)
            enter(whole, key, whole.id)
            if at % 8 == 7:
                enter(whole, key, friend.id, THEIRS)
        elif at % 8 == 4:
            enter(whole, key, friend.id, OURS)
            enter(whole, key, friend.id, THEIRS)
    return whole, signed_in(whole.made), friend.id


@pytest.mark.clause("W1", "W2", "W3", "W4", "W5", "W6", "W7a", "W7b", "W8", "W9", "W10", "W11", "P4b")
def test_every_relation_sees_what_section_w_says_and_nothing_more(shared: tuple[Whole, Viewer, UUID]) -> None:
    whole, viewer, friend = shared

    @QUICK
    @given(
        st.frozensets(st.sampled_from(Relation), max_size=4),
        st.sampled_from(Setting),
        st.frozensets(st.sampled_from([key for key in whole.parts if key[0] in HIDEABLE]), max_size=6),
        st.builds(
            Eyes,
            st.sampled_from([None, friend, whole.id]),
            st.frozensets(st.sampled_from([OURS, THEIRS])),
            st.frozensets(st.sampled_from(Item), max_size=5),
        ),
    )
    def check(held: frozenset[Relation], setting: Setting, hides: frozenset[Key], eyes: Eyes) -> None:
        with db.session.begin_nested() as savepoint:
            db.session.add_all(HiddenItem(person_id=whole.id, item=i.value, row_id=r) for i, r in hides)
            db.session.flush()
            view = show_as(whole.id, viewer, held, setting, eyes)
            savepoint.rollback()
        assert plain(view) == expected(whole, held, setting, hidden=hides, eyes=eyes)

    check()


@pytest.mark.clause("W7b")
def test_administrator_sees_that_the_person_changed_a_value_and_not_the_new_one(core: Flask) -> None:
    whole, administrator = make_whole(), make_person()
    key = (Item.GENDER, whole.id)
    enter(whole, key, administrator.id, OURS)
    eyes = Eyes(administrator.id, frozenset({OURS}))
    viewer = signed_in(whole.made)

    def field_of() -> tuple[dict[str, str], bool] | None:
        field = show_as(whole.id, viewer, {Relation.ADMINISTRATOR}, Setting.PAGE, eyes).field(Item.GENDER)
        return field and (field.parts, field.changed)

    assert field_of() == ({"gender": "woman"}, False)
    enter(whole, key, whole.id)
    assert field_of() == ({}, True)
    db.session.rollback()
    hide(whole.made, Item.GENDER)
    assert field_of() is None


@pytest.mark.clause("W7b")
def test_administrators_share_their_organisation_s_entries_and_no_other_s(core: Flask) -> None:
    whole, administrator = make_whole(), make_person()
    enter(whole, (Item.GENDER, whole.id), administrator.id, OURS)
    viewer = signed_in(whole.made)
    seen = []
    for organisation in (OURS, THEIRS):
        eyes = Eyes(uuid4(), frozenset({organisation}))
        view = show_as(whole.id, viewer, {Relation.ADMINISTRATOR}, Setting.PAGE, eyes)
        seen.append(view.items)
    assert seen == [{Item.GENDER}, frozenset()]


def test_nobody_looks_at_somebody_else_through_other_eyes(core: Flask) -> None:
    person, viewer = make_person(), signed_in(make_person())
    with pytest.raises(PermissionError):
        show_as(person.id, viewer, {Relation.WEBMASTER}, Setting.PAGE)


def test_view_tells_the_first_field_of_an_item(core: Flask) -> None:
    view: PersonView | None = show_page((person := make_person()).id, signed_in(person))
    assert view is not None
    field = view.field(Item.SURNAME)
    assert field is not None
    assert (field.parts, view.field(Item.PHONE)) == ({"surname": person.surname}, None)
