"""Lets the guard see what a template unpacks or hands to a filter: neither asks the environment for an attribute."""

from typing import Any

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

WATCHED = "_watched"


def watch(template: nodes.Template) -> nodes.Template:
    """Send whatever `template` loops over, unpacks or filters through the filter `WATCHED` first."""
    watched = _Watcher().visit(template)
    watched.set_environment(template.environment)
    return watched  # type: ignore[no-any-return]


class _Watcher(NodeTransformer):
    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802  (named by Jinja)
        self.generic_visit(node)
        node.iter = _watched(node.iter)
        return node

    def visit_Assign(self, node: nodes.Assign) -> nodes.Assign:  # noqa: N802  (named by Jinja)
        self.generic_visit(node)
        if isinstance(node.target, nodes.Tuple):
            node.node = _watched(node.node)
        return node

    def visit_Filter(self, node: nodes.Filter, *_args: Any) -> nodes.Filter:  # noqa: N802  (named by Jinja)
        self.generic_visit(node)
        # What folding put there prints messages; a filter block filters text.
        if node.node is not None and not node.name.startswith("_"):
            node.node = _watched(node.node)
        return node


def _watched(node: nodes.Node) -> nodes.Expr:
    return nodes.Filter(node, WATCHED, [], [], None, None, lineno=node.lineno)
