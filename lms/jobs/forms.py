"""What forms that take a spreadsheet have in common."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from lms.jobs.rules import MAX_UPLOAD


class SpreadsheetField(forms.FileField):
    """One spreadsheet, CSV or XLSX."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{
                "label": _("Your file"),
                "help_text": _("CSV or Excel (.xlsx), at most 100 MB."),
                "widget": forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt,.tsv"}),
                **options,
            }
        )

    def clean(self, data: Any, initial: Any = None) -> "UploadedFile[Any]":
        file: UploadedFile[Any] = super().clean(data, initial)
        if (file.size or 0) > MAX_UPLOAD:
            raise forms.ValidationError(_("The file is larger than 100 MB. Split it, or save it as CSV."))
        if (file.name or "").lower().endswith((".xls", ".ods", ".numbers", ".pdf", ".doc", ".docx")):
            raise forms.ValidationError(_("Save the list as CSV or as an Excel workbook (.xlsx), and upload that."))
        return file
