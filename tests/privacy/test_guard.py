"""A template that reaches for a database row fails, whatever it asks for and however (F4)."""

from typing import Any

import pytest
from flask import Flask
from jinja2 import DictLoader
from sqlalchemy import select

from tests.support.factories import make_person
from upguide.extensions import db
from upguide.i18n.catalogues import catalogue
from upguide.i18n.environments import LocaleEnvironment
from upguide.models import Person
from upguide.privacy.guard import RawPersonalData, guard_attribute
from upguide.privacy.show import PersonView
from upguide.tenancy.scope import set_scope

pytestmark = pytest.mark.clause("F4")


class Guarded(LocaleEnvironment):
    """An environment with the guard, whatever another test left in the shared ones."""

    guard = staticmethod(guard_attribute)  # type: ignore[assignment]


def rendered(source: str, **context: Any) -> str:
    environment = Guarded(catalogue("en"), DictLoader({"page.html": source}))
    return environment.get_template("page.html").render(context)


@pytest.fixture
def person(core: Flask) -> Person:
    """A mapped object, as a query gives one."""
    made = make_person()
    db.session.rollback()
    set_scope("upguide", made.id)
    return db.session.scalars(select(Person)).one()


@pytest.mark.parametrize(
    "source",
    [
        "{{ person.surname }}",
        "{{ person['surname'] }}",
        "{{ person.id }}",
        "{{ person|attr('surname') }}",
        "{{ [person]|map(attribute='surname')|join }}",
        "{{ [person]|join(attribute='surname') }}",
        "{{ [person]|sort(attribute='surname') }}",
        "{{ [person]|selectattr('surname')|list }}",
        "{{ [person]|groupby('surname') }}",
        "{% set name = 'surname' %}{{ person[name] }}",
        "{% macro show(p) %}{{ p.surname }}{% endmacro %}{{ show(person) }}",
        "{% for p in [person] %}{{ p.surname }}{% endfor %}",
    ],
)
def test_template_that_reaches_into_a_mapped_object_fails(person: Person, source: str) -> None:
    with pytest.raises(RawPersonalData, match=r"privacy\.show"):
        rendered(source, person=person)


@pytest.mark.parametrize(
    "source", ["{{ row.surname }}", "{{ row[0] }}", "{{ row['surname'] }}", "{{ row|attr('surname') }}"]
)
def test_template_that_reaches_into_a_result_row_fails(person: Person, source: str) -> None:
    row = db.session.execute(select(Person.surname)).one()
    with pytest.raises(RawPersonalData):
        rendered(source, row=row)


def test_template_that_reaches_into_a_row_s_mapping_fails(person: Person) -> None:
    mapping = db.session.execute(select(Person.surname)).mappings().one()
    with pytest.raises(RawPersonalData):
        rendered("{{ row.surname }}", row=mapping)


def test_mapped_object_says_nothing_of_itself_when_printed(person: Person) -> None:
    assert person.surname is not None
    assert person.surname not in rendered("{{ person }}", person=person)


def test_template_reads_a_person_view(core: Flask) -> None:
    view = PersonView(handle="h", name="Anna", initials="A", has_photo=False, sign=None)
    assert rendered("{{ view.name }} {{ view['initials'] }}", view=view) == "Anna A"
