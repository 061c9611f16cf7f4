"""The groups of the CMS and what they may do in it."""

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission

from courses.pages.services import home_page

AUTHORS = "Course authors"
ORGANIZERS = "Organizers"
IN_LIBRARY = ("add_image", "choose_image", "add_document", "choose_document")
"""Wagtail asks for these of its own models, whichever models hold the pictures and documents."""
OF_AUTHORS = (
    "wagtailadmin.access_admin",
    "media.add_mediafile",
    "media.change_mediafile",
    "media.view_mediafile",
    "bank.add_question",
    "bank.change_question",
    "bank.view_question",
    "quizzes.add_quiz",
    "quizzes.change_quiz",
    "quizzes.view_quiz",
    "h5p.add_content",
    "h5p.change_content",
    "h5p.view_content",
    "scorm.add_package",
    "scorm.change_package",
    "scorm.view_package",
    "scorm.delete_package",
)
OF_ORGANIZERS = ("wagtailadmin.access_admin",)
"""For the numbers of their certificates. Periods and runs have pages of their own, which ask for reasons."""

LIBRARIES = ("wagtailimages", "wagtaildocs")
LABELS = (
    "wagtailadmin",
    "wagtailcore",
    *LIBRARIES,
    "media",
    "bank",
    "quizzes",
    "h5p",
    "scorm",
)


@transaction.atomic
def prepare() -> None:
    """Make the home page and the two groups with exactly their permissions. Safe to repeat."""
    home = home_page()
    library = Collection.get_first_root_node() or Collection.add_root(name="Root")
    for label in LABELS:
        create_permissions(apps.get_app_config(label), verbosity=0)
    authors, _ = Group.objects.get_or_create(name=AUTHORS)
    organizers, _ = Group.objects.get_or_create(name=ORGANIZERS)
    authors.permissions.set(_permissions(OF_AUTHORS))
    organizers.permissions.set(_permissions(OF_ORGANIZERS))
    GroupCollectionPermission.objects.filter(group__in=[authors, organizers]).delete()
    GroupCollectionPermission.objects.bulk_create(
        GroupCollectionPermission(group=authors, collection=library, permission=permission)
        for permission in Permission.objects.filter(content_type__app_label__in=LIBRARIES, codename__in=IN_LIBRARY)
    )
    for codename in ("add_page", "change_page", "publish_page"):
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
        GroupPagePermission.objects.get_or_create(group=authors, page=home, permission=permission)
    # Wagtail's own two groups promise what nobody here is given.
    Group.objects.filter(name__in=["Editors", "Moderators"]).delete()


def _permissions(names: tuple[str, ...]) -> list[Permission]:
    return [
        Permission.objects.get(content_type__app_label=label, codename=codename)
        for label, codename in (name.split(".") for name in names)
    ]
