"""A part of a page that many readers get alike, kept by the process."""

from itertools import count
from typing import Any

from django import template
from django.conf import settings
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language

from lms.common.kept import Kept

register = template.Library()

TOKEN = "csrf-token-of-the-reader"  # noqa: S105
"""Stands in a kept part where the reader's own token goes: each form of hers has hers."""

# A part is about 2 KB.
_parts: Kept[str] = Kept(most=8_000)
_numbers = count()


class PartDiffers(AssertionError):
    """A part depends on something that its key does not name."""


class KeptNode(Node):
    child_nodelists = ("nodelist",)

    def __init__(self, nodelist: NodeList, key: list[FilterExpression]) -> None:
        self.nodelist = nodelist
        self._key = key
        self._number = next(_numbers)

    def render(self, context: template.Context) -> SafeString:
        values = tuple(_frozen(value.resolve(context)) for value in self._key)
        key = (self._number, get_language(), get_current_timezone_name(), values)
        part = _parts.get(key)
        if part is None or settings.CHECK_KEPT_PARTS:
            part = self._fresh(context, key, part)
        if TOKEN in part:
            part = part.replace(TOKEN, str(context.get("csrf_token", "")))
        return mark_safe(part)  # noqa: S308  # drawn by the template inside, which escapes

    def _fresh(self, context: template.Context, key: Any, known: str | None) -> str:
        with context.push(csrf_token=TOKEN):
            part = self.nodelist.render(context)
        if known is not None and known != part:
            raise PartDiffers(f"{self.origin}: the part is not the same for every {key[3]}:\n{known}\n{part}")
        _parts.put(key, part)
        return part


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """``{% kept a b %}…{% endkept %}``: drawn once for each language, zone and value of ``a`` and ``b``.

    The key must name everything inside that differs between readers or changes; the language, the zone and the forms'
    token are seen to. With ``CHECK_KEPT_PARTS``, as in the tests, parts are drawn each time; one that differs raises.
    """
    key = [parser.compile_filter(bit) for bit in token.split_contents()[1:]]
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(nodelist, key)
