"""The shape of an upload."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

ENDINGS = (".tar.gz", ".tgz", ".tar", ".tar.xz", ".tar.bz2", ".zip")


class ImportForm(forms.Form):
    """An archive, and whether it may become a second course."""

    archive = forms.FileField(
        label=_("Course archive"),
        help_text=_("As Open edX Studio exports it: a file that ends in .tar.gz. Archives in .zip are read too."),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join((".gz", *ENDINGS))}),
    )
    again = forms.BooleanField(
        required=False,
        label=_("Make a second course if it was imported before"),
        help_text=_("Without this, a course that still exists here is not imported again."),
    )

    def clean_archive(self) -> Any:
        archive = self.cleaned_data["archive"]
        if not archive.name.lower().endswith(ENDINGS):
            raise ValidationError(_("This is not an archive. Choose the file that Studio exported, ending in .tar.gz."))
        return archive
