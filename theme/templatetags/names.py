"""Names, shortened for small places."""

from django import template

register = template.Library()


@register.filter
def initials(name: str) -> str:
    """``Siti Aminah Lubis`` -> ``SL``: what stands in for a portrait."""
    words = name.split()
    return "".join(word[0] for word in words[:1] + words[1:][-1:])
