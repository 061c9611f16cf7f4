"""The library of video and audio in the CMS."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, InlinePanel, ObjectList, Panel
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from courses.media.forms import MediaForm
from courses.media.models import Caption, MediaFile, Preparation
from courses.media.queries import standing, with_state


class PreparationPanel(Panel):  # type: ignore[misc]
    """What is being made of the file, step by step, and what is wrong with it."""

    class BoundPanel(Panel.BoundPanel):  # type: ignore[misc]
        template_name = "media_cms/panel.html"

        def is_shown(self) -> bool:
            return bool(self.instance.pk)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            return {
                **context,
                "media": self.instance,
                "standing": standing(self.instance.pk),
                "languages": Caption.LANGUAGES,
            }


class UploadPanel(Panel):  # type: ignore[misc]
    """How far the file that was chosen is on its way to the storage; shown by the script that sends it."""

    class BoundPanel(Panel.BoundPanel):  # type: ignore[misc]
        template_name = "media_cms/upload.html"


def state_of(media: Any) -> str:
    """The state of a file's preparation, in the list."""
    state = Preparation.State
    return str(state(media.prepared).label if media.prepared else state.WAITING.label)


class MediaIndex(generic.IndexView):  # type: ignore[misc]
    """The library, each file with how far it is."""

    def get_base_queryset(self) -> Any:
        return with_state()


class MediaCreate(generic.CreateView):  # type: ignore[misc]
    """Goes on to the file's own page, where one sees what becomes of it."""

    def get_success_url(self) -> str:
        return reverse("mediafiles:edit", args=[self.object.pk])


class MediaViewSet(ModelViewSet):  # type: ignore[misc]
    """Video and audio files with their captions."""

    model = MediaFile
    name = "mediafiles"
    icon = "media"
    menu_label = _("Video and audio")
    menu_order = 310
    add_to_admin_menu = True
    copy_view_enabled = False
    index_view_class = MediaIndex
    add_view_class = MediaCreate
    list_display = [
        "title",
        "kind",
        Column("prepared", label=_("state"), accessor=state_of),
        DateColumn("added_at", label=_("added")),
    ]
    list_filter = ["kind"]
    search_fields = ["title"]
    search_backend_name = None
    ordering = "-added_at"
    edit_handler = ObjectList(
        [
            PreparationPanel(),
            FieldPanel("kind"),
            FieldPanel("title"),
            FieldPanel("file"),
            UploadPanel(),
            InlinePanel("captions", label=_("Captions"), panels=[FieldPanel("language"), FieldPanel("file")]),
            FieldPanel("transcript"),
        ],
        base_form_class=MediaForm,
    )
