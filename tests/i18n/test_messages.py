"""Messages read in the current locale, with their values filled in and never their markup doubled."""

from enum import Enum

import pytest
from jinja2 import DictLoader
from markupsafe import Markup

from upguide.i18n import _l, gettext, lazy_gettext, ngettext, pgettext, use_locale
from upguide.i18n.catalogues import Catalogue
from upguide.i18n.environments import LocaleEnvironment


def test_gettext_reads_in_the_current_locale() -> None:
    readings = []
    for locale in ("en", "nl", "nl@formal"):
        with use_locale(locale):
            readings.append(gettext("Enter %(min)s or more.", min=3))
    assert readings == ["Enter 3 or more.", "Vul 3 of meer in.", "Vult u 3 of meer in."]


def test_message_without_translation_stays_as_it_is() -> None:
    with use_locale("nl"):
        assert gettext("Zzz %") == "Zzz %"
        assert pgettext("sleep", "Zzz %(what)s", what="!") == "Zzz !"


@pytest.mark.parametrize(("number", "expected"), [(0, "0 days"), (1, "1 day"), (2, "2 days")])
def test_ngettext_prints_the_number(number: int, expected: str) -> None:
    assert ngettext("%(num)s day", "%(num)s days", number) == expected


def test_ngettext_prints_a_number_written_otherwise() -> None:
    assert ngettext("%(num)s day", "%(num)s days", 1000, num="1,000") == "1,000 days"


def test_value_that_is_markup_stays_markup_and_the_rest_is_escaped() -> None:
    text = gettext("%(a)s & %(b)s", a=Markup("<i>x</i>"), b="<y>")
    assert text == Markup("<i>x</i> &amp; &lt;y&gt;")
    assert hasattr(text, "__html__")


def test_lazy_string_is_translated_when_printed() -> None:
    label = lazy_gettext("Enter a number.")
    with use_locale("en"):
        assert str(label) == "Enter a number."
    with use_locale("nl"):
        assert (str(label), f"{label:.3}") == ("Vul een getal in.", "Vul")


def test_lazy_string_serves_as_value_of_an_enum() -> None:
    class Kind(Enum):
        ONE = _l("Enter a number.")
        TWO = _l("Enter a whole number.")

    assert [kind.name for kind in Kind] == ["ONE", "TWO"]
    assert Kind(_l("Enter a number.")) is Kind.ONE


def test_lazy_string_takes_the_values_of_a_validator() -> None:
    assert _l("From %(min)d to %(max)d") % {"min": 1, "max": 3} == "From 1 to 3"


def test_lazy_string_is_escaped_in_a_template() -> None:
    env = LocaleEnvironment(Catalogue([]), DictLoader({}))
    assert env.from_string("{{ label }}").render(label=_l("a & b")) == "a &amp; b"
