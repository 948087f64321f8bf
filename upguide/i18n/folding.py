"""Folds messages into templates when they are compiled, so that a page pays nothing for its translation.

A message without variables becomes plain template text. One with variables becomes its pieces
with the values between them. Plurals, and messages that are only known at run time, keep one call.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from jinja2 import TemplateSyntaxError, nodes, pass_eval_context
from jinja2.nodes import EvalContext
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from .catalogues import Catalogue, plural_index
from .messages import fill

MESSAGES = frozenset({"_", "gettext", "pgettext", "ngettext", "npgettext"})
_PLACEHOLDER = re.compile(r"%\((\w+)\)s|(%%)")
_STATEMENT_LISTS = ("body", "else_", "elif_")


def fold(template: nodes.Template, catalogue: Catalogue) -> nodes.Template:
    """Rewrite the messages in `template`, a parsed template, into the language of `catalogue`."""
    folded = _Folder(catalogue).visit(template)
    folded.set_environment(template.environment)
    return folded  # type: ignore[no-any-return]


def filters(catalogue: Catalogue) -> Mapping[str, Callable[..., Any]]:
    """Return what folded templates call for the messages that cannot become plain text."""

    def look_up(message: object, **values: Any) -> str:
        text = catalogue.text(str(message))
        return fill(text, values) if values else text

    return {"_fill": _fill, "_plural": _plural, "_plural_block": _plural_block, "_look_up": look_up}


def _fill(text: str, **values: Any) -> str:
    return fill(text, values)


def _plural(forms: tuple[str, ...], number: int, **values: Any) -> str:
    return fill(forms[plural_index(number)], {"num": number} | values)


@pass_eval_context
def _plural_block(context: EvalContext, forms: tuple[str, ...], number: int, **values: Any) -> str:
    form = forms[plural_index(number)]
    if not context.autoescape:
        return form % values
    return Markup(form % {name: escape(value) for name, value in values.items()})  # noqa: S704  (values escaped)


class _Folder(NodeTransformer):
    """Walks a template's syntax tree. What stands in an `Output` is printed; all else is a value."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def generic_visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> nodes.Node:
        super().generic_visit(node, *args, **kwargs)
        for field in _STATEMENT_LISTS:
            if statements := getattr(node, field, None):
                setattr(node, field, _join_outputs(statements))
        return node

    def visit_Output(self, node: nodes.Output) -> nodes.Output:  # noqa: N802  (named by Jinja)
        node.nodes = [printed for child in node.nodes for printed in self._print(child)]
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802  (named by Jinja)
        """Fold a message that is a value, such as a macro's argument: plain text, escaped when printed."""
        if not _is_message(node):
            return self.generic_visit(node)
        message = _Message(node, self.catalogue, {value.key for value in node.kwargs} | {"num"})
        values = [self.visit(value) for value in node.kwargs]
        if message.number is not None:
            return message.filter("_plural", nodes.Const(message.forms), [self.visit(message.number)], values)
        if message.unknown is not None:
            return message.filter("_look_up", self.visit(message.unknown), [], values)
        text = nodes.Const(message.forms[0], lineno=node.lineno)
        return message.filter("_fill", text, [], values) if values else text

    def _print(self, child: nodes.Expr) -> list[nodes.Expr]:
        block, values = _trans_block(child)
        if block is not None:
            return self._print_block(block, {key: self.visit(value) for key, value in values.items()})
        if isinstance(child, nodes.Call) and _is_message(child):
            message = _Message(child, self.catalogue, {value.key for value in child.kwargs} | {"num"})
            if child.kwargs and message.splits:
                named = {value.key: self.visit(value.value) for value in child.kwargs}
                return message.pieces(named, nodes.Const)
        return [self.visit(child)]

    def _print_block(self, call: nodes.Call, values: Mapping[str, nodes.Expr]) -> list[nodes.Expr]:
        """Print the text of `{% trans %}`: it is part of the template, so its markup is markup."""
        message = _Message(call, self.catalogue, set(values))
        if message.number is not None:
            keywords = [nodes.Keyword(key, value, lineno=call.lineno) for key, value in values.items()]
            number = self.visit(message.number)
            return [message.filter("_plural_block", nodes.Const(message.forms), [number], keywords)]
        if values:
            return message.pieces(values, nodes.TemplateData)
        return [nodes.TemplateData(message.forms[0], lineno=call.lineno)]


