"""What the CMS checks of an uploaded picture, video or recording."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from courses.media.models import MediaFile, Upload
from courses.media.pipeline.captions import Cue, seconds_of
from courses.media.rules import decode
from courses.media.services import prepare


class PictureField(WagtailImageField):  # type: ignore[misc]
    """A picture that is whole: a broken one is refused with a sentence, whatever it makes the decoder raise."""

    def to_python(self, data: Any) -> Any:
        try:
            file = super().to_python(data)
            if file is not None:
                decode(file)
                file.seek(0)
        except ValidationError:
            raise
        except Exception as error:
            raise ValidationError(self.error_messages["invalid_image"], code="invalid_image") from error
        return file


class PictureForm(BaseImageForm):  # type: ignore[misc]
    """The form behind every way to upload a picture."""

    file = PictureField(label=_("file"))


class BeginUploadForm(forms.Form):
    """What a browser says of a file before it sends it in parts."""

    kind = forms.ChoiceField(choices=MediaFile.Kind.choices)
    filename = forms.CharField(max_length=255)
    size = forms.IntegerField(min_value=1)


class CueForm(forms.Form):
    """A caption as it is written beside the video. A row without words is no caption."""

    start = forms.CharField(label=_("From"), required=False, max_length=16)
    end = forms.CharField(label=_("To"), required=False, max_length=16)
    text = forms.CharField(label=_("What is said"), required=False, max_length=1000, widget=forms.Textarea)
    settings = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs["rows"] = 2

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("text", "").strip():
            return {}
        moments = {}
        for name in ("start", "end"):
            moments[name] = seconds_of(cleaned.get(name, ""))
            if moments[name] is None:
                self.add_error(name, _("Write the time like 1:30 or 0:01:30.5."))
        start, end = moments["start"], moments["end"]
        if start is not None and end is not None:
            if end <= start:
                self.add_error("end", _("The caption ends before it begins."))
            cleaned["cue"] = Cue(start, end, cleaned["text"], cleaned.get("settings", ""))
        return cleaned


CueForms = forms.formset_factory(CueForm, extra=3, max_num=5000, absolute_max=5000)
"""All captions of a video in one language, and room for three more."""


class MediaForm(WagtailAdminModelForm):  # type: ignore[misc]
    """A video or a recording; what is uploaded is prepared from the same commit on.

    The file comes with the form, or came before it in parts: then ``upload`` names it.
    """

    upload = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("upload"):
            self._take_upload(cleaned)
        elif not cleaned.get("file") and "file" not in self.errors:
            self.add_error("file", _("Choose a file."))
        is_new = "file" in self.changed_data or cleaned.get("upload")
        if self.instance.pk and "kind" in self.changed_data and not is_new:
            self.add_error("kind", _("To change the kind, upload the file once more."))
        return cleaned

    def _take_upload(self, cleaned: dict[str, Any]) -> None:
        upload = Upload.objects.of(self.for_user).filter(key=cleaned["upload"], is_whole=True).first()
        if upload is None:
            self.add_error("file", _("Not all of the file has arrived. Go on with the upload, or begin it anew."))
            return
        cleaned["file"] = upload.name
        self.instance.size = upload.size

    @transaction.atomic
    def save(self, commit: bool = True) -> MediaFile:
        media: MediaFile = super().save(commit=commit)
        if commit:
            Upload.objects.filter(key=self.cleaned_data.get("upload")).delete()
            prepare(media)
        return media
