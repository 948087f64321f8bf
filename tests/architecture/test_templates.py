"""No template reaches for a raw personal attribute: persons come through `privacy.show`, as plain values (F4)."""

from collections.abc import Iterator

import pytest
from jinja2 import nodes

from tests.architecture.source import personal_names
from upguide.i18n.environments import TEMPLATES, environment

pytestmark = pytest.mark.clause("F4", "W1")

# What may bear the name of a personal column, since it is none: the expression as templates write it, and why.
PLAIN = {
    "account.mail_address": "the person's own, on the person's own page",
    "account.password_set_at": "the person's own, on the person's own page",
    "action.kind": "how a button looks",
    "copy.description": "the portal's own words on its front page",
    "hidden.items": "the pairs of a form's hidden fields",
    "mail.made_at": "development only: the messages that a run did not send",
    "mail.recipient": "development only: the messages that a run did not send",
    "one.device": "the person's own sessions, on the person's own page",
    "person.lines": "the lines of a PersonPage, which are what `show` let through",
    "promise.number": "the number of a clause",
    "samples[]": "development only: the component page's own samples",
    "section.lines": "the lines of one's own profile",
    "statement.version": "the version of the statement",
}
# A form holds what its sender typed; `seen` tells who sees a value, and never the value.
ROOTS = ("form", "seen")
Reach = nodes.Getattr | nodes.Getitem


def written(node: nodes.Node) -> str:
    """Return an expression roughly as a template writes it."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{written(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem):
        return f"{written(node.node)}[]"
    return type(node).__name__.lower()


def reached(node: Reach) -> object:
    """Return the name that an expression reaches for, where it is fixed."""
    if isinstance(node, nodes.Getattr):
        return node.attr
    return node.arg.value if isinstance(node.arg, nodes.Const) else None


def reaches(tree: nodes.Template) -> Iterator[str]:
    """Yield every expression that reaches for something called like a personal column, filters' arguments included."""
    names = personal_names()
    for node in tree.find_all((nodes.Getattr, nodes.Getitem)):
        assert isinstance(node, (nodes.Getattr, nodes.Getitem))
        if reached(node) in names and written(node).split(".")[0].split("[")[0] not in ROOTS:
            yield written(node)
    for filtered in tree.find_all(nodes.Filter):
        for argument in (*filtered.args, *(pair.value for pair in filtered.kwargs)):
            if isinstance(argument, nodes.Const) and argument.value in names and filtered.name in BY_NAME:
                yield f"|{filtered.name}({argument.value})"


# Filters that take the name of an attribute.
BY_NAME = {
    "attr",
    "map",
    "selectattr",
    "rejectattr",
    "groupby",
    "sort",
    "unique",
    "sum",
    "min",
    "max",
    "join",
    "dictsort",
}


def in_all_templates() -> dict[str, list[str]]:
    """Where each such expression stands."""
    env, found = environment("en"), dict[str, list[str]]()
    for name in env.list_templates():
        for expression in reaches(env.parse((TEMPLATES / name).read_text())):
            found.setdefault(expression, []).append(name)
    return found


def test_no_template_reaches_for_a_personal_attribute() -> None:
    wrong = {what: where for what, where in in_all_templates().items() if what not in PLAIN}
    assert wrong == {}, "hand the template a PersonView or a plain value; see privacy.show"


def test_exceptions_are_not_stale() -> None:
    assert set(PLAIN) - set(in_all_templates()) == set()


@pytest.mark.parametrize(
    ("template", "caught"),
    [
        ("{{ person.surname }}", ["person.surname"]),
        ("{{ person['mail_address'] }}", ["person[]"]),
        ("{{ row.person.phone_number }}", ["row.person.phone_number"]),
        ("{% for p in people %}{{ p.birth_date or '-' }}{% endfor %}", ["p.birth_date"]),
        ("{% if not people[0].gender %}{% endif %}", ["people[].gender"]),
        ("{{ people|map(attribute='surname')|list }}", ["|map(surname)"]),
        ("{{ person|attr('surname') }}", ["|attr(surname)"]),
        ("{{ people|sort(attribute='surname') }}", ["|sort(surname)"]),
        ("{% set name = person.first_names ~ ' ' ~ person.surname %}", ["person.first_names", "person.surname"]),
        ("{{ form.surname }} {{ seen.surname }} {{ person.name }}", []),
    ],
)
def test_a_planted_reach_is_found(template: str, caught: list[str]) -> None:
    assert sorted(reaches(environment("en").parse(template))) == caught


def test_no_template_holds_style_or_script_of_its_own() -> None:
    """The content security policy would refuse it; put it in upguide/static."""
    wrong = []
    for name in environment("en").list_templates():
        text = (TEMPLATES / name).read_text()
        # A mail has no stylesheet to lean on.
        if not name.startswith("mail/") and any(
            sign in text for sign in (" style=", "<style", " onclick=", " onload=")
        ):
            wrong.append(name)
    assert wrong == []


def test_escaping_is_never_switched_off() -> None:
    """Markup comes from our own templates and from a portal's checked drawings, never from a filter."""
    signs = ("|safe", "| safe", "autoescape false", "Markup(")
    wrong = [n for n in environment("en").list_templates() if any(s in (TEMPLATES / n).read_text() for s in signs)]
    assert wrong == []
