"""What templates of content's forms need."""

from django import template
from django.utils.translation import gettext

from courses.packages.problems import Problem

register = template.Library()


@register.filter
def sentence(problem: Problem) -> str:
    """What is wrong, in the reader's language."""
    return problem.text(gettext)
