"""The catalogues are in step, complete and in the right form of address; and the checks catch what is not."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from upguide.i18n import checks
from upguide.i18n.address import addresses_reader, formal_fault, informal_fault, tenant_faults
from upguide.i18n.extraction import TEMPLATE, extract, merged, written

Text = str | tuple[str, ...]


def catalog(*messages: tuple[Text, Text], flags: tuple[str, ...] = ()) -> Catalog:
    made = Catalog(locale="nl", fuzzy=False)
    for message, translation in messages:
        made.add(message, translation, flags=flags)
    return made


def test_catalogues_have_no_fault() -> None:
    """If this fails: `flask --app wsgi translations update`, translate, `... translations check`."""
    assert list(checks.faults()) == []


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (catalog(("Save", "")), ["nl: “Save”: is not translated"]),
        (catalog((("a day", "days"), ("een dag", ""))), ["nl: “a day”: is not translated"]),
        (catalog(("Save", "Bewaren"), flags=("fuzzy",)), ["nl: “Save”: is marked fuzzy"]),
        (catalog(("By %(who)s", "Door %(wie)s")), ["nl: “By %(who)s”: has other placeholders: Door %(wie)s"]),
        (catalog(("By %(who)s", "Door")), ["nl: “By %(who)s”: has other placeholders: Door"]),
        (catalog(("At <b>once</b>", "Nu")), ["nl: “At <b>once</b>”: has other tags: Nu"]),
        (catalog(("Save", "Bewaren ")), ["nl: “Save”: has loose space around it: 'Bewaren '"]),
        (catalog(("Save", "Bewaren")), []),
    ],
)
def test_faulty_translation_is_named(made: Catalog, expected: list[str]) -> None:
    assert list(checks.catalogue_faults("nl", made)) == expected


def test_message_no_longer_used_is_named() -> None:
    made = catalog(("Save", "Bewaren"))
    made.obsolete["Old"] = made["Save"]
    assert list(checks.catalogue_faults("nl", made)) == ["nl: 'Old': is no longer used"]


@pytest.mark.parametrize(
    ("dutch", "formal", "expected"),
    [
        ("Dit ben jij.", None, ["nl@formal: “x”: lacks the form for a reader whom we call “u”"]),
        ("Kies een foto.", None, ["nl@formal: “x”: lacks the form for a reader whom we call “u”"]),
        ("Dit ben jij.", "Dit bent u, met jouw foto.", ["nl@formal: “x”: says “jouw”"]),
        ("Kies je foto.", "Kies foto.", ["nl@formal: “x”: tells what to do without “u” or “uw”"]),
        ("Een foto.", "Een foto.", ["nl@formal: “x”: is the same as in nl: leave it out"]),
        ("Dit bent u.", None, ["nl: “x”: says “u”"]),
        ("Dit ben jij.", "Dit bent u.", []),
        ("Een foto.", None, []),
    ],
)
def test_wrong_form_of_address_is_named(dutch: str, formal: str | None, expected: list[str]) -> None:
    overlay = catalog(("x", formal)) if formal else catalog()
    assert list(checks.address_faults(catalog(("x", dutch)), overlay)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Wat je invult, blijft van jou.",
        "Is dit JOUW adres?",
        "Jullie gesprek",
        "Vul een naam in.",
        "Dat lukte niet. Probeer het later opnieuw.",
        "Iets vergeten? Bekijk de vragen.",
        "<p>Kies een taal</p>",
        "Let op: verwijder niets.",
        "“Lees verder”",
        "Gebruik minstens 10 tekens.",
        "Open de link.",
    ],
)
def test_text_that_addresses_the_reader_is_known(text: str) -> None:
    assert addresses_reader(text)
    assert formal_fault(text)


@pytest.mark.parametrize(
    "text",
    [
        "Wachtwoord wijzigen",
        "Open trajecten",
        "Gebruik van cookies",
        "Deel 2",
        "Help",
        "Projecten",
        "Jeugd",
        "Verbergen",
        "Leden kiezen zelf.",
        "Het lezen ervan",
        "Uw naam",
    ],
)
def test_text_that_does_not_is_left_alone(text: str) -> None:
    assert not addresses_reader(text)
    assert formal_fault(text) is None


@pytest.mark.parametrize("text", ["Dit bent u.", "Uw foto", "Vult uzelf dit in?"])
def test_text_that_says_u_is_known(text: str) -> None:
    assert informal_fault(text)


@pytest.mark.parametrize(("formal", "text"), [("true", "Jouw pad"), ("true", "Kies een pad."), ("false", "Uw pad")])
def test_tenant_copy_in_the_wrong_form_is_named(tmp_path: Path, formal: str, text: str) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo/tenant.toml").write_text(f'formal = {formal}\n[words.nl]\ncoach = "coach"\n')
    (tmp_path / "demo/home.nl.toml").write_text(f'[[steps]]\ntitle = "{text}"\n')
    [fault] = tenant_faults(tmp_path)
    assert fault.startswith("demo/home.nl.toml: steps[0].title: ")
    assert fault.endswith(text)


def test_extraction_finds_code_and_templates(tmp_path: Path) -> None:
    (tmp_path / "upguide").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "upguide/a.py").write_text(
        "_('one')\n_l('two')\nN_('three')\npgettext('month', 'May')\nngettext('%(num)s a', '%(num)s b', n)\n"
    )
    (tmp_path / "templates/a.html").write_text(
        "{{ tag(_('four'), lazy_gettext('five')) }}{% trans %}\n  six\n  seven\n{% endtrans %}"
    )
    (tmp_path / "templates/a.txt").write_text("{% trans n=n %}{{ n }} day{% pluralize %}{{ n }} days{% endtrans %}")
    found = {(message.id, message.context) for message in extract(tmp_path) if message.id}
    assert found == {
        ("one", None),
        ("two", None),
        ("three", None),
        ("May", "month"),
        (("%(num)s a", "%(num)s b"), None),
        ("four", None),
        ("five", None),
        ("six seven", None),
        (("%(n)s day", "%(n)s days"), None),
    }


def test_planted_message_makes_the_catalogues_stale() -> None:
    template = extract()
    template.add("Planted message")
    wanted = {TEMPLATE: written(template)}
    assert list(checks.stale(wanted)) == [
        "translations/messages.pot is stale: run `flask --app wsgi translations update`"
    ]


def test_merging_keeps_what_is_translated_and_guesses_nothing() -> None:
    template = Catalog(locale="en", fuzzy=False)
    template.add("Enter a number.")
    template.add("Enter a number!")
    result = merged("nl", template)
    assert [(message.id, message.string or None) for message in result if message.id] == [
        ("Enter a number.", "Vul een getal in."),
        ("Enter a number!", None),
    ]
    assert [message.id for message in merged("nl@formal", template) if message.id] == ["Enter a number."]
