"""Folded templates print what unfolded ones would, and what is folded costs no call."""

from typing import Any

import pytest
from babel.messages.catalog import Catalog
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import DictLoader, Environment, StrictUndefined, TemplateSyntaxError, UndefinedError
from markupsafe import Markup

from upguide.i18n import gettext, ngettext, pgettext
from upguide.i18n.catalogues import Catalogue
from upguide.i18n.environments import LocaleEnvironment, escapes

MACRO = '{% macro tag(text) %}<b title="{{ text }}">{{ text }}</b>{% endmacro %}'


def catalogue(**texts: str) -> Catalogue:
    return in_dutch(texts.items())


def in_dutch(texts: Any = (), plurals: Any = (), context: str | None = None) -> Catalogue:
    catalog = Catalog(locale="nl")
    for message, translation in [*texts, *plurals]:
        catalog.add(message, translation, context=context)
    return Catalogue([catalog])


def folded(source: str, words: Catalogue | None = None, name: str = "page.html", **values: Any) -> str:
    env = LocaleEnvironment(words, NO_FILES) if words else FOLDING
    return render(env, source, name, values)


def compiled(source: str, words: Catalogue | None = None) -> str:
    env = LocaleEnvironment(words or in_dutch(), NO_FILES)
    return str(env.compile(source, name="page.html", raw=True))


def unfolded(source: str, name: str = "page.html", **values: Any) -> str:
    """Render as Jinja does by itself, with the functions that Python code calls."""
    return render(UNFOLDING, source, name, values)


def render(env: Environment, source: str, name: str, values: dict[str, Any]) -> str:
    code = env.compile(source, name)
    return env.template_class.from_code(env, code, env.make_globals(None)).render(values)


NO_FILES = DictLoader({})
FOLDING = LocaleEnvironment(in_dutch(), NO_FILES)
UNFOLDING = Environment(
    extensions=["jinja2.ext.i18n"],
    autoescape=escapes,  # noqa: S701  (it escapes all but plain text)
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
UNFOLDING.policies["ext.i18n.trimmed"] = True
UNFOLDING.globals |= {"_": gettext, "gettext": gettext, "ngettext": ngettext, "pgettext": pgettext}


def test_constant_message_becomes_template_text() -> None:
    words = catalogue(Save="Bewaren")
    assert folded("<p>{{ _('Save') }}</p>", words) == "<p>Bewaren</p>"
    assert "'<p>Bewaren</p>'" in compiled("<p>{{ _('Save') }}</p>", words)


def test_trans_block_joins_the_markup_around_it() -> None:
    words = catalogue(Save="Bewaren")
    assert "'<p>Bewaren</p>'" in compiled("<p>{% trans %}Save{% endtrans %}</p>", words)


def test_message_folds_as_argument_of_a_macro_and_is_escaped_there() -> None:
    words = catalogue(Terms='Regels & "afspraken"')
    source = MACRO + "{{ tag(_('Terms')) }}"
    text = "Regels &amp; &#34;afspraken&#34;"
    assert folded(source, words) == f'<b title="{text}">{text}</b>'
    assert "_look_up" not in compiled(source, words)


def test_message_with_values_becomes_pieces() -> None:
    words = catalogue(**{"%(name)s was here": "Hier was %(name)s"})
    source = "{{ _('%(name)s was here', name=who) }}"
    assert folded(source, words, who="<Jan>") == "Hier was &lt;Jan&gt;"
    assert "_fill" not in compiled(source, words)


def test_trans_block_keeps_its_own_markup_and_escapes_its_values() -> None:
    words = catalogue(**{"Hello <b>%(name)s</b>": "Dag <b>%(name)s</b>"})
    source = "{% trans name=who %}Hello <b>{{ name }}</b>{% endtrans %}"
    assert folded(source, words, who="<Jan>") == "Dag <b>&lt;Jan&gt;</b>"


@pytest.mark.parametrize(("number", "expected"), [(0, "0 dagen"), (1, "1 dag"), (2, "2 dagen")])
def test_plural_follows_the_number(number: int, expected: str) -> None:
    words = in_dutch(plurals=[(("%(num)s day", "%(num)s days"), ("%(num)s dag", "%(num)s dagen"))])
    assert folded("{{ ngettext('%(num)s day', '%(num)s days', n) }}", words, n=number) == expected


def test_plural_block_escapes_its_values() -> None:
    words = in_dutch(plurals=[(("<i>%(n)s</i> of %(who)s", "-"), ("<i>%(n)s</i> van %(who)s", "-"))])
    source = "{% trans n=n, who=who %}<i>{{ n }}</i> of {{ who }}{% pluralize n %}-{% endtrans %}"
    assert folded(source, words, n=1, who="<Jan>") == "<i>1</i> van &lt;Jan&gt;"


def test_context_tells_two_meanings_apart() -> None:
    words = in_dutch([("May", "mei")], context="month")
    source = "{{ pgettext('month', 'May') }} {{ _('May') }} {% trans 'month' %}May{% endtrans %}"
    assert folded(source, words) == "mei May mei"


def test_message_known_at_run_time_is_looked_up() -> None:
    words = catalogue(Name="Naam & zo")
    assert folded("{{ _(label) }}", words, label="Name") == "Naam &amp; zo"


def test_text_template_escapes_nothing() -> None:
    words = catalogue(**{"Tea & %(what)s": "Thee & %(what)s", "a & b": "a & c"})
    source = "{{ _('Tea & %(what)s', what=x) }} {% trans %}a & b{% endtrans %}"
    assert folded(source, words, "mail.txt", x="<koek>") == "Thee & <koek> a & c"


def test_percent_sign_stays_one() -> None:
    source = "{{ _('100%') }} {{ _('100%% %(of)s', of='x') }} {% trans %}5%{% endtrans %}"
    assert folded(source) == "100% 100% x 5%"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("{{ _('Hello %(name)s') }}", "lacks name"),
        ("{{ ngettext(one, 'b', 2) }}", "must be a literal text"),
        ("{{ ngettext('a', 'b') }}", "says no number"),
        ("{{ _('a', 'b') }}", "by name"),
        ("{{ _('a', **values) }}", "by name"),
        ("{{ _() }}", "must be a literal text"),
    ],
)
def test_faulty_message_stops_the_compilation(source: str, reason: str) -> None:
    with pytest.raises(TemplateSyntaxError, match=reason):
        folded(source)


