"""Each locale has its environment; all share globals and the guard, and nothing undefined prints."""

from collections.abc import Iterator
from typing import Any

import pytest
from jinja2 import DictLoader, StrictUndefined, UndefinedError

from upguide.i18n import add_global, compile_all, render_text, set_attribute_guard
from upguide.i18n.catalogues import LOCALES, Catalogue
from upguide.i18n.environments import LocaleEnvironment, environment


class Refused(Exception):
    pass


class Row:
    surname = "Jansen"

    def __getitem__(self, name: str) -> str:
        return "Jansen"


@pytest.fixture
def guarded() -> Iterator[None]:
    before = LocaleEnvironment.guard

    def refuse_rows(owner: Any, name: Any) -> None:
        if isinstance(owner, Row):
            raise Refused(name)

    set_attribute_guard(refuse_rows)
    yield
    set_attribute_guard(before)


def env() -> LocaleEnvironment:
    return LocaleEnvironment(Catalogue([]), DictLoader({}))


WAYS = [
    "{{ row.surname }}",
    "{{ row['surname'] }}",
    "{{ row|attr('surname') }}",
    "{{ [row]|map(attribute='surname')|join }}",
    "{{ [row]|join(attribute='surname') }}",
    "{{ [row]|sort(attribute='surname')|first }}",
    "{{ [row]|groupby('surname') }}",
    "{{ [row]|selectattr('surname')|list }}",
    "{{ [row]|sum(attribute='surname') }}",
    "{% for row in rows %}{{ row.surname }}{% endfor %}",
    "{% macro show(row) %}{{ row.surname }}{% endmacro %}{{ show(row) }}",
    "{{ _('Dear %(name)s', name=row.surname) }}",
    "{% trans name=row.surname %}Dear {{ name }}{% endtrans %}",
    "{{ ngettext('a', 'b', row.surname) }}",
]


@pytest.mark.usefixtures("guarded")
@pytest.mark.parametrize("way", WAYS)
def test_guard_is_asked_whichever_way_a_template_reaches(way: str) -> None:
    with pytest.raises(Refused, match=r"surname|its values"):
        env().from_string(way).render(row=Row(), rows=[Row()])


def test_undefined_value_raises() -> None:
    assert env().undefined is StrictUndefined
    with pytest.raises(UndefinedError):
        env().from_string("{{ nothing }}").render()


def test_global_reaches_every_locale() -> None:
    add_global("i18n_test_global", "here")
    texts = [environment(locale).from_string("{{ i18n_test_global }}").render() for locale in LOCALES]
    assert texts == ["here", "here", "here"]


def test_plain_text_is_rendered_from_text_templates_alone() -> None:
    with pytest.raises(ValueError, match=r"not a \.txt template"):
        render_text("layout.html")


def test_every_template_compiles_in_every_locale() -> None:
    assert compile_all() == sum(len(environment(locale).list_templates()) for locale in LOCALES)
