"""What the windows have in common in which authors choose a package of any kind."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm

if TYPE_CHECKING:
    from django.db.models import QuerySet


class TitleFilterForm(BaseFilterForm):  # type: ignore[misc]
    """Narrows the list by a part of the title."""

    q = forms.CharField(label=_("Title"), required=False)

    def filter(self, objects: "QuerySet[Any]") -> "QuerySet[Any]":
        wanted = self.cleaned_data.get("q")
        if not wanted:
            return objects
        self.is_searching, self.search_query = True, wanted
        return objects.filter(title__icontains=wanted)
