"""No template reaches for a raw personal attribute: persons come through `privacy.show`, as plain values (F4)."""

import re
from collections.abc import Callable, Iterator

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
    "end_form.reason": "a second form on the page: it holds what its sender typed",
    "hidden.items": "the pairs of a form's hidden fields",
    "mail.made_at": "development only: the messages that a run did not send",
    "mail.recipient": "development only: the messages that a run did not send",
    "one.device": "the person's own sessions, on the person's own page",
    "person.lines": "the lines of a PersonPage, which are what `show` let through",
    "promise.number": "the number of a clause",
    "promise.words": "a clause in words",
    "samples[]": "development only: the component page's own samples",
    "section.lines": "the lines of one's own profile",
    "statement.version": "the version of the statement",
    "version.number": "the version of the statement",
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


# What may be unpacked, and why: here no name tells what a value is. A row of the database is refused when it runs.
UNPACKED = {
    "versions": "the versions of the statement",
    "persons": "to those who were let in, the numbers under which they may look",
    "one.parts": "the register of breaches: labels, and what its keepers wrote",
    "kinds": "what can be asked for: words of the form",
    "goes": "what erasure removes: words for kinds of data",
    "kept": "what erasure leaves: words for kinds of data",
    "hidden.items()": "the names and values of a form's hidden fields",
    "messages": "what the last page had to say",
    "portals": "the person's own portals, on the person's own page",
    "terms": "what is kept how long: words of the statement",
}


def unpacked(tree: nodes.Template) -> Iterator[str]:
    """Yield every expression whose values a loop or a `set` takes apart into several names."""
    for loop in tree.find_all(nodes.For):
        if isinstance(loop.target, nodes.Tuple):
            yield iterated(loop.iter)
    for assignment in tree.find_all(nodes.Assign):
        if isinstance(assignment.target, nodes.Tuple):
            yield iterated(assignment.node)


def iterated(node: nodes.Node) -> str:
    """Return what is taken apart, without the filters, of which the one that watches is on every loop."""
    while isinstance(node, nodes.Filter) and node.node is not None:
        node = node.node
    return f"{written(node.node)}()" if isinstance(node, nodes.Call) else written(node)


def in_all_templates(find: Callable[[nodes.Template], Iterator[str]] = reaches) -> dict[str, list[str]]:
    """Where each such expression stands."""
    env, found = environment("en"), dict[str, list[str]]()
    for name in env.list_templates():
        for expression in find(env.parse((TEMPLATES / name).read_text())):
            found.setdefault(expression, []).append(name)
    return found


def test_no_template_reaches_for_a_personal_attribute() -> None:
    wrong = {what: where for what, where in in_all_templates().items() if what not in PLAIN}
    assert wrong == {}, "hand the template a PersonView or a plain value; see privacy.show"


def test_exceptions_are_not_stale() -> None:
    assert set(PLAIN) - set(in_all_templates()) == set()
    assert set(UNPACKED) - set(in_all_templates(unpacked)) == set()


def test_no_template_takes_apart_what_nobody_looked_at() -> None:
    wrong = {what: where for what, where in in_all_templates(unpacked).items() if what not in UNPACKED}
    assert wrong == {}, "hand the template plain values with names; say in UNPACKED why these are none of a person's"


@pytest.mark.parametrize(
    ("template", "caught"),
    [
        ("{% for surname, infix in rows %}{{ surname }}{% endfor %}", ["rows"]),
        ("{% for a, b in page.rows|reverse if a %}{{ b }}{% endfor %}", ["page.rows"]),
        ("{% for n, (a, b) in people.items() %}{{ b }}{% endfor %}", ["people.items()"]),
        ("{% macro m(rows) %}{% for a, b in rows %}{{ a }}{% endfor %}{% endmacro %}", ["rows"]),
        ("{% set a, b = row %}{{ a }}", ["row"]),
        ("{% for row in rows %}{{ row }}{% endfor %}", []),
    ],
)
def test_a_planted_unpacking_is_found(template: str, caught: list[str]) -> None:
    assert list(unpacked(environment("en").parse(template))) == caught


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


WAY_OUT = re.compile(r'(?P<before>.{0,12})_\("(Cancel|Not now|Back|Back to signing in)"\)')


def ways_out(text: str) -> list[str]:
    """Return each way out of a form that does not look like all others; in a dialog it is a button."""
    found = (match["before"] for match in WAY_OUT.finditer(text))
    return [before for before in found if not before.endswith("way_out(")]


def test_every_way_out_of_a_form_looks_the_same() -> None:
    names = set(environment("en").list_templates()) - {"components/dialog.html"}
    wrong = {name: found for name in names if (found := ways_out((TEMPLATES / name).read_text()))}
    assert wrong == {}, "use way_out of components/button.html"


def test_a_planted_way_out_is_found() -> None:
    assert ways_out('{{ way_out(_("Cancel"), back) }}') == []
    assert ways_out('<a href="/">{{ _("Cancel") }}</a>{{ link_button(_("Not now"), "/") }}') != []


def test_escaping_is_never_switched_off() -> None:
    """Markup comes from our own templates and from a portal's checked drawings, never from a filter."""
    signs = ("|safe", "| safe", "autoescape false", "Markup(")
    wrong = [n for n in environment("en").list_templates() if any(s in (TEMPLATES / n).read_text() for s in signs)]
    assert wrong == []
