"""What is edited in the CMS besides pages: the shelves of the catalog."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.model import ModelViewSet

from courses.catalog.models import Category


class CategoryViewSet(ModelViewSet):  # type: ignore[misc]
    """Shelves of the catalog."""

    model = Category
    name = "categories"
    icon = "tag"
    menu_label = _("Categories")
    menu_order = 150
    add_to_admin_menu = True
    copy_view_enabled = False
    list_display = ["name_id", "name_en"]
    form_fields = ["name_id", "name_en", "slug"]
