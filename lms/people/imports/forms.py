"""The form of an upload."""

from django import forms

from lms.jobs.forms import SpreadsheetField


class UploadForm(forms.Form):
    """One spreadsheet, CSV or XLSX."""

    file = SpreadsheetField()
