"""The shape of a check."""

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

MAX_BYTES = 5 * 1024 * 1024


class CheckFileForm(forms.Form):
    """A PDF to be compared with what we issued."""

    file = forms.FileField(
        label=_("Certificate file (PDF)"),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,.pdf"}),
        error_messages={"required": _("Choose the PDF file of the certificate first.")},
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(
                _("This file is larger than 5 MB. Certificates issued here are smaller; choose the original file."),
                code="too-large",
            )
        return file