def test_missing_value_raises_as_everywhere() -> None:
    with pytest.raises(UndefinedError):
        folded("{{ _('Hello %(name)s', name=who) }}")


SOURCES = [
    "{{ _(MESSAGE) }}",
    '<a title="{{ _(MESSAGE) }}">',
    MACRO + "{{ tag(_(MESSAGE)) }}",
    "{% set x = _(MESSAGE) %}{{ x }}{{ x|upper }}",
    "{% if n %}{{ _(MESSAGE) ~ who }}{% endif %}",
    "{{ pgettext('here', MESSAGE) }}",
    "{{ ngettext(MESSAGE, 'many', n, who=who) }}",
    "{% for who in [1, 2] %} {{ _(MESSAGE) }} {% endfor %}",
]
WITH_VALUE = [
    "{{ _(MESSAGE, who=who) }}",
    MACRO + "{{ tag(_(MESSAGE, who=who)) }}",
    "{{ _(MESSAGE, who=who)|upper }}",
]
LETTERS = st.text(st.sampled_from("ab <>&'\"é\n"), max_size=8)


@pytest.mark.parametrize("name", ["page.html", "mail.txt"])
@pytest.mark.parametrize("source", SOURCES)
@settings(max_examples=40, deadline=None)
@given(message=LETTERS.filter(bool), who=LETTERS, number=st.integers(0, 3))
def test_folded_equals_unfolded(name: str, source: str, message: str, who: str, number: int) -> None:
    template = source.replace("MESSAGE", repr(message))
    assert folded(template, None, name, who=who, n=number) == unfolded(template, name, who=who, n=number)


@pytest.mark.parametrize("source", WITH_VALUE)
@settings(max_examples=40, deadline=None)
@given(before=LETTERS, after=LETTERS, who=LETTERS, markup=st.booleans())
def test_folded_with_values_equals_unfolded(source: str, before: str, after: str, who: str, markup: bool) -> None:
    template = source.replace("MESSAGE", repr(f"{before}%(who)s 100%%{after}"))
    value = Markup(who) if markup else who  # noqa: S704  (what a macro would return)
    assert folded(template, who=value) == unfolded(template, who=value)


@settings(max_examples=40, deadline=None)
@given(before=LETTERS, after=LETTERS, who=LETTERS)
def test_folded_block_equals_unfolded(before: str, after: str, who: str) -> None:
    template = "{% trans who=w %}" + before + "{{ who }} 5%" + after + "{% endtrans %}."
    assert folded(template, w=who) == unfolded(template, w=who)
