"""Loads templates once per language, with everything that is the same for every reader already written out."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from django.template import Context
from django.template.base import FilterExpression, Node, NodeList, Template, TextNode, Variable
from django.template.defaulttags import CommentNode, IfNode, LoadNode
from django.template.library import SimpleNode
from django.template.loaders import base, cached
from django.templatetags.i18n import LanguageNode, TranslateNode
from django.templatetags.static import StaticNode
from django.utils.translation import get_language

from theme.templatetags.icons import icon


class _Folding(base.Loader):
    def get_template(self, template_name: str, skip: Any = None) -> Template:
        template = super().get_template(template_name, skip)
        fold(template.nodelist)
        return template


# The order of the bases is the point: a template is folded before the cache, and so another thread, sees it.
class Loader(cached.Loader, _Folding):
    """Keeps every template folded, once per language. A page of ours is mostly fixed words, icons and addresses of
    static files: looking them up again for every request took half of the time of drawing it."""

    def cache_key(self, template_name: str, skip: Any = None) -> str:
        return f"{get_language()} {super().cache_key(template_name, skip)}"


def fold(nodes: NodeList) -> None:
    """Replace, in place and all the way down, what every reader gets alike in the active language by its text."""
    for node in nodes:
        for inner in _inside(node):
            fold(inner)
    folded: list[Node] = []
    for is_fixed, run in groupby(nodes, key=_is_fixed):
        if is_fixed:
            text = "".join(node.render(Context()) for node in run)
            folded += [TextNode(text)] if text else []
        else:
            folded += run
    nodes[:] = folded


def _inside(node: Node) -> Iterator[NodeList]:
    if isinstance(node, LanguageNode):
        return
    if isinstance(node, IfNode):
        yield from (nodes for _, nodes in node.conditions_nodelists)
        return
    for name in node.child_nodelists:
        nodes = getattr(node, name, None)
        if isinstance(nodes, NodeList):
            yield nodes


def _is_fixed(node: Node) -> bool:
    if isinstance(node, TranslateNode):
        return node.asvar is None and node.message_context is None and _are_fixed([node.filter_expression])
    if isinstance(node, StaticNode):
        return node.varname is None and _are_fixed([node.path])
    if isinstance(node, SimpleNode):
        return node.func is icon and node.target_var is None and _are_fixed([*node.args, *node.kwargs.values()])
    return isinstance(node, TextNode | LoadNode | CommentNode)


def _are_fixed(expressions: Iterable[FilterExpression]) -> bool:
    return not any(expression.filters or _is_variable(expression.var) for expression in expressions)


def _is_variable(value: Any) -> bool:
    return isinstance(value, Variable) and value.lookups is not None
