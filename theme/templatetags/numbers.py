"""Numbers as the reader's language writes them: ``1.337.907``, ``1,337,907``."""

from decimal import Decimal

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def count(value: int | float | Decimal | None, decimals: int | None = None) -> str:
    """A number with its thousands set apart.

    Said where a number is for reading: done everywhere by a setting, it would break ids in addresses and attributes.
    """
    return "" if value is None else number_format(value, decimals, use_l10n=True, force_grouping=True)
