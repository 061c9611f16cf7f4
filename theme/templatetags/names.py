"""Names, addresses and numbers in small places."""

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def initials(name: str) -> str:
    """``Siti Aminah Lubis`` -> ``SL``: what stands in for a portrait."""
    words = name.split()
    return "".join(word[0] for word in words[:1] + words[1:][-1:])


@register.filter
def breakable(text: object) -> SafeString:
    """An address or a number that may go on in the next line after its signs, and nowhere else."""
    return mark_safe(re.sub(r"([/@.])", r"\1<wbr>", escape(text)))  # noqa: S308 - escaped, with marks of our own
