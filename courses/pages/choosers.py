"""The windows in which authors choose a video or a recording."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.chooser import ChooserViewSet

from courses.media.models import MediaFile


class _MediaChooser(ChooserViewSet):  # type: ignore[misc]
    model = MediaFile
    icon = "media"
    register_widget = False
    kind: str

    def get_object_list(self) -> Any:
        return MediaFile.objects.filter(kind=self.kind).order_by("-added_at")


class VideoChooser(_MediaChooser):
    """Videos of the library."""

    kind = MediaFile.Kind.VIDEO
    choose_one_text = _("Choose a video")
    choose_another_text = _("Choose another video")
    edit_item_text = _("Edit this video")


class AudioChooser(_MediaChooser):
    """Recordings of the library."""

    kind = MediaFile.Kind.AUDIO
    choose_one_text = _("Choose a recording")
    choose_another_text = _("Choose another recording")
    edit_item_text = _("Edit this recording")


video_chooser = VideoChooser("video_chooser")
audio_chooser = AudioChooser("audio_chooser")

VideoChooserBlock = video_chooser.get_block_class("VideoChooserBlock", module_path="courses.pages.choosers")
AudioChooserBlock = audio_chooser.get_block_class("AudioChooserBlock", module_path="courses.pages.choosers")
