"""The form of an upload."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from lms.jobs.rules import MAX_UPLOAD


class UploadForm(forms.Form):
    """One spreadsheet, CSV or XLSX."""

    file = forms.FileField(
        label=_("Your file"),
        help_text=_("CSV or Excel (.xlsx), at most 100 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt,.tsv"}),
    )

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MAX_UPLOAD:
            raise forms.ValidationError(_("The file is larger than 100 MB. Split it, or save it as CSV."))
        if (file.name or "").lower().endswith((".xls", ".ods", ".numbers", ".pdf", ".doc", ".docx")):
            raise forms.ValidationError(_("Save the list as CSV or as an Excel workbook (.xlsx), and upload that."))
        return file