class _Message:
    """A call of gettext or a relative in a template, with what it reads in the catalogue's language.

    `forms`: the text, or its plural forms. `number`: what decides between them. `unknown`: the
    expression that gives the message at run time, where it is no literal.
    """

    def __init__(self, call: nodes.Call, catalogue: Catalogue, names: set[str]) -> None:
        assert isinstance(call.node, nodes.Name)
        self.call, self.name = call, call.node.name
        self.number: nodes.Expr | None = None
        self.unknown: nodes.Expr | None = None
        self.forms: tuple[str, ...] = ()
        arguments = list(call.args)
        context = self._literal(arguments) if "p" in self.name.partition("gettext")[0] else None
        if self.name.startswith("n"):
            singular, plural = self._literal(arguments), self._literal(arguments)
            self.forms = catalogue.forms(singular, plural, context)
            self.number = arguments.pop(0) if arguments else self._fail("says no number")
        elif context is None and arguments and not isinstance(arguments[0], nodes.Const):
            self.unknown = arguments.pop(0)
        else:
            self.forms = (catalogue.text(self._literal(arguments), context),)
        if arguments or call.dyn_args or call.dyn_kwargs:
            self._fail("takes its values by name, one by one")
        if missing := self._placeholders() - names:
            self._fail(f"lacks {', '.join(sorted(missing))}")

    def _placeholders(self) -> set[str]:
        return {found[1] for form in self.forms for found in _PLACEHOLDER.finditer(form) if found[1]}

    @property
    def splits(self) -> bool:
        """Tell whether the text falls apart into pieces and values."""
        return len(self.forms) == 1 and "%" not in _PLACEHOLDER.sub("", self.forms[0])

    def pieces(self, values: Mapping[str, nodes.Expr], text: type[nodes.Expr]) -> list[nodes.Expr]:
        """Cut the text at its placeholders; `text` is the node that a piece of text becomes."""
        pieces: list[nodes.Expr] = []
        written = ""
        end = 0
        for found in _PLACEHOLDER.finditer(self.forms[0]):
            written += self.forms[0][end : found.start()] + ("%" if found[2] else "")
            end = found.end()
            if found[1]:
                pieces += [text(written, lineno=self.call.lineno), values[found[1]]]
                written = ""
        return [*pieces, text(written + self.forms[0][end:], lineno=self.call.lineno)]

    def filter(
        self, name: str, node: nodes.Expr, arguments: list[nodes.Expr], values: list[nodes.Keyword]
    ) -> nodes.Filter:
        return nodes.Filter(node, name, arguments, values, None, None, lineno=self.call.lineno)

    def _literal(self, arguments: list[nodes.Expr]) -> str:
        argument = arguments.pop(0) if arguments else None
        if isinstance(argument, nodes.Const) and isinstance(argument.value, str):
            return argument.value
        return self._fail("must be a literal text, so that it can be translated")

    def _fail(self, reason: str) -> NoReturn:
        raise TemplateSyntaxError(f"The message of {self.name}() {reason}.", self.call.lineno)


def _is_message(node: nodes.Call) -> bool:
    return isinstance(node.node, nodes.Name) and node.node.name in MESSAGES


def _trans_block(node: nodes.Expr) -> tuple[nodes.Call | None, dict[str, nodes.Expr]]:
    """Recognise what Jinja's extension makes of `{% trans %}`: a message marked safe, perhaps `% {...}`."""
    values: dict[str, nodes.Expr] = {}
    if isinstance(node, nodes.Mod) and isinstance(node.right, nodes.Dict):
        values = {pair.key.as_const(): pair.value for pair in node.right.items}
        node = node.left
    if isinstance(node, nodes.MarkSafeIfAutoescape) and isinstance(node.expr, nodes.Call):
        return node.expr, values
    return None, {}


def _join_outputs(statements: list[nodes.Node]) -> list[nodes.Node]:
    """Join neighbouring outputs, so that folded text and the markup around it become one string."""
    joined: list[nodes.Node] = []
    for statement in statements:
        previous = joined[-1] if joined else None
        if isinstance(statement, nodes.Output) and isinstance(previous, nodes.Output):
            previous.nodes = [*previous.nodes, *statement.nodes]
        else:
            joined.append(statement)
    return joined
