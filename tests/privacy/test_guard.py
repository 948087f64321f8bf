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


@pytest.mark.parametrize(
    "source",
    [
        "{% for surname, infix in rows %}{{ surname }}{% endfor %}",
        "{% for row in rows %}{% set surname, infix = row %}{{ surname }}{% endfor %}",
        "{% for row in rows %}{% for value in row %}{{ value }}{% endfor %}{% endfor %}",
        "{% for surname, infix in rows if surname %}{{ surname }}{% endfor %}",
        "{% for surname, infix in rows|reverse %}{{ surname }}{% endfor %}",
        "{% for surname, infix in rows|select %}{{ surname }}{% endfor %}",
        "{% for place, row in [(1, rows[0])] %}{{ row }}{% endfor %}",
        "{% for place, (surname, infix) in [(1, rows[0])] %}{{ surname }}{% endfor %}",
        "{% for surname, infix in later %}{{ surname }}{% endfor %}",
        "{% for surname, infix in result %}{{ surname }}{% endfor %}",
        "{% for surname in scalars %}{{ surname }}{% endfor %}",
        "{% set surname, infix = rows[0] %}{{ surname }}",
        "{% set surname, infix = rows|first %}{{ surname }}",
        "{{ rows[0] }}",
        "{{ rows }}",
        "{{ rows|first|first }}",
        "{{ rows[0]|join }}",
        "{{ rows|map('first')|join }}",
        "{{ rows|map('list')|list }}",
        "{{ rows|tojson }}",
        "{{ rows|sum(start=()) }}",
        "{% macro show(rows) %}{% for a, b in rows %}{{ a }}{% endfor %}{% endmacro %}{{ show(rows) }}",
    ],
)
def test_template_that_unpacks_result_rows_fails(person: Person, source: str) -> None:
    asked = select(Person.surname, Person.infix)
    rows = db.session.execute(asked).all()
    values = {"rows": rows, "later": iter(rows), "result": db.session.execute(asked)}
    with pytest.raises(RawPersonalData):
        rendered(source, **values, scalars=db.session.scalars(asked))


def test_template_unpacks_plain_values(core: Flask) -> None:
    source = "{% for a, b in pairs %}{{ a }}{{ b }}{{ loop.length }} {% endfor %}{% set a, b = pairs|last %}{{ a }}"
    assert rendered(source, pairs=[("x", 1), ("y", 2)]) == "x12 y22 y"


def test_template_that_reaches_into_a_row_s_mapping_fails(person: Person) -> None:
    mapping = db.session.execute(select(Person.surname)).mappings().one()
    with pytest.raises(RawPersonalData):
        rendered("{{ row.surname }}", row=mapping)


def test_template_that_prints_a_mapped_object_fails(person: Person) -> None:
    with pytest.raises(RawPersonalData):
        rendered("{{ person }}", person=person)


def test_template_reads_a_person_view(core: Flask) -> None:
    view = PersonView(handle="h", name="Anna", initials="A", has_photo=False, sign=None)
    assert rendered("{{ view.name }} {{ view['initials'] }}", view=view) == "Anna A"
